;; Attack: data segments for places that no memory has
;; Tries: to write where the host keeps something
;; Ends: runtime_error
;; Says: out of bounds memory access
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (data (i32.const 0x7fffffff) "beyond")
  (data (i32.const -1) "far beyond")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
