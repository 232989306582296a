;; Attack: eight kilobytes of calls with a thousand arguments and results
;; Tries: to take the compiler half a minute and a gigabyte
;; Ends: compile_error
;; Code: module-too-large
;; Says: what takes long to compile
;; Made by: calls_with_many_values
