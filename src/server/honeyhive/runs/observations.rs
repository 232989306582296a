//! What is known about the sessions of a run: their events, and the values of metrics on them.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::events::{TYPES, body_of};
use super::super::filters::field;
use super::super::metrics::definition::{self, Metric};
use super::super::metrics::{judge, library};
use crate::server::problem::Problem;
use crate::store::{Document, EventFilter, Platform, ProjectId, Store, StoredEvent};

/// Events of a session that are looked at.
const MAX_EVENTS: u32 = 1000;
/// Events of each type that are looked for where the run names none.
const MAX_NAMING: u32 = 10_000;
/// The end of the names of explanations.
const EXPLANATION: &str = "_explanation";

/// A session of a run, or what was logged for a datapoint without one.
pub struct Session {
    /// Its id.
    pub id: String,
    /// The datapoint that it was fed with.
    pub datapoint: Option<String>,
    /// Its events, the oldest first; none where the run names what was never logged.
    pub events: Vec<Map<String, Value>>,
}

impl Session {
    /// What it is called in lists of what passed: the datapoint, or itself.
    pub fn name(&self) -> &str {
        self.datapoint.as_deref().unwrap_or(&self.id)
    }
}

/// The metrics of a project, by their names.
pub struct Metrics {
    known: HashMap<String, Definition>,
    /// The bounds that the run itself gives, by the names of metrics.
    ranges: Map<String, Value>,
}

struct Definition {
    metric: Metric,
    scores: Vec<(String, Option<f64>)>,
}

impl Definition {
    fn is_code(&self) -> bool {
        matches!(self.metric.kind, definition::Kind::Code(..))
    }
}

/// What a metric said of an event.
pub struct Judged<'a> {
    /// The metric's name.
    pub metric: &'a str,
    /// The value; null where it failed.
    pub value: &'a Value,
    /// Whether it passes: `None` where nothing says what passing means. A metric that failed lets nothing pass.
    pub passed: Option<bool>,
    /// Why there is no value.
    pub error: Option<&'a str>,
}

impl Metrics {
    /// Those that a run's values are judged by.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(store: &Store, project: ProjectId, run: &Document) -> Result<Self, Problem> {
        let all = library::all(store, project).await?;
        let known = all.into_iter().map(|kept| {
            let metric = Metric::of(&kept.metric);
            let scores = definition::categories(&kept.metric);
            (metric.name.clone(), Definition { metric, scores })
        });
        Ok(Self {
            known: known.collect(),
            ranges: run
                .body
                .get("passing_ranges")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
        })
    }

    /// What gives the values of a metric.
    pub fn kind(&self, name: &str) -> &'static str {
        let known = self.known.get(name);
        known.map_or("CLIENT_SIDE", |definition| definition.metric.kind.name())
    }

    /// The bounds within which a metric's values pass.
    pub fn range(&self, name: &str) -> Option<(Option<f64>, Option<f64>)> {
        if let Some(range) = self.ranges.get(name) {
            let bound = |name: &str| range.get(name).and_then(Value::as_f64);
            return Some((bound("min"), bound("max")));
        }
        match &self.known.get(name)?.metric.pass_rule {
            Some(jurybox::PassRule::Within { min, max }) => Some((*min, *max)),
            _ => None,
        }
    }

    /// Whether smaller values are better: false passes, or there is only an upper bound.
    pub fn prefers_less(&self, name: &str) -> bool {
        let rule = self
            .known
            .get(name)
            .and_then(|definition| definition.metric.pass_rule.as_ref());
        matches!(self.range(name), Some((None, Some(_)))) || rule == Some(&jurybox::PassRule::Equals(false))
    }

    /// Whether a value passes; `None` where nothing says what passing means, as for metrics of clients.
    fn passes(&self, name: &str, value: &Value) -> Option<bool> {
        if self.ranges.contains_key(name) {
            let (min, max) = self.range(name)?;
            return jurybox::PassRule::Within { min, max }.passed(value);
        }
        judge::passes(&self.known.get(name)?.metric, value)
    }

    /// What kept a metric from judging an event, if this is what is said under `name`.
    fn failure<'a>(&self, event: &'a Map<String, Value>, name: &'a str) -> Option<(&'a str, &'a str)> {
        let metric = name.strip_suffix(judge::ERROR)?;
        // A metric may return an `error` beside its value.
        let is_known = self.known.get(metric).is_some_and(Definition::is_code);
        let said = event.get("metrics")?;
        let error = said.get(name)?.as_str()?;
        (is_known && said.get(metric).is_none()).then_some((metric, error))
    }

    /// What metrics said of an event, in the order in which it was written.
    pub fn judged<'a>(&'a self, event: &'a Map<String, Value>) -> impl Iterator<Item = Judged<'a>> {
        values(event).map(|(name, value)| match self.failure(event, name) {
            Some((metric, error)) => Judged {
                metric,
                value: &Value::Null,
                passed: Some(false),
                error: Some(error),
            },
            None => Judged {
                metric: name,
                value,
                passed: self.passes(name, value),
                error: None,
            },
        })
    }

    /// A value as a number: booleans are 1 and 0, categories have scores, other texts are no numbers.
    pub fn number(&self, name: &str, value: &Value) -> Option<f64> {
        match value {
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            Value::Number(number) => number.as_f64(),
            Value::String(text) => {
                let scores = &self.known.get(name)?.scores;
                scores.iter().find(|(category, _)| category == text)?.1
            }
            _ => None,
        }
    }
}

/// The values of metrics on an event; explanations are none.
fn values(event: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let metrics = event.get("metrics").and_then(Value::as_object);
    metrics.into_iter().flat_map(|metrics| {
        metrics.iter().filter(|(name, value)| {
            let explained = name.strip_suffix(EXPLANATION);
            !value.is_null() && !explained.is_some_and(|name| metrics.contains_key(name))
        })
    })
}

/// The sessions of a run: those that it names, or else those whose metadata name the run, with the events that name it
/// without such a session.
///
/// # Errors
/// When the store fails.
pub async fn sessions(store: &Store, project: ProjectId, run: &Document) -> Result<Vec<Session>, Problem> {
    let named = ["event_ids", "session_ids"]
        .iter()
        .filter_map(|name| run.body.get(*name)?.as_array());
    let ids = named.flatten().filter_map(Value::as_str).map(str::to_owned);
    let ids = each_once(ids);
    if ids.is_empty() {
        return found(store, project, &run.id).await;
    }
    of_ids(store, project, ids).await
}

/// The sessions of these ids. Those that were never logged have no events.
async fn of_ids(store: &Store, project: ProjectId, ids: Vec<String>) -> Result<Vec<Session>, Problem> {
    let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let mut sessions = Vec::with_capacity(ids.len());
    for id in &ids {
        let filter = EventFilter {
            platform: Some(Platform::HoneyHive),
            session_id: Some(id.clone()),
            ..EventFilter::default()
        };
        let mut stored = store.newest_events(project, &filter, MAX_EVENTS).await?;
        if stored.is_empty() {
            // Older clients name events that are no sessions.
            let event = store.event(project, id).await?;
            stored.extend(event.filter(|event| event.event.platform == Platform::HoneyHive));
            if stored.iter().any(|event| wanted.contains(session_of(event))) {
                continue;
            }
        }
        sessions.push(session(id.clone(), &stored));
    }
    Ok(sessions)
}

/// The sessions that name a run, whole, and then what else names it: the events of one datapoint belong together.
async fn found(store: &Store, project: ProjectId, run: &str) -> Result<Vec<Session>, Problem> {
    let (starts, others): (Vec<_>, Vec<_>) = naming(store, project, run)
        .await?
        .into_iter()
        .partition(|event| event.event.name == "session");
    let ids = each_once(starts.iter().map(|event| session_of(event).to_owned()));
    let whole: HashSet<String> = ids.iter().cloned().collect();
    let mut sessions = of_ids(store, project, ids).await?;
    let places = sessions.iter().enumerate();
    let mut places: HashMap<String, usize> = places.map(|(place, one)| (one.name().to_owned(), place)).collect();
    for event in others.iter().filter(|event| !whole.contains(session_of(event))) {
        let one = session(session_of(event).to_owned(), std::slice::from_ref(event));
        match places.get(one.name()).and_then(|place| sessions.get_mut(*place)) {
            Some(there) => there.events.extend(one.events),
            None => {
                places.insert(one.name().to_owned(), sessions.len());
                sessions.push(one);
            }
        }
    }
    Ok(sessions)
}

/// The events whose metadata name a run, the oldest first.
async fn naming(store: &Store, project: ProjectId, run: &str) -> Result<Vec<StoredEvent>, Problem> {
    let is_ours = |event: &StoredEvent| {
        let body = body_of(event);
        field(&body, "metadata.run_id").and_then(Value::as_str) == Some(run)
    };
    let mut naming = Vec::new();
    for name in TYPES {
        let filter = EventFilter {
            platform: Some(Platform::HoneyHive),
            name: Some(name.to_owned()),
            search: Some(run.to_owned()),
            ..EventFilter::default()
        };
        let events = store.newest_events(project, &filter, MAX_NAMING).await?;
        naming.extend(events.into_iter().filter(is_ours));
    }
    naming.sort_by_key(|event| (event.event.timestamp, event.sequence));
    Ok(naming)
}

/// The id of an event's session; its own where it has none.
fn session_of(event: &StoredEvent) -> &str {
    event.event.session_id.as_deref().unwrap_or(&event.event.uuid)
}

fn each_once(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    ids.filter(|id| seen.insert(id.clone())).collect()
}

fn session(id: String, stored: &[StoredEvent]) -> Session {
    let events: Vec<Map<String, Value>> = stored.iter().rev().map(body_of).collect();
    let datapoint = events
        .iter()
        .find_map(|event| field(event, "metadata.datapoint_id")?.as_str());
    Session {
        id,
        datapoint: datapoint.map(str::to_owned),
        events,
    }
}
