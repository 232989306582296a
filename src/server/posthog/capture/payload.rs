//! All events of a request: one, a list of them, or a batch.

use serde_json::value::RawValue;

use super::body::Query;
use super::event::{self, Captured};
use super::pick::{elements, members, text};
use super::refusal::Refusal;
use super::time::Clocks;
use crate::store::NewEvent;

/// The events of a request, and whose they are.
#[derive(Clone, Debug)]
pub struct Payload {
    /// The events.
    pub events: Vec<NewEvent>,
    /// The key that came with them.
    pub key: Option<String>,
}

/// Reads the JSON text of a request: `{"batch": [...], "api_key", "sent_at"}`, `[...]` or one event.
///
/// # Errors
/// When it is something else, any event is none, or events of several projects came together.
pub fn read(json: &str, query: &Query) -> Result<Payload, Refusal> {
    let is_list = json.trim_ascii_start().starts_with('[');
    let (raw, mut key, sent_at) = if is_list {
        (elements(json)?, None, None)
    } else {
        let [batch, api_key, token, sent_at, other_sent_at] =
            members(json, ["batch", "api_key", "token", "sent_at", "sentAt"])?;
        let raw = match batch {
            Some(batch) => elements(batch.get())?,
            None => vec![serde_json::from_str::<&RawValue>(json)?],
        };
        (
            raw,
            api_key.or(token).and_then(text),
            sent_at.or(other_sent_at).and_then(text),
        )
    };
    if raw.is_empty() {
        return Err(Refusal::Empty);
    }
    let clocks = Clocks::now(sent_at.as_deref().or(query.sent_at.as_deref()));
    let mut events = Vec::with_capacity(raw.len());
    for raw in raw {
        let Captured { event, key: its } = event::read(raw.get(), &clocks)?;
        match (&key, its) {
            (None, its) => key = its,
            (Some(key), Some(its)) if *key != its => return Err(Refusal::SeveralKeys),
            _ => {}
        }
        events.push(event);
    }
    let key = key.or_else(|| query.api_key.clone()).or_else(|| query.token.clone());
    Ok(Payload { events, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(json: &str) -> Result<(Vec<String>, Option<String>), Refusal> {
        let payload = read(json, &Query::default())?;
        Ok((
            payload.events.into_iter().map(|event| event.name).collect(),
            payload.key,
        ))
    }

    #[test]
    fn every_shape() {
        let one = r#"{"event": "a", "distinct_id": "d", "api_key": "k"}"#;
        let bare = r#"{"event": "b", "distinct_id": "d"}"#;
        for (json, expected, key) in [
            (one.to_owned(), vec!["a"], Some("k")),
            (bare.to_owned(), vec!["b"], None),
            (format!(" [{one}, {bare}]"), vec!["a", "b"], Some("k")),
            (
                format!(r#"{{"batch": [{bare}], "api_key": "k"}}"#),
                vec!["b"],
                Some("k"),
            ),
            (
                format!(r#"{{"batch": [{bare}, {one}], "token": "k"}}"#),
                vec!["b", "a"],
                Some("k"),
            ),
        ] {
            let (found, its_key) = names(&json).unwrap_or_else(|refusal| panic!("{json}: {refusal}"));
            assert_eq!(
                (found, its_key.as_deref()),
                (expected.iter().map(ToString::to_string).collect(), key),
                "{json}"
            );
        }
    }

    #[test]
    fn refused() {
        let one = r#"{"event": "a", "distinct_id": "d", "api_key": "k"}"#;
        for (json, expected) in [
            ("[]".to_owned(), Refusal::Empty),
            (r#"{"batch": [], "api_key": "k"}"#.to_owned(), Refusal::Empty),
            (
                format!(r#"{{"batch": [{one}], "api_key": "other"}}"#),
                Refusal::SeveralKeys,
            ),
            (format!(r#"[{one}, {{"event": "a"}}]"#), Refusal::NoDistinctId),
        ] {
            assert_eq!(names(&json).expect_err(&json), expected, "{json}");
        }
        for json in ["{", r#"{"batch": {}}"#, "[1]", r#"{"batch": "x"}"#] {
            assert!(matches!(names(json), Err(Refusal::Shape(_))), "{json}");
        }
    }
}
