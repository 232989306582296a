// Attack: a class with ten thousand decorators
// Tries: to overflow a stack, or to take long, where decorators become calls
// Ends: compile_error
// Code: too-deep
// Made by: decorators_without_end
