;; Attack: random_get of all memory, and beyond it
;; Tries: to have the host work for little fuel, or write beyond the memory
;; Ends: ok
;; Returns: true
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (if (i32.eqz (call $random (i32.const 262143) (i32.const 2))) (then (unreachable)))
    (if (i32.eqz (call $random (i32.const 0) (i32.const -1))) (then (unreachable)))
    (if (i32.eqz (call $random (i32.const -1) (i32.const -1))) (then (unreachable)))
    (i64.const 0x0000001000000004)))
