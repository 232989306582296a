;; Attack: table.grow until there is no more
;; Tries: to take the memory of the host through tables, which are no linear memory
;; Ends: ok
;; Returns: true
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (table $table 1 funcref)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again
      (br_if $again (i32.ne (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1))))
    (if (i32.gt_u (table.size $table) (i32.const 40000)) (then (unreachable)))
    (i64.const 0x0000001000000004)))
