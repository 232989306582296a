//! What toolchains import, as modules see it.

use jurybox::EvaluationOptions;

use super::harness::{judge, line, run};

#[test]
fn what_is_printed_becomes_lines() {
    // In the start function, where the host does not know the instance yet, and in the run.
    let source = r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 2)
        (data (i32.const 16) "one\ntwo")
        (data (i32.const 32) "1")
        (func $print
            (i32.store (i32.const 0) (i32.const 16))
            (i32.store (i32.const 4) (i32.const 7))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
        (start $print)
        (func (export "alloc") (param i32) (result i32) (i32.const 65536))
        (func (export "evaluate") (param i32 i32) (result i64) (call $print) (i64.const 0x2000000001)))"#;
    assert_eq!(run(source), "one | twoone | two | 1");
}

#[test]
fn the_clock_is_that_of_the_run() {
    let source = r#"(module
        (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
        (memory (export "memory") 2)
        (data (i32.const 32) "0")
        (func (export "alloc") (param i32) (result i32) (i32.const 65536))
        (func (export "evaluate") (param i32 i32) (result i64)
            (drop (call $time (i32.const 0) (i64.const 0) (i32.const 0)))
            (drop (call $time (i32.const 1) (i64.const 0) (i32.const 8)))
            (i32.store8 (i32.const 32)
                (i32.add (i32.const 0x30)
                    (i32.add
                        (i64.eq (i64.load (i32.const 0)) (i64.const 1234))
                        (i64.eq (i64.load (i32.const 8)) (i64.const 1234)))))
            (i64.const 0x2000000001)))"#;
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(1234);
    assert_eq!(line(&judge(source, "{}", &options)), "2");
}
