;; Attack: one function of ten megabytes
;; Tries: to take the compiler long with what can not be shared between processors
;; Ends: compile_error
;; Code: module-too-large
;; Says: bytes of code in one function
;; Made by: huge_function
