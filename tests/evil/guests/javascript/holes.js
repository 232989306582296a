// Attack: an array of four billion holes that is joined, sorted, copied and searched
// Tries: to take long in C code that looks at each
// Ends: out_of_fuel
function score(event) {
  const list = []
  list.length = 2 ** 32 - 1
  for (const work of [l => l.indexOf(1), l => l.sort(), l => l.reverse(), l => l.findLast(x => x), l => l.join('')]) work(list)
}
