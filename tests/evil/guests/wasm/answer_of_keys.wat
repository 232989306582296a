;; Attack: an object with the same key thirty thousand times
;; Tries: to have the host take quadratic time for reading it
;; Ends: ok
;; Returns: 1
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i32.store8 (i32.const 65536) (i32.const 0x7b))
    (local.set $pointer (i32.const 65537))
    (loop $again
      (i64.store (local.get $pointer) (i64.const 0x2c313a226122)) ;; "a":1,
      (local.set $pointer (i32.add (local.get $pointer) (i32.const 6)))
      (br_if $again (i32.lt_u (local.get $pointer) (i32.const 245537))))
    (i32.store8 (i32.sub (local.get $pointer) (i32.const 1)) (i32.const 0x7d))
    (i64.const 0x000100000002bf21)))
