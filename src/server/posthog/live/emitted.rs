//! The `$ai_evaluation` event that a run leaves behind.

use jiff::Timestamp;
use jurybox::{Status, Verdict};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::server::posthog::capture::{event_body, members};
use crate::server::posthog::evaluations::{Evaluation, Output, categories};
use crate::store::{NewEvent, Platform, Trigger, to_wire};

/// The name of the event.
const NAME: &str = "$ai_evaluation";
/// Errors that PostHog blames on the event rather than on the code: Python's exceptions, which surface in Hog's library.
const INPUT_ERRORS: [&str; 5] = [
    "TypeError",
    "AttributeError",
    "KeyError",
    "ZeroDivisionError",
    "JSONDecodeError",
];

/// What a run came to.
#[derive(Clone, Debug)]
pub enum Said {
    /// A verdict.
    Verdict(Box<Verdict>),
    /// The code does not compile (any more).
    CodeError(String),
    /// The event is none.
    InputError(String),
    /// Nothing: the service is to blame.
    Nothing,
}

/// What an event is made of, besides the verdict.
#[derive(Clone, Copy, Debug)]
pub struct Emitted<'a> {
    /// What was run.
    pub evaluation: &'a Evaluation,
    /// On which event.
    pub event: &'a NewEvent,
    /// Why.
    pub trigger: Trigger,
    /// When it began.
    pub began: Timestamp,
}

impl From<Verdict> for Said {
    fn from(verdict: Verdict) -> Self {
        Self::Verdict(Box::new(verdict))
    }
}

impl Said {
    /// What is wrong with the code, if the code is to blame.
    pub fn code_error(&self) -> Option<&str> {
        match self.skipped() {
            Some(("hog_error", error)) => Some(error),
            _ => None,
        }
    }

    /// PostHog's reason for a run without a result, and the error in words.
    fn skipped(&self) -> Option<(&'static str, &str)> {
        let verdict = match self {
            Self::Verdict(verdict) => verdict,
            Self::CodeError(error) => return Some(("hog_error", error)),
            Self::InputError(error) => return Some(("hog_input_error", error)),
            Self::Nothing => return Some(("internal_error", "")),
        };
        let error = verdict.error.as_ref();
        let message = error.map_or("", |error| error.message.as_str());
        let of_input = || {
            let kind = error.and_then(|error| error.error_type.as_deref())?;
            // A thrown error of that name reads `Runtime error: ...`.
            (INPUT_ERRORS.contains(&kind) && message.starts_with(kind)).then_some(())
        };
        match verdict.status {
            Status::Ok | Status::NotApplicable => None,
            Status::Crashed => Some(("internal_error", message)),
            Status::Skipped => Some(("hog_input_error", message)),
            Status::RuntimeError if of_input().is_some() => Some(("hog_input_error", message)),
            _ => Some(("hog_error", message)),
        }
    }
}

impl Emitted<'_> {
    /// The event.
    pub fn by(&self, said: &Said) -> NewEvent {
        let uuid = uuid::Uuid::now_v7().to_string();
        let timestamp = Timestamp::now();
        let properties = Value::Object(self.properties(said)).to_string();
        NewEvent {
            platform: Platform::PostHog,
            body: event_body(&uuid, NAME, &self.event.distinct_id, timestamp, &properties),
            uuid,
            name: NAME.to_owned(),
            distinct_id: self.event.distinct_id.clone(),
            trace_id: self.event.trace_id.clone(),
            session_id: self.event.session_id.clone(),
            timestamp,
        }
    }

    fn properties(&self, said: &Said) -> Map<String, Value> {
        let evaluation = self.evaluation;
        let mut all = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                all.insert(name.to_owned(), value);
            }
        };
        put("$ai_evaluation_id", json!(evaluation.id));
        put("$ai_evaluation_name", json!(evaluation.name));
        put("$ai_evaluation_type", json!("online"));
        put("$ai_evaluation_runtime", json!(evaluation.evaluation_type.name()));
        put(
            "$ai_evaluation_result_type",
            json!(evaluation.output.output_type().name()),
        );
        put("$ai_evaluation_start_time", json!(to_wire(self.began)));
        put("$ai_evaluation_trigger", json!(self.trigger.name()));
        put("$ai_target_event_id", json!(self.event.uuid));
        put("$ai_target_event_type", json!(self.event.name));
        put("$ai_target_id", json!(self.event.uuid));
        put("$ai_target_type", json!("generation_uuid"));
        put("$ai_trace_id", json!(self.event.trace_id));
        for (name, value) in self.copied() {
            put(name, value);
        }
        let allows_na = allows_na(&evaluation.output);
        put("$ai_evaluation_allows_na", json!(allows_na));
        let skipped = said.skipped();
        let verdict = match said {
            Said::Verdict(verdict) if skipped.is_none() => Some(verdict),
            _ => None,
        };
        let applies = verdict.is_some_and(|verdict| verdict.status == Status::Ok);
        // PostHog says it of categories in any case: an empty list of them is a result, too.
        if allows_na || matches!(evaluation.output, Output::Categorical { .. }) {
            put("$ai_evaluation_applicable", json!(applies));
        }
        if let Some((reason, error)) = skipped {
            put("$ai_evaluation_reasoning", json!(error));
            put("$ai_evaluation_skipped", json!(true));
            put("$ai_evaluation_skip_reason", json!(reason));
            // Our own: a reasoning that is an error is told from others.
            put("$ai_evaluation_error", json!(error));
        }
        if let Some(verdict) = verdict {
            put("$ai_evaluation_reasoning", json!(verdict.reasoning));
            let result = applies.then(|| result(&evaluation.output, verdict));
            for (name, value) in result.into_iter().flatten() {
                put(name, value);
            }
        }
        all
    }

    /// What is said of the event itself: its session and the prompt that it was made with (PostHog).
    fn copied(&self) -> Vec<(&'static str, Value)> {
        const NAMES: [&str; 3] = ["$session_id", "$ai_prompt_name", "$ai_prompt_version"];
        let Ok([Some(properties)]) = members(&self.event.body, ["properties"]) else {
            return Vec::new();
        };
        let Ok(found) = members(properties.get(), NAMES) else {
            return Vec::new();
        };
        let value = |raw: Option<&RawValue>| serde_json::from_str(raw?.get()).ok();
        let all = NAMES.into_iter().zip(found);
        all.filter_map(|(name, raw)| Some((name, value(raw)?))).collect()
    }
}

/// The value of a verdict, under the names that it has for its kind.
fn result(output: &Output, verdict: &Verdict) -> Vec<(&'static str, Value)> {
    // Of numbers and categories, the result proper is what the passing rule makes of them.
    let passed = verdict.passed.map_or(Value::Null, Value::from);
    match output {
        Output::Numeric { min, max, .. } => vec![
            ("$ai_evaluation_result", passed),
            ("$ai_evaluation_numeric_result", verdict.value.clone()),
            ("$ai_evaluation_numeric_result_min", json!(min)),
            ("$ai_evaluation_numeric_result_max", json!(max)),
        ],
        Output::Categorical { .. } => vec![
            ("$ai_evaluation_result", passed),
            ("$ai_evaluation_categorical_result", json!(categories(&verdict.value))),
        ],
        Output::Boolean { .. } | Output::Sentiment => vec![("$ai_evaluation_result", verdict.value.clone())],
    }
}

fn allows_na(output: &Output) -> bool {
    match output {
        Output::Boolean { allows_na, .. }
        | Output::Numeric { allows_na, .. }
        | Output::Categorical { allows_na, .. } => *allows_na,
        Output::Sentiment => false,
    }
}
