//! Events don't see each other, and cost the same every time.

use std::collections::BTreeSet;

use jurybox::{EvaluationOptions, Event, Isolation, Verdict};

use super::harness::{ENGINE, EVENT, compile, engine};

fn options(seed: u64) -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(1_700_000_000_000_000_000);
    options.seed = Some(seed);
    options
}

fn timeless(mut verdict: Verdict) -> Verdict {
    verdict.usage.elapsed_us = 0;
    verdict
}

/// Metrics that leave what they can behind.
const LITTERING: [&str; 10] = [
    "let n = 0\nfunction f(event) { return ++n }",
    "function f(event) { globalThis.seen = (globalThis.seen ?? 0) + 1; return seen }",
    "function f(event) { const old = Array.prototype.extra; Array.prototype.extra = 1; return old === undefined ? 1 : 2 }",
    "const cache = new Map()\nfunction f(event) { cache.set(cache.size, event); return cache.size }",
    "const pattern = /a/g\nfunction f(event) { pattern.test('aaa'); return pattern.lastIndex }",
    "function f(event) { setTimeout(() => { globalThis.late = 1 }); return globalThis.late ?? 1 }",
    "const w = new WeakMap(), k = {}\nfunction f(event) { const had = w.has(k); w.set(k, event); return had ? 2 : 1 }",
    "function* g() { yield 1; yield 2 }\nconst it = g()\nfunction f(event) { return it.next().value }",
    "function f(event) { f.calls = (f.calls ?? 0) + 1; const big = []; for (let i = 0; i < 50000; i++) big.push({ i }); return f.calls }",
    "let p = Promise.resolve(0)\nasync function f(event) { p = p.then(n => n + 1); return await p }",
];

#[test]
fn nothing_is_left_behind() {
    let event = Event::from_json(EVENT).expect("an event");
    for source in LITTERING {
        let evaluator = compile(&ENGINE, source);
        for _ in 0..3 {
            assert_eq!(evaluator.evaluate(&event).value, 1, "{source}");
        }
    }
}

#[test]
fn rewound_and_new_instances_agree() {
    let new = engine(Isolation::NewInstance);
    let event = Event::from_json(EVENT).expect("an event");
    for source in LITTERING {
        let expected = timeless(compile(&new, source).evaluate_with(&event, &options(7)));
        let evaluator = compile(&ENGINE, source);
        for _ in 0..3 {
            assert_eq!(
                timeless(evaluator.evaluate_with(&event, &options(7))),
                expected,
                "{source}"
            );
        }
    }
}

#[test]
fn a_thousand_runs_cost_the_same() {
    let source = "async function f(event) {
        const words = new Map(); for (const w of event.outputs.content.split(/\\s+/)) words.set(w, (words.get(w) ?? 0) + 1);
        await null; console.log(Math.random(), Date.now(), crypto.randomUUID());
        return { score: words.size / 10, reasoning: [...words.keys()].sort().join() } }";
    let evaluator = compile(&ENGINE, source);
    let event = Event::from_json(EVENT).expect("an event");
    let verdicts: BTreeSet<_> = (0..1000)
        .map(|_| format!("{:?}", timeless(evaluator.evaluate_with(&event, &options(7)))))
        .collect();
    assert_eq!(verdicts.len(), 1, "{verdicts:?}");
}

#[test]
fn clock_and_random_numbers_are_those_of_the_run() {
    let source = "const loaded = Date.now()\nfunction f(event) { console.log(Math.random(), crypto.randomUUID());
        return [loaded, Date.now(), new Date().toISOString(), performance.now()].join(' ') }";
    let evaluator = compile(&ENGINE, source);
    let event = Event::from_json(EVENT).expect("an event");
    let first = evaluator.evaluate_with(&event, &options(7));
    assert_eq!(first.value, "946684800000 1700000000000 2023-11-14T22:13:20.000Z 0");
    let other = options(8);
    let second = evaluator.evaluate_with(&event, &other);
    assert_ne!(first.logs, second.logs, "another seed, other numbers");
    assert_eq!(first.logs, evaluator.evaluate_with(&event, &options(7)).logs);
}
