//! Built modules: they judge as the snippets do that they were made from, in any host that has the ABI's functions.

mod hog;
mod host;
mod interpreted;
mod written;

use std::path::Path;

use jurybox::reader::EventReader;
use jurybox::{CodeStore, Convention, Engine, EngineOptions, EvaluationOptions, Evaluator, Event, Snippet, Status};
use serde_json::Value;

use host::{Ending, NOW, Run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn engine() -> Engine {
    let mut options = EngineOptions::default();
    options.cache = CodeStore::Directory(concat!(env!("CARGO_TARGET_TMPDIR"), "/code").into());
    Engine::new(options).expect("an engine")
}

fn events() -> Vec<Event> {
    let file = std::fs::File::open(root().join("examples/events.jsonl")).expect("the events");
    EventReader::new(std::io::BufReader::new(file))
        .collect::<Result<_, _>>()
        .expect("events")
}

/// An example metric.
fn metric(file: &str) -> Vec<u8> {
    std::fs::read(root().join("examples/metrics").join(file)).expect("an example")
}

fn options() -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.allows_na = true;
    options.now_ns = Some(NOW);
    options.seed = Some(1);
    options
}

/// The status that an answer stands for, where null means "not applicable".
fn status(ending: &Ending) -> Status {
    match ending {
        Ending::Answer(Value::Null) => Status::NotApplicable,
        Ending::Answer(answer) if answer.get("$error").is_some() => Status::RuntimeError,
        Ending::Answer(answer) if answer.get("$invalid").is_some() => Status::InvalidResult,
        Ending::Answer(_) => Status::Ok,
        Ending::Failed(text) if text.contains("MemoryError") => Status::OutOfMemory,
        Ending::Failed(_) => Status::RuntimeError,
        Ending::Trapped(_) => Status::Crashed,
    }
}

/// Checks that a built module judges an event as the evaluator does.
fn same(name: &str, evaluator: &Evaluator, event: &Event, run: &Run) {
    let verdict = evaluator.evaluate_with(event, &options());
    let where_ = format!("{name} on {}: {run:?}\n{verdict:?}", event.uuid());
    assert_eq!(status(&run.ending), verdict.status, "{where_}");
    assert_eq!(run.logs, verdict.logs, "{where_}");
    if let (Ending::Answer(answer), Status::Ok) = (&run.ending, verdict.status) {
        // One named result in a list is the result.
        let answer = match answer.as_array().map(Vec::as_slice) {
            Some([one @ Value::Object(_)]) => one,
            _ => answer,
        };
        // Programs return values; elsewhere one may be named in an object.
        let keys = ["score", "value", "result", "pass", "passed", "label"];
        let named = keys.iter().filter(|_| evaluator.convention() != Convention::Program);
        let value = named
            .filter_map(|key| answer.get(key))
            .find(|value| !value.is_null())
            .unwrap_or(answer);
        assert_eq!(value, &verdict.value, "{where_}");
    }
}

/// Checks that the engine runs a built module like any metric, by the rules of the convention that its section names.
fn runs_as_a_module(engine: &Engine, wasm: Vec<u8>, evaluator: &Evaluator, events: &[Event]) {
    let module = engine.compile(&Snippet::wasm(wasm)).expect("it compiles");
    for event in events {
        let verdict = module.evaluate_with(event, &options());
        let original = evaluator.evaluate_with(event, &options());
        let where_ = format!("{verdict:?}\n{original:?}");
        assert_eq!(verdict.status, original.status, "{where_}");
        assert_eq!(verdict.value, original.value, "{where_}");
        assert_eq!(verdict.passed, original.passed, "{where_}");
        assert_eq!(verdict.reasoning, original.reasoning, "{where_}");
        assert_eq!(verdict.logs, original.logs, "{where_}");
    }
}
