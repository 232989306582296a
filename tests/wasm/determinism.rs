//! The same module and event give the same verdict and fuel, and no event sees what another left behind.

use jurybox::{EvaluationOptions, Event, Isolation, Snippet};

use super::engine::{Engine, in_workers};
use super::harness::{compile, line, module};

/// A module that counts in its memory, in a global and in a table, and answers with the sum.
fn counting() -> String {
    module(
        "(global $count (mut i32) (i32.const 0))
         (table $table 1 100 funcref)",
        "(global.set $count (i32.add (global.get $count) (i32.const 1)))
         (i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (i32.const 1)))
         (drop (table.grow $table (ref.null func) (i32.const 1)))
         (drop (memory.grow (i32.const 1)))
         (i32.store8 (i32.const 16)
            (i32.add (i32.const 0x2e)
                (i32.add (global.get $count)
                    (i32.sub
                        (i32.add (i32.load (i32.const 32)) (table.size $table))
                        (i32.sub (i32.const 5) (memory.size))))))
         (call $answer (i32.const 16) (i32.const 1))",
    )
}

#[test]
fn a_thousand_runs_are_one() {
    let evaluator = compile(counting()).expect("it loads");
    let event = Event::from_json(r#"{"output": "x"}"#).expect("an event");
    let first = evaluator.evaluate(&event);
    assert_eq!(line(&first), "2");
    let mut judge = evaluator.judge();
    for _ in 0..1000 {
        let verdict = judge.evaluate(&event, &EvaluationOptions::default());
        assert_eq!(line(&verdict), line(&first));
        assert_eq!(verdict.usage.fuel, first.usage.fuel);
        assert_eq!(verdict.usage.memory, first.usage.memory);
    }
}

#[test]
fn state_stays_where_it_is_asked_to() {
    // Metrics keep no state in workers.
    if in_workers() {
        return;
    }
    let evaluator = compile(counting()).expect("it loads");
    let event = Event::from_json("{}").expect("an event");
    let mut options = EvaluationOptions::default();
    options.keep_state = true;
    let mut judge = evaluator.judge();
    assert_eq!(line(&judge.evaluate(&event, &options)), "2");
    assert_eq!(line(&judge.evaluate(&event, &options)), "6");
    options.keep_state = false;
    assert_eq!(line(&judge.evaluate(&event, &options)), "2");
}

#[test]
fn instances_that_failed_are_not_kept() {
    // Metrics keep no state in workers.
    if in_workers() {
        return;
    }
    let source = module(
        "",
        "(i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (i32.const 1)))
         (if (i32.eq (local.get $length) (i32.const 0)) (then (unreachable)))
         (if (i32.gt_u (local.get $length) (i32.const 5000)) (then (unreachable)))
         (i32.store8 (i32.const 16) (i32.add (i32.const 0x30) (i32.load (i32.const 32))))
         (call $answer (i32.const 16) (i32.const 1))",
    );
    let evaluator = compile(source).expect("it loads");
    let small = Event::from_json("{}").expect("an event");
    let large = Event::from_json(&format!(r#"{{"output": "{}"}}"#, "x".repeat(10_000))).expect("an event");
    let mut options = EvaluationOptions::default();
    options.keep_state = true;
    let mut judge = evaluator.judge();
    assert_eq!(line(&judge.evaluate(&small, &options)), "1");
    assert_eq!(line(&judge.evaluate(&small, &options)), "2");
    assert!(line(&judge.evaluate(&large, &options)).starts_with("runtime_error"));
    assert_eq!(line(&judge.evaluate(&small, &options)), "1");
}

#[test]
fn what_a_trap_left_behind_is_gone() {
    let source = module(
        "",
        "(if (i32.load (i32.const 200000)) (then (call $fail (i32.const 0) (i32.const 0))))
         (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 262144))
         (unreachable)",
    );
    let evaluator = compile(source).expect("it loads");
    let event = Event::from_json("{}").expect("an event");
    for _ in 0..200 {
        let text = line(&evaluator.evaluate(&event));
        assert!(text.contains("unreachable"), "{text}");
    }
}

#[test]
fn random_numbers_and_floats_repeat() {
    let source = module(
        "",
        "(i64.store (i32.const 16) (call $random))
         (f64.store (i32.const 24) (f64.div (f64.const 0) (f64.const 0)))
         (f32.store (i32.const 32) (f32.sqrt (f32.const -1)))
         (call $log (i32.const 16) (i32.const 20))
         (i32.store8 (i32.const 48) (i32.const 0x31))
         (call $answer (i32.const 48) (i32.const 1))",
    );
    let evaluator = compile(source).expect("it loads");
    let event = Event::from_json("{}").expect("an event");
    let mut options = EvaluationOptions::default();
    let first = evaluator.evaluate_with(&event, &options);
    options.now_ns = Some(first.replay.now_ns);
    assert_eq!(evaluator.evaluate_with(&event, &options).logs, first.logs);
    options.seed = Some(first.replay.seed + 1);
    assert_ne!(evaluator.evaluate_with(&event, &options).logs, first.logs);
}

#[test]
fn machine_code_comes_back_from_the_cache() {
    let directory = tempfile::tempdir().expect("a directory");
    let verdict = || {
        let engine = Engine::new(Isolation::Auto, directory.path());
        let evaluator = engine.compile(&Snippet::wasm(counting())).expect("it loads");
        evaluator.evaluate(&Event::from_json("{}").expect("an event"))
    };
    let (first, second) = (verdict(), verdict());
    assert_eq!((line(&first), first.usage.fuel), (line(&second), second.usage.fuel));
}

#[test]
fn a_crowd_of_threads_gets_the_same() {
    let evaluator = compile(counting()).expect("it loads");
    let event = Event::from_json("{}").expect("an event");
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(line(&evaluator.evaluate(&event)), "2");
                }
            });
        }
    });
}
