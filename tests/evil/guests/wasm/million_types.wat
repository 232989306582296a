;; Attack: a module that claims a million types and has none
;; Tries: to have the host make room for them
;; Ends: compile_error
;; Code: module-too-large
;; Says: types
;; Made by: million_types
