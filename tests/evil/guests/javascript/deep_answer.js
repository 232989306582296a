// Attack: an array within an array, ten thousand deep, as an answer
// Tries: to overflow the stack of the code that writes the answer, or that frees it
// Ends: invalid_result
function score(event) {
  let deep = []
  for (let i = 0; i < 10000; i++) deep = [deep]
  return deep
}
