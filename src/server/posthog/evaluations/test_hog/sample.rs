//! Which stored events code is tried on.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use jurybox::Event;
use serde_json::Value;

use crate::server::posthog::filters::Conditions;
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{EventFilter, Platform, ProjectId, StoredEvent};

/// How far back samples are looked for, in days (PostHog).
pub const LOOKBACK_DAYS: i64 = 7;
/// The events that are samples, and by which traces and sessions are chosen.
pub const GENERATION: &str = "$ai_generation";
/// How many events are looked at first, and how many at a time from then on, when not all are wanted.
const FIRST_PART: u32 = 32;
const PART: u32 = 256;
/// How many events are looked at in all. Conditions that select none of so many find nothing.
const MOST: u64 = 20_000;

/// How long back samples are looked for.
pub fn lookback() -> SignedDuration {
    SignedDuration::from_hours(24 * LOOKBACK_DAYS)
}

/// The newest generations of the last days that the conditions select, the newest first.
///
/// # Errors
/// When the store fails, or there is too much to do.
pub async fn newest(
    state: &AppState,
    project: ProjectId,
    count: u32,
    conditions: &[Value],
) -> Result<Vec<Event>, Problem> {
    let filter = EventFilter {
        since: Some(Timestamp::now() - lookback()),
        ..EventFilter::default()
    };
    let mut generations = Generations::new(state, project, filter, conditions);
    if generations.conditions.is_none() {
        generations.part = count;
    }
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let mut selected = Vec::new();
    while selected.len() < wanted {
        match generations.next().await? {
            Some(part) => selected.extend(part),
            None => break,
        }
    }
    selected.truncate(wanted);
    Ok(selected)
}

/// The generations that conditions select, the newest first. Without conditions, or with a set of none, all are selected;
/// the rollout plays no role.
pub struct Generations<'a> {
    state: &'a AppState,
    project: ProjectId,
    filter: EventFilter,
    conditions: Option<Arc<Conditions>>,
    /// New events push those that were seen into the next part.
    seen: HashSet<i64>,
    part: u32,
    is_over: bool,
}

impl<'a> Generations<'a> {
    /// Those generations that the filter leaves, whatever it says of names.
    pub fn new(state: &'a AppState, project: ProjectId, filter: EventFilter, conditions: &[Value]) -> Self {
        let selects = !selects_all(conditions);
        Self {
            state,
            project,
            filter: EventFilter {
                platform: Some(Platform::PostHog),
                name: Some(GENERATION.to_owned()),
                ..filter
            },
            conditions: selects.then(|| Arc::new(Conditions::compile(&Value::from(conditions)))),
            seen: HashSet::new(),
            part: FIRST_PART,
            is_over: false,
        }
    }

    /// The next of them, which may be none; `None` when all were looked at.
    ///
    /// # Errors
    /// When the store fails, or there is too much to do.
    pub async fn next(&mut self) -> Result<Option<Vec<Event>>, Problem> {
        if self.is_over || self.filter.offset >= MOST {
            return Ok(None);
        }
        let store = &self.state.store;
        let stored = store.newest_events(self.project, &self.filter, self.part).await?;
        self.is_over = stored.len() < usize::try_from(self.part).unwrap_or(usize::MAX);
        self.filter.offset += u64::from(self.part);
        self.part = PART;
        let seen = &mut self.seen;
        let new: Vec<StoredEvent> = stored
            .into_iter()
            .filter(|stored| seen.insert(stored.sequence))
            .collect();
        let Some(conditions) = self.conditions.clone() else {
            return Ok(Some(new.iter().filter_map(read).collect()));
        };
        let matching = self.state.judging.work(self.project, move || {
            let events = new.iter().filter_map(read);
            events.filter(|event| conditions.matches(event)).collect()
        });
        Ok(Some(matching.await?))
    }
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
pub fn read(stored: &StoredEvent) -> Option<Event> {
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
