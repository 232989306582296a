;; Attack: a log line beyond the memory
;; Tries: to have the host print what is its own
;; Ends: runtime_error
;; Says: A pointer outside of memory
(module
  (import "jurybox" "log" (func $log (param i32 i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (call $log (i32.const 262140) (i32.const 5))
    (i64.const 0x0000001000000004)))
