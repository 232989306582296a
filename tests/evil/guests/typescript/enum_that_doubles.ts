// Attack: an enum whose members are texts, each twice as long as the last
// Tries: to have the compiler, which computes enums, make a terabyte
// Ends: compile_error
// Code: enum-too-large
// Made by: enum_that_doubles
