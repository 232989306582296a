;; Attack: memory.init of a passive segment that was dropped, and beyond its end
;; Tries: to read what lies behind the data of the module
;; Ends: runtime_error
;; Says: out of bounds memory access
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (data $secret "0123456789")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (memory.init $secret (i32.const 0) (i32.const 0) (i32.const 10))
    (data.drop $secret)
    (memory.init $secret (i32.const 0) (i32.const 0) (i32.const 0))
    (memory.init $secret (i32.const 0) (i32.const 5) (i32.const 10))
    (i64.const 0x0000001000000004)))
