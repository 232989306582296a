// Attack: timers that set timers
// Tries: to keep the clock busy, whose delays take no time
// Ends: out_of_fuel
function score(event) {
  const again = () => setTimeout(again, 1e9)
  again()
  setInterval(() => {}, 0)
  return new Promise(() => {})
}
