;; Attack: a data segment of ten megabytes
;; Tries: to have the host keep many copies of it
;; Ends: ok
;; Returns: true
;; Made by: data_of_megabytes
