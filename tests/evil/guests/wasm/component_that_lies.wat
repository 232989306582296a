;; Attack: a component whose answer lies in no memory
;; Tries: to have the host read beyond the memory
;; Ends: invalid_result
;; Made by: component_that_lies
