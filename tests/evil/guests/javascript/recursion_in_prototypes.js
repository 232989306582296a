// Attack: an object whose prototype has a prototype, twenty thousand times
// Tries: to overflow the stack, or to take long, at every look-up
// Ends: ok
// Returns: true
function score(event) {
  let deep = null
  for (let i = 0; i < 20000; i++) deep = Object.create(deep)
  return deep.nothing === undefined && !('nothing' in deep)
}
