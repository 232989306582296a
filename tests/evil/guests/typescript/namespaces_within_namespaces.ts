// Attack: namespaces that nest ten thousand deep
// Tries: to overflow the stack of the code that makes functions of them
// Ends: compile_error
// Code: too-deep
// Made by: namespaces_within_namespaces
