;; Attack: recursion in the start function
;; Tries: to overflow the stack while an instance is made
;; Ends: runtime_error
;; Says: Calls nest too deeply
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func $start (call $start))
  (start $start)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
