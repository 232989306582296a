//! Modules that mean harm: each ends as the author's fault, and the next one finds nothing of it.

use jurybox::{EvaluationOptions, Status};

use super::harness::{judge, line, module, run};

#[test]
fn pointers_and_lengths_may_lie() {
    for (answer, expected) in [
        ("0x0000001000000000", ""),
        (
            "0xffffffff00000001",
            "a text outside of its memory (pointer 4294967295, length 1)",
        ),
        (
            "0x00000000ffffffff",
            "a text outside of its memory (pointer 0, length 4294967295)",
        ),
        (
            "0xffffffffffffffff",
            "a text outside of its memory (pointer 4294967295, length 4294967295)",
        ),
        (
            "0x0003fffc00000005",
            "a text outside of its memory (pointer 262140, length 5)",
        ),
    ] {
        let verdict = judge(
            module("", &format!("(i64.const {answer})")),
            "{}",
            &EvaluationOptions::default(),
        );
        assert_eq!(verdict.status, Status::InvalidResult, "{answer}");
        let message = verdict.error.expect("an error").message;
        if !expected.is_empty() {
            assert_eq!(message, format!("The metric returned {expected}"));
        }
    }
}

#[test]
fn alloc_may_lie() {
    let with_alloc = |body: &str| {
        format!(
            r#"(module
                (memory (export "memory") 1)
                (func (export "alloc") (param i32) (result i32) {body})
                (func (export "evaluate") (param i32 i32) (result i64) (i64.const 0)))"#
        )
    };
    assert!(
        run(&with_alloc("(i32.const -1)"))
            .starts_with("invalid_result: The metric returned room for the event outside of its memory (`alloc("),
    );
    assert!(run(&with_alloc("(i32.const 65530)")).starts_with("invalid_result: "));
    assert!(run(&with_alloc("(i32.const 0)")).starts_with("out_of_memory: `alloc` found no room for the event of "));
    assert_eq!(
        run(&with_alloc("(unreachable)")),
        "runtime_error: The module trapped: wasm `unreachable` instruction executed"
    );
}

#[test]
fn nonsense_is_no_result() {
    let bytes = |bytes: &str, length: usize| {
        run(&module(
            &format!(r#"(data (i32.const 16) "{bytes}")"#),
            &format!("(call $answer (i32.const 16) (i32.const {length}))"),
        ))
    };
    assert_eq!(
        bytes("\\ff\\fe", 2),
        "invalid_result: The metric returned text that is not UTF-8"
    );
    assert!(bytes("nonsense", 8).starts_with("invalid_result: The metric returned a value that can't be read as JSON"));
    assert!(bytes("NaN", 3).starts_with("invalid_result: "));
    assert!(bytes("[1,", 3).starts_with("invalid_result: "));
    assert!(bytes("true true", 9).starts_with("invalid_result: "));
    assert!(bytes("{\\22$error\\22: 5}", 13).starts_with("invalid_result: "));
    // A hundred thousand brackets.
    let nested = module(
        "",
        "(memory.fill (i32.const 65536) (i32.const 0x5b) (i32.const 100000))
         (call $answer (i32.const 65536) (i32.const 100000))",
    );
    assert!(run(&nested).starts_with("invalid_result: "));
}

#[test]
fn results_have_a_limit() {
    let filled = |pages: u32, length: u64| {
        let source = module(
            "",
            &format!(
                "(drop (memory.grow (i32.const {pages})))
                 (memory.fill (i32.const 0) (i32.const 0x20) (i32.const {length}))
                 (call $answer (i32.const 0) (i32.const {length}))"
            ),
        );
        let mut options = EvaluationOptions::default();
        options.limits.memory = 2 << 30;
        options.limits.fuel = u64::MAX >> 1;
        line(&judge(source, "{}", &options))
    };
    assert_eq!(
        filled(10, 300_000),
        "invalid_result: The returned value takes 300000 bytes, the limit is 262144"
    );
    assert_eq!(
        filled(20_000, 1 << 30),
        "invalid_result: The returned value takes 1073741824 bytes, the limit is 262144"
    );
}

#[test]
fn traps_are_the_authors_fault() {
    for (body, expected) in [
        ("(unreachable)", "wasm `unreachable` instruction executed"),
        (
            "(drop (i32.div_s (i32.const 1) (i32.const 0)))",
            "integer divide by zero",
        ),
        (
            "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
            "integer overflow",
        ),
        (
            "(drop (i32.trunc_f32_s (f32.const nan)))",
            "invalid conversion to integer",
        ),
        ("(drop (i32.load (i32.const -4)))", "out of bounds memory access"),
        (
            "(i64.store offset=0xffffffff (i32.const -1) (i64.const 0))",
            "out of bounds memory access",
        ),
        (
            "(memory.fill (i32.const -1) (i32.const 0) (i32.const 99))",
            "out of bounds memory access",
        ),
        (
            "(memory.init $data (i32.const 0) (i32.const 0) (i32.const 5))",
            "out of bounds memory access",
        ),
        ("(call_indirect (i32.const 0))", "uninitialized element"),
        (
            "(call_indirect (i32.const 99))",
            "undefined element: out of bounds table access",
        ),
        ("(call_indirect (i32.const 1))", "indirect call type mismatch"),
    ] {
        let source = module(
            r#"(data $data "1234") (table 3 funcref) (elem (i32.const 1) $other) (func $other (param i32))"#,
            &format!("{body} (i64.const 0)"),
        );
        assert_eq!(run(&source), format!("runtime_error: The module trapped: {expected}"));
    }
}

#[test]
fn a_trap_names_its_function() {
    let source = module(
        "(func $inner (unreachable)) (func $outer (call $inner))",
        "(call $outer) (i64.const 0)",
    );
    let verdict = judge(source, "{}", &EvaluationOptions::default());
    assert_eq!(
        line(&verdict),
        "runtime_error: The module trapped: wasm `unreachable` instruction executed (in `inner`)"
    );
    let traceback = verdict.error.expect("an error").traceback;
    assert_eq!(traceback[1..], ["in `outer`", "in `inner`"]);
}

#[test]
fn names_can_not_fool_a_terminal() {
    // A name with an escape sequence that is half a megabyte long.
    let name = format!("\\1b[31m{}", "x".repeat(100_000));
    let source = module(
        &format!("(func $\"{name}\" (unreachable))"),
        &format!("(call $\"{name}\") (i64.const 0)"),
    );
    let text = run(&source);
    assert!(text.len() < 1000, "{}", text.len());
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn wrong_arguments_to_the_host_are_the_authors_fault() {
    for body in [
        "(call $log (i32.const -1) (i32.const 5))",
        "(call $log (i32.const 0) (i32.const -1))",
        "(call $fail (i32.const -1) (i32.const -1))",
    ] {
        let verdict = judge(
            module("", &format!("{body} (i64.const 0)")),
            "{}",
            &EvaluationOptions::default(),
        );
        assert_eq!(line(&verdict), "runtime_error: A pointer outside of memory", "{body}");
    }
}

#[test]
fn recursion_ends() {
    let source = module(
        "(func $again (param i64) (result i64)
            (i64.add (call $again (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))",
        "(call $again (i64.const 0))",
    );
    assert_eq!(
        run(&source),
        "runtime_error: Calls nest too deeply: a function calls itself without end"
    );
}

#[test]
fn leaving_ends_the_run_and_nothing_else() {
    let source = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "alloc") (param i32) (result i32) (i32.const 1024))
        (func (export "evaluate") (param i32 i32) (result i64) (call $exit (i32.const 3)) (unreachable)))"#;
    assert_eq!(run(source), "runtime_error: The guest called proc_exit(3)");
}
