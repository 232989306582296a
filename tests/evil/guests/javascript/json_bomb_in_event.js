// Attack: an event that is as deep and as wide as events may be
// Tries: to overflow the stack of those who read it, write it and copy it
// Ends: ok
// Returns: true
// Limits: fuel 1_000_000_000
// Event: deep_and_wide
const score = event => JSON.stringify(structuredClone(JSON.parse(JSON.stringify(event)))) === JSON.stringify(event)
