;; Attack: a loop in `alloc`
;; Tries: to run for ever while the host waits for room
;; Ends: out_of_fuel
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (loop $again (br $again)) (unreachable))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
