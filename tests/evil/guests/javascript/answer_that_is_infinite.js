// Attack: NaN and infinity where only the last look shows them
// Tries: to hand numbers to the host that JSON does not have
// Ends: invalid_result
const score = event => ({ score: 1 / 0, metadata: { nan: NaN } })
