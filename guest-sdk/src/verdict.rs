//! What a metric answers.

use std::borrow::Cow;
use std::fmt::Display;

use serde_json::{Map, Value, json};

/// What a metric thinks of an event: a value, and if you like whether it passes, why, and further data.
///
/// ```
/// use jurybox_guest::Verdict;
///
/// Verdict::score(0.75).because("3 of 4 facts").with_metadata("missing", "the date");
/// Verdict::label("good").passing(true);
/// Verdict::fail().because("empty");
/// Verdict::not_applicable();
/// ```
///
/// A bare verdict tells nothing that a plain value would not: `Verdict::score(0.5)` and `0.5` are the same answer.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a verdict counts when the metric returns it"]
pub struct Verdict {
    answer: Answer,
    name: Option<String>,
    passed: Option<bool>,
    reason: Option<String>,
    metadata: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Value(Value),
    /// A number that JSON does not have.
    Invalid(&'static str),
    Error {
        error_type: String,
        message: String,
    },
    Several(Vec<Verdict>),
}

impl Verdict {
    fn new(answer: Answer) -> Self {
        Self {
            answer,
            name: None,
            passed: None,
            reason: None,
            metadata: Map::new(),
        }
    }

    /// A value of any kind: a boolean, a number, a text.
    pub fn value(value: impl Into<Value>) -> Self {
        Self::new(Answer::Value(value.into()))
    }

    /// A number. NaN and infinity are results that the sandbox does not take.
    pub fn score(score: f64) -> Self {
        if score.is_nan() {
            return Self::new(Answer::Invalid("NaN"));
        }
        if score.is_infinite() {
            return Self::new(Answer::Invalid("infinity"));
        }
        Self::value(score)
    }

    /// True.
    pub fn pass() -> Self {
        Self::value(true)
    }

    /// False.
    pub fn fail() -> Self {
        Self::value(false)
    }

    /// One of a set of words.
    pub fn label(label: impl Into<String>) -> Self {
        Self::value(label.into())
    }

    /// The metric has nothing to say about this event.
    pub fn not_applicable() -> Self {
        Self::value(Value::Null)
    }

    /// The metric could not judge. `Err` of a `Result` says the same.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Answer::Error {
            error_type: "Error".to_owned(),
            message: message.into(),
        })
    }

    /// Several verdicts in one, each with a [name](Verdict::named).
    pub fn several(verdicts: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Answer::Several(verdicts.into_iter().collect()))
    }

    /// What this is a verdict on, where there are [several](Verdict::several).
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Why.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Whether it passes, whatever the value; a pass rule of the metric's user goes before it.
    pub fn passing(mut self, passed: bool) -> Self {
        self.passed = Some(passed);
        self
    }

    /// Further data under a name.
    pub fn with_metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// What the host is told, as `ABI.md` and the table of returned values describe it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.answer {
            Answer::Invalid(what) => json!({ "$invalid": what }),
            Answer::Error { error_type, message } => json!({"$error": {"type": error_type, "message": message}}),
            Answer::Several(verdicts) => verdicts.iter().map(Self::to_object_json).collect(),
            Answer::Value(value) if self.is_bare() => value.clone(),
            Answer::Value(_) => self.to_object_json(),
        }
    }

    /// Whether there is nothing but the value.
    fn is_bare(&self) -> bool {
        self.name.is_none() && self.passed.is_none() && self.reason.is_none() && self.metadata.is_empty()
    }

    fn to_object_json(&self) -> Value {
        let Answer::Value(value) = &self.answer else {
            return self.to_json();
        };
        let mut object = Map::new();
        if let Some(name) = &self.name {
            object.insert("name".to_owned(), json!(name));
        }
        object.insert("value".to_owned(), value.clone());
        if let Some(passed) = self.passed {
            object.insert("pass".to_owned(), json!(passed));
        }
        if let Some(reason) = &self.reason {
            object.insert("reason".to_owned(), json!(reason));
        }
        if !self.metadata.is_empty() {
            object.insert("metadata".to_owned(), Value::Object(self.metadata.clone()));
        }
        Value::Object(object)
    }
}

/// What a metric can return.
#[diagnostic::on_unimplemented(
    message = "a metric can't return `{Self}`",
    label = "not something that makes a verdict",
    note = "return a bool, a number, a text, an Option, a Result, a Verdict, or a tuple of a value and a reason"
)]
pub trait IntoVerdict {
    /// Makes it a verdict.
    fn into_verdict(self) -> Verdict;
}

impl IntoVerdict for Verdict {
    fn into_verdict(self) -> Verdict {
        self
    }
}

impl IntoVerdict for f64 {
    fn into_verdict(self) -> Verdict {
        Verdict::score(self)
    }
}

impl IntoVerdict for f32 {
    fn into_verdict(self) -> Verdict {
        // By its shortest decimal form: 0.1 is to stay 0.1 and not become 0.10000000149011612.
        Verdict::score(self.to_string().parse().unwrap_or(f64::NAN))
    }
}

macro_rules! plain_values {
    ($($plain:ty)*) => {
        $(
            impl IntoVerdict for $plain {
                fn into_verdict(self) -> Verdict {
                    Verdict::value(self)
                }
            }
        )*
    };
}

plain_values! { bool i8 i16 i32 i64 isize u8 u16 u32 u64 usize String &str Cow<'_, str> Value }

/// `None` is "not applicable".
impl<T: IntoVerdict> IntoVerdict for Option<T> {
    fn into_verdict(self) -> Verdict {
        self.map_or_else(Verdict::not_applicable, T::into_verdict)
    }
}

/// `Err` is a runtime error.
impl<T: IntoVerdict, E: Display> IntoVerdict for Result<T, E> {
    fn into_verdict(self) -> Verdict {
        self.map_or_else(
            |error| {
                Verdict::new(Answer::Error {
                    error_type: type_name::<E>().to_owned(),
                    message: error.to_string(),
                })
            },
            T::into_verdict,
        )
    }
}

/// A value and why.
impl<T: IntoVerdict, R: Into<String>> IntoVerdict for (T, R) {
    fn into_verdict(self) -> Verdict {
        self.0.into_verdict().because(self.1)
    }
}

/// Several verdicts; see [`Verdict::several`].
impl IntoVerdict for Vec<Verdict> {
    fn into_verdict(self) -> Verdict {
        Verdict::several(self)
    }
}

/// The name of an error's type without its path; just `Error` for texts and boxes.
fn type_name<E>() -> &'static str {
    let path = std::any::type_name::<E>();
    let name = path.rsplit("::").next().unwrap_or(path);
    let is_name = name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
    if is_name && name != "String" { name } else { "Error" }
}
