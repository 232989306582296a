;; Attack: a memory with 64-bit addresses
;; Tries: to reach every address of the host
;; Ends: compile_error
;; Code: invalid-module
(module
  (memory (export "memory") i64 1)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
