;; Attack: as many functions as may be, each as dear as may be
;; Tries: to take the compiler as long as the checks allow
;; Ends: ok
;; Returns: true
;; Made by: many_dear_functions
