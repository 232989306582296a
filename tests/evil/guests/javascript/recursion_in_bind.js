// Attack: a function that is bound twenty thousand times
// Tries: to overflow the stack through C code that calls C code
// Ends: runtime_error
// Says: Maximum call stack size exceeded
// Limits: fuel 1_000_000_000
function score(event) {
  let deep = () => 1
  for (let i = 0; i < 20000; i++) deep = Object.defineProperty(deep.bind(null), 'name', { value: '' })
  return deep()
}
