;; Attack: poll_oneoff with clocks that never ring, and with a million of them
;; Tries: to hold an instance without using fuel, or to have the host make a list of millions
;; Ends: ok
;; Returns: true
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.store (i32.const 1024) (i64.const 7))
    (i64.store offset=16 (i32.const 1024) (i64.const 0))
    (i64.store offset=24 (i32.const 1024) (i64.const 0x7fffffffffffffff))
    (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 512)))
    (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 0) (i32.const 512)))
    (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1000000) (i32.const 512)))
    (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const -1) (i32.const 512)))
    (i64.const 0x0000001000000004)))
