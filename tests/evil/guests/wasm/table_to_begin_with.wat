;; Attack: a table of four billion functions
;; Tries: to have the host take the memory before any code runs
;; Ends: compile_error
;; Code: invalid-module
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (table 4000000000 funcref)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
