// Attack: objects that become numbers by becoming texts
// Tries: to overflow the stack through conversions
// Ends: runtime_error
// Says: Maximum call stack size exceeded
const self = { toString() { return `${+self}` }, valueOf() { return +`${self}` } }
const score = event => self + 1
