;; Attack: paths that lead out of what was granted
;; Tries: to read the files of the host
;; Ends: ok
;; Returns: true
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $link (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (data (i32.const 16) "true")
  (data (i32.const 1024) "/etc/passwd../../../etc/passwd./../etc/passwd")
  (func $try (param $descriptor i32) (param $path i32) (param $length i32)
    (if (i32.eqz (call $open (local.get $descriptor) (i32.const 1) (local.get $path) (local.get $length) (i32.const 0) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 512)))
      (then (unreachable)))
    (if (i32.eqz (call $open (local.get $descriptor) (i32.const 1) (local.get $path) (local.get $length) (i32.const 9) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 512)))
      (then (unreachable))))
  (func (export "alloc") (param $length i32) (result i32) (i32.const 65536))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (call $try (i32.const 3) (i32.const 1024) (i32.const 11))
    (call $try (i32.const 3) (i32.const 1035) (i32.const 19))
    (call $try (i32.const 3) (i32.const 1054) (i32.const 15))
    (call $try (i32.const 4) (i32.const 1024) (i32.const 11))
    (call $try (i32.const -1) (i32.const 1024) (i32.const 11))
    (if (i32.eqz (call $symlink (i32.const 1024) (i32.const 11) (i32.const 3) (i32.const 1030) (i32.const 3))) (then (unreachable)))
    (drop (call $open (i32.const 3) (i32.const 1) (i32.const -1) (i32.const -1) (i32.const 0) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const -4)))
    (drop (call $link (i32.const 3) (i32.const 1024) (i32.const 11) (i32.const -1) (i32.const -1) (i32.const 512)))
    (i64.const 0x0000001000000004)))
