// Attack: calls that may be comparisons, forty deep
// Tries: to have the parser try every reading: two to the power of forty
// Ends: compile_error
// Code: too-deep
// Made by: generics_or_comparisons
