;; Attack: memory, globals and tables that remember
;; Tries: to see in one event what another one was
;; Ends: ok
;; Returns: true
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (global $seen (mut i32) (i32.const 0))
  (table $table 2 funcref)
  (func $f)
  (elem declare func $f)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (if (i32.or (global.get $seen) (i32.load (i32.const 200000))) (then (unreachable)))
    (if (i32.eqz (ref.is_null (table.get $table (i32.const 1)))) (then (unreachable)))
    (global.set $seen (i32.const 1))
    (i32.store (i32.const 200000) (i32.const 1))
    (table.set $table (i32.const 1) (ref.func $f))
    (i64.const 0x0000001000000004)))
