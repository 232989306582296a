// Attack: an error with a message, a name and a stack of a megabyte each
// Tries: to get more out through errors than a result may have
// Ends: runtime_error
// Limits: fuel 1_000_000_000
function score(event) {
  const error = new Error('x'.repeat(1e6))
  error.name = 'E'.repeat(1e6)
  error.stack = '    at f (metric.js:1:1)\n'.repeat(1e5)
  throw error
}
