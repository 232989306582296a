;; Attack: ten thousand values that are loaded first and needed last, with ten thousand blocks in between
;; Tries: to take the compiler minutes
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: stack_over_blocks
