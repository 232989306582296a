// Attack: a text that doubles
// Tries: to take all memory in one piece
// Ends: runtime_error
function score(event) {
  let text = 'x'
  for (;;) text = text + text
}
