;; Attack: an answer that is not UTF-8
;; Tries: to hand text to the host that is none
;; Ends: invalid_result
;; Says: not UTF-8
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "\"\ff\fe\c0\80\"")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000006)))
