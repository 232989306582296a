// Attack: logging without end, in long and in short lines
// Tries: to fill the memory of the host with logs
// Ends: out_of_fuel
function score(event) {
  const cyclic = { list: Array(1000).fill('x'.repeat(100)) }
  cyclic.self = cyclic
  for (;;) { console.log(cyclic, '\n'.repeat(1000)); console.error(); console.table?.([cyclic]) }
}
