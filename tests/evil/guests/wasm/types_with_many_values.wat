;; Attack: types with hundreds of parameters and results that nothing uses
;; Tries: to have the compiler make a way to call each
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: types_with_many_values
