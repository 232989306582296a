;; Attack: fd_write with four billion buffers that all lie
;; Tries: to have the host add up lengths until they overflow
;; Ends: ok
;; Returns: true
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 0)))
    (drop (call $write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 0)))
    (i32.store (i32.const 1024) (i32.const -1))
    (i32.store (i32.const 1028) (i32.const -1))
    (drop (call $write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 0)))
    (drop (call $read (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const -1)))
    (i64.const 0x0000001000000004)))
