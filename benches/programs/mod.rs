//! The programs of the comparison with PostHog's HogVM and the event that they run on.

use jurybox::{Engine, EngineOptions, EvaluationOptions, Evaluator, Event, Isolation, Snippet};

/// A program and its name.
pub const PROGRAMS: [(&str, &str); 9] = [
    ("length_check", include_str!("../hogvm/length_check.hog")),
    ("keywords", include_str!("../hogvm/keywords.hog")),
    ("pii_regex", include_str!("../hogvm/pii_regex.hog")),
    ("messages", include_str!("../hogvm/messages.hog")),
    ("overlap", include_str!("../hogvm/overlap.hog")),
    ("collections", include_str!("../hogvm/collections.hog")),
    ("fib", include_str!("../hogvm/fib.hog")),
    ("mandelbrot", include_str!("../hogvm/mandelbrot.hog")),
    ("sum_loop", include_str!("../hogvm/sum_loop.hog")),
];

/// The source of a program.
pub fn source(name: &str) -> &'static str {
    PROGRAMS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, source)| *source)
        .expect("a known program")
}

/// An engine.
pub fn engine(isolation: Isolation) -> Engine {
    let mut options = EngineOptions::default();
    options.isolation = isolation;
    Engine::new(options).expect("an engine")
}

/// A program, compiled.
pub fn evaluator(engine: &Engine, name: &str) -> Evaluator {
    engine.compile(&Snippet::hog(source(name))).expect("it compiles")
}

/// The event. Its output is the text of the first choice, as the peer gets it.
pub fn event() -> Event {
    let mut event: serde_json::Value = serde_json::from_str(include_str!("../hogvm/event.json")).expect("JSON");
    let properties = &mut event["properties"];
    let output = properties["$ai_output_choices"][0]["content"].take();
    properties
        .as_object_mut()
        .expect("an object")
        .shift_remove("$ai_output_choices");
    properties["$ai_output"] = output;
    Event::from_value(event).expect("an event")
}

/// Options with a clock that stands still.
pub fn options() -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(0);
    options.allows_na = true;
    options
}
