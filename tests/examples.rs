//! Every example metric on every example event: the verdicts and the fuel, as a snapshot. A change of fuel is a change
//! of speed; look at it, and accept it with `cargo insta accept` if it is meant.

use std::collections::BTreeMap;
use std::path::Path;

use jurybox::reader::EventReader;
use jurybox::{CodeStore, Engine, EngineOptions, EvaluationOptions, Event, Snippet, Verdict};

/// The metrics by name.
fn metrics() -> BTreeMap<String, String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/metrics");
    let entries = std::fs::read_dir(directory).expect("the examples");
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a metric"))
        })
        .collect()
}

fn events() -> Vec<Event> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/events.jsonl");
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("the events"));
    EventReader::new(file).collect::<Result<_, _>>().expect("events")
}

fn engine() -> Engine {
    let mut options = EngineOptions::default();
    options.cache = CodeStore::Directory(concat!(env!("CARGO_TARGET_TMPDIR"), "/code").into());
    Engine::new(options).expect("an engine")
}

/// One letter for a verdict: pass, fail, n/a, or the status of an error.
fn word(verdict: &Verdict) -> String {
    match verdict.passed {
        Some(true) => "pass".to_owned(),
        Some(false) => "fail".to_owned(),
        None => verdict.status.to_string(),
    }
}

#[test]
fn there_are_fourteen_metrics_and_thirty_events() {
    assert_eq!(metrics().len(), 14);
    assert!(events().len() >= 30);
}

#[test]
fn verdicts_and_fuel() {
    let (engine, events) = (engine(), events());
    let mut options = EvaluationOptions::default();
    options.allows_na = true;
    options.now_ns = Some(1_800_000_000_000_000_000);
    let mut table = String::new();
    for (name, source) in metrics() {
        let evaluator = engine
            .compile(&Snippet::hog(source))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(evaluator.warnings(), [], "{name}");
        let mut judge = evaluator.judge();
        for (number, event) in events.iter().enumerate() {
            let verdict = judge.evaluate(event, &options);
            assert_eq!(verdict.error, None, "{name} on event {}", number + 1);
            table += &format!(
                "{name} {:2} {:14} {:8}\n",
                number + 1,
                word(&verdict),
                verdict.usage.fuel
            );
        }
    }
    insta::assert_snapshot!("verdicts_and_fuel", table);
}

#[test]
fn the_bill_is_the_same_ten_thousand_times_on_two_threads() {
    let (engine, events) = (engine(), events());
    let evaluators: Vec<_> = metrics()
        .values()
        .map(|source| engine.compile(&Snippet::hog(source.as_str())).expect("it compiles"))
        .collect();
    let mut options = EvaluationOptions::default();
    options.allows_na = true;
    options.now_ns = Some(0);
    let bill = |evaluator: &jurybox::Evaluator, event: &Event| {
        let verdict = evaluator.evaluate_with(event, &options);
        (
            verdict.status,
            verdict.value,
            verdict.reasoning,
            verdict.usage.fuel,
            verdict.usage.memory,
        )
    };
    let expected: Vec<Vec<_>> = evaluators
        .iter()
        .map(|evaluator| events.iter().map(|event| bill(evaluator, event)).collect())
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..10 {
                    for (evaluator, expected) in evaluators.iter().zip(&expected) {
                        for (event, expected) in events.iter().zip(expected) {
                            assert_eq!(&bill(evaluator, event), expected);
                        }
                    }
                }
            });
        }
    });
}
