//! What an engine with workers does not do, and says so.

use std::sync::Arc;

use jurybox::{Directories, EvaluationOptions, Event, Snippet, Status};

use super::ENGINE;

fn event() -> Event {
    Event::from_json(r#"{"output": "x"}"#).expect("an event")
}

/// What was granted in this process is not there for workers, and a verdict without it would be a wrong one.
#[test]
fn directories_are_not_granted() {
    let place = tempfile::tempdir().expect("a directory");
    let mut directories = Directories::new();
    directories.grant("data", place.path()).expect("granted");
    let mut options = EvaluationOptions::default();
    options.directories = Arc::new(directories);
    for snippet in [Snippet::python("result = True"), Snippet::javascript("result = true")] {
        let evaluator = ENGINE.compile(&snippet).expect("it compiles");
        let verdict = evaluator.evaluate_with(&event(), &options);
        assert_eq!((verdict.status, verdict.passed), (Status::Skipped, None));
        assert_eq!(
            verdict.reasoning,
            "Directories can't be granted to metrics that run in workers"
        );
        let batch = evaluator.evaluate_batch(&[event(), event()], &options);
        assert!(
            batch.iter().all(|verdict| verdict.status == Status::Skipped),
            "{batch:?}"
        );
    }
}

#[test]
fn no_state_is_kept() {
    let mut options = EvaluationOptions::default();
    options.keep_state = true;
    let evaluator = ENGINE
        .compile(&Snippet::javascript("let n = 0\nfunction f(event) { return ++n }"))
        .expect("it compiles");
    let verdict = evaluator.evaluate_with(&event(), &options);
    assert_eq!((verdict.status, verdict.passed), (Status::Skipped, None));
    assert_eq!(verdict.reasoning, "Metrics that run in workers can't keep their state");
    assert_eq!(evaluator.evaluate(&event()).value, 1);
}

/// Hog never had either.
#[test]
fn nothing_is_kept_from_hog() {
    let mut directories = Directories::new();
    directories.grant("data", std::env::temp_dir()).expect("granted");
    let mut options = EvaluationOptions::default();
    options.directories = Arc::new(directories);
    options.keep_state = true;
    let evaluator = ENGINE.compile(&Snippet::hog("return true")).expect("it compiles");
    assert_eq!(evaluator.evaluate_with(&event(), &options).passed, Some(true));
}

#[test]
fn nothing_is_built() {
    let error = ENGINE.build(&Snippet::hog("return true")).expect_err("refused");
    assert_eq!(error.diagnostics.len(), 1, "{error:?}");
    assert_eq!(error.diagnostics[0].code, "not-in-workers");
}
