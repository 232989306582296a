;; Attack: sockets of WASI
;; Tries: to reach the network
;; Ends: ok
;; Returns: true
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (local.set $length (i32.const -1))
    (loop $again
      (if (i32.eqz (call $accept (local.get $length) (i32.const 0) (i32.const 512))) (then (unreachable)))
      (if (i32.eqz (call $send (local.get $length) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 512))) (then (unreachable)))
      (br_if $again (i32.lt_s (local.tee $length (i32.add (local.get $length) (i32.const 1))) (i32.const 100))))
    (i64.const 0x0000001000000004)))
