;; Attack: a binary that ends in the middle of everything
;; Tries: to have the reader read beyond the end
;; Ends: compile_error
;; Code: invalid-module
;; Made by: truncated
