// Attack: iterators that are closed, freed or changed while they are used
// Tries: to have C code use what is gone
// Ends: ok
// Returns: true
function score(event) {
  const map = new Map([[1, 1], [2, 2]]), set = new Set([1, 2, 3])
  let rounds = 0
  map.forEach((_, key) => { map.delete(key); map.clear(); if (rounds++ < 100) map.set({}, 1) })
  for (const item of set) { set.delete(item); set.clear(); if (rounds++ < 300) set.add({}) }
  const generator = (function* () { try { yield generator.next } finally { try { generator.return() } catch {} } })()
  try { for (const next of generator) { next.call(generator); break } } catch {}
  const target = {}
  for (let i = 0; i < 100; i++) target[`k${i}`] = i
  for (const key in target) { for (const other in target) delete target[other]; target[`n${rounds++}`] = key; if (rounds > 1000) break }
  const weak = new WeakRef({}), weakMap = new WeakMap()
  for (let i = 0; i < 10000; i++) { const key = {}; weakMap.set(key, { key, weakMap, weak }) }
  return [].concat({ [Symbol.isConcatSpreadable]: true, length: 2 ** 12, 5: 1 }).length > 0
}
