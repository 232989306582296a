//! What workers send, and what they are sent.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::Value;

use super::check_diagnostics;
use crate::diagnostic::{Position, interpreted};
use crate::engine::interpreter::LoadErrorKind;
use crate::engine::product::Product;
use crate::outcome::{Outcome, Returned, plain_answer};
use crate::returned::Reading;
use crate::workers::protocol::channel::{Channel, ChannelError, Stop};
use crate::workers::protocol::message::{Bounds, LoadFailure};
use crate::workers::protocol::{Request, Response, trust};
use crate::{Limits, Snippet};

/// What the worker was asked to compile.
const SOURCES: [fn() -> Snippet; 4] = [
    || Snippet::hog("let e := 'é'\nreturn length(output) > length(e)"),
    || Snippet::typescript("export default ({ output }: any) => output.length as number"),
    || Snippet::python("def judge(output):\n    return len(output)\n"),
    || Snippet::wasm("(module)"),
];

/// The bounds that it was given.
pub fn bounds() -> Bounds {
    Bounds {
        fuel: 1000,
        memory: 1 << 20,
        result: 100,
        logs: 200,
        deadline: Duration::from_secs(1),
    }
}

/// Any bytes from a worker, as one message and as all that comes over its socket; and to a worker. What is believed is
/// within the bounds, and the host can use it.
///
/// # Panics
///
/// When it is not so.
pub fn worker_frames(bytes: &[u8]) {
    message(bytes);
    socket(bytes);
    std::hint::black_box(postcard::from_bytes::<Request<'_>>(bytes).is_ok());
}

fn socket(bytes: &[u8]) {
    let (mut worker, host) = UnixStream::pair().unwrap_or_else(|error| panic!("{error}"));
    // What does not fit into the socket is of no use: nobody reads at the same time.
    let sent = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    worker.write_all(sent).unwrap_or_else(|error| panic!("{error}"));
    drop(worker);
    let channel = Channel::new(host.into()).unwrap_or_else(|error| panic!("{error}"));
    let mut channel = channel.refusing_descriptors();
    let tick = Duration::from_secs(10);
    // Whatever was sent, there is nothing to wait for: the other side is gone.
    let mut patience = || Err::<(), _>(Stop::Cancelled);
    let mut pid = [0; 4];
    let mut read = 0;
    let error = match channel.read_exact(&mut pid, tick, &mut patience) {
        Ok(()) => loop {
            match channel.receive(4 << 10, tick, &mut patience) {
                Ok(frame) => {
                    assert!(frame.body.len() <= 4 << 10 && frame.descriptors.is_empty());
                    read += frame.body.len();
                    assert!(read <= sent.len(), "more than was sent");
                    message(frame.body);
                }
                Err(error) => break error,
            }
        },
        Err(error) => error,
    };
    assert!(
        matches!(error, ChannelError::Closed | ChannelError::Protocol(_)),
        "{error:?}"
    );
}

fn message(body: &[u8]) {
    let bounds = bounds();
    if let Ok(Ok(confinement)) = trust::hello(body) {
        assert!(!confinement.is_complete() || !confinement.to_string().is_empty());
        assert!(!confinement.is_complete() || confinement.missing().next().is_none());
    }
    if let Ok(Ok(code)) = trust::code(body) {
        assert!(code.len() <= body.len());
    }
    if let Ok(response) = trust::ran(body, &bounds, 500) {
        ran(response, &bounds);
    }
    loaded(body);
    for snippet in SOURCES {
        compiled(body, &snippet());
    }
}

fn ran(response: Response, bounds: &Bounds) {
    let Response::Ran(run) = response else {
        return assert!(!matches!(response, Response::Hello(_) | Response::Code(_)));
    };
    assert!(run.fuel <= bounds.fuel);
    assert!(run.logs.iter().map(String::len).sum::<usize>() <= 4 * bounds.logs);
    let limits = Limits::from(*bounds);
    let answer = plain_answer(&run.outcome, &limits);
    std::hint::black_box(answer.error);
    if let Outcome::Returned(Returned::Json(text)) = &run.outcome {
        assert!(text.len() <= bounds.result);
        if let Ok(value) = serde_json::from_str::<Value>(text)
            && let Ok(reading) = Reading::of(value)
        {
            std::hint::black_box(reading.passed(None));
        }
    }
}

fn loaded(body: &[u8]) {
    let source = "def judge(output):\n    return é\n";
    let diagnostics = match trust::loaded(body) {
        Ok(Ok(loaded)) => interpreted::hints(&loaded.hints, source, |position| position),
        Ok(Err(LoadFailure::Interpreter(error))) if error.kind != LoadErrorKind::Sandbox => {
            vec![interpreted::load_error(&error, source, |position| position)]
        }
        Ok(Err(LoadFailure::Refused(json))) => {
            let diagnostic = trust::diagnostic(&json);
            return assert!(diagnostic.is_error());
        }
        _ => return,
    };
    check_diagnostics(&diagnostics, source);
}

fn compiled(body: &[u8], snippet: &Snippet) {
    let source = snippet.text().unwrap_or_default();
    let compiled = match trust::compiled(body, snippet) {
        Ok(Ok(compiled)) => compiled,
        Ok(Err(mut diagnostics)) => {
            assert!(diagnostics.iter().any(|diagnostic| diagnostic.is_error()));
            // It may say so itself.
            diagnostics.retain(|diagnostic| diagnostic.code != "cannot-load");
            return check_diagnostics(&diagnostics, source);
        }
        Err(_) => return,
    };
    std::hint::black_box(compiled.product.id());
    if let Product::JavaScript { positions, .. } = &compiled.product {
        for line in [1, 2, 3, 1000, u32::MAX] {
            for column in [1, 2, 30, u32::MAX] {
                let original = positions.original(Position { line, column });
                assert!(
                    original.line >= 1 && original.column >= 1,
                    "{line}:{column} {original:?}"
                );
            }
        }
        std::hint::black_box(positions.traceback("at f (metric.ts:2:7), metric.ts:99999999999999999999"));
    }
    let again = postcard::to_stdvec(&compiled.product).unwrap_or_else(|error| panic!("{error}"));
    assert!(postcard::from_bytes::<Product>(&again).is_ok());
}
