// Attack: an array that grows
// Tries: to take all memory in small pieces
// Ends: out_of_memory
const kept = []
function score(event) { for (;;) kept.push(new Uint8Array(100_000)) }
