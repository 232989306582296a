;; Attack: a hundred memories
;; Tries: to take more memory than one memory may have
;; Ends: compile_error
;; Code: module-too-large
(module
  (memory (export "memory") 4)
  (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000) (memory 1000)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
