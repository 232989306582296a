// Attack: an object whose keys are numbers, far apart and from the end
// Tries: to take quadratic time for finding a place for them
// Ends: out_of_fuel
function score(event) {
  const list = [], object = {}
  for (let i = 1e9; i > 0; i -= 3) { object[i] = i; list[i] = i; delete object[i - 1] }
  return Object.keys(object).length
}
