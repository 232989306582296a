;; Attack: a component that makes sixty instances of a module of sixty megabytes each
;; Tries: to take more memory than one memory may have
;; Ends: compile_error
;; Code: invalid-module
;; Made by: instances_of_each_other
