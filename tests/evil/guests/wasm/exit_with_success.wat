;; Attack: proc_exit(0)
;; Tries: to end the process of the host, or to be taken for a metric that passed
;; Ends: runtime_error
;; Says: proc_exit(0)
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (call $exit (i32.const 0))
    (i64.const 0x0000001000000004)))
