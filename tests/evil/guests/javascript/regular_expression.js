// Attack: patterns that try all ways
// Tries: to take exponential time in the C code of regular expressions
// Ends: out_of_fuel
const score = event => /^(?:(?:a|aa)+)+$/.test('a'.repeat(200) + 'b') || /(?<=(?:a*)*b)c/.test('a'.repeat(200))
