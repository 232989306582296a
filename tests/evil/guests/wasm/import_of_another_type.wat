;; Attack: an import of `log` with other parameters
;; Tries: to have the host take arguments for what they are not
;; Ends: compile_error
;; Code: wrong-import
(module
  (import "jurybox" "log" (func $log (param i64 i64 i64) (result f64)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
