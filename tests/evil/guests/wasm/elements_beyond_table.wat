;; Attack: functions for places that no table has
;; Tries: to write where the host keeps something
;; Ends: runtime_error
;; Says: out of bounds table access
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (table 1 funcref)
  (func $f)
  (elem (i32.const -1) $f $f)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
