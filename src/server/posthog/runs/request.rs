//! What is asked for, checked field by field as Django REST framework does.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::server::posthog::fields::{self, Read, Wrong};
use crate::server::problem::{Problem, posthog_code};

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

impl Wanted {
    /// Reads a body.
    ///
    /// # Errors
    /// 400 with all that is wrong.
    pub fn read(body: &Map<String, Value>) -> Result<Self, Problem> {
        let mut reader = Reader {
            body,
            wrong: Vec::new(),
        };
        let text = |value: &Value| fields::text(value, false, None);
        let evaluation_id = reader.required("evaluation_id", fields::uuid);
        let target_event_id = reader.required("target_event_id", fields::uuid);
        let timestamp = reader.required("timestamp", fields::time);
        let event = reader.optional("event", text);
        let distinct_id = match body.get("distinct_id") {
            Some(Value::Null) => None,
            _ => reader.optional("distinct_id", text),
        };
        match (evaluation_id, target_event_id, timestamp) {
            (Some(evaluation_id), Some(target_event_id), Some(timestamp)) if reader.wrong.is_empty() => Ok(Self {
                evaluation_id,
                target_event_id,
                timestamp,
                event: event.unwrap_or_else(|| "$ai_generation".to_owned()),
                distinct_id,
            }),
            _ => Err(reader.problem()),
        }
    }
}

/// Reads fields, and keeps what is wrong with any of them.
struct Reader<'a> {
    body: &'a Map<String, Value>,
    wrong: Vec<(&'static str, Wrong)>,
}

impl Reader<'_> {
    fn required<T>(&mut self, name: &'static str, read: impl Fn(&Value) -> Read<T>) -> Option<T> {
        if !self.body.contains_key(name) {
            self.wrong.push((name, Wrong::required()));
        }
        self.optional(name, read)
    }

    fn optional<T>(&mut self, name: &'static str, read: impl Fn(&Value) -> Read<T>) -> Option<T> {
        let read = read(self.body.get(name)?);
        read.map_err(|wrong| self.wrong.push((name, wrong))).ok()
    }

    /// 400 in the words of PostHog: its first version has `error` with all fields, its later ones the common envelope with
    /// the first of them.
    fn problem(self) -> Problem {
        let all = self.wrong.iter();
        let all: Map<String, Value> = all.map(|(name, wrong)| ((*name).to_owned(), wrong.tree())).collect();
        let first = self.wrong.into_iter().next();
        let first = first.map(|(name, wrong)| wrong.problem(name));
        let first = first.unwrap_or_else(|| Problem::bad_request("Invalid input."));
        let body = json!({
            "type": "validation_error",
            "code": posthog_code(first.code),
            "detail": first.detail,
            "attr": first.attr,
            "error": all,
        });
        first.with_body(body)
    }
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
