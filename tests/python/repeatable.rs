//! Each event starts from the same state, and costs the same.

use std::collections::BTreeSet;

use jurybox::{EvaluationOptions, Event, Isolation, Snippet};

use super::harness::{ENGINE, EVENT, engine, judge};

const LEAKY: &str = "
import random, functools
SEEN = []
@functools.cache
def f(x):
    return len(SEEN)
def score(event):
    SEEN.append(event['id'])
    event['inputs']['x'] = 1
    score.calls = getattr(score, 'calls', 0) + 1
    __builtins__.leak = 1 if not hasattr(__builtins__, 'leak') else 2
    return f'{len(SEEN)} {f(1)} {score.calls} {__builtins__.leak} {random.random()}'
";

#[test]
fn nothing_leaks_from_one_event_to_the_next() {
    let evaluator = ENGINE.compile(&Snippet::python(LEAKY)).expect("it loads");
    let event = Event::from_json(EVENT).expect("an event");
    let options = EvaluationOptions::default();
    let first = evaluator.evaluate_with(&event, &options);
    assert!(
        first.value.as_str().is_some_and(|text| text.starts_with("1 1 1 1 0.")),
        "{first:?}"
    );
    for _ in 0..20 {
        assert_eq!(evaluator.evaluate_with(&event, &options).value, first.value);
    }
}

#[test]
fn a_thousand_events_cost_the_same_each() {
    let event = Event::from_json(EVENT).expect("an event");
    let mut bills = BTreeSet::new();
    for isolation in [Isolation::Auto, Isolation::NewInstance] {
        let engine = engine(isolation);
        let evaluator = engine.compile(&Snippet::python(LEAKY)).expect("it loads");
        let options = EvaluationOptions::default();
        let rounds = if isolation == Isolation::Auto { 1000 } else { 10 };
        let mut judge = evaluator.judge();
        for _ in 0..rounds {
            let verdict = judge.evaluate(&event, &options);
            bills.insert((verdict.usage.fuel, verdict.value.to_string()));
        }
    }
    assert_eq!(bills.len(), 1, "{bills:?}");
}

#[test]
fn a_failed_event_leaves_no_trace() {
    let source = "X = []\ndef score(event):\n    X.append(1)\n    if event['input'] == 'loop':\n        while True: X.append(X)\n    if event['input'] == 'raise': 1 / 0\n    return len(X)\n";
    let evaluator = ENGINE.compile(&Snippet::python(source)).expect("it loads");
    let run = |input: &str| {
        let event = Event::from_json(&format!(r#"{{"input": "{input}"}}"#)).expect("an event");
        evaluator.evaluate_with(&event, &EvaluationOptions::default())
    };
    for input in ["raise", "loop", "fine"] {
        let failed = run(input);
        assert_eq!(run("fine").value, 1, "after {failed:?}");
    }
}

#[test]
fn the_clock_stands_still_and_the_environment_is_empty() {
    let verdict = judge(
        "import os, sys, time\ndef score(event):\n    a = time.perf_counter(); time.sleep(100); b = time.perf_counter()\n    return repr((b - a, dict(os.environ), sys.argv, os.listdir('/'), sys.path))\n",
    );
    assert_eq!(verdict.value, "(0.0, {}, [''], [], [])");
}

#[test]
fn sets_and_hashes_have_one_order() {
    let source = "def score(event):\n    return repr((list({'a', 'b', 'c', 'd'}), hash('x'), id(event) > 0))\n";
    assert_eq!(judge(source).value, judge(source).value);
}
