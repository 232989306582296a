;; Attack: two functions that call each other
;; Tries: to overflow the stack of the host
;; Ends: runtime_error
;; Says: Calls nest too deeply
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func $even (param i64 i64 i64 f64) (result f64)
    (f64.add (call $odd (local.get 1) (local.get 0) (local.get 2) (local.get 3)) (f64.convert_i64_s (local.get 0))))
  (func $odd (param i64 i64 i64 f64) (result f64)
    (f64.add (call $even (local.get 1) (local.get 0) (local.get 2) (local.get 3)) (f64.convert_i64_s (local.get 0))))
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (call $even (i64.const 1) (i64.const 2) (i64.const 3) (f64.const 4)))
    (i64.const 0x0000001000000004)))
