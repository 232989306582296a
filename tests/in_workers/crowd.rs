//! Many threads, many evaluators, few workers.

use std::thread;

use jurybox::workers::WorkerOptions;
use jurybox::{CodeStore, Engine, EngineOptions, EvaluationOptions, Event, Snippet};

use super::{ENGINE, equal_batches};

fn numbered(number: usize) -> Event {
    Event::from_json(&format!(r#"{{"output": "{number}"}}"#)).expect("an event")
}

fn with_runners(runners: usize) -> Engine {
    let mut workers = WorkerOptions::new(env!("CARGO_BIN_EXE_jurybox"));
    workers.runners = runners;
    let mut options = EngineOptions::default();
    options.cache = CodeStore::Directory(concat!(env!("CARGO_TARGET_TMPDIR"), "/code").into());
    options.workers = Some(workers);
    Engine::new(options).expect("an engine")
}

#[test]
fn sixteen_threads_share_two_workers() {
    let engine = with_runners(2);
    let options = EvaluationOptions::default();
    let snippets = [
        Snippet::hog_program("return toInt(output) * 2"),
        Snippet::javascript("function score({ output }) { return Number(output) * 2 }"),
        Snippet::python("def score(output):\n    return int(output) * 2\n"),
    ];
    thread::scope(|scope| {
        for of_thread in 0..16 {
            let (engine, snippets, options) = (&engine, &snippets, &options);
            scope.spawn(move || {
                let evaluator = engine.compile(&snippets[of_thread % 3]).expect("it compiles");
                let mut judge = evaluator.judge();
                for round in 0..5 {
                    let first = (of_thread * 5 + round) * 40;
                    let events: Vec<Event> = (first..first + 40).map(numbered).collect();
                    let verdicts = match round % 2 {
                        0 => judge.evaluate_batch(&events, options),
                        _ => events
                            .iter()
                            .map(|event| evaluator.evaluate_with(event, options))
                            .collect(),
                    };
                    for (number, verdict) in (first..).zip(&verdicts) {
                        assert_eq!(verdict.value, number * 2, "{verdict:?}");
                    }
                }
            });
        }
    });
}

/// A worker keeps 256 of them.
#[test]
fn more_evaluators_than_a_worker_keeps() {
    let evaluators: Vec<_> = (0..600)
        .map(|number| {
            let snippet = match number % 3 {
                0 => Snippet::hog_program(format!("return toInt(output) + {number}")),
                1 => Snippet::javascript(format!(
                    "function score({{ output }}) {{ return Number(output) + {number} }}"
                )),
                _ => Snippet::wasm(format!(
                    r#"(module
                        (memory (export "memory") 2)
                        (data (i32.const 16) "{:04}")
                        (func (export "alloc") (param i32) (result i32) (i32.const 65536))
                        (func (export "evaluate") (param i32 i32) (result i64)
                            (i64.or (i64.shl (i64.const 16) (i64.const 32)) (i64.const 4))))"#,
                    number + 1000
                )),
            };
            ENGINE.compile(&snippet).expect("it compiles")
        })
        .collect();
    let events = [numbered(1000), numbered(1000)];
    // In their order, the one that is needed next is always the one that is gone; in steps, some are still there.
    for step in [1, 7, 599] {
        for index in (0..600).map(|index| index * step % 600) {
            for verdict in evaluators[index].evaluate_batch(&events, &EvaluationOptions::default()) {
                assert_eq!(verdict.value, index + 1000, "{verdict:?}");
            }
        }
    }
}

/// Workers belong to the process. The system would end them with the thread that started them, if that were asked for.
#[test]
fn workers_outlive_threads() {
    let made = thread::spawn(|| {
        let engine = with_runners(1);
        let evaluator = engine
            .compile(&Snippet::javascript(
                "function score({ output }) { return Number(output) }",
            ))
            .expect("it compiles");
        assert_eq!(evaluator.evaluate(&numbered(1)).value, 1);
        (engine, evaluator)
    });
    let (engine, evaluator) = made.join().expect("it ends");
    for number in 2..50 {
        assert_eq!(evaluator.evaluate(&numbered(number)).value, number);
        let clone = evaluator.clone();
        let verdict = thread::spawn(move || clone.evaluate(&numbered(number))).join();
        assert_eq!(verdict.expect("it ends").value, number);
    }
    drop(engine);
    // The evaluator keeps what it needs.
    assert_eq!(evaluator.evaluate(&numbered(7)).value, 7);
}

/// Whose a snippet is changes nothing about its verdicts.
#[test]
fn projects_get_the_same() {
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(0);
    let snippet =
        Snippet::javascript("function score({ output }) { console.log(Math.random()); return Number(output) }");
    let verdicts: Vec<_> = ["", "a", "b"]
        .map(|project| {
            let evaluator = ENGINE.for_project(project).compile(&snippet).expect("it compiles");
            let mut verdict = evaluator.evaluate_with(&numbered(3), &options);
            verdict.usage.elapsed_us = 0;
            verdict
        })
        .into();
    assert_eq!(verdicts[0], verdicts[1]);
    assert_eq!(verdicts[0], verdicts[2]);
    equal_batches(&snippet, &[numbered(3)], &options);
}
