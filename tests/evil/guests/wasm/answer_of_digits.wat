;; Attack: a number of two hundred thousand digits
;; Tries: to have the host take quadratic time for reading it
;; Ends: invalid_result
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (memory.fill (i32.const 65536) (i32.const 0x39) (i32.const 190000))
    (i64.const 0x000100000002e630)))
