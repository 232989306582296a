//! What the host checks of every answer before it believes it.
//!
//! A worker may be in the hands of the stranger whose code it runs. So each answer is read to its last byte, must be one
//! to what was asked, and must be one that an honest worker could have given: no bill beyond the limits, no text longer
//! than what guests can say, no place outside of the source. What can't be is a [`Distrust`], and the worker is replaced.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::message::{Bounds, Compiled, LoadFailure, Loaded, Response, VERSION};
use crate::diagnostic::{self, Diagnostic, LineIndex, Span};
use crate::engine::interpreter::bounded_hints;
use crate::engine::product::Product;
use crate::engine::run::Run;
use crate::limits::Limits;
use crate::outcome::{Failure, FailureKind, Outcome, Returned};
use crate::snippet::{Convention, Language, Snippet};
use crate::workers::confinement::Confinement;

/// The most bytes of a first message.
pub const MAX_HELLO: usize = 64 << 10;
/// The most bytes of the answer to a load.
pub const MAX_LOADED: usize = 16 << 20;
/// The most bytes of a runtime's machine code.
pub const MAX_CODE: usize = 1 << 30;
/// The most bytes of what any snippet is compiled to.
pub const MAX_COMPILED: usize = 1 << 30;

/// Measures of confinement that a worker can report. There are about twenty.
const MAX_MEASURES: usize = 100;
/// Bytes of a text that is ours but for a name or an error of the system in it.
const MAX_OWN_TEXT: usize = 64 << 10;
/// Bytes of all texts of a failure, or of what a metric returned that is no result. A component can hand over 1 MiB, which
/// may grow when it becomes UTF-8; the others are cut to less.
const MAX_TEXTS: usize = 4 << 20;
/// Lines that the engine takes from a traceback.
const MAX_TRACEBACK: usize = 20;
/// The longest name of a type: cut to 100 bytes, of which each may have become a replacement character.
const MAX_TYPE_NAME: usize = 300;
/// How many times longer a text is at most when what is no UTF-8 in it is replaced.
const REPLACED: usize = 3;
/// The mark of logs that were cut is shorter.
const MAX_MARK: usize = 100;
/// Memories grow by pages of WebAssembly.
const PAGE: u64 = 64 << 10;
/// Beyond its deadline no evaluation takes so long: the host ends the worker.
const MAX_DELAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Problems that a source of no bytes can have.
const MAX_DIAGNOSTICS: usize = 1000;
/// The longest name of a kind of problem.
const MAX_KIND: usize = 64;

/// Why an answer is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Distrust(String);

/// The most bytes of what this snippet is compiled to. Machine code is several times as long as its WebAssembly, which is
/// several times as long as its source.
pub fn max_compiled(snippet: &Snippet) -> usize {
    snippet
        .source
        .len()
        .saturating_mul(256)
        .saturating_add(64 << 20)
        .min(MAX_COMPILED)
}

/// The most bytes of what came of an event.
pub fn max_run(bounds: &Bounds) -> usize {
    let result = bounds.result.saturating_mul(REPLACED);
    // A line of text is one byte longer, and two or three if it is a long one. Lines are charged for that.
    let logs = bounds.logs.saturating_mul(REPLACED + 1);
    result
        .saturating_add(logs)
        .saturating_add(MAX_TEXTS)
        .saturating_add(MAX_OWN_TEXT)
}

/// The first message of a worker: how it is confined, or why it gave up.
///
/// # Errors
/// When it is another one, or of another version.
pub fn hello(body: &[u8]) -> Result<Result<Confinement, String>, Distrust> {
    let hello = match read(body)? {
        Response::Hello(hello) => hello,
        Response::Panicked(reason) => return Ok(Err(cut(reason))),
        response => return Err(other(response)),
    };
    if hello.version != VERSION {
        return Err(Distrust(format!(
            "it speaks version {} of the protocol, not {VERSION}",
            hello.version
        )));
    }
    let confinement = hello.confinement;
    at_most("measures of confinement", confinement.measures.len(), MAX_MEASURES)?;
    Ok(Ok(confinement))
}

/// The machine code of a runtime, or why there is none.
///
/// # Errors
/// When it is the answer to something else.
pub fn code(body: &[u8]) -> Result<Result<Vec<u8>, String>, Distrust> {
    match read(body)? {
        Response::Code(Ok(code)) if code.is_empty() => Err(Distrust("machine code without a byte".to_owned())),
        Response::Code(Ok(code)) => Ok(Ok(code.into_vec())),
        Response::Code(Err(reason)) => Ok(Err(cut(reason))),
        response => Err(other(response)),
    }
}

/// What a snippet was compiled to, or what is wrong with it.
///
/// # Errors
/// When this can't come of the snippet.
pub fn compiled(body: &[u8], snippet: &Snippet) -> Result<Result<Box<Compiled>, Vec<Diagnostic>>, Distrust> {
    match read(body)? {
        Response::Compiled(Ok(mut compiled)) => {
            check_compiled(&compiled, snippet)?;
            let warnings = diagnostics(&compiled.warnings, snippet)?;
            if warnings.iter().any(Diagnostic::is_error) {
                return Err(Distrust("an error in a snippet that was compiled".to_owned()));
            }
            compiled.warnings = serde_json::to_vec(&warnings).map_err(|error| Distrust(error.to_string()))?;
            Ok(Ok(compiled))
        }
        Response::Compiled(Err(json)) => {
            let diagnostics = diagnostics(&json, snippet)?;
            if !diagnostics.iter().any(Diagnostic::is_error) {
                return Err(Distrust("a snippet that is refused for no error".to_owned()));
            }
            Ok(Err(diagnostics))
        }
        response => Err(other(response)),
    }
}

/// Whether a snippet was loaded, and what was found.
///
/// # Errors
/// When it is the answer to something else.
pub fn loaded(body: &[u8]) -> Result<Result<Loaded, LoadFailure>, Distrust> {
    // What an interpreter says is a stranger's word even in an honest worker, so it is bounded, not refused.
    match read(body)? {
        Response::Loaded(Ok(mut loaded)) => {
            loaded
                .convention
                .truncate(loaded.convention.floor_char_boundary(MAX_KIND));
            loaded.hints = bounded_hints(loaded.hints);
            Ok(Ok(loaded))
        }
        Response::Loaded(Err(LoadFailure::Interpreter(error))) => Ok(Err(LoadFailure::Interpreter(error.bounded()))),
        Response::Loaded(Err(LoadFailure::Refused(json))) => {
            let mut diagnostics = diagnostics(&json, &Snippet::default())?;
            diagnostics.truncate(1);
            if !diagnostics.iter().any(Diagnostic::is_error) {
                return Err(Distrust("a snippet that is refused for no error".to_owned()));
            }
            let json = serde_json::to_vec(&diagnostics).map_err(|error| Distrust(error.to_string()))?;
            Ok(Err(LoadFailure::Refused(json)))
        }
        response => Err(other(response)),
    }
}

/// What came of an event of so many bytes: [`Response::Ran`], or [`Response::NotLoaded`], or [`Response::Panicked`].
///
/// # Errors
/// When it can't have come of it within these bounds.
pub fn ran(body: &[u8], bounds: &Bounds, event: usize) -> Result<Response, Distrust> {
    match read(body)? {
        Response::Ran(run) => {
            check_run(&run, bounds, event)?;
            Ok(Response::Ran(run))
        }
        Response::Panicked(reason) => Ok(Response::Panicked(cut(reason))),
        Response::NotLoaded => Ok(Response::NotLoaded),
        response => Err(other(response)),
    }
}

/// Why a snippet can't be loaded, as [`loaded`] passed it.
pub fn diagnostic(json: &[u8]) -> Diagnostic {
    serde_json::from_slice::<Vec<Diagnostic>>(json)
        .ok()
        .and_then(|list| list.into_iter().next())
        .unwrap_or_else(|| diagnostic::snippet::cannot_load("the worker gave no reason"))
}

/// Reads a message to its last byte. Nothing is allocated for what is only announced: of sequences serde makes room for
/// a MiB at most in advance, and of texts for what is there.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Distrust> {
    match postcard::take_from_bytes(body) {
        Ok((message, [])) => Ok(message),
        Ok((_, rest)) => Err(Distrust(format!("{} bytes too many in an answer", rest.len()))),
        Err(error) => Err(Distrust(format!("an answer that can't be read: {error}"))),
    }
}

fn other(response: Response) -> Distrust {
    Distrust(match response {
        Response::Panicked(reason) => format!("it gave up: {}", cut(reason)),
        _ => "an answer to another question".to_owned(),
    })
}

fn at_most<T: PartialOrd + std::fmt::Display>(what: &str, count: T, limit: T) -> Result<(), Distrust> {
    if count > limit {
        return Err(Distrust(format!("{count} {what}, where at most {limit} can be")));
    }
    Ok(())
}

fn check_run(run: &Run, bounds: &Bounds, event: usize) -> Result<(), Distrust> {
    at_most("units of fuel", run.fuel, bounds.fuel)?;
    // The event and what the guest took beyond; or the guest's whole memory, which is within the limit.
    let memory = bounds.memory.min(Limits::MAX_MEMORY) + PAGE;
    at_most("bytes of memory", run.memory, memory.saturating_add(event as u64))?;
    let elapsed = bounds.deadline.saturating_add(MAX_DELAY);
    at_most("seconds", run.elapsed.as_secs(), elapsed.as_secs())?;
    // Every line costs a byte of its own; those that mark the cut come on top.
    at_most("lines of logs", run.logs.len(), bounds.logs.saturating_add(2))?;
    let bytes = run.logs.iter().map(String::len).sum();
    let most = bounds.logs.saturating_mul(REPLACED).saturating_add(MAX_MARK);
    at_most("bytes of logs", bytes, most)?;
    match &run.outcome {
        Outcome::Returned(returned) => check_returned(returned, bounds),
        Outcome::Failed(failure) => check_failure(failure),
    }
}

fn check_returned(returned: &Returned, bounds: &Bounds) -> Result<(), Distrust> {
    match returned {
        Returned::Null | Returned::Bool(_) => Ok(()),
        Returned::Json(text) => at_most("bytes of a result", text.len(), bounds.result),
        Returned::Python { type_name, text } => {
            at_most("bytes of a type's name", type_name.len(), MAX_TYPE_NAME)?;
            at_most("bytes of a result", text.len(), bounds.result.saturating_mul(REPLACED))
        }
        Returned::Invalid(what) => at_most("bytes about an invalid result", what.len(), MAX_TEXTS),
        Returned::TooLarge { bytes } if *bytes <= bounds.result => {
            Err(Distrust("a result that is within the limit and too large".to_owned()))
        }
        // The guest's memory has no room for more.
        Returned::TooLarge { bytes } => at_most("bytes of a result", *bytes as u64, u64::from(u32::MAX) * 3),
    }
}

fn check_failure(failure: &Failure) -> Result<(), Distrust> {
    if failure.kind == FailureKind::Quarantined {
        return Err(Distrust("a quarantine, which only the host imposes".to_owned()));
    }
    at_most("lines of a traceback", failure.traceback.len(), MAX_TRACEBACK)?;
    let traceback: usize = failure.traceback.iter().map(String::len).sum();
    let error_type = failure.error_type.as_ref().map_or(0, String::len);
    at_most(
        "bytes of an error",
        failure.message.len() + error_type + traceback,
        MAX_TEXTS,
    )
}

fn check_compiled(compiled: &Compiled, snippet: &Snippet) -> Result<(), Distrust> {
    let has_code = match (&compiled.product, snippet.language) {
        (Product::Hog(_), Language::Hog) => true,
        (Product::Python { .. }, Language::Python) => false,
        (Product::JavaScript { .. }, Language::JavaScript | Language::TypeScript) => false,
        (Product::Module(module), Language::Wasm) if module.wasm.is_empty() => true,
        _ => return Err(Distrust("a product of another language".to_owned())),
    };
    // Both texts: the source, and what JavaScript is generated from it.
    let most = snippet.source.len().saturating_mul(32).saturating_add(1 << 20);
    at_most("bytes of generated code", compiled.product.positions().bytes(), most)?;
    if has_code == compiled.code.is_empty() {
        return Err(Distrust("a product with the machine code of another".to_owned()));
    }
    let fits = match snippet.language {
        // A module that was built from a snippet says whose rules its answers follow.
        Language::Wasm => true,
        Language::Python => compiled.convention == Convention::Auto || compiled.convention == snippet.convention,
        language if snippet.convention == Convention::Auto => compiled.convention.is_for(language),
        _ => compiled.convention == snippet.convention,
    };
    if !fits {
        return Err(Distrust(format!(
            "the convention {} for a snippet of {}",
            compiled.convention.name(),
            snippet.convention.name()
        )));
    }
    Ok(())
}

/// Diagnostics of a snippet. Their places are put into the source and counted anew: they are drawn later.
fn diagnostics(json: &[u8], snippet: &Snippet) -> Result<Vec<Diagnostic>, Distrust> {
    let mut diagnostics: Vec<Diagnostic> =
        serde_json::from_slice(json).map_err(|error| Distrust(format!("diagnostics that can't be read: {error}")))?;
    // Whatever is said of a source names a part of it, and may say so for each of its parts.
    let source = snippet.source.len();
    at_most("diagnostics", diagnostics.len(), source.saturating_add(MAX_DIAGNOSTICS))?;
    let longest = source.saturating_mul(4).saturating_add(MAX_OWN_TEXT);
    let text = snippet.text().unwrap_or_default();
    let lines = LineIndex::new(text);
    for diagnostic in &mut diagnostics {
        let kind = &diagnostic.code;
        let is_kind = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if kind.len() > MAX_KIND || !kind.chars().all(is_kind) {
            return Err(Distrust("a diagnostic of a kind that is no name".to_owned()));
        }
        let texts = [&diagnostic.label, &diagnostic.help].into_iter().flatten();
        let related = diagnostic.related.iter().map(|related| &related.label);
        for text in texts.chain(related).chain([&diagnostic.message]) {
            at_most("bytes of a diagnostic", text.len(), longest)?;
        }
        diagnostic.span = inside(diagnostic.span, source);
        if let Some(related) = &mut diagnostic.related {
            related.span = inside(related.span, source);
        }
    }
    Ok(diagnostics
        .into_iter()
        .map(|diagnostic| diagnostic.locate(&lines))
        .collect())
}

fn inside(span: Span, length: usize) -> Span {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let start = span.start.min(length);
    Span::new(start, span.end.clamp(start, length))
}

/// A text of bounded length.
fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MAX_OWN_TEXT));
    text
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_bytes::ByteBuf;

    use super::*;
    use crate::diagnostic::{Color, Position, render};
    use crate::engine::interpreter::{Hint, LoadError, LoadErrorKind};
    use crate::engine::local::Local;
    use crate::engine::{Isolation, code::CodeCache, local::Kept};
    use crate::language::javascript::Positions;
    use crate::workers::confinement::{Measure, MeasureName, MeasureState};
    use crate::workers::protocol::message::Hello;

    const BOUNDS: Bounds = Bounds {
        fuel: 1000,
        memory: 1 << 20,
        result: 100,
        logs: 200,
        deadline: Duration::from_secs(1),
    };
    const EVENT: usize = 5000;

    fn encoded(response: &Response) -> Vec<u8> {
        postcard::to_stdvec(response).expect("a message")
    }

    fn run_of(outcome: Outcome) -> Run {
        Run {
            outcome,
            logs: Vec::new(),
            fuel: 0,
            memory: 0,
            elapsed: Duration::ZERO,
        }
    }

    fn failure(kind: FailureKind, message: usize, traceback: usize, frame: usize) -> Outcome {
        Outcome::Failed(Failure {
            traceback: vec!["x".repeat(frame); traceback],
            ..Failure::new(kind, "x".repeat(message))
        })
    }

    fn judge(run: Run) -> Result<Response, Distrust> {
        ran(&encoded(&Response::Ran(run)), &BOUNDS, EVENT)
    }

    fn snippet(language: Language, source: &str) -> Snippet {
        Snippet {
            source: source.into(),
            language,
            ..Snippet::default()
        }
    }

    /// What an honest compile worker makes of a snippet, but for the machine code.
    fn honest(snippet: &Snippet) -> Compiled {
        let local = Local::new(Isolation::NewInstance, CodeCache::default(), Kept::default()).expect("an engine");
        let mut prepared = local
            .prepare(snippet, &Limits::default())
            .expect("a snippet that compiles");
        let code = match &mut prepared.product {
            Product::Hog(_) => b"code".to_vec(),
            Product::Module(module) => {
                module.wasm = Vec::new();
                b"code".to_vec()
            }
            Product::Python { .. } | Product::JavaScript { .. } => Vec::new(),
        };
        Compiled {
            convention: prepared.convention,
            product: prepared.product,
            warnings: serde_json::to_vec(&prepared.warnings).expect("JSON"),
            code,
        }
    }

    fn snippets() -> [Snippet; 5] {
        [
            snippet(
                Language::Hog,
                "let x := match(output, 'a+b')\nif (x == true) { throw Error('no') }\nreturn true",
            ),
            snippet(Language::Python, "def grade(sample, item):\n    return 1.0\n"),
            snippet(
                Language::JavaScript,
                "function handler({ output }) { return output ? 1 : 0 }\n",
            ),
            snippet(
                Language::TypeScript,
                "export function handler({ output }: { output: string }): number {\n  return output.length\n}\n",
            ),
            snippet(
                Language::Wasm,
                "(module (memory (export \"memory\") 1) (func (export \"alloc\") (param i32) (result i32) i32.const 8)\n\
                 (func (export \"evaluate\") (param i32 i32) (result i64) i64.const 0))",
            ),
        ]
    }

    fn diagnostics_json(diagnostics: &[Diagnostic]) -> Vec<u8> {
        serde_json::to_vec(diagnostics).expect("JSON")
    }

    #[test]
    fn the_most_that_an_honest_worker_can_say_is_believed() {
        let outcomes = [
            Outcome::Returned(Returned::Null),
            Outcome::Returned(Returned::Json("x".repeat(BOUNDS.result))),
            Outcome::Returned(Returned::Python {
                type_name: "x".repeat(100),
                text: format!("{}\u{fffd}", "x".repeat(BOUNDS.result - 1)),
            }),
            Outcome::Returned(Returned::TooLarge {
                bytes: BOUNDS.result + 1,
            }),
            Outcome::Returned(Returned::Invalid("x".repeat(64 << 10))),
            failure(FailureKind::Vm, 2 << 20, 20, 16 << 10),
        ];
        for (number, outcome) in outcomes.into_iter().enumerate() {
            let mut run = run_of(outcome);
            run.fuel = BOUNDS.fuel;
            run.memory = BOUNDS.memory + EVENT as u64;
            run.elapsed = BOUNDS.deadline * 10;
            run.logs = vec![String::new(); BOUNDS.logs];
            run.logs.push("the mark of a cut".to_owned());
            let body = encoded(&Response::Ran(run));
            assert!(body.len() <= max_run(&BOUNDS), "{number}");
            assert!(ran(&body, &BOUNDS, EVENT).is_ok(), "{number}");
        }
        let mut run = run_of(Outcome::Returned(Returned::Null));
        run.logs = vec!["\u{fffd}".repeat(BOUNDS.logs), "x".repeat(54)];
        assert!(judge(run).is_ok());
    }

    #[test]
    fn what_no_honest_worker_can_say_is_not_believed() {
        let run = || run_of(Outcome::Returned(Returned::Null));
        let lies = [
            Run {
                fuel: BOUNDS.fuel + 1,
                ..run()
            },
            Run {
                memory: BOUNDS.memory + EVENT as u64 + PAGE + 1,
                ..run()
            },
            Run {
                memory: u64::MAX,
                ..run()
            },
            Run {
                elapsed: Duration::MAX,
                ..run()
            },
            Run {
                logs: vec![String::new(); BOUNDS.logs + 3],
                ..run()
            },
            Run {
                logs: vec!["x".repeat(BOUNDS.logs * 3 + 101)],
                ..run()
            },
            run_of(Outcome::Returned(Returned::Json("x".repeat(BOUNDS.result + 1)))),
            run_of(Outcome::Returned(Returned::Python {
                type_name: "x".repeat(301),
                text: String::new(),
            })),
            run_of(Outcome::Returned(Returned::Python {
                type_name: String::new(),
                text: "x".repeat(301),
            })),
            run_of(Outcome::Returned(Returned::TooLarge { bytes: BOUNDS.result })),
            run_of(Outcome::Returned(Returned::TooLarge { bytes: usize::MAX })),
            run_of(Outcome::Returned(Returned::Invalid("x".repeat(MAX_TEXTS + 1)))),
            run_of(failure(FailureKind::Vm, MAX_TEXTS + 1, 0, 0)),
            run_of(failure(FailureKind::Vm, 0, 20, MAX_TEXTS / 20 + 1)),
            run_of(failure(FailureKind::Vm, 0, 21, 0)),
            run_of(failure(FailureKind::Quarantined, 0, 0, 0)),
        ];
        for (number, lie) in lies.into_iter().enumerate() {
            assert!(judge(lie).is_err(), "{number}");
        }
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let snippet = Snippet::default();
        let answers = [
            Response::Hello(Hello {
                version: VERSION,
                confinement: Confinement { measures: Vec::new() },
            }),
            Response::Code(Ok(ByteBuf::from(b"code".to_vec()))),
            Response::Compiled(Err(ByteBuf::from(diagnostics_json(&[Diagnostic::error(
                "wrong",
                Span::default(),
                "wrong",
            )])))),
            Response::Loaded(Ok(Loaded {
                convention: String::new(),
                hints: Vec::new(),
            })),
            Response::Ran(run_of(Outcome::Returned(Returned::Null))),
        ];
        for (number, answer) in answers.iter().enumerate() {
            let body = encoded(answer);
            let believed = [
                hello(&body).is_ok(),
                code(&body).is_ok(),
                compiled(&body, &snippet).is_ok(),
                loaded(&body).is_ok(),
                ran(&body, &BOUNDS, EVENT).is_ok(),
            ];
            for (question, believed) in believed.into_iter().enumerate() {
                assert_eq!(believed, question == number, "{answer:?} to {question}");
            }
            let longer = [&body[..], b"!"].concat();
            assert!(hello(&longer).is_err() && code(&longer).is_err() && loaded(&longer).is_err());
            assert!(compiled(&longer, &snippet).is_err() && ran(&longer, &BOUNDS, EVENT).is_err());
        }
    }

    #[test]
    fn another_version_is_somebody_else() {
        let confinement = Confinement {
            measures: vec![
                Measure {
                    name: MeasureName::Seccomp,
                    state: MeasureState::InForce
                };
                20
            ],
        };
        let body = |version, confinement: &Confinement| {
            encoded(&Response::Hello(Hello {
                version,
                confinement: confinement.clone(),
            }))
        };
        assert_eq!(hello(&body(VERSION, &confinement)), Ok(Ok(confinement.clone())));
        assert!(hello(&body(VERSION + 1, &confinement)).is_err());
        let much = Confinement {
            measures: vec![confinement.measures[0].clone(); 101],
        };
        assert!(hello(&body(VERSION, &much)).is_err());
    }

    #[test]
    fn products_are_of_their_language_and_convention() {
        let snippets = snippets();
        for snippet in &snippets {
            let body = encoded(&Response::Compiled(Ok(Box::new(honest(snippet)))));
            assert!(body.len() <= max_compiled(snippet));
            for other in &snippets {
                let kind = |language| match language {
                    Language::TypeScript => Language::JavaScript,
                    language => language,
                };
                let believed = compiled(&body, other).is_ok();
                assert_eq!(
                    believed,
                    kind(snippet.language) == kind(other.language),
                    "{:?} for {:?}",
                    snippet.language,
                    other.language
                );
            }
            let lies: [fn(&mut Compiled); 3] = [
                |lie| lie.convention = Convention::Vertex,
                |lie| match lie.code.as_slice() {
                    [] => lie.code = b"code".to_vec(),
                    _ => lie.code.clear(),
                },
                |lie| {
                    lie.warnings = diagnostics_json(&[Diagnostic::error("wrong", Span::default(), "wrong")]);
                },
            ];
            for (number, lie) in lies.into_iter().enumerate() {
                let mut compiled_ = honest(snippet);
                lie(&mut compiled_);
                let named = Snippet {
                    convention: honest(snippet).convention,
                    ..snippet.clone()
                };
                let believed = compiled(&encoded(&Response::Compiled(Ok(Box::new(compiled_)))), &named);
                let is_any = number == 0 && snippet.language == Language::Wasm
                    || number == 0 && named.convention == Convention::Auto && snippet.language != Language::Python;
                assert_eq!(believed.is_ok(), is_any, "{number} {:?}", snippet.language);
            }
        }
    }

    #[test]
    fn generated_code_is_not_much_longer_than_its_source() {
        let [_, _, _, snippet, _] = snippets();
        let mut compiled_ = honest(&snippet);
        let long = "x\n".repeat(1 << 20);
        // A file, lines before it, two texts and what they have in common.
        let positions = ("a.ts", 0_u32, Some((&long, &long, Vec::<u8>::new())));
        let positions = postcard::to_stdvec(&positions).expect("encoded");
        compiled_.product = Product::JavaScript {
            request: "{}".to_owned(),
            positions: postcard::from_bytes(&positions).expect("positions"),
        };
        assert!(compiled(&encoded(&Response::Compiled(Ok(Box::new(compiled_)))), &snippet).is_err());
    }

    #[test]
    fn places_are_put_into_the_source() {
        let snippet = snippet(Language::Hog, "let ü\nx");
        let spans = [(0, 3), (5, 6), (6, 3), (4, u32::MAX), (u32::MAX, 0), (7, 8)];
        for (start, end) in spans {
            let mut wrong =
                Diagnostic::error("wrong", Span::new(start, end), "wrong").related(Span::new(end, start), "x");
            wrong.start = Position {
                line: 0,
                column: u32::MAX,
            };
            let body = encoded(&Response::Compiled(Err(ByteBuf::from(diagnostics_json(&[wrong])))));
            let Ok(Err(diagnostics)) = compiled(&body, &snippet) else {
                panic!("{start}..{end}");
            };
            for diagnostic in &diagnostics {
                assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= 8);
                assert!((1..=2).contains(&diagnostic.start.line) && diagnostic.start.column <= 6);
                let _ = render(diagnostic, "let ü\nx", "a.hog", Color::Always);
            }
        }
    }

    #[test]
    fn diagnostics_are_bounded() {
        let snippet = snippet(Language::Hog, "x");
        let judge = |diagnostics: &[Diagnostic]| {
            let body = encoded(&Response::Compiled(Err(ByteBuf::from(diagnostics_json(diagnostics)))));
            compiled(&body, &snippet).is_ok()
        };
        let wrong = Diagnostic::error("wrong", Span::default(), "wrong");
        assert!(judge(&vec![wrong.clone(); 1001]));
        assert!(!judge(&vec![wrong.clone(); 1002]));
        assert!(!judge(&[]));
        assert!(!judge(&[Diagnostic::warning("odd", Span::default(), "odd")]));
        assert!(judge(&[wrong.clone().label("x".repeat(1000))]));
        assert!(!judge(&[wrong.clone().label("x".repeat(65 << 10))]));
        assert!(!judge(&[wrong.clone().help("x".repeat(65 << 10))]));
        assert!(!judge(&[wrong.related(Span::default(), "x".repeat(65 << 10))]));
        assert!(!judge(&[Diagnostic::error("\u{1b}[2J", Span::default(), "wrong")]));
    }

    #[test]
    fn a_strangers_words_are_cut() {
        let hint = Hint {
            code: "\u{1b}[2Jodd-name".to_owned(),
            message: "x".repeat(100 << 10),
            line: 0,
            column: u32::MAX,
            help: None,
        };
        let body = encoded(&Response::Loaded(Ok(Loaded {
            convention: "x".repeat(1000),
            hints: vec![hint; 1002],
        })));
        let Ok(Ok(found)) = loaded(&body) else { panic!("loaded") };
        assert_eq!((found.hints.len(), found.convention.len()), (1000, 64));
        assert_eq!(found.hints[0].code, "2odd-name");
        assert_eq!(found.hints[0].message.len(), MAX_OWN_TEXT);

        let error = LoadError::new(LoadErrorKind::Exception, "ü".repeat(100 << 10));
        let body = encoded(&Response::Loaded(Err(LoadFailure::Interpreter(error))));
        let Ok(Err(LoadFailure::Interpreter(error))) = loaded(&body) else {
            panic!("not loaded")
        };
        assert_eq!(error.message.len(), MAX_OWN_TEXT);

        let refused = diagnostics_json(&[Diagnostic::error("wrong", Span::new(5, 9), "wrong")]);
        let body = encoded(&Response::Loaded(Err(LoadFailure::Refused(refused))));
        let Ok(Err(LoadFailure::Refused(json))) = loaded(&body) else {
            panic!("not loaded")
        };
        assert_eq!(diagnostic(&json).span, Span::default());
        assert_eq!(diagnostic(b"nonsense").code, "cannot-load");
        let body = encoded(&Response::Loaded(Err(LoadFailure::Refused(b"[]".to_vec()))));
        assert!(loaded(&body).is_err());
    }

    /// Every decoder, and whatever the host does with what it lets through.
    fn use_all(body: &[u8], snippet: &Snippet) {
        let _ = hello(body);
        let _ = code(body);
        let _ = loaded(body).map(|loaded| match loaded {
            Err(LoadFailure::Refused(json)) => diagnostic(&json).message.len(),
            Err(LoadFailure::Interpreter(error)) => error.message.len(),
            Ok(loaded) => loaded.hints.len(),
        });
        let _ = ran(body, &BOUNDS, EVENT);
        let text = snippet.text().expect("text");
        match compiled(body, snippet) {
            Ok(Ok(compiled)) => {
                let _ = compiled.product.id();
                use_positions(&compiled.product.positions());
                let warnings: Vec<Diagnostic> = serde_json::from_slice(&compiled.warnings).expect("diagnostics");
                for warning in warnings {
                    let _ = render(&warning, text, "snippet", Color::Never);
                }
            }
            Ok(Err(diagnostics)) => {
                for diagnostic in diagnostics {
                    let _ = render(&diagnostic, text, "snippet", Color::Never);
                }
            }
            Err(Distrust(reason)) => assert!(!reason.is_empty()),
        }
    }

    fn use_positions(positions: &Positions) {
        for line in [0, 1, 2, 3, u32::MAX] {
            for column in [0, 1, 7, u32::MAX] {
                let _ = positions.original(Position { line, column });
            }
        }
        let _ = positions.traceback("at f (metric.ts:2:3) snippet.js:4294967295:0 :1:1");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn random_bytes_are_no_reason_to_panic(kind in 0..8_u8, bytes in vec(any::<u8>(), 0..200)) {
            let body = [&[kind][..], &bytes].concat();
            for snippet in &snippets() {
                use_all(&body, snippet);
            }
        }

        /// Answers that are almost right.
        #[test]
        fn damaged_answers_are_no_reason_to_panic(
            which in 0..5_usize,
            damages in vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4),
        ) {
            // Making them takes long, so they are made once.
            static HONEST: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
            let snippets = snippets();
            let honest = HONEST.get_or_init(|| {
                snippets.iter().map(|snippet| encoded(&Response::Compiled(Ok(Box::new(honest(snippet)))))).collect()
            });
            let mut body = honest[which].clone();
            for (place, byte, how) in damages {
                let place = place.index(body.len());
                match how {
                    0 => body[place] = byte,
                    1 => body.insert(place, byte),
                    2 => { body.remove(place); }
                    _ => body[place] ^= 1 << (byte % 8),
                }
            }
            use_all(&body, &snippets[which]);
        }
    }
}
