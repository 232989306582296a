;; Attack: descriptors that are opened and never closed
;; Tries: to use up the descriptors of the host
;; Ends: ok
;; Returns: true
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (data (i32.const 1024) ".")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again
      (drop (call $open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 2) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 512)))
      (br_if $again (i32.lt_u (local.tee $length (i32.add (local.get $length) (i32.const 1))) (i32.const 5000))))
    (if (i32.gt_u (i32.load (i32.const 512)) (i32.const 100)) (then (unreachable)))
    (i64.const 0x0000001000000004)))
