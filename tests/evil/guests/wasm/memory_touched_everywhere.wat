;; Attack: a byte written to every page of all memory that may be had
;; Tries: to leave the pages behind for those who come next
;; Ends: ok
;; Returns: true
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (drop (memory.grow (i32.const 1020)))
    (loop $again
      (i32.store8 (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.add (local.get $pointer) (i32.const 1))) (i32.const 1))
      (local.set $pointer (i32.add (local.get $pointer) (i32.const 4096)))
      (br_if $again (i32.lt_u (local.get $pointer) (i32.shl (memory.size) (i32.const 16)))))
    (i32.store (i32.const 16) (i32.const 0x65757274))
    (i64.const 0x0000001000000004)))
