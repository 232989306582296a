# Attack: a source that is nothing but parentheses
# Tries: to overflow the stack of the parser that reads the metric
# Ends: compile_error
# Code: syntax-error
# Made by: deep_parentheses
