;; Attack: vector instructions at the end of memory
;; Tries: to read the memory of the host sixteen bytes at a time
;; Ends: runtime_error
;; Says: out of bounds memory access
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (v128.load8_splat (i32.const 262143)))
    (v128.store64_lane 1 (i32.const 262136) (v128.const i64x2 1 2))
    (drop (v128.load (i32.const 262129)))
    (i64.const 0x0000001000000004)))
