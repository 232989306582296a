// Attack: a source that is one sum of a hundred thousand terms
// Tries: to overflow the stack of the compiler that reads the metric
// Ends: compile_error
// Code: too-deep
// Made by: long_sum
