;; Attack: memory.fill and memory.copy of a whole memory, again and again
;; Tries: to have single instructions take long, which cost little fuel
;; Ends: timed_out
;; Limits: fuel 9_000_000_000_000_000_000, deadline 500
(module
  (memory (export "memory") 1000)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536000))
      (memory.copy (i32.const 0) (i32.const 1) (i32.const 65535999))
      (br $again))
    (i64.const 0x0000001000000004)))
