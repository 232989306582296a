;; Attack: a hundred thousand brackets as an answer
;; Tries: to overflow the stack of the host where it reads JSON
;; Ends: invalid_result
;; Says: can't be read as JSON
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (memory.fill (i32.const 65536) (i32.const 0x5b) (i32.const 100000))
    (i64.const 0x00010000000186a0)))
