;; Attack: shared memory and atomics
;; Tries: to measure time with a counter, and to race
;; Ends: compile_error
;; Code: invalid-module
(module
  (memory (export "memory") 1 1 shared)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
    (i64.const 0x0000001000000004)))
