//! What only the inside of the engine can show: that a rewound instance can't be told from a new one.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::pool::Rewindable;
use super::*;
use crate::evaluator::EvaluationOptions;
use crate::event::Event;
use crate::verdict::{Status, Verdict};

fn engine(isolation: Isolation) -> Engine {
    Engine::new(EngineOptions {
        isolation,
        ..EngineOptions::default()
    })
    .expect("an engine")
}

static REWOUND: LazyLock<Engine> = LazyLock::new(|| engine(Isolation::Auto));
static NEW: LazyLock<Engine> = LazyLock::new(|| engine(Isolation::NewInstance));

/// Programs that leave traces: garbage, mutated containers, growth, patterns, failures of all kinds.
const PROGRAMS: &[&str] = &[
    "return length(output) > 10",
    "let words := splitByString(' ', output) let n := {} for (let w in words) { n[lower(w)] := ifNull(n[lower(w)], 0) + 1 } print(n) return length(keys(n)) > 3",
    "print(jsonParse('{\"a\": [1, 2, {\"b\": null}]}')) return output =~ '[a-c]+[0-9]'",
    "let p := properties p.x := [1, 2, 3] print(p) return p.x[1] == 1",
    "let s := output for (let i := 0; i < 14; i := i + 1) { s := s || s } return length(s) > 100000",
    "print(output) throw Error(output)",
    "return upper(output) ilike '%TH%'",
    "print(now(), randomFloat(), generateUUIDv4()) return true",
    "let a := [] for (let i := 0; i < 300; i := i + 1) { a := arrayPushBack(a, f'{i}{output}') } return length(a) == 300",
    "return unknown(output)",
    "fun f(x) { return f([x]) } return f(output)",
    "let s := 'x' while (true) { s := s || s }",
    "print(evaluation_events) return match(output, output)",
    "print(formatDateTime(toDateTime('2024-02-29T12:00:00Z'), '%Y-%m-%d', 'Europe/Berlin')) return sha256Hex(output) != ''",
    "while (length(output) > 20) {} return null",
];

fn options() -> EvaluationOptions {
    let limits = Limits {
        fuel: 20_000_000,
        memory: 16 << 20,
        ..Limits::default()
    };
    EvaluationOptions {
        limits,
        now_ns: Some(1_800_000_000_000_000_000),
        ..EvaluationOptions::default()
    }
}

fn event(output: &str, number: u32) -> Event {
    Event::from_value(serde_json::json!({
        "uuid": format!("event-{number}"),
        "event": "$ai_generation",
        "properties": {"$ai_input": "question", "$ai_output": output, "number": number},
    }))
    .expect("an event")
}

/// A verdict without the one figure that varies.
fn timeless(mut verdict: Verdict) -> Verdict {
    verdict.usage.elapsed_us = 0;
    verdict
}

/// Asserts that the instance of an idle session is equal to the snapshot it should be at.
fn assert_clean(session: &mut hog::HogSession<'_>) {
    if let Some(instance) = session.lease().take() {
        assert!(
            instance.state().equals(instance.memory()),
            "memory differs from the snapshot"
        );
        session.lease().put_back(instance);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any sequence of metrics and events: the same verdicts and bills on rewound instances as on new ones, and after
    /// each event the memory is that of a new instance, byte by byte.
    #[test]
    fn rewound_and_new_instances_can_not_be_told_apart(
        steps in prop::collection::vec((0..PROGRAMS.len(), ".{0,60}", 0_u32..1000), 1..12),
    ) {
        let options = options();
        for (program, output, number) in steps {
            let event = event(&output, number);
            let snippet = Snippet::hog(PROGRAMS[program]);
            let (rewound, new) = (REWOUND.compile(&snippet).expect("it compiles"), NEW.compile(&snippet).expect("it compiles"));
            let expected = timeless(new.evaluate_with(&event, &options));
            let mut judge = rewound.judge();
            for _ in 0..2 {
                prop_assert_eq!(&timeless(judge.evaluate(&event, &options)), &expected, "{}", PROGRAMS[program]);
                assert_clean(judge.hog_session());
            }
        }
    }
}

#[test]
fn an_instance_serves_event_after_event() {
    let engine = engine(Isolation::Auto);
    if !engine.rewinds() {
        // Nothing to see on a system that can't rewind.
        return;
    }
    let evaluator = engine.compile(&Snippet::hog(PROGRAMS[1])).expect("it compiles");
    let mut judge = evaluator.judge();
    for number in 0..50 {
        judge.evaluate(&event("the same words again and again", number), &options());
        assert!(
            judge
                .hog_session()
                .lease()
                .take()
                .map(|instance| judge.hog_session().lease().put_back(instance))
                .is_some()
        );
    }
}

#[test]
fn instances_are_replaced_after_failures() {
    let evaluator = REWOUND.compile(&Snippet::hog("throw Error('x')")).expect("it compiles");
    let mut judge = evaluator.judge();
    let verdict = judge.evaluate(&event("", 1), &options());
    assert_eq!(verdict.status, Status::RuntimeError);
    assert!(judge.hog_session().lease().take().is_none());
    assert_eq!(timeless(judge.evaluate(&event("", 1), &options())), timeless(verdict));
}

#[test]
fn verdict_and_fuel_are_the_same_every_time_on_every_thread() {
    let evaluator = REWOUND.compile(&Snippet::hog(PROGRAMS[1])).expect("it compiles");
    let event = event("one two three four five", 7);
    let options = options();
    let expected = timeless(evaluator.evaluate_with(&event, &options));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut judge = evaluator.judge();
                for _ in 0..5000 {
                    assert_eq!(timeless(judge.evaluate(&event, &options)), expected);
                }
            });
        }
    });
}

#[test]
fn more_snippets_than_an_instance_is_linked_to() {
    let event = event("text", 1);
    for round in 0..2 {
        for number in 0..3 * configuration::MAX_SNIPPETS_PER_INSTANCE {
            let source = format!("print('snippet {number}') return length(output) == {number}");
            let verdict = REWOUND
                .compile(&Snippet::hog(source))
                .expect("it compiles")
                .evaluate(&event);
            assert_eq!(verdict.reasoning, format!("snippet {number}"), "round {round}");
            assert_eq!(verdict.passed, Some(number == 4));
        }
    }
}

#[test]
fn a_damaged_cache_is_rebuilt() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let options = || EngineOptions {
        cache: CodeStore::Directory(directory.path().to_owned()),
        ..EngineOptions::default()
    };
    let snippet = Snippet::hog("return true");
    let verdict = || {
        Engine::new(options())
            .expect("an engine")
            .compile(&snippet)
            .expect("it compiles")
            .evaluate(&event("", 1))
    };
    assert_eq!(verdict().passed, Some(true));
    for entry in std::fs::read_dir(directory.path()).expect("the cache") {
        let path = entry.expect("an entry").path();
        std::fs::write(&path, b"garbage").expect("written");
    }
    assert_eq!(verdict().passed, Some(true));
    assert_eq!(verdict().passed, Some(true));
}
