;; Attack: an import of a function that is not there
;; Tries: to have the host guess
;; Ends: compile_error
;; Code: unknown-import
;; Says: `system` from `env`
(module
  (import "env" "system" (func $system (param i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
