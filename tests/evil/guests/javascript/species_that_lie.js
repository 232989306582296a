// Attack: constructors that give something else than what was asked for
// Tries: to have C code write beyond the end of an array
// Ends: ok
// Returns: true
function score(event) {
  class Evil extends Array { static get [Symbol.species]() { return function () { return new Proxy([], { defineProperty: () => true, set: () => true }) } } }
  class Small extends Uint8Array { static get [Symbol.species]() { return function (n) { return new Uint8Array(1) } } }
  for (const act of [list => list.map(x => x), list => list.filter(() => true), list => list.slice(0), list => list.splice?.(0), list => list.concat?.(list), list => list.flat?.(9)]) {
    for (const list of [Evil.from([1, 2, 3]), Small.from([1, 2, 3])]) {
      try { act(list) } catch {}
    }
  }
  const regular = /a/
  regular.exec = () => ({ index: 2 ** 53, length: 1000, 0: 'x'.repeat(1000), groups: null })
  try { 'aaa'.replace(regular, '$1$&$`') } catch {}
  try { regular.lastIndex = 2 ** 53; regular[Symbol.split]('aaa', -1) } catch {}
  return true
}
