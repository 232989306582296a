;; Attack: recursion up to the end of the stack, and a call of the host there
;; Tries: to have the host overflow the stack
;; Ends: runtime_error
;; Says: Calls nest too deeply
;; Limits: fuel 1_000_000_000
(module
  (import "jurybox" "log" (func $log (param i32 i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func $down (param i32)
    (call $log (i32.const 0) (i32.const 1000))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0)))
    (call $down (i32.add (local.get 0) (i32.const 1))))
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (call $down (i32.const 0))
    (i64.const 0x0000001000000004)))
