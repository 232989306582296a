// Attack: a text that is put together one character at a time, from the front and from the back
// Tries: to overflow the stack of the code that flattens it
// Ends: ok
// Returns: 3120
function score(event) {
  let text = ''
  for (let i = 0; i < 3000; i++) text = i % 2 ? 'x' + text : text + 'y'
  return text.charCodeAt(7) + text.length
}
