// Attack: a loop where the metric is loaded
// Tries: to keep loading busy for ever, before any event
// Ends: compile_error
// Code: load-limit
// Says: Loading the snippet reached the fuel limit
for (;;);
function score(event) { return true }
