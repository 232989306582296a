//! Which stored events code is tried on.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use jurybox::Event;
use serde_json::Value;

use crate::server::posthog::filters::Conditions;
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{EventFilter, Platform, ProjectId, StoredEvent};

/// How far back samples are looked for, in days (PostHog).
pub const LOOKBACK_DAYS: i64 = 7;
/// The events that are samples.
const GENERATION: &str = "$ai_generation";
/// How many events are looked at first, and how many at a time from then on, when conditions select among them.
const FIRST_CHUNK: u32 = 32;
const CHUNK: u32 = 256;
/// How many events are looked at in all. Conditions that select none of so many find nothing.
const MOST: u64 = 20_000;

/// The newest generations of the last days that the conditions select, the newest first. Without conditions, or with a
/// set of none, all are selected; the rollout plays no role.
///
/// # Errors
/// When the store fails, or there is too much to do.
pub async fn newest(
    state: &AppState,
    project: ProjectId,
    count: u32,
    conditions: &[Value],
) -> Result<Vec<Event>, Problem> {
    let mut filter = EventFilter {
        platform: Some(Platform::PostHog),
        name: Some(GENERATION.to_owned()),
        since: Some(Timestamp::now() - SignedDuration::from_hours(24 * LOOKBACK_DAYS)),
        ..EventFilter::default()
    };
    if selects_all(conditions) {
        let stored = state.store.newest_events(project, &filter, count).await?;
        return Ok(stored.iter().filter_map(read).collect());
    }
    let conditions = std::sync::Arc::new(Conditions::compile(&Value::from(conditions)));
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let mut selected = Vec::new();
    // New events push those that were seen into the next part.
    let mut seen = HashSet::new();
    let mut chunk = FIRST_CHUNK;
    while filter.offset < MOST {
        let stored = state.store.newest_events(project, &filter, chunk).await?;
        let is_last = stored.len() < usize::try_from(chunk).unwrap_or(usize::MAX);
        let new: Vec<StoredEvent> = stored
            .into_iter()
            .filter(|stored| seen.insert(stored.sequence))
            .collect();
        let conditions = conditions.clone();
        let matching = state.judging.work(project, move || {
            let events = new.iter().filter_map(read);
            events.filter(|event| conditions.matches(event)).collect::<Vec<_>>()
        });
        selected.extend(matching.await?);
        if selected.len() >= wanted || is_last {
            break;
        }
        filter.offset += u64::from(chunk);
        chunk = CHUNK;
    }
    selected.truncate(wanted);
    Ok(selected)
}

/// Whether there is a condition set without a filter, or no set at all.
fn selects_all(conditions: &[Value]) -> bool {
    let is_empty = |set: &Value| match set.get("properties") {
        None | Some(Value::Null) => true,
        Some(properties) => properties.as_array().is_some_and(Vec::is_empty),
    };
    conditions.is_empty() || conditions.iter().any(is_empty)
}

/// The event; `None` for one that no metric could be given, which is not stored in the first place.
fn read(stored: &StoredEvent) -> Option<Event> {
    Event::from_json(&stored.event.body).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_set_selects_everything() {
        for (conditions, expected) in [
            (json!([]), true),
            (json!([{}]), true),
            (json!([{"properties": []}, {"properties": [{"key": "a"}]}]), true),
            (json!([{"properties": [{"key": "a"}], "rollout_percentage": 0}]), false),
        ] {
            let sets = conditions.as_array().expect("a list");
            assert_eq!(selects_all(sets), expected, "{conditions}");
        }
    }
}
