// Attack: a reason and metadata of a megabyte
// Tries: to get more out than a result may have
// Ends: invalid_result
// Says: the limit is 262144
// Limits: fuel 1_000_000_000
const text = 'x'.repeat(3e5)
const score = event => ({ score: 1, reason: text, metadata: { [text]: text } })
