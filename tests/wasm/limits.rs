//! Every limit trips, wherever the code runs, and says so.

use std::time::Duration;

use jurybox::{EvaluationOptions, Event, Limits, Status};

use super::harness::{answering, compile, judge, line, module};

const LOOP: &str = "(loop $again (br $again))";

/// A module in which these stand in the start function, in `_initialize`, in `alloc`, and in `evaluate`.
fn everywhere(code: &str) -> [String; 4] {
    let with = |start: &str, initialize: &str, alloc: &str, evaluate: &str| {
        format!(
            r#"(module
                (memory (export "memory") 1)
                (table $table 1 10000000 funcref)
                (func $start {start}) (start $start)
                (func (export "_initialize") {initialize})
                (func (export "alloc") (param i32) (result i32) {alloc} (i32.const 1024))
                (func (export "evaluate") (param i32 i32) (result i64) {evaluate} (i64.const 0)))"#
        )
    };
    [
        with(code, "", "", ""),
        with("", code, "", ""),
        with("", "", code, ""),
        with("", "", "", code),
    ]
}

fn options(limits: impl FnOnce(&mut Limits)) -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    limits(&mut options.limits);
    options
}

#[test]
fn loops_run_out_of_fuel() {
    let options = options(|limits| limits.fuel = 10_000_000);
    for source in everywhere(LOOP) {
        let verdict = judge(source, "{}", &options);
        assert_eq!(line(&verdict), "out_of_fuel: The fuel limit of 10000000 was reached");
        assert_eq!(verdict.usage.fuel, 10_000_000);
    }
}

#[test]
fn loops_end_at_the_deadline() {
    let options = options(|limits| {
        limits.fuel = u64::MAX >> 1;
        limits.deadline = Duration::from_millis(100);
    });
    for source in everywhere(LOOP) {
        let evaluator = compile(source).expect("it loads");
        let verdict = evaluator.evaluate_with(&Event::from_json("{}").expect("an event"), &options);
        assert_eq!(verdict.status, Status::TimedOut);
    }
}

#[test]
fn loops_of_calls_to_the_host_end_as_well() {
    let loops = |import: &str, call: &str| {
        format!(
            r#"(module
                (import {import})
                (memory (export "memory") 100)
                (func (export "alloc") (param i32) (result i32) (i32.const 65536))
                (func (export "evaluate") (param i32 i32) (result i64)
                    (i32.store (i32.const 0) (i32.const 65536))
                    (i32.store (i32.const 4) (i32.const 4000000))
                    (loop $again {call} (br $again))
                    (i64.const 0)))"#
        )
    };
    let modules = [
        loops(
            r#""wasi_snapshot_preview1" "random_get" (func $f (param i32 i32) (result i32))"#,
            "(drop (call $f (i32.const 0) (i32.const 1000000)))",
        ),
        loops(
            r#""wasi_snapshot_preview1" "fd_write" (func $f (param i32 i32 i32 i32) (result i32))"#,
            "(drop (call $f (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))",
        ),
        loops(
            r#""jurybox" "log" (func $f (param i32 i32))"#,
            "(call $f (i32.const 0) (i32.const 1000000))",
        ),
        loops(
            r#""wasi_snapshot_preview1" "sched_yield" (func $f (result i32))"#,
            "(drop (call $f))",
        ),
    ];
    for source in modules {
        let slow = options(|limits| {
            limits.fuel = u64::MAX >> 1;
            limits.deadline = Duration::from_millis(200);
        });
        assert_eq!(judge(source.as_str(), "{}", &slow).status, Status::TimedOut, "{source}");
        let poor = options(|limits| limits.fuel = 5_000_000);
        assert_eq!(
            judge(source.as_str(), "{}", &poor).status,
            Status::OutOfFuel,
            "{source}"
        );
    }
}

#[test]
fn floods_of_lines_are_cut() {
    let source = module(
        "(func $flood (local $left i32) (local.set $left (i32.const 100000))
            (loop $again
                (call $log (i32.const 0) (i32.const 262144))
                (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))",
        "(call $flood) (call $answer (i32.const 0) (i32.const 0))",
    );
    let verdict = judge(source, "{}", &EvaluationOptions::default());
    assert_eq!(verdict.status, Status::InvalidResult);
    assert!(verdict.logs.iter().map(String::len).sum::<usize>() < 70_000);
    assert!(verdict.logs.last().expect("a line").contains("more was printed"));
}

#[test]
fn memory_ends() {
    // A module that is refused memory and then gives up.
    for source in everywhere("(if (i32.eq (memory.grow (i32.const 2000)) (i32.const -1)) (then (unreachable)))") {
        let verdict = judge(source, "{}", &EvaluationOptions::default());
        assert_eq!(
            line(&verdict),
            "out_of_memory: The memory limit of 67108864 bytes was reached"
        );
    }
    // One that makes do with what it has.
    let source = module(
        r#"(data (i32.const 16) "true")"#,
        "(drop (memory.grow (i32.const 65535))) (call $answer (i32.const 16) (i32.const 4))",
    );
    assert_eq!(line(&judge(source, "{}", &EvaluationOptions::default())), "true");
    // One that grows as long as it can.
    let source = module(
        r#"(data (i32.const 16) "true")"#,
        "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
         (call $answer (i32.const 16) (i32.const 4))",
    );
    let verdict = judge(source, "{}", &EvaluationOptions::default());
    assert_eq!(line(&verdict), "true");
    assert_eq!(verdict.usage.memory, 64 << 20);
    let larger = options(|limits| limits.memory = u64::MAX);
    let source = module(
        "",
        "(if (i32.eq (memory.grow (i32.const 30000)) (i32.const -1)) (then (unreachable))) (i64.const 0)",
    );
    assert_eq!(judge(source, "{}", &larger).usage.memory, 30_004 << 16);
}

#[test]
fn memory_to_start_with_counts() {
    let source = answering("true").replace("(memory (export \"memory\") 4)", "(memory (export \"memory\") 2000)");
    assert_eq!(
        line(&judge(source.as_str(), "{}", &EvaluationOptions::default())),
        "out_of_memory: The memory that the module starts with exceeds the limit of 67108864 bytes"
    );
    let larger = options(|limits| limits.memory = 200 << 20);
    assert_eq!(line(&judge(source, "{}", &larger)), "true");
}

#[test]
fn tables_end() {
    for source in everywhere(
        "(if (i32.ne (table.grow $table (ref.null func) (i32.const 1000000)) (i32.const -1)) (then (unreachable)))",
    ) {
        let verdict = judge(source, "{}", &EvaluationOptions::default());
        assert_eq!(verdict.status, Status::InvalidResult, "{}", line(&verdict));
    }
}

#[test]
fn a_run_that_never_began_has_used_no_fuel() {
    let source = answering("true").replace("(memory (export \"memory\") 4)", "(memory (export \"memory\") 2000)");
    assert_eq!(judge(source, "{}", &EvaluationOptions::default()).usage.fuel, 0);
}
