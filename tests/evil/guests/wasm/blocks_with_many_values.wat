;; Attack: ten kilobytes of blocks with a thousand parameters and results
;; Tries: to take the compiler gigabytes
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: blocks_with_many_values
