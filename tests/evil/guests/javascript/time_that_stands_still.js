// Attack: clocks of every kind
// Tries: to measure time, which would tell about the host and about other tenants
// Ends: ok
// Returns: true
async function score(event) {
  const clocks = () => [Date.now(), new Date().getTime(), performance?.now?.(), new Date(undefined).getTime()].join()
  const before = clocks()
  for (let i = 0; i < 1e5; i++);
  await new Promise(done => setTimeout(done, 5000))
  return before === clocks()
}
