;; Attack: an import whose name has a megabyte, with control characters
;; Tries: to flood the terminal of whoever reads the error
;; Ends: compile_error
;; Code: unknown-import
;; Made by: name_of_a_megabyte
