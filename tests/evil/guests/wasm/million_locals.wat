;; Attack: a function that claims four billion locals
;; Tries: to have the host make room for them
;; Ends: compile_error
;; Code: module-too-large
;; Says: locals
;; Made by: million_locals
