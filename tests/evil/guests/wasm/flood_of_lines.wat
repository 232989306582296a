;; Attack: log lines without end, and lines of null bytes
;; Tries: to fill the memory of the host with logs
;; Ends: out_of_fuel
;; Limits: fuel 20_000_000
(module
  (import "jurybox" "log" (func $log (param i32 i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (loop $again
      (call $log (i32.const 0) (i32.const 0))
      (call $log (i32.const 0) (i32.const 262144))
      (call $log (i32.const 16) (i32.const 4))
      (br $again))
    (i64.const 0x0000001000000004)))
