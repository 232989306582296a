;; Attack: an answer with half of a surrogate pair, as JSON writes it
;; Tries: to hand text to the host that is none
;; Ends: invalid_result
;; Says: can't be read as JSON
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "{\"score\":1,\"reason\":\"\\ud800\"}")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x000000100000001d)))
