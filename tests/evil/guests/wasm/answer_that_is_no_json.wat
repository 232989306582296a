;; Attack: an answer that almost is JSON
;; Tries: to have the host take it for something
;; Ends: invalid_result
;; Says: can't be read as JSON
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "{'score': NaN, // }\n}")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000015)))
