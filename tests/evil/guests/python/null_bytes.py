# Attack: a source with null bytes that claims to be UTF-7
# Tries: to have two readers read two different sources
# Ends: compile_error
# Code: syntax-error
# Made by: null_bytes
