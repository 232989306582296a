// Attack: types that nest twenty thousand deep
// Tries: to overflow the stack of the parser
// Ends: compile_error
// Code: too-deep
// Made by: types_within_types
