// Attack: a loop in the static block of a class, and in a default parameter
// Tries: to keep loading busy in what looks like declarations
// Ends: compile_error
// Code: load-limit
class Quiet { static { for (;;); } }
function score(event) { return true }
