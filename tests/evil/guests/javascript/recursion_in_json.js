// Attack: a reviver that parses, and `toJSON` that writes
// Tries: to overflow the stack through the code of JSON
// Ends: runtime_error
// Says: Maximum call stack size exceeded
const read = () => JSON.parse('[1]', write)
const write = () => JSON.stringify({ toJSON: read })
const score = event => read()
