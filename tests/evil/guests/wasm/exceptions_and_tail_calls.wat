;; Attack: exceptions, tail calls and garbage collection
;; Tries: to use what is least tested
;; Ends: compile_error
;; Code: invalid-module
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (tag $tag)
  (type $struct (struct (field (mut i32))))
  (func $tail (return_call $tail))
  (func $throw (throw $tag))
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000004)))
