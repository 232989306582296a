// Attack: an array of arrays of arrays: a few lines that are a terabyte of JSON
// Tries: to take all memory, or for ever, while the answer is written
// Ends: out_of_fuel
function score(event) {
  let bomb = 'x'
  for (let i = 0; i < 40; i++) bomb = [bomb, bomb]
  return bomb
}
