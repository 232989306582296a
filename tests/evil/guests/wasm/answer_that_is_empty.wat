;; Attack: an answer of no bytes, at a pointer beyond the memory
;; Tries: to have the host take nothing for something
;; Ends: invalid_result
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0xffffffff00000000)))
