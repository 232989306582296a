;; Attack: an answer of five million spaces before the value, where results may be large
;; Tries: to have the host copy the answer again and again, or to lose it on its way from a worker
;; Ends: ok
;; Returns: true
;; Limits: memory 100_000_000, result 6_000_000
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (memory.grow (i32.const 1000)))
    (memory.fill (i32.const 65536) (i32.const 0x20) (i32.const 5000000))
    (i32.store (i32.const 5065536) (i32.const 0x65757274))
    (i64.const 0x00010000004c4b44)))
