;; Attack: sections whose sizes are larger than the module, and sections in another order
;; Tries: to have the reader read beyond the end
;; Ends: compile_error
;; Code: invalid-module
;; Made by: sections_that_lie
