// Attack: globals, prototypes, patterns and caches that remember
// Tries: to see in one event what another one was
// Ends: ok
// Returns: true
const seen = []
const pattern = /o/g
function score(event) {
  seen.push(event)
  const known = [seen.length, globalThis.seen ?? 0, Object.prototype.seen ?? 0, pattern.lastIndex, score.seen ?? 0, Math.seen ?? 0]
  globalThis.seen = Object.prototype.seen = score.seen = Math.seen = 1
  pattern.test('ooo')
  return String(known) === '1,0,0,0,0,0'
}
