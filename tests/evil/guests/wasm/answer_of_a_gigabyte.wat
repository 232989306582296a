;; Attack: an answer of a gigabyte that is there
;; Tries: to have the host make a copy of a gigabyte
;; Ends: invalid_result
;; Says: takes 1073741824 bytes
;; Limits: memory 2_000_000_000
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (memory.grow (i32.const 16384)))
    (i64.const 0x0000001040000000)))
