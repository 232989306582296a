// Attack: the Function constructor, from everything that is at hand
// Tries: to leave the realm of the metric for that of the guest code
// Ends: ok
// Returns: true
function score(event) {
  const worked = []
  for (const value of [event, console.log, setTimeout, structuredClone({}), atob, crypto, new URLSearchParams('a=b'), Promise.resolve(), (() => { try { null.x } catch (e) { return e } })()]) {
    let constructor = value
    for (let i = 0; i < 4 && constructor; i++) constructor = constructor.constructor
    for (const source of ['return this', 'return typeof native + typeof evaluate + typeof load', 'return arguments.callee.caller', 'return import.meta']) {
      try {
        const found = constructor(source)()
        if (found !== globalThis && found !== undefined && found !== null && found !== 'undefinedundefinedundefined') worked.push(String(found))
      } catch {}
    }
  }
  return { score: worked.length === 0, metadata: { worked } }
}
