;; Attack: `fail` with a message of a megabyte
;; Tries: to get more out through errors than a result may have
;; Ends: runtime_error
(module
  (import "jurybox" "fail" (func $fail (param i32 i32)))
  (memory (export "memory") 20)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (memory.fill (i32.const 0) (i32.const 0x78) (i32.const 1000000))
    (call $fail (i32.const 0) (i32.const 1000000))
    (i64.const 0x0000001000000004)))
