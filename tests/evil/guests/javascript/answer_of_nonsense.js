// Attack: lone surrogates in every text of an answer
// Tries: to hand text to the host that is not UTF-8
// Ends: ok
// Returns: 1
const score = event => ({ score: 1, reason: '\udc80\ud800', metadata: { '\ud800': '\udfff' } })
