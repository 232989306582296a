//! What only the inside of the engine can show: that a rewound instance is a new one.

use super::*;
use crate::evaluator::EvaluationOptions;
use crate::event::Event;

fn engine(isolation: Isolation) -> Engine {
    Engine::new(EngineOptions { isolation, ..EngineOptions::default() }).expect("an engine")
}

fn event() -> Event {
    Event::from_json(r#"{"uuid": "1", "input": "How are you?", "output": "Fine, thanks."}"#).expect("an event")
}

#[test]
fn a_metric_runs() {
    let engine = engine(Isolation::Auto);
    let evaluator = engine
        .compile(&Snippet::hog("print('hi', length(output)) return length(output) == 13"))
        .expect("it compiles");
    let verdict = evaluator.evaluate_with(&event(), &EvaluationOptions::default());
    assert_eq!((verdict.status, verdict.passed, verdict.reasoning.as_str()), (crate::Status::Ok, Some(true), "hi 13"), "{verdict:?}");
}
