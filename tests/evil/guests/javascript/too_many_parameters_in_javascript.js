// Attack: a function with fifty thousand parameters
// Tries: to take quadratic time where the metric is read
// Ends: compile_error
// Code: too-many-parameters
// Made by: too_many_parameters_in_javascript
