//! What guests answer. A guest runs strangers' code, so every answer is taken for hostile.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Position;
use crate::outcome::{Failure, FailureKind, Outcome, Returned};

/// The longest text that is taken from a message or a line of a traceback, in bytes.
const MAX_TEXT: usize = 16 << 10;
/// The longest text that is taken from what loading a snippet says, in bytes.
const MAX_LOAD_TEXT: usize = 64 << 10;
/// The longest name of a convention or of a kind of hint.
const MAX_KIND: usize = 64;
/// The most hints about a snippet.
const MAX_HINTS: usize = 1000;
/// Lines that are taken from a traceback.
const MAX_TRACEBACK: usize = 20;
/// What answers that are no values begin with.
const RESERVED: [&str; 2] = ["{\"$error\":", "{\"$invalid\":"];

/// What the guest answers to `load`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadAnswer {
    /// The snippet is ready.
    Ok {
        /// Whose habit it follows.
        convention: String,
        /// What is worth telling the author.
        #[serde(default)]
        hints: Vec<Hint>,
    },
    /// It is not.
    Error(LoadError),
}

/// Something that the guest noticed in the source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hint {
    /// Which kind of thing, in kebab-case.
    pub code: String,
    /// What was noticed.
    pub message: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What to do about it.
    #[serde(default)]
    pub help: Option<String>,
}

/// Why a snippet can't be loaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoadError {
    /// Which class of reason.
    pub kind: LoadErrorKind,
    /// The type of the exception.
    #[serde(rename = "type", default)]
    pub error_type: Option<String>,
    /// What is wrong.
    pub message: String,
    /// Line, from 1.
    #[serde(default)]
    pub line: Option<u32>,
    /// Column in characters, from 1.
    #[serde(default)]
    pub column: Option<u32>,
    /// The last line.
    #[serde(default)]
    pub end_line: Option<u32>,
    /// The column after the last character.
    #[serde(default)]
    pub end_column: Option<u32>,
}

/// Classes of reasons why a snippet can't be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadErrorKind {
    /// The source is not in the language.
    Syntax,
    /// It is unclear what to call, and how.
    Convention,
    /// Code at the top of the snippet failed.
    Exception,
    /// Loading took more than a limit allows. The host says so, never the guest.
    Limit,
    /// The sandbox failed. Likewise.
    Sandbox,
}

impl LoadAnswer {
    /// The same with bounds to what the guest says: a snippet can take the guest apart and have it say anything.
    pub fn bounded(self) -> Self {
        match self {
            Self::Ok { convention, hints } => Self::Ok {
                convention: cut_at(convention, MAX_KIND),
                hints: bounded_hints(hints),
            },
            Self::Error(error) => Self::Error(error.bounded()),
        }
    }
}

/// So many hints as an author can read, and none of them longer.
pub fn bounded_hints(mut hints: Vec<Hint>) -> Vec<Hint> {
    let is_kind = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    hints.truncate(MAX_HINTS);
    let hints = hints.into_iter().map(|hint| Hint {
        code: hint.code.chars().filter(|c| is_kind(*c)).take(MAX_KIND).collect(),
        message: cut_at(hint.message, MAX_LOAD_TEXT),
        help: hint.help.map(|help| cut_at(help, MAX_LOAD_TEXT)),
        ..hint
    });
    hints.collect()
}

fn cut_at(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}

impl LoadError {
    /// The same, and none of its texts longer than an author can read.
    pub fn bounded(self) -> Self {
        Self {
            error_type: self.error_type.map(|text| cut_at(text, MAX_LOAD_TEXT)),
            message: cut_at(self.message, MAX_LOAD_TEXT),
            ..self
        }
    }

    /// A failure without a position.
    pub fn new(kind: LoadErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            error_type: None,
            message: message.into(),
            line: None,
            column: None,
            end_line: None,
            end_column: None,
        }
    }

    /// A failure of the sandbox.
    pub fn sandbox(error: wasmtime::Error) -> Self {
        Self::new(LoadErrorKind::Sandbox, format!("{error:#}"))
    }
}

#[derive(Deserialize)]
enum Reserved {
    #[serde(rename = "$error")]
    Error(ErrorAnswer),
    #[serde(rename = "$invalid")]
    Invalid(String),
}

#[derive(Deserialize)]
struct ErrorAnswer {
    #[serde(rename = "type", default)]
    error_type: Option<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    line: Option<u32>,
    #[serde(default)]
    column: Option<u32>,
    #[serde(default)]
    traceback: Vec<String>,
}

/// What the answer to an event says. `refused_memory`: whether the guest was refused memory during the run.
pub fn outcome(text: &[u8], limit: usize, refused_memory: bool) -> Outcome {
    let Ok(text) = std::str::from_utf8(text) else {
        return Outcome::Failed(Failure::crashed("the guest's answer is not UTF-8"));
    };
    if RESERVED.iter().any(|start| text.starts_with(start)) {
        return match serde_json::from_str::<Reserved>(text) {
            Ok(Reserved::Invalid(what)) => Outcome::Returned(Returned::Invalid(cut(what))),
            Ok(Reserved::Error(error)) => Outcome::Failed(failure(error, refused_memory)),
            Err(error) => Outcome::Failed(Failure::crashed(format!("the guest's answer can't be read: {error}"))),
        };
    }
    if text.len() > limit {
        return Outcome::Returned(Returned::TooLarge { bytes: text.len() });
    }
    Outcome::Returned(Returned::Json(text.to_owned()))
}

fn failure(error: ErrorAnswer, refused_memory: bool) -> Failure {
    let out_of_memory = refused_memory && error.error_type.as_deref() == Some("MemoryError");
    Failure {
        kind: if out_of_memory {
            FailureKind::OutOfMemory
        } else {
            FailureKind::Exception
        },
        error_type: error.error_type.map(cut),
        message: cut(error.message),
        position: error.line.map(|line| Position {
            line: line.max(1),
            column: error.column.unwrap_or(1).max(1),
        }),
        traceback: error.traceback.into_iter().take(MAX_TRACEBACK).map(cut).collect(),
    }
}

fn cut(text: String) -> String {
    if text.len() <= MAX_TEXT {
        return text;
    }
    let end = text.floor_char_boundary(MAX_TEXT);
    format!("{}...", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_value(answer: &str) -> bool {
        outcome(answer.as_bytes(), 100, false) == Outcome::Returned(Returned::Json(answer.to_owned()))
    }

    #[test]
    fn only_the_reserved_keys_are_no_values() {
        assert!(is_value(r#"{"$score": 1}"#));
        assert!(is_value(r#"{"$errors":1}"#));
        assert!(is_value(r#"{"a":{"$error":{}}}"#));
        let invalid = Outcome::Returned(Returned::Invalid("a set".to_owned()));
        assert_eq!(outcome(br#"{"$invalid":"a set"}"#, 100, false), invalid);
    }

    #[test]
    fn memory_is_out_only_if_it_was_refused() {
        let kind = |refused| match outcome(br#"{"$error":{"type":"MemoryError"}}"#, 100, refused) {
            Outcome::Failed(failure) => failure.kind,
            Outcome::Returned(returned) => panic!("{returned:?}"),
        };
        assert_eq!(kind(true), FailureKind::OutOfMemory);
        assert_eq!(kind(false), FailureKind::Exception);
    }

    #[test]
    fn texts_and_tracebacks_are_cut() {
        let long = "é".repeat(MAX_TEXT);
        let line = "x".repeat(10);
        let error = serde_json::json!({"$error": {"message": long, "traceback": vec![line; 1000]}});
        let Outcome::Failed(failure) = outcome(error.to_string().as_bytes(), 100, false) else {
            panic!("an error")
        };
        assert_eq!(failure.message.len(), MAX_TEXT + "...".len());
        assert_eq!(failure.traceback.len(), MAX_TRACEBACK);
    }
}
