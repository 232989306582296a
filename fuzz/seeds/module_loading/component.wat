(component
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 16) "\00\00\00\00\20\00\00\00\04\00\00\00")
    (data (i32.const 32) "true")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "evaluate") (param i32 i32) (result i32) (i32.const 16)))
  (core instance $i (instantiate $m))
  (func $e (param "event" string) (result (result string (error string)))
    (canon lift (core func $i "evaluate") (memory $i "memory") (realloc (func $i "realloc"))))
  (export "evaluate" (func $e)))
