;; Attack: an answer whose pointer is near four gigabytes
;; Tries: to have the host read beyond the memory
;; Ends: invalid_result
;; Says: outside of its memory
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0xfffffff000000010)))
