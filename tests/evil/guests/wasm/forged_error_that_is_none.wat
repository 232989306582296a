;; Attack: reserved keys with values of other types
;; Tries: to confuse the reader of answers
;; Ends: invalid_result
;; Says: reserved key
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "{\"$error\":{\"message\":5}}")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000018)))
