// Attack: a callback for objects that are collected
// Tries: to run for ever when the interpreter cleans up, after the answer was given
// Ends: out_of_fuel
const registry = new FinalizationRegistry(() => { for (;;); })
function score(event) {
  for (let i = 0; i < 1000; i++) registry.register({}, i)
  return true
}
