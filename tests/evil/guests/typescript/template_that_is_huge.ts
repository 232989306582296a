// Attack: a template literal of a quarter of a megabyte, as a type and as a value
// Tries: to take long, or all memory, where it is read and written
// Ends: ok
// Returns: true
// Made by: template_that_is_huge
