// Attack: a `toJSON` that loops, in metadata
// Tries: to keep the code busy that writes the answer
// Ends: out_of_fuel
const score = event => ({ score: 1, metadata: [{ toJSON() { for (;;); } }] })
