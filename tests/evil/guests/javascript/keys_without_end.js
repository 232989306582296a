// Attack: an answer with more keys than can be counted
// Tries: to keep the code busy that lists the keys of the answer
// Ends: out_of_fuel
const score = event => new Proxy({}, {
  ownKeys: () => new Proxy([], { get: (_, key) => key === 'length' ? 2 ** 31 : `key ${String(key)}` }),
  getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
})
