# Attack: a source that is one sum of sixty thousand terms
# Tries: to overflow the stack of the compiler that reads the metric
# Ends: compile_error
# Code: load-limit
# Made by: long_expression
