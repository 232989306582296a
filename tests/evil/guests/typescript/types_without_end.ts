// Attack: a union of twenty thousand texts, a tuple and an intersection of as many types
// Tries: to take long, or all memory, for types that are stripped
// Ends: compile_error
// Code: too-deep
// Made by: types_without_end
