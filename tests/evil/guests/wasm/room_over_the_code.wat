;; Attack: room for the event where the answer is
;; Tries: to have the host write over what it reads later
;; Ends: ok
;; Returns: true
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 8))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i32.store (i32.const 16) (i32.const 0x65757274))
    (i64.const 0x0000001000000004)))
