;; Attack: loads and stores at every end of the address space, with every offset
;; Tries: to read the memory of the host
;; Ends: runtime_error
;; Says: out of bounds memory access
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (i64.load offset=0xffffffff (i32.const -1)))
    (i64.const 0x0000001000000004)))
