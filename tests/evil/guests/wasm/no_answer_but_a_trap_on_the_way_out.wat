;; Attack: a trap in every entry point
;; Tries: to have the host take a half-made instance for a whole one
;; Ends: runtime_error
;; Says: wasm `unreachable` instruction executed
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "_initialize") (unreachable))
  (func (export "alloc") (param $length i32) (result i32) (unreachable))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (unreachable)
    (i64.const 0x0000001000000004)))
