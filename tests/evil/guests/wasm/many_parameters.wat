;; Attack: functions with a thousand parameters and a thousand results that call each other
;; Tries: to take the compiler long with moving them
;; Ends: ok
;; Returns: true
;; Made by: many_parameters
