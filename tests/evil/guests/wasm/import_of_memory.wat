;; Attack: memory and tables imported instead of exported
;; Tries: to be given the memory of somebody else
;; Ends: compile_error
;; Code: unknown-import
(module
  (import "env" "memory" (memory 1))
  (import "jurybox" "log" (table 1 funcref))
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
