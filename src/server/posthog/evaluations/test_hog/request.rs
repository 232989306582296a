//! What to try, and on what.

use axum::http::StatusCode;
use jurybox::{Event, Language, Snippet};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::super::evaluation::Target;
use super::super::output::{Output, OutputType};
use super::super::target::{SESSION, Seconds, TRACE};
use super::super::{change, config, source};
use crate::server::posthog::fields::{self, Choice, Read, Wrong};
use crate::server::problem::Problem;

/// How many samples there are if nobody says (PostHog).
const DEFAULT_SAMPLES: u32 = 5;
/// How many samples there may be (PostHog).
const MAX_SAMPLES: i64 = 10;
/// How many events a request may bring.
const MAX_EVENTS: usize = 100;

impl Choice for Language {
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

/// Code to try on sample events.
#[derive(ToSchema)]
#[schema(example = json!({
    "source": "print(length(output), 'characters')\nreturn length(output) > 0",
    "sample_count": 5,
}))]
#[expect(dead_code, reason = "it describes")]
pub struct TestHogRequest {
    /// The code.
    #[schema(min_length = 1)]
    source: String,
    /// How many of the newest events; 5 by default.
    #[schema(minimum = 1, maximum = 10, nullable = false)]
    sample_count: Option<u32>,
    /// Whether null means "not applicable" instead of an error.
    #[schema(nullable = false)]
    allows_na: Option<bool>,
    /// Condition sets, of which the `properties` select events.
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    conditions: Option<Vec<Value>>,
    /// `boolean` (the default), `numeric` or `categorical`.
    #[schema(nullable = false)]
    output_type: Option<String>,
    /// What may be returned; its `allows_na` is stronger than the other.
    #[schema(value_type = Option<Object>, nullable = false)]
    output_config: Option<Map<String, Value>>,
    /// What is judged as one: `generation` (the default), `trace` or `session`.
    #[schema(nullable = false)]
    target: Option<Target>,
    /// When a trace or a session counts as complete: `window_seconds` after its first generation, `quiet_period_seconds`
    /// after its last event.
    #[schema(value_type = Option<Object>, nullable = false)]
    target_config: Option<Map<String, Value>>,
    /// Our own: `hog` (the default), `python`, `javascript`, `typescript` or `wasm` (text, or a binary in Base64).
    #[schema(nullable = false)]
    language: Option<String>,
    /// Our own: whose habit the code follows.
    #[schema(nullable = false)]
    convention: Option<String>,
    /// Our own: the function to call.
    #[schema(nullable = false)]
    entry: Option<String>,
    /// Our own: the events to run on instead of stored ones, at most 100, as they are: conditions don't select among them.
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    events: Option<Vec<Value>>,
}

/// What to try, and on what.
#[derive(Debug)]
pub struct Tried {
    /// The code.
    pub snippet: Snippet,
    /// What it gives.
    pub output: Output,
    /// How many of the newest events.
    pub sample_count: u32,
    /// Condition sets that select events.
    pub conditions: Vec<Value>,
    /// Events to run on instead.
    pub events: Option<Vec<Event>>,
    /// What is judged as one.
    pub target: Target,
    /// When a trace or a session counts as complete.
    pub completeness: Completeness,
}

/// After how many seconds traces and sessions count as complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completeness {
    /// A trace: after the generation that an evaluation would have begun to wait at.
    pub window: u32,
    /// A session: after its last event.
    pub quiet_period: u32,
}

impl Default for Completeness {
    fn default() -> Self {
        let seconds = |setting: &Seconds| u32::try_from(setting.default).unwrap_or(u32::MAX);
        Self {
            window: seconds(&TRACE.window),
            quiet_period: seconds(&SESSION.quiet),
        }
    }
}

impl Tried {
    /// Reads a request.
    ///
    /// # Errors
    /// 400 in the form of [`field_errors`], about all fields that are wrong.
    pub fn read(body: &Map<String, Value>) -> Result<Self, Problem> {
        let mut fields = Fields {
            body,
            errors: Map::new(),
        };
        let output_type = fields.optional("output_type", output_type);
        let output_config = fields.optional("output_config", |value| fields::dictionary(value).cloned());
        let source = fields.required("source", code);
        let sample_count = fields.optional("sample_count", |value| fields::integer(value, 1, MAX_SAMPLES));
        let allows_na = fields.optional("allows_na", fields::boolean);
        let conditions = fields.optional("conditions", change::properties);
        let target = fields.optional("target", fields::choice::<Target>);
        let completeness = fields.optional("target_config", completeness);
        let language = fields
            .optional("language", fields::choice::<Language>)
            .unwrap_or_default();
        let convention = fields.optional("convention", |value| {
            let name = fields::text(value, false, None)?;
            config::convention(&name, language).map_err(|error| Wrong::new("invalid", format!("{error}.")))
        });
        let entry = fields.optional("entry", |value| fields::text(value, false, None));
        let events = fields.optional("events", events);

        let Some(source) = source.filter(|_| fields.errors.is_empty()) else {
            return Err(field_errors(Value::Object(fields.errors)));
        };
        // What `output_config` says is stronger.
        let mut config = Map::from_iter([("allows_na".to_owned(), json!(allows_na.unwrap_or(false)))]);
        config.extend(output_config.unwrap_or_default());
        let output_type = output_type.unwrap_or_default();
        let output = Output::read(output_type, &config).map_err(|error| {
            let pair = format!("{}/{}", language.name(), output_type.name());
            field_errors(json!({"output_config": [format!("Invalid config for {pair}: {error}")]}))
        })?;
        Ok(Self {
            snippet: source::snippet(language, &source, convention, entry.as_deref()),
            output,
            sample_count: sample_count
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(DEFAULT_SAMPLES),
            conditions: conditions.unwrap_or_default(),
            events,
            target: target.unwrap_or_default(),
            completeness: completeness.unwrap_or_default(),
        })
    }
}

/// PostHog's answer to a wrong request here: `{"error": {field: [sentences]}}`.
pub fn field_errors(errors: Value) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid", "The request is wrong.").with_body(json!({"error": errors}))
}

/// The fields of a request, and what is wrong with them.
struct Fields<'a> {
    body: &'a Map<String, Value>,
    errors: Map<String, Value>,
}

impl Fields<'_> {
    fn optional<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        match read(self.body.get(name)?) {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.errors.insert(name.to_owned(), wrong.tree());
                None
            }
        }
    }

    fn required<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        if !self.body.contains_key(name) {
            self.errors.insert(name.to_owned(), Wrong::required().tree());
        }
        self.optional(name, read)
    }
}

/// Code. It is validated without the white space around it, and kept with it: positions count it.
fn code(value: &Value) -> Read<String> {
    let trimmed = fields::text(value, false, None)?;
    Ok(value.as_str().map_or(trimmed, str::to_owned))
}

/// What code can give. Sentiments it can't.
fn output_type(value: &Value) -> Read<OutputType> {
    match fields::choice(value)? {
        OutputType::Sentiment => Err(Wrong::new("invalid_choice", "\"sentiment\" is not a valid choice.")),
        output_type => Ok(output_type),
    }
}

/// The settings of a target.
fn completeness(value: &Value) -> Read<Completeness> {
    let config = fields::object(value)?;
    let seconds = |setting: &Seconds, default: u32| match config.get(setting.name) {
        None => Ok(default),
        Some(given) => fields::integer(given, setting.min, setting.max)
            .map(|seconds| u32::try_from(seconds).unwrap_or(default))
            .map_err(|wrong| wrong.inside(setting.name)),
    };
    let default = Completeness::default();
    Ok(Completeness {
        window: seconds(&TRACE.window, default.window)?,
        quiet_period: seconds(&SESSION.quiet, default.quiet_period)?,
    })
}

fn events(value: &Value) -> Read<Vec<Event>> {
    let given = fields::list(value)?;
    if given.is_empty() {
        return Err(Wrong::new("empty", "This list may not be empty."));
    }
    if given.len() > MAX_EVENTS {
        let detail = format!("Ensure this field has no more than {MAX_EVENTS} elements.");
        return Err(Wrong::new("max_length", detail));
    }
    let events = given.iter().enumerate().map(|(index, event)| {
        let read = fields::dictionary(event)
            .and_then(|_| Event::from_value(event.clone()).map_err(|error| Wrong::new("invalid", error.to_string())));
        read.map_err(|wrong| wrong.inside(index.to_string()))
    });
    events.collect()
}

#[cfg(test)]
mod tests {
    use jurybox::Convention;

    use super::*;

    fn read(body: &Value) -> Result<Tried, Value> {
        let read = Tried::read(body.as_object().expect("an object"));
        read.map_err(|problem| problem.body.expect("a body")["error"].take())
    }

    #[test]
    fn defaults_are_those_of_the_first_version() {
        let tried = read(&json!({"source": "\nreturn true"})).expect("a request");
        assert_eq!(tried.snippet, Snippet::hog("\nreturn true"));
        assert_eq!((tried.sample_count, tried.conditions.len()), (5, 0));
        assert!(tried.events.is_none());
        let allows_na = |body: Value| match read(&body).expect("a request").output {
            Output::Boolean { allows_na, .. } => allows_na,
            output => panic!("{output:?}"),
        };
        assert!(!allows_na(json!({"source": "x"})));
        assert!(allows_na(json!({"source": "x", "allows_na": true})));
        // The settings of the output are stronger.
        assert!(!allows_na(
            json!({"source": "x", "allows_na": true, "output_config": {"allows_na": false}})
        ));
        assert!(allows_na(
            json!({"source": "x", "allows_na": false, "output_config": {"allows_na": true}})
        ));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        for (body, errors) in [
            (json!({}), json!({"source": ["This field is required."]})),
            (
                json!({"source": "  ", "sample_count": 0, "allows_na": "perhaps", "conditions": {}}),
                json!({
                    "source": ["This field may not be blank."],
                    "sample_count": ["Ensure this value is greater than or equal to 1."],
                    "allows_na": ["Must be a valid boolean."],
                    "conditions": ["Expected a list of items but got type \"dict\"."],
                }),
            ),
            (
                json!({"source": null, "sample_count": 11, "conditions": [{}, 5], "output_type": "sentiment"}),
                json!({
                    "source": ["This field may not be null."],
                    "sample_count": ["Ensure this value is less than or equal to 10."],
                    "conditions": {"1": ["Expected a dictionary of items but got type \"int\"."]},
                    "output_type": ["\"sentiment\" is not a valid choice."],
                }),
            ),
            (
                json!({"source": "x", "sample_count": "five", "target": "world", "language": "cobol"}),
                json!({
                    "sample_count": ["A valid integer is required."],
                    "target": ["\"world\" is not a valid choice."],
                    "language": ["\"cobol\" is not a valid choice."],
                }),
            ),
            (
                json!({"source": "x", "target_config": {"window_seconds": 1}}),
                json!({"target_config": {"window_seconds": ["Ensure this value is greater than or equal to 10."]}}),
            ),
            (
                json!({"source": "x", "output_type": "numeric", "output_config": {"min": 2, "max": 1}}),
                json!({"output_config": [
                    "Invalid config for hog/numeric: max: Input should be greater than or equal to min"
                ]}),
            ),
            (
                json!({"source": "x", "events": []}),
                json!({"events": ["This list may not be empty."]}),
            ),
            (
                json!({"source": "x", "convention": "braintrust"}),
                json!({"convention": ["'braintrust' is not for hog."]}),
            ),
        ] {
            assert_eq!(read(&body).expect_err("wrong"), errors, "{body}");
        }
    }

    #[test]
    fn traces_and_sessions_are_complete_after_a_while() {
        let of = |body: Value| {
            let tried = read(&body).expect("a request");
            (tried.target, tried.completeness.window, tried.completeness.quiet_period)
        };
        assert_eq!(of(json!({"source": "x"})), (Target::Generation, 1800, 1800));
        let config = json!({"window_seconds": 10, "quiet_period_seconds": "86400", "strategy": "ignored"});
        assert_eq!(
            of(json!({"source": "x", "target": "session", "target_config": config})),
            (Target::Session, 10, 86_400)
        );
    }

    #[test]
    fn other_languages_and_events_are_ours() {
        let body = json!({
            "source": "def handler(output): return True", "language": "python", "convention": "braintrust",
            "entry": "handler", "events": [{"output": "a"}],
        });
        let tried = read(&body).expect("a request");
        assert_eq!(tried.snippet.language, Language::Python);
        assert_eq!(tried.snippet.convention, Convention::Braintrust);
        assert_eq!(tried.snippet.entry.as_deref(), Some("handler"));
        assert_eq!(tried.events.map(|events| events.len()), Some(1));
    }
}
