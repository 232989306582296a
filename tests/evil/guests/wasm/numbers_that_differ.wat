;; Attack: NaNs of every kind, whose bits differ from machine to machine
;; Tries: to learn which machine it runs on, or to have verdicts differ
;; Ends: ok
;; Returns: true
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (f64.store (i32.const 1024) (f64.div (f64.const 0) (f64.const 0)))
    (f64.store (i32.const 1032) (f64.sqrt (f64.const -1)))
    (f64.store (i32.const 1040) (f64.add (f64.reinterpret_i64 (i64.const 0x7ff4000000000001)) (f64.const 1)))
    (f64.store (i32.const 1048) (f64.min (f64.reinterpret_i64 (i64.const 0xfff8000000000fff)) (f64.const 1)))
    (if (i64.ne (i64.load (i32.const 1024)) (i64.load (i32.const 1032))) (then (unreachable)))
    (if (i64.ne (i64.load (i32.const 1024)) (i64.load (i32.const 1040))) (then (unreachable)))
    (if (i64.ne (i64.load (i32.const 1024)) (i64.load (i32.const 1048))) (then (unreachable)))
    (i64.const 0x0000001000000004)))
