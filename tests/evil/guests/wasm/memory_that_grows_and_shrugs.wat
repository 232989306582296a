;; Attack: memory.grow of everything and table.grow of nothing, refused and granted a million times
;; Tries: to have the host work at every refusal
;; Ends: out_of_fuel
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (table $table 0 funcref)
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again (drop (memory.grow (i32.const 65535))) (drop (table.grow $table (ref.null func) (i32.const 0))) (br $again))
    (i64.const 0x0000001000000004)))
