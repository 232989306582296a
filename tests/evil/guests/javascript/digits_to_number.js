// Attack: a BigInt of a million digits, read and written
// Tries: to take quadratic time for reading and writing numbers
// Ends: out_of_fuel
function score(event) {
  let number = BigInt('9'.repeat(1e6))
  for (;;) number = BigInt(String(number))
}
