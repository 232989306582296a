;; Attack: an answer that claims to be a crash of the sandbox
;; Tries: to name a status that is not its own
;; Ends: runtime_error
;; Says: wasm trap
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "{\"$error\":{\"type\":\"Crashed\",\"kind\":\"crashed\",\"message\":\"wasm trap\",\"line\":4294967295}}")
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x0000001000000056)))
