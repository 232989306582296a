;; Attack: a hundred thousand custom sections
;; Tries: to take long to read
;; Ends: ok
;; Returns: true
;; Made by: sections_without_end
