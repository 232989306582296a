// Attack: conditions that may be arrows with types, forty deep
// Tries: to have the parser try every reading: two to the power of forty
// Ends: compile_error
// Code: syntax-error
// Made by: arrows_or_conditions
