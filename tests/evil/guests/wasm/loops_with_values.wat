;; Attack: seven kilobytes of loops with fifty parameters and results
;; Tries: to take the compiler gigabytes
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: loops_with_values
