;; Attack: a loop with more fuel than anyone can burn
;; Tries: to run for ever where fuel is no limit
;; Ends: timed_out
;; Limits: fuel 9_000_000_000_000_000_000, deadline 200
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again (br $again))
    (i64.const 0x0000001000000004)))
