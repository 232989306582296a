// Attack: comments and quotes that look like another source
// Tries: to have two readers read two different sources
// Ends: ok
// Returns: true
<!-- not a comment in a module */ for (;;);
/* ` ${ */ const a = `/* ${ '}`' /* } */ } //`
const re = /[/*`${]/ // */ for (;;);
function score(event) { return re.test('/') && a.length > 3 }
