//! What every kept event has. What a client sent stays as it is and where it is; what it left out comes after that.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::body::{Fields, fill};
use super::super::filters::milliseconds;
use crate::server::problem::Problem;
use crate::store::ProjectId;

/// The types of events.
pub const TYPES: [&str; 4] = ["session", "model", "tool", "chain"];

/// Fields that are objects, empty ones where nothing is said.
const OBJECTS: [&str; 7] = [
    "config",
    "inputs",
    "outputs",
    "metadata",
    "feedback",
    "metrics",
    "user_properties",
];

/// What is asked of an event that comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// It must have `event_type` and `inputs`, as `/v1` says.
    Newer,
    /// It must have `event_type`.
    Older,
}

/// Completes an event.
///
/// # Errors
/// When something is missing or not of its type; `prefix` is where the event is in the body.
pub fn complete(
    mut event: Map<String, Value>,
    project: ProjectId,
    strictness: Strictness,
    prefix: &str,
) -> Result<Map<String, Value>, Problem> {
    let fields = Fields::of_part(&event, prefix);
    let event_type = fields.required_text("event_type")?;
    if !TYPES.contains(&event_type) {
        return Err(fields.invalid("event_type", format!("This must be one of {}.", TYPES.join(", "))));
    }
    if strictness == Strictness::Newer && fields.get("inputs").is_none() {
        return Err(fields.required("inputs"));
    }
    for name in ["event_id", "session_id", "parent_id"] {
        fields.short_text(name)?;
    }
    for name in ["event_name", "source", "project"] {
        fields.text(name)?;
    }
    fields.texts("children_ids")?;
    for name in ["config", "metadata", "feedback", "metrics", "user_properties"] {
        fields.object(name)?;
    }
    for name in ["start_time", "end_time", "duration"] {
        fields.number(name)?;
    }
    let is_session = event_type == "session";
    let session = session_of(fields, is_session);
    let (start, end) = times(fields);

    // A session is known by one id.
    fill(&mut event, "event_id", || match is_session {
        true => session.clone().into(),
        false => new_id().into(),
    });
    fill(&mut event, "session_id", || session.clone().into());
    if !is_session {
        fill(&mut event, "parent_id", || session.into());
    }
    event.entry("parent_id").or_insert(Value::Null);
    fill(&mut event, "children_ids", || json!([]));
    event.insert("project_id".to_owned(), project.to_string().into());
    fill(&mut event, "event_name", || json!("unknown"));
    fill(&mut event, "source", || json!("unknown"));
    for name in OBJECTS {
        fill(&mut event, name, || json!({}));
    }
    for name in ["inputs", "outputs"] {
        wrap(&mut event, name);
    }
    event.entry("error").or_insert(Value::Null);
    fill(&mut event, "start_time", || json!(start));
    fill(&mut event, "end_time", || json!(end));
    fill(&mut event, "duration", || json!(end - start));
    move_ground_truth(&mut event);
    Ok(event)
}

/// The session of an event: its own, for a session its id, else a new one.
fn session_of(fields: Fields<'_>, is_session: bool) -> String {
    let text = |name| fields.text(name).ok().flatten().map(str::to_owned);
    let own = || text("event_id").filter(|_| is_session);
    text("session_id").or_else(own).unwrap_or_else(new_id)
}

/// Start and end in whole milliseconds since 1970, from what is given of start, end and duration.
fn times(fields: Fields<'_>) -> (i64, i64) {
    let number = |name| fields.number(name).ok().flatten();
    let now = Timestamp::now().as_millisecond() as f64;
    let duration = number("duration").unwrap_or_default();
    let (start, end) = match (number("start_time"), number("end_time")) {
        (Some(start), Some(end)) => (start, end),
        (Some(start), None) => (start, start + duration),
        (None, Some(end)) => (end - duration, end),
        (None, None) => (now - duration, now),
    };
    // Casting a float saturates.
    (start.round() as i64, (end.round() as i64).max(start.round() as i64))
}

/// Values that are no objects are put into one, as `HoneyHive` does.
fn wrap(event: &mut Map<String, Value>, name: &str) {
    if let Some(value) = event.get_mut(name)
        && !value.is_object()
    {
        *value = json!({"value": value.take()});
    }
}

/// The ground truth belongs to the feedback, also if it came as metadata.
fn move_ground_truth(event: &mut Map<String, Value>) {
    let Some(metadata) = event.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    if metadata.get("ground_truth").is_none_or(Value::is_null) {
        return;
    }
    let Some(truth) = metadata.shift_remove("ground_truth") else {
        return;
    };
    if let Some(feedback) = event.get_mut("feedback").and_then(Value::as_object_mut) {
        fill(feedback, "ground_truth", || truth);
    }
}

/// A new id, ordered by time.
pub fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// When an event happened.
pub fn timestamp(event: &Map<String, Value>) -> Timestamp {
    let start = event.get("start_time").and_then(Value::as_f64);
    start.and_then(milliseconds).unwrap_or_else(Timestamp::now)
}

/// A text of an event.
pub fn text<'a>(event: &'a Map<String, Value>, name: &str) -> &'a str {
    event.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(event: Value, strictness: Strictness) -> Result<Value, String> {
        let event = event.as_object().expect("an object").clone();
        let completed = complete(event, 7, strictness, "event.");
        completed
            .map(Value::Object)
            .map_err(|problem| format!("{}: {}", problem.attr.unwrap_or_default(), problem.detail))
    }

    #[test]
    fn what_is_left_out_is_filled_in_after_what_is_there() {
        let event = json!({"zebra": 1.50, "event_type": "model", "inputs": {"q": 1}, "outputs": ["a"], "session_id": "s",
            "start_time": 1000, "duration": 2.5, "metadata": {"ground_truth": "g", "k": 1}, "event_name": null});
        let completed = completed(event, Strictness::Newer).expect("an event");
        let names: Vec<_> = completed.as_object().expect("an object").keys().take(9).collect();
        let given = [
            "zebra",
            "event_type",
            "inputs",
            "outputs",
            "session_id",
            "start_time",
            "duration",
            "metadata",
            "event_name",
        ];
        assert_eq!(names, given);
        for (name, expected) in [
            ("outputs", json!({"value": ["a"]})),
            ("event_name", json!("unknown")),
            ("source", json!("unknown")),
            ("parent_id", json!("s")),
            ("project_id", json!("7")),
            ("children_ids", json!([])),
            ("metadata", json!({"k": 1})),
            ("feedback", json!({"ground_truth": "g"})),
            ("metrics", json!({})),
            ("error", json!(null)),
            ("end_time", json!(1003)),
        ] {
            assert_eq!(completed[name], expected, "{name}");
        }
        assert!(Uuid::parse_str(completed["event_id"].as_str().expect("a text")).is_ok());
    }

    #[test]
    fn a_session_has_one_id() {
        let session =
            completed(json!({"event_type": "session", "event_id": "e"}), Strictness::Older).expect("a session");
        assert_eq!(
            (&session["session_id"], &session["parent_id"]),
            (&json!("e"), &json!(null))
        );
        let session = completed(json!({"event_type": "session"}), Strictness::Older).expect("a session");
        assert_eq!(session["session_id"], session["event_id"]);
    }

    #[test]
    fn wrong_events_are_refused() {
        for (event, strictness, error) in [
            (
                json!({}),
                Strictness::Older,
                "event.event_type: This field is required.",
            ),
            (
                json!({"event_type": "x"}),
                Strictness::Older,
                "event.event_type: This must be one of session, model, tool, chain.",
            ),
            (
                json!({"event_type": "tool"}),
                Strictness::Newer,
                "event.inputs: This field is required.",
            ),
            (
                json!({"event_type": "tool", "metrics": []}),
                Strictness::Older,
                "event.metrics: This must be an object.",
            ),
            (
                json!({"event_type": "tool", "start_time": "now"}),
                Strictness::Older,
                "event.start_time: This must be a number.",
            ),
        ] {
            assert_eq!(completed(event.clone(), strictness), Err(error.to_owned()), "{event}");
        }
    }
}
