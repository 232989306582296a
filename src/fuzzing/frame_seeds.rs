//! The seeds of worker frames, which are made of messages.

use std::fs;
use std::path::Path;

use crate::diagnostic::{Position, Span};
use crate::engine::interpreter::{Hint, LoadError, LoadErrorKind};
use crate::engine::product::Product;
use crate::engine::run::Run;
use crate::language::javascript;
use crate::outcome::{Failure, FailureKind, Outcome, Returned};
use crate::workers::confinement::Confinement;
use crate::workers::protocol::Response;
use crate::workers::protocol::message::{Compiled, Hello, LoadFailure, Loaded, VERSION};
use crate::{Convention, Diagnostic, Snippet};

/// Writes the seeds anew, after the messages have changed: `cargo test --lib -- --ignored seeds_of_worker_frames`.
#[test]
#[ignore = "it writes files of the repository"]
fn seeds_of_worker_frames() {
    let run = |outcome| {
        Response::Ran(Run {
            outcome,
            logs: vec!["a line".to_owned(), String::new()],
            fuel: 999,
            memory: 65536,
            elapsed: std::time::Duration::from_micros(5),
        })
    };
    let failure = Failure {
        error_type: Some("KeyError".to_owned()),
        position: Some(Position { line: 2, column: 3 }),
        traceback: vec!["line 2, in judge".to_owned()],
        ..Failure::new(FailureKind::Exception, "no such key")
    };
    let diagnostics = |diagnostic: Diagnostic| serde_json::to_vec(&[diagnostic]).expect("JSON");
    let span = Span::new(4, 6);
    let error = Diagnostic::error("syntax-error", span, "wrong")
        .label("here")
        .related(span, "and there");
    let typescript = Snippet::typescript("export default ({ output }: any) => output.length as number");
    let prepared = javascript::prepare(&typescript, typescript.text().expect("text")).expect("it is right");
    let compiled = |product, code: &[u8], convention| {
        let warnings = diagnostics(Diagnostic::hint("a-hint", span, "look"));
        let code = code.to_vec();
        Response::Compiled(Ok(Box::new(Compiled {
            convention,
            product,
            warnings,
            code,
        })))
    };
    let hog = Snippet::hog("let e := 'é'\nreturn length(output) > length(e)");
    let hog = crate::language::hog::compile(hog.text().expect("text"), Convention::PostHog).expect("it is right");
    let hint = Hint {
        code: "regex-per-event".to_owned(),
        message: "slow".to_owned(),
        line: 1,
        column: 5,
        help: Some("move it".to_owned()),
    };
    let responses = [
        (
            "hello",
            Response::Hello(Hello {
                version: VERSION,
                confinement: Confinement::unknown(),
            }),
        ),
        ("code", Response::Code(Err("no memory".to_owned()))),
        (
            "hog",
            compiled(Product::Hog(hog.compiled), b"\x7fELF", Convention::PostHog),
        ),
        (
            "python",
            compiled(
                Product::Python {
                    request: "{}".to_owned(),
                },
                b"",
                Convention::Auto,
            ),
        ),
        (
            "typescript",
            compiled(
                Product::JavaScript {
                    request: prepared.request,
                    positions: prepared.positions,
                },
                b"",
                prepared.convention,
            ),
        ),
        ("refused", Response::Compiled(Err(diagnostics(error.clone()).into()))),
        (
            "loaded",
            Response::Loaded(Ok(Loaded {
                convention: "phoenix".to_owned(),
                hints: vec![hint],
            })),
        ),
        (
            "not_loaded",
            Response::Loaded(Err(LoadFailure::Refused(diagnostics(error)))),
        ),
        (
            "not_loaded_by_interpreter",
            Response::Loaded(Err(LoadFailure::Interpreter(LoadError::new(
                LoadErrorKind::Exception,
                "x",
            )))),
        ),
        ("unknown", Response::NotLoaded),
        (
            "json",
            run(Outcome::Returned(Returned::Json("{\"score\": 1}".to_owned()))),
        ),
        ("bool", run(Outcome::Returned(Returned::Bool(true)))),
        ("too_large", run(Outcome::Returned(Returned::TooLarge { bytes: 1000 }))),
        ("failed", run(Outcome::Failed(failure))),
        ("panicked", Response::Panicked("oh".to_owned())),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/worker_frames");
    fs::create_dir_all(&folder).expect("a folder");
    let mut all = 1234_u32.to_le_bytes().to_vec();
    for (name, response) in &responses {
        let body = postcard::to_stdvec(response).expect("a message");
        fs::write(folder.join(name), &body).expect("written");
        if body.len() < 300 {
            all.extend(u32::try_from(body.len()).expect("short").to_le_bytes());
            all.push(0);
            all.extend(body);
        }
    }
    fs::write(folder.join("socket"), all).expect("written");
}
