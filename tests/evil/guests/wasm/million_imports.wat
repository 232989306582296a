;; Attack: a module that claims four billion imports and has none
;; Tries: to have the host make room for them
;; Ends: compile_error
;; Code: module-too-large
;; Says: imports
;; Made by: million_imports
