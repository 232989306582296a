// Attack: a getter that gives another value at every look
// Tries: to have one check pass, and another value be used
// Ends: ok
// Returns: 0.25
let looks = 0
const score = event => ({ get score() { return looks++ ? 'x'.repeat(1e7) : 0.25 } })
