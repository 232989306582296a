;; Attack: a name section that is garbage
;; Tries: to have whoever writes the backtrace crash
;; Ends: ok
;; Returns: true
;; Made by: names_that_lie
