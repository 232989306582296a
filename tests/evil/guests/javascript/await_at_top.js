// Attack: a promise at the top that never comes true
// Tries: to leave loading unfinished
// Ends: compile_error
// Code: load-failed
export {}
await new Promise(() => {})
export function score(event) { return true }
