//! What is asked for, checked field by field as Django REST framework does.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::server::posthog::filters::instant;
use crate::server::problem::Problem;

const NOT_NULL: (&str, &str) = ("null", "This field may not be null.");
const NO_TIME: (&str, &str) = (
    "invalid",
    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
);

/// The body of the request.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the body; it is read field by field")]
pub struct Body {
    /// The evaluation.
    evaluation_id: Uuid,
    /// The uuid of the event.
    target_event_id: Uuid,
    /// The time of the event; its day must be right.
    #[schema(format = DateTime)]
    timestamp: String,
    /// The name of the event.
    #[schema(default = "$ai_generation")]
    event: Option<String>,
    /// Whose event it is.
    distinct_id: Option<String>,
}

/// What is to be run on what.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The evaluation.
    pub evaluation_id: String,
    /// The event.
    pub target_event_id: String,
    /// The day of the event.
    pub timestamp: Timestamp,
    /// Its name.
    pub event: String,
    /// Whose it is.
    pub distinct_id: Option<String>,
}

type Wrong = (&'static str, &'static str);

impl Wanted {
    /// Reads a body.
    ///
    /// # Errors
    /// 400 with all that is wrong.
    pub fn read(body: &Map<String, Value>) -> Result<Self, Problem> {
        let mut wrong = Vec::new();
        let evaluation_id = uuid(body, "evaluation_id", &mut wrong);
        let target_event_id = uuid(body, "target_event_id", &mut wrong);
        let timestamp = required(body, "timestamp", &mut wrong, |value| {
            let text = value.as_str().ok_or(NO_TIME)?;
            // Numbers in texts are times elsewhere, not here.
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            instant(value).filter(|_| !is_number).ok_or(NO_TIME)
        });
        let event = match body.get("event") {
            None => Some("$ai_generation".to_owned()),
            Some(Value::Null) => fail(&mut wrong, "event", NOT_NULL),
            Some(value) => accept(text(value), "event", &mut wrong),
        };
        let distinct_id = match body.get("distinct_id") {
            None | Some(Value::Null) => None,
            Some(value) => accept(text(value), "distinct_id", &mut wrong),
        };
        match (evaluation_id, target_event_id, timestamp, event) {
            (Some(evaluation_id), Some(target_event_id), Some(timestamp), Some(event)) if wrong.is_empty() => {
                Ok(Self {
                    evaluation_id,
                    target_event_id,
                    timestamp,
                    event,
                    distinct_id,
                })
            }
            _ => Err(problem(&wrong)),
        }
    }
}

fn uuid(body: &Map<String, Value>, name: &'static str, wrong: &mut Vec<(&'static str, Wrong)>) -> Option<String> {
    required(body, name, wrong, |value| {
        let parsed = value.as_str().and_then(|text| Uuid::try_parse(text).ok());
        let id = parsed.ok_or(("invalid", "Must be a valid UUID."))?;
        Ok(id.to_string())
    })
}

fn required<T>(
    body: &Map<String, Value>,
    name: &'static str,
    wrong: &mut Vec<(&'static str, Wrong)>,
    read: impl Fn(&Value) -> Result<T, Wrong>,
) -> Option<T> {
    match body.get(name) {
        None => fail(wrong, name, ("required", "This field is required.")),
        Some(Value::Null) => fail(wrong, name, NOT_NULL),
        Some(value) => accept(read(value), name, wrong),
    }
}

/// A text as Django reads it: numbers count, too, and spaces around it don't.
fn text(value: &Value) -> Result<String, Wrong> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(("invalid", "Not a valid string.")),
    };
    if text.is_empty() {
        return Err(("blank", "This field may not be blank."));
    }
    Ok(text)
}

fn accept<T>(read: Result<T, Wrong>, name: &'static str, wrong: &mut Vec<(&'static str, Wrong)>) -> Option<T> {
    read.map_err(|why| wrong.push((name, why))).ok()
}

fn fail<T>(wrong: &mut Vec<(&'static str, Wrong)>, name: &'static str, why: Wrong) -> Option<T> {
    wrong.push((name, why));
    None
}

/// 400 in the words of PostHog: its first version has `error` with all fields, its later ones the common envelope with the
/// first of them.
fn problem(wrong: &[(&'static str, Wrong)]) -> Problem {
    let all = wrong
        .iter()
        .map(|(name, (_, message))| ((*name).to_owned(), json!([message])));
    let all: Map<String, Value> = all.collect();
    let (name, (code, message)) = wrong.first().copied().unwrap_or(("", ("invalid", "Invalid input.")));
    let code = if code == "invalid" { "invalid_input" } else { code };
    let body = json!({"type": "validation_error", "code": code, "detail": message, "attr": name, "error": all});
    Problem::new(StatusCode::BAD_REQUEST, code, message).with_body(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<Wanted, Value> {
        let body = body.as_object().expect("an object").clone();
        Wanted::read(&body).map_err(|problem| problem.body.expect("a body"))
    }

    #[test]
    fn a_body_is_read() {
        let id = "0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a";
        let least = json!({"evaluation_id": id.to_uppercase(), "target_event_id": id, "timestamp": "2026-03-31T12:00"});
        let mut wanted = Wanted {
            evaluation_id: id.to_owned(),
            target_event_id: id.to_owned(),
            timestamp: "2026-03-31T12:00:00Z".parse().expect("a time"),
            event: "$ai_generation".to_owned(),
            distinct_id: None,
        };
        assert_eq!(read(least), Ok(wanted.clone()));
        let all = json!({
            "evaluation_id": id, "target_event_id": id, "timestamp": "2026-03-31T14:00:00+02:00", "event": "$ai_span",
            "distinct_id": " someone ", "more": 1,
        });
        wanted.event = "$ai_span".to_owned();
        wanted.distinct_id = Some("someone".to_owned());
        assert_eq!(read(all), Ok(wanted));
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let body = json!({"evaluation_id": "x", "target_event_id": null, "event": "", "distinct_id": [1]});
        let problem = read(body).expect_err("it is wrong");
        assert_eq!(
            problem,
            json!({
                "type": "validation_error", "code": "invalid_input", "detail": "Must be a valid UUID.",
                "attr": "evaluation_id",
                "error": {
                    "evaluation_id": ["Must be a valid UUID."],
                    "target_event_id": ["This field may not be null."],
                    "timestamp": ["This field is required."],
                    "event": ["This field may not be blank."],
                    "distinct_id": ["Not a valid string."],
                },
            })
        );
        for timestamp in [json!("tomorrow"), json!(17), json!("1774958400")] {
            let id = "0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a";
            let body = json!({"evaluation_id": id, "target_event_id": id, "timestamp": timestamp});
            let problem = read(body).expect_err("no time");
            assert_eq!(problem["attr"], "timestamp");
        }
    }
}
