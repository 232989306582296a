//! What guests answer.

use std::sync::LazyLock;

use serde_json::Value;

use crate::diagnostic::{Position, interpreted};
use crate::engine::interpreter::{LoadAnswer, read_answer};
use crate::engine::module::answer;
use crate::language::javascript::{self, Positions};
use crate::outcome::{Outcome, Returned, plain_answer};
use crate::pass_rule::PassRule;
use crate::returned::{self, Reading};
use crate::{Color, Limits, Snippet, render};

const SOURCE: &str = "enum Kind { A, B = 'b' }\nfunction evaluate({ output }: { output: string }): boolean {\n  \
    const kind = Kind.A as number;\n  return output.length > (kind satisfies number);\n}\n// é 😀\n";

/// From the JavaScript that runs to what an author wrote.
static POSITIONS: LazyLock<Positions> = LazyLock::new(|| {
    let prepared = javascript::prepare(&Snippet::typescript(SOURCE), SOURCE);
    prepared.unwrap_or_else(|error| panic!("{error}")).positions
});

/// Any bytes as the answer of an interpreter or a module, to an event or to being loaded.
///
/// # Panics
///
/// When reading them breaks, or gives more than the limits allow.
pub fn guest_answers(bytes: &[u8]) {
    let limits = Limits::default();
    for limit in [0, 100, limits.result] {
        for refused_memory in [false, true] {
            check(&read_answer(bytes, limit, refused_memory), limit);
            check(&answer::outcome(bytes, limit, refused_memory), limit);
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let failed = answer::failed(text);
    assert!(matches!(failed, Outcome::Failed(_)), "who fails has failed");
    check(&failed, limits.result);
    load_answer(text);
}

fn check(outcome: &Outcome, limit: usize) {
    let limits = Limits::default();
    let answer = plain_answer(outcome, &limits);
    if let Some(message) = &answer.error {
        assert!(!message.is_empty());
    }
    match outcome {
        Outcome::Returned(Returned::Json(text)) => {
            assert!(text.len() <= limit, "{} bytes, and the limit is {limit}", text.len());
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                read(value);
            }
        }
        Outcome::Returned(_) => {}
        Outcome::Failed(failure) => {
            assert!(failure.traceback.len() <= 20);
            for line in &failure.traceback {
                drop(POSITIONS.traceback(line));
            }
            if let Some(position) = failure.position {
                inside(POSITIONS.original(position));
            }
        }
    }
}

fn read(value: Value) {
    assert!(!returned::describe(&value).is_empty());
    match Reading::of(value) {
        Ok(reading) => {
            let rules = [
                None,
                Some(PassRule::Equals(true)),
                Some(PassRule::Within {
                    min: Some(0.5),
                    max: None,
                }),
            ];
            for rule in &rules {
                std::hint::black_box(reading.passed(rule.as_ref()));
            }
        }
        Err(what) => assert!(!what.is_empty()),
    }
}

fn load_answer(text: &str) {
    let original = |position| POSITIONS.original(position);
    let diagnostics = match serde_json::from_str::<LoadAnswer>(text) {
        Ok(LoadAnswer::Ok { hints, .. }) => interpreted::hints(&hints, SOURCE, original),
        Ok(LoadAnswer::Error(error)) => vec![interpreted::load_error(&error, SOURCE, original)],
        Err(_) => return,
    };
    for diagnostic in diagnostics {
        assert!(diagnostic.span.end as usize <= SOURCE.len(), "{diagnostic:?}");
        assert!(!render(&diagnostic, SOURCE, "x", Color::Never).is_empty());
    }
}

fn inside(position: Position) {
    assert!(position.line >= 1 && position.column >= 1, "{position:?}");
}
