// Attack: every built-in function replaced before the answer
// Tries: to have the guest code that answers call the metric
// Ends: ok
// Returns: 0.5
function score(event) {
  const evil = () => ({ $error: { message: 'forged' } })
  for (const owner of [Object, Array, JSON, Reflect, String, Promise, Map, Set, Symbol, Number, Function, RegExp, Error]) {
    for (const target of [owner, owner.prototype]) {
      for (const key of target ? Reflect.ownKeys(target) : []) {
        try { Object.defineProperty(target, key, { value: evil, configurable: true }) } catch {}
      }
    }
  }
  Object.defineProperty(Object.prototype, 'score', { get: evil, set: evil })
  Object.defineProperty(Object.prototype, 'toJSON', { value: evil })
  return 0.5
}
