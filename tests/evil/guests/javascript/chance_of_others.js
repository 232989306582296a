// Attack: random numbers
// Tries: to learn from random numbers what others were given
// Ends: ok
// Returns: true
const atTop = Math.random()
const score = event => atTop !== Math.random() && crypto.randomUUID() !== crypto.randomUUID()
