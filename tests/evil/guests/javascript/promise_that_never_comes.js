// Attack: an answer that nobody will ever give
// Tries: to hold an instance without doing anything, which would cost no fuel
// Ends: invalid_result
const score = event => new Promise(() => {})
