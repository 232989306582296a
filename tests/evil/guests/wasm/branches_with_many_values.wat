;; Attack: twenty thousand branches that carry a thousand values each
;; Tries: to take the compiler minutes
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: branches_with_many_values
