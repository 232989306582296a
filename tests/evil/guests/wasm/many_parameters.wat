;; Attack: a hundred blocks with as many parameters and results as may be
;; Tries: to take the compiler long with moving them
;; Ends: ok
;; Returns: true
;; Made by: many_parameters
