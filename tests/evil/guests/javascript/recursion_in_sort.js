// Attack: a comparison that sorts
// Tries: to overflow the stack through C code that calls back
// Ends: runtime_error
// Says: Maximum call stack size exceeded
const compare = () => [2, 1].sort(compare).length
const score = event => compare()
