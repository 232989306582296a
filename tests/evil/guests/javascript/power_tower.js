// Attack: 10n ** 10n ** 8n
// Tries: to compute a number of a hundred million digits in C
// Ends: out_of_fuel
const score = event => (10n ** 10n ** 6n) % 7n === 1n && (3n ** 3n ** 15n).toString().length > 5
