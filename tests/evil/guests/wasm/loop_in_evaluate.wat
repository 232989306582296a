;; Attack: a loop in `evaluate`
;; Tries: to run for ever
;; Ends: out_of_fuel
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again (br $again))
    (i64.const 0x0000001000000004)))
