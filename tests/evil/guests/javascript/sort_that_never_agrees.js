// Attack: a comparison that answers at random, and changes the array
// Tries: to confuse the sorting code into reading what is not there
// Ends: out_of_fuel
function score(event) {
  const list = []
  for (;;) {
    list.length = 0
    for (let i = 0; i < 1000; i++) list.push({ i })
    list.sort(() => { list.length = Math.floor(Math.random() * 1000); list[5000] = 1; return Math.random() - 0.5 })
    new Float64Array(1000).sort(() => Math.random() - 0.5)
  }
}
