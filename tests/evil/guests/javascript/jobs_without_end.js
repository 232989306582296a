// Attack: jobs that queue jobs
// Tries: to keep the queue busy after the metric returned
// Ends: out_of_fuel
function score(event) {
  const again = () => { Promise.resolve().then(again); queueMicrotask(again) }
  again()
  return true
}
