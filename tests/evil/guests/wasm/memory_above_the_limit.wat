;; Attack: a memory of a gigabyte from the start
;; Tries: to have the host take it before any code runs
;; Ends: out_of_memory
;; Says: starts with exceeds the limit
(module
  (memory (export "memory") 16384)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
