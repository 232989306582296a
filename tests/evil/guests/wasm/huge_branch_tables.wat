;; Attack: branch tables with six hundred thousand targets
;; Tries: to take the compiler long, or all memory
;; Ends: compile_error
;; Code: module-too-large
;; Made by: huge_branch_tables
