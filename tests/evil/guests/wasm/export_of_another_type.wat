;; Attack: `evaluate` and `memory` that are something else
;; Tries: to have the host call what is no function
;; Ends: compile_error
;; Code: wrong-export
(module
  (global (export "memory") i32 (i32.const 1))
  (table (export "alloc") 1 funcref)
  (memory (export "evaluate") 1))
