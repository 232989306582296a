;; Attack: abort of AssemblyScript with pointers that lead nowhere
;; Tries: to have the host read its message from its own memory
;; Ends: runtime_error
(module
  (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (call $abort (i32.const -4) (i32.const 3) (i32.const -1) (i32.const -1))
    (i64.const 0x0000001000000004)))
