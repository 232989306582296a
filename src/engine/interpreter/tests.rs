//! What only the inside of the engine can show: that a rewound interpreter can't be told from a new one.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::engine::pool::Rewindable;
use crate::engine::{Engine, EngineOptions, Isolation};
use crate::evaluator::{EvaluationOptions, Evaluator};
use crate::event::Event;
use crate::snippet::Snippet;
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

/// Metrics that leave traces: globals, caches, patches of the library, garbage, growth, failures of all kinds.
fn snippets() -> Vec<Snippet> {
    [
        "SEEN = []\ndef f(event):\n    SEEN.append(event['output'])\n    return len(SEEN)",
        "import re\ndef f(event):\n    return len(re.findall(r'[a-z]+\\d*', event['output'] * 3)) + len(re._cache)",
        "import json\ndef f(event):\n    old = json.dumps\n    json.dumps = lambda *a: 'patched'\n    return old(event['output'])",
        "import random, time, uuid\ndef f(event):\n    print(random.random(), time.time(), uuid.uuid4())\n    return random.random()",
        "def f(event):\n    a = [event['output'] * 100 for _ in range(20000)]\n    return len(a)",
        "def f(event):\n    return f(event)",
        "def f(event):\n    return event[event['output']]",
        "class A:\n    def __del__(self): A.n = 1\ndef f(event):\n    a = [A()]\n    a.append(a)\n    return hasattr(A, 'n')",
        "import builtins\ndef f(event):\n    n = getattr(builtins, 'n', 0)\n    builtins.n = n + 1\n    builtins.len = None\n    return n",
        "def f(event):\n    while len(event['output']) > 20: pass\n    return 1",
    ]
    .map(Snippet::python)
    .into_iter()
    .chain(
        [
            "let seen = []; function f(event) { seen.push(event.output); return seen.length }",
            "function f(event) { globalThis.n = (globalThis.n ?? 0) + 1; Array.prototype.map = null; return n }",
            "function f(event) { console.log(Math.random(), Date.now()); return Math.random() }",
            "function f(event) { const a = []; for (let i = 0; i < 100000; i++) a.push(event.output + i); return a.length }",
            "function f(event) { return f(event) + 1 }",
            "async function f(event) { await null; throw new TypeError(event.output) }",
            "function f(event) { while (event.output.length > 20) {} return event.output.match(/[a-z]+/g)?.length ?? 0 }",
        ]
        .map(Snippet::javascript),
    )
    .collect()
}

fn compiled(engine: &Engine) -> Vec<Evaluator> {
    let compile = |snippet| engine.compile(&snippet).unwrap_or_else(|error| panic!("{error}"));
    snippets().into_iter().map(compile).collect()
}

static REWOUND_EVALUATORS: LazyLock<Vec<Evaluator>> = LazyLock::new(|| compiled(&REWOUND));
static NEW_EVALUATORS: LazyLock<Vec<Evaluator>> = LazyLock::new(|| compiled(&NEW));

fn options() -> EvaluationOptions {
    let limits = Limits {
        fuel: 50_000_000,
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
    Event::from_value(serde_json::json!({"id": format!("event-{number}"), "input": "question", "output": output}))
        .expect("an event")
}

fn timeless(mut verdict: Verdict) -> Verdict {
    verdict.usage.elapsed_us = 0;
    verdict
}

fn assert_clean(session: &mut InterpreterSession<'_>) {
    if let Some(instance) = session.lease().take() {
        assert!(
            instance.state().equals(instance.memory()),
            "memory differs from the snapshot"
        );
        session.lease().put_back(instance);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any sequence of metrics and events: the same verdicts and bills on rewound instances as on new ones, and after
    /// each event the memory is that of a new instance, byte by byte.
    #[test]
    fn rewound_and_new_interpreters_can_not_be_told_apart(
        steps in prop::collection::vec((0..17_usize, ".{0,40}", 0_u32..1000), 1..12),
    ) {
        let options = options();
        for (metric, output, number) in steps {
            let event = event(&output, number);
            let expected = timeless(NEW_EVALUATORS[metric].evaluate_with(&event, &options));
            let mut judge = REWOUND_EVALUATORS[metric].judge();
            for _ in 0..2 {
                prop_assert_eq!(&timeless(judge.evaluate(&event, &options)), &expected, "metric {}", metric);
                assert_clean(judge.interpreter_session());
            }
        }
    }
}

#[test]
fn an_interpreter_serves_event_after_event_even_after_exceptions() {
    if !REWOUND.rewinds() {
        // Nothing to see on a system that can't rewind.
        return;
    }
    for evaluator in [&REWOUND_EVALUATORS[6], &REWOUND_EVALUATORS[15]] {
        let mut judge = evaluator.judge();
        for number in 0..20 {
            let verdict = judge.evaluate(&event("missing", number), &options());
            assert_eq!(verdict.status, Status::RuntimeError);
            let instance = judge.interpreter_session().lease().take();
            judge
                .interpreter_session()
                .lease()
                .put_back(instance.expect("the instance is still good"));
        }
    }
}

#[test]
fn state_is_kept_only_where_that_was_asked_for() {
    let mut options = options();
    for evaluator in [&REWOUND_EVALUATORS[0], &REWOUND_EVALUATORS[10]] {
        let mut judge = evaluator.judge();
        let mut values = |options: &EvaluationOptions| {
            let verdicts = (0..3).map(|number| judge.evaluate(&event("x", number), options));
            verdicts.map(|verdict| verdict.value).collect::<Vec<_>>()
        };
        options.keep_state = false;
        assert_eq!(values(&options), [1, 1, 1]);
        options.keep_state = true;
        assert_eq!(values(&options), [1, 2, 3]);
        options.keep_state = false;
        assert_eq!(values(&options), [1, 1, 1]);
    }
}
