//! Which traces and sessions code is tried on.
//!
//! Those that an evaluation would have judged by now: a trace when its window is over, a session when it has been quiet for
//! long enough (PostHog). Conditions select the generations by which they are chosen, not the events that are judged.

use jiff::{SignedDuration, Timestamp};
use jurybox::Event;
use serde_json::Value;

use super::sample::{Generations, LOOKBACK_DAYS, lookback, read};
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{EventFilter, ProjectId, StoredEvent, UnitOf, UnitSize};

/// What belongs to a trace (PostHog).
const OF_TRACES: [&str; 6] = [
    "$ai_generation",
    "$ai_span",
    "$ai_embedding",
    "$ai_trace",
    "$ai_metric",
    "$ai_feedback",
];
/// What belongs to a session: not what people or metrics said of it later (PostHog).
const OF_SESSIONS: [&str; 4] = ["$ai_generation", "$ai_span", "$ai_embedding", "$ai_trace"];

/// The most events of a trace (PostHog).
const LARGEST_TRACE: u64 = 500;
/// The most events of a session; PostHog's own number is not published.
const LARGEST_SESSION: u64 = 2000;
/// The most text of either, in characters.
const MOST_TEXT: u64 = 4 * 1024 * 1024;
/// The most sessions that code is tried on; PostHog's own number, less than ten, is not published.
const MOST_SESSIONS: u32 = 5;
/// How many sessions are looked at. Conditions that select none of so many find nothing.
const SESSIONS_LOOKED_AT: u32 = 500;

/// A trace or a session. It is small until it is [made one](Self::into_event).
#[derive(Debug)]
pub struct Sample {
    /// Which one.
    pub id: String,
    is_trace: bool,
    events: Result<Events, String>,
}

#[derive(Debug)]
enum Events {
    Stored(Vec<StoredEvent>),
    Given(Vec<Event>),
}

impl Sample {
    /// All of it as one event.
    ///
    /// # Errors
    /// Why it can't be judged.
    pub fn into_event(self) -> Result<Event, String> {
        let events = match self.events? {
            Events::Stored(stored) => stored.iter().filter_map(read).collect(),
            Events::Given(events) => events,
        };
        let event = if self.is_trace {
            Event::trace(&self.id, events)
        } else {
            Event::session(&self.id, events)
        };
        event.map_err(|error| error.to_string())
    }
}

/// The traces with the newest generations that the conditions select.
///
/// # Errors
/// When the store fails, or there is too much to do.
pub async fn traces(
    state: &AppState,
    project: ProjectId,
    count: u32,
    window_seconds: u32,
    conditions: &[Value],
) -> Result<Vec<Sample>, Problem> {
    let end = Timestamp::now() - SignedDuration::from_secs(i64::from(window_seconds));
    let filter = EventFilter {
        since: Some(end - lookback()),
        before: Some(end),
        ..EventFilter::default()
    };
    let mut generations = Generations::new(state, project, filter, conditions);
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let mut ids: Vec<String> = Vec::new();
    'all: while let Some(part) = generations.next().await? {
        for event in &part {
            let Some(id) = event.trace_id().filter(|id| !id.is_empty()) else {
                continue;
            };
            if ids.iter().all(|known| known != id) {
                ids.push(id.to_owned());
            }
            if ids.len() == wanted {
                break 'all;
            }
        }
    }
    let mut samples = Vec::with_capacity(ids.len());
    for id in ids {
        samples.push(whole(state, project, UnitOf::Trace(&id)).await?);
    }
    Ok(samples)
}

/// The sessions that ended last and have a generation that the conditions select.
///
/// # Errors
/// When the store fails, or there is too much to do.
pub async fn sessions(
    state: &AppState,
    project: ProjectId,
    count: u32,
    quiet_seconds: u32,
    conditions: &[Value],
) -> Result<Vec<Sample>, Problem> {
    let now = Timestamp::now();
    let since = now - lookback();
    let until = now - SignedDuration::from_secs(i64::from(quiet_seconds));
    let ended = state
        .store
        .ended_sessions(project, &OF_SESSIONS, since, until, SESSIONS_LOOKED_AT);
    let wanted = usize::try_from(count.min(MOST_SESSIONS)).unwrap_or(usize::MAX);
    let mut samples = Vec::new();
    for id in ended.await? {
        if samples.len() == wanted {
            break;
        }
        let filter = EventFilter {
            since: Some(since),
            session_id: Some(id.clone()),
            ..EventFilter::default()
        };
        let mut generations = Generations::new(state, project, filter, conditions);
        while let Some(part) = generations.next().await? {
            if !part.is_empty() {
                samples.push(whole(state, project, UnitOf::Session(&id)).await?);
                break;
            }
        }
    }
    Ok(samples)
}

/// All that belongs to a trace or a session.
async fn whole(state: &AppState, project: ProjectId, unit: UnitOf<'_>) -> Result<Sample, Problem> {
    let (id, names, most): (&str, &[&str], u64) = match unit {
        UnitOf::Trace(id) => (id, &OF_TRACES, LARGEST_TRACE),
        UnitOf::Session(id) => (id, &OF_SESSIONS, LARGEST_SESSION),
    };
    let size = state.store.unit_size(project, unit, names).await?;
    let events = match too_large(size, unit, most) {
        Some(reason) => Err(reason),
        None => {
            let limit = u32::try_from(most).unwrap_or(u32::MAX);
            let stored = state.store.unit_events(project, unit, names, limit).await?;
            Ok(Events::Stored(stored))
        }
    };
    Ok(Sample {
        id: id.to_owned(),
        is_trace: matches!(unit, UnitOf::Trace(_)),
        events,
    })
}

/// Why a trace or a session is not judged (PostHog's words for too many events).
fn too_large(size: UnitSize, unit: UnitOf<'_>, most: u64) -> Option<String> {
    let (name, small) = match unit {
        UnitOf::Trace(_) => ("Trace", "trace"),
        UnitOf::Session(_) => ("Session", "session"),
    };
    if size.events > most {
        let cause = format!("likely a shared or runaway {small} id");
        return Some(format!(
            "{name} exceeds {most} events \u{2014} {cause}; evaluation skipped."
        ));
    }
    let megabytes = MOST_TEXT / 1024 / 1024;
    (size.text > MOST_TEXT).then(|| format!("{name} exceeds {megabytes} MiB of JSON; evaluation skipped."))
}

/// Events of the request as traces or sessions, as they would be if they were stored; those that say of none where they
/// belong are one together.
pub fn given(mut events: Vec<Event>, are_traces: bool) -> Vec<Sample> {
    let names: &[&str] = if are_traces { &OF_TRACES } else { &OF_SESSIONS };
    events.retain(|event| names.contains(&event.name()));
    let time = |event: &Event| event.timestamp().and_then(|time| time.parse::<Timestamp>().ok());
    if events.iter().all(|event| time(event).is_some()) {
        events.sort_by_key(time);
    }
    let mut units: Vec<(String, Vec<Event>)> = Vec::new();
    for event in events {
        let id = if are_traces {
            event.trace_id()
        } else {
            session_id(&event)
        };
        let id = id.unwrap_or_default().to_owned();
        match units.iter_mut().find(|(known, _)| *known == id) {
            Some((_, events)) => events.push(event),
            None => units.push((id, vec![event])),
        }
    }
    let samples = units.into_iter().map(|(id, events)| Sample {
        id,
        is_trace: are_traces,
        events: Ok(Events::Given(events)),
    });
    samples.collect()
}

/// As it is kept with stored events.
fn session_id(event: &Event) -> Option<&str> {
    let names = ["$ai_session_id", "$session_id"].into_iter();
    let mut ids = names.filter_map(|name| match event.properties().get(name)? {
        Value::String(text) => Some(text.as_str()),
        Value::Number(number) => Some(number.as_str()),
        _ => None,
    });
    ids.find(|id| !id.is_empty())
}

/// What is answered when no session has been quiet for so long (PostHog).
pub fn no_sessions(quiet_seconds: u32) -> String {
    let quiet = in_words(quiet_seconds);
    format!(
        "No sessions have been quiet for {quiet} in the last {LOOKBACK_DAYS} days, so there is nothing to preview yet."
    )
}

/// A time in the largest unit that tells it, hours only when they are whole (PostHog).
fn in_words(seconds: u32) -> String {
    let (count, unit) = match seconds {
        _ if seconds >= 3600 && seconds.is_multiple_of(3600) => (seconds / 3600, "hour"),
        _ if seconds >= 60 => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_words() {
        for (seconds, words) in [
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (1800, "30 minutes"),
            (3600, "1 hour"),
            (5400, "90 minutes"),
            (86_400, "24 hours"),
        ] {
            assert_eq!(in_words(seconds), words);
        }
    }

    #[test]
    fn what_is_too_large_is_not_judged() {
        let size = |events, text| UnitSize { events, text };
        assert_eq!(too_large(size(500, MOST_TEXT), UnitOf::Trace("t"), 500), None);
        let many = too_large(size(501, 1), UnitOf::Trace("t"), 500).expect("too many");
        assert_eq!(
            many,
            "Trace exceeds 500 events \u{2014} likely a shared or runaway trace id; evaluation skipped."
        );
        let long = too_large(size(1, MOST_TEXT + 1), UnitOf::Session("s"), 2000).expect("too long");
        assert_eq!(long, "Session exceeds 4 MiB of JSON; evaluation skipped.");
    }
}
