// Attack: a replacement that replaces
// Tries: to overflow the stack through the code of regular expressions
// Ends: runtime_error
// Says: Maximum call stack size exceeded
const again = () => 'a'.replace(/a/g, again)
const score = event => again()
