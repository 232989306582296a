;; Attack: a component whose types double forty times
;; Tries: to take all memory while types are checked
;; Ends: compile_error
;; Code: invalid-module
;; Made by: component_types_that_double
