;; Attack: a function that keeps nine thousand locals alive over five thousand branches
;; Tries: to take the compiler the product of both
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: many_locals
