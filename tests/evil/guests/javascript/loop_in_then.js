// Attack: an answer that is a promise, of a promise, of a promise
// Tries: to keep the code busy that waits for the answer
// Ends: out_of_fuel
const again = { then(done) { done(again) } }
const score = event => again
