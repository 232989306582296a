;; Attack: calls of the host that write nothing, again and again
;; Tries: to have the host work for little fuel
;; Ends: out_of_fuel
;; Limits: fuel 20_000_000
(module
  (import "jurybox" "log" (func $log (param i32 i32)))
  (import "jurybox" "random" (func $random (result i64)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again
      (call $log (i32.const 0) (i32.const 262144))
      (drop (call $random))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 8192) (i32.const 0)))
      (br $again))
    (i64.const 0x0000001000000004)))
