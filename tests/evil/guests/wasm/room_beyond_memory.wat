;; Attack: room for the event beyond the memory
;; Tries: to have the host write beyond the memory
;; Ends: invalid_result
;; Says: room for the event outside of its memory
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const -8))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
