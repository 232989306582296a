;; Attack: loops that nest nine hundred deep over a thousand locals
;; Tries: to take the compiler the cube of their number
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: deep_loops
