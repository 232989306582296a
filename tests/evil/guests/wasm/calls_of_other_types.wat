;; Attack: indirect calls of functions of another type, and of nothing
;; Tries: to call code with arguments that it does not have
;; Ends: runtime_error
;; Says: indirect call type mismatch
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (table 2 funcref)
  (elem (i32.const 0) $two)
  (func $two (param i64 i64) (result i64) (local.get 1))
  (type $one (func (param i32) (result i32)))
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (call_indirect (type $one) (i32.const 1) (i32.const 0)))
    (i64.const 0x0000001000000004)))
