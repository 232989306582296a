// Attack: a proxy of a proxy of a proxy
// Tries: to overflow the stack through C code that calls no function
// Ends: runtime_error
// Says: Maximum call stack size exceeded
function score(event) {
  let deep = {}
  for (let i = 0; i < 20000; i++) deep = new Proxy(deep, {})
  return deep.score
}
