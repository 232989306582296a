;; Attack: 1e999999 and a number of a hundred thousand digits
;; Tries: to have the host read what takes long to read, or is infinite
;; Ends: invalid_result
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "1e999999")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000008)))
