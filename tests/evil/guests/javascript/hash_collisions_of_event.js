// Attack: an event whose keys all share one slot of an index
// Tries: to take quadratic time for building the event
// Ends: ok
// Returns: 1000
// Event: colliding_keys
const score = event => Object.keys(event.metadata).length
