//! What is known about the sessions of a run: their events, and the values of metrics on them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::events::body_of;
use super::super::filters::field;
use super::super::metrics::definition::{self, Metric};
use super::super::metrics::{judge, library};
use crate::server::problem::Problem;
use crate::store::{Document, EventFilter, Platform, ProjectId, Store, StoredEvent};

/// Events of a session that are looked at.
const MAX_EVENTS: u32 = 1000;
/// Sessions of a run that are looked for where the run names none.
const MAX_SESSIONS: u32 = 10_000;
/// The end of the names of explanations.
const EXPLANATION: &str = "_explanation";

/// A session of a run.
pub struct Session {
    /// Its id.
    pub id: String,
    /// The datapoint that it was fed with.
    pub datapoint: Option<String>,
    /// Its events, the oldest first.
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
    pub fn passes(&self, name: &str, value: &Value) -> Option<bool> {
        if self.ranges.contains_key(name) {
            let (min, max) = self.range(name)?;
            return jurybox::PassRule::Within { min, max }.passed(value);
        }
        judge::passes(&self.known.get(name)?.metric, value)
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
pub fn values(event: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let metrics = event.get("metrics").and_then(Value::as_object);
    metrics.into_iter().flat_map(|metrics| {
        metrics.iter().filter(|(name, value)| {
            let explained = name.strip_suffix(EXPLANATION);
            !value.is_null() && !explained.is_some_and(|name| metrics.contains_key(name))
        })
    })
}

/// The sessions of a run: those that it names, or else those whose metadata name the run.
///
/// # Errors
/// When the store fails.
pub async fn sessions(store: &Store, project: ProjectId, run: &Document) -> Result<Vec<Session>, Problem> {
    let named = ["event_ids", "session_ids"]
        .iter()
        .filter_map(|name| run.body.get(*name)?.as_array());
    let mut ids: Vec<String> = named.flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if ids.is_empty() {
        ids = found(store, project, &run.id).await?;
    }
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    let mut sessions = Vec::with_capacity(ids.len());
    for id in ids {
        let filter = EventFilter {
            platform: Some(Platform::HoneyHive),
            session_id: Some(id.clone()),
            ..EventFilter::default()
        };
        let mut stored = store.newest_events(project, &filter, MAX_EVENTS).await?;
        if stored.is_empty() {
            // Older clients name events that are no sessions.
            let event = store.event(project, &id).await?;
            stored.extend(event.filter(|event| event.event.platform == Platform::HoneyHive));
        }
        sessions.push(session(id, &stored));
    }
    Ok(sessions)
}

async fn found(store: &Store, project: ProjectId, run: &str) -> Result<Vec<String>, Problem> {
    let filter = EventFilter {
        platform: Some(Platform::HoneyHive),
        name: Some("session".to_owned()),
        search: Some(run.to_owned()),
        ..EventFilter::default()
    };
    let events = store.newest_events(project, &filter, MAX_SESSIONS).await?;
    let is_ours = |event: &&StoredEvent| {
        let body = body_of(event);
        field(&body, "metadata.run_id").and_then(Value::as_str) == Some(run)
    };
    Ok(events
        .iter()
        .rev()
        .filter(is_ours)
        .map(|event| event.event.uuid.clone())
        .collect())
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
