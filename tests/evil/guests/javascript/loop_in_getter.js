// Attack: a getter of the answer that loops
// Tries: to keep the code busy that reads the answer
// Ends: out_of_fuel
const score = event => ({ get score() { for (;;); } })
