;; Attack: blocks that nest fifty thousand deep
;; Tries: to overflow the stack of the compiler
;; Ends: compile_error
;; Code: module-too-large
;; Says: blocks within blocks
;; Made by: deep_blocks
