//! What is refused when a module is loaded, and what its author is told.

use super::harness::{answering, compile, module, refused};

#[test]
fn unknown_imports_are_named() {
    let importing = |import: &str| format!("(module (import {import}))");
    assert_eq!(
        refused(importing(r#""env" "fetch" (func)"#)),
        "unknown-import: the module imports `fetch` from `env`, which is not there"
    );
    for import in [
        r#""jurybox" "nothing" (func)"#,
        r#""jurybox" "memory" (memory 1)"#,
        r#""wasi_snapshot_preview1" "fd_nothing" (func)"#,
        r#""wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32))"#,
        r#""" "" (global i32)"#,
        r#""env" "memory" (memory 1)"#,
        r#""env" "__indirect_function_table" (table 1 funcref)"#,
    ] {
        assert!(refused(importing(import)).starts_with("unknown-import: "), "{import}");
    }
    let error = compile(importing(r#""env" "fetch" (func)"#)).expect_err("refused");
    let help = error.diagnostics[0].help.as_deref().expect("help");
    assert!(
        help.contains("`log`, `now`, `random` and `fail` of `jurybox`"),
        "{help}"
    );
    let name = format!(r#""env" "\1b{}" (func)"#, "x".repeat(100_000));
    let message = refused(importing(&name));
    assert!(message.len() < 500 && !message.contains('\u{1b}'));
}

#[test]
fn imports_have_types() {
    let complete = |import: &str| answering("true").replace("(module", &format!("(module (import {import})"));
    let message = refused(complete(r#""jurybox" "log" (func (param i64))"#));
    assert!(message.starts_with("wrong-import: "), "{message}");
    assert!(refused(complete(r#""jurybox" "now" (func)"#)).starts_with("wrong-import: "));
    assert!(refused(complete(r#""jurybox" "now" (global i64)"#)).starts_with("wrong-import: "));
}

#[test]
fn exports_must_be_there_and_fit() {
    assert_eq!(refused("(module)"), "wrong-export: the module does not export `memory`");
    assert_eq!(
        refused(r#"(module (func (export "memory")))"#),
        "wrong-export: the module exports `memory` as a function `() -> ()`"
    );
    assert_eq!(
        refused(r#"(module (memory (export "memory") 1))"#),
        "wrong-export: the module does not export `alloc`"
    );
    let exports = answering("true");
    assert_eq!(
        refused(exports.replace("(export \"evaluate\")", "(export \"evaluated\")")),
        "wrong-export: the module does not export `evaluate`"
    );
    assert_eq!(
        refused(
            r#"(module
                (memory (export "memory") 1)
                (func (export "alloc") (param i32) (result i32) (i32.const 0))
                (func (export "evaluate") (param i32) (result i32) (i32.const 0)))"#
        ),
        "wrong-export: the module exports `evaluate` as a function `(i32) -> (i32)`"
    );
    assert!(refused(module(r#"(func (export "_initialize") (param i32))"#, "(i64.const 0)")).contains("`_initialize`"));
}

#[test]
fn what_is_no_module_is_refused() {
    assert!(refused("").starts_with("not-wasm: "));
    assert!(refused("print('hello')x").starts_with("syntax-error: "));
    assert!(refused("def f").starts_with("not-wasm: "));
    assert!(refused(b"\xff\xfe(".to_vec()).starts_with("not-text: "));
    assert!(refused(b"\0asm".to_vec()).starts_with("invalid-module: "));
    assert!(refused(b"\0asm\x02\0\0\0".to_vec()).starts_with("invalid-module: "));
    assert!(refused(b"\0asm\x01\0\0\0\xff\xff\xff\xff".to_vec()).starts_with("invalid-module: "));
    let error = compile("(module\n  (func (i32.foo)))").expect_err("refused");
    let diagnostic = &error.diagnostics[0];
    assert_eq!(diagnostic.code, "syntax-error");
    assert_eq!(diagnostic.start.line, 2, "{diagnostic:?}");
    assert!(
        diagnostic.message.starts_with("unknown operator"),
        "{}",
        diagnostic.message
    );
}

#[test]
fn binaries_may_be_damaged_in_any_way() {
    let good = wat::parse_str(answering("true")).expect("it is valid");
    for length in 0..good.len() {
        drop(compile(&good[..length]));
    }
    for position in 0..good.len() {
        for bit in [1, 0x80] {
            let mut damaged = good.clone();
            damaged[position] ^= bit;
            drop(compile(damaged));
        }
    }
}

#[test]
fn proposals_that_are_not_needed_are_off() {
    for (what, source) in [
        ("threads", "(module (memory 1 1 shared))"),
        ("64-bit memories", "(module (memory i64 1))"),
        ("several memories", "(module (memory 1) (memory 1))"),
        ("tail calls", "(module (func $f (return_call $f)))"),
        (
            "relaxed SIMD",
            "(module (func (param v128 v128 v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))",
        ),
        ("garbage collection", "(module (type (struct (field i32))))"),
        ("exceptions", "(module (tag))"),
    ] {
        let message = refused(source);
        assert!(message.starts_with("invalid-module: "), "{what}: {message}");
    }
}
