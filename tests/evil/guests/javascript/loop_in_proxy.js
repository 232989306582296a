// Attack: an answer whose every trap loops
// Tries: to keep the code busy that looks at the answer
// Ends: out_of_fuel
const forever = () => { for (;;); }
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map(name => [name, forever]))
const score = event => new Proxy(function () {}, traps)
