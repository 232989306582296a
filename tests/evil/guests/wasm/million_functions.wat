;; Attack: a module that claims a million functions and has none
;; Tries: to have the host make room for them
;; Ends: compile_error
;; Code: module-too-large
;; Says: functions
;; Made by: million_functions
