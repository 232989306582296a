// Attack: a chain of closures, generators and promises that is dropped at once
// Tries: to overflow the stack of the code that frees memory
// Ends: ok
// Returns: true
// Limits: fuel 1_000_000_000
function score(event) {
  let closure = null, promise = Promise.resolve(), generator = null
  for (let i = 0; i < 10000; i++) {
    const [inner, before] = [closure, generator]
    closure = () => inner
    promise = promise.then(() => inner)
    generator = (function* () { yield* before })()
  }
  closure = promise = generator = null
  return true
}
