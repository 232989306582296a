;; Attack: a loop in `_initialize`
;; Tries: to run for ever before anything was judged
;; Ends: out_of_fuel
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "_initialize") (loop $again (br $again)))
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
