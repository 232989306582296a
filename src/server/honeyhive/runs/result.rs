//! What came of a run.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::params::Params;
use super::super::{Answer, Failures};
use super::aggregate::Aggregate;
use super::observations::{self, Metrics, Session};
use super::routes::{find, shown};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::Document;

/// Names in a sentence, before it says how many more there are.
const SHOWN: usize = 5;

/// The values of one metric on the events of one name and type.
#[derive(Debug, Default)]
pub struct Detail {
    /// The metric.
    pub metric: String,
    /// The events' name.
    pub event_name: String,
    /// Their type.
    pub event_type: String,
    /// The values that are numbers, each with its session's name.
    pub values: Vec<(String, f64)>,
    passed: Vec<String>,
    failed: Vec<String>,
}

/// The result of a run: `?aggregate_function=` average (default), sum, min, max, median, p90, p95, p99 or count. A datapoint
/// has passed when something was logged for it, no metric failed on it, and none with a passing range says otherwise. The run
/// is a success when there are datapoints, and all have passed; `error` says what was not judged.
#[utoipa::path(get, path = "/v1/runs/{run_id}/result", tag = "HoneyHive", operation_id = "run_result",
    params(("run_id" = String, Path), ("aggregate_function" = Option<String>, Query)),
    responses((status = 200, description = "`{status, success, passed, failed, metrics, datapoints, event_details, run_object}`",
        body = Value), Failures))]
pub async fn result(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, params: Params) -> Answer {
    caller.require(Scope::MetricRead)?;
    let aggregate = Aggregate::read(params.get("aggregate_function"))?;
    let run = find(&state, &caller, &id).await?;
    let (sessions, metrics) = read(&state, &caller, &run).await?;
    Ok(Json(summed_up(&run, &sessions, &metrics, aggregate)))
}

/// The newer name of [`result`].
#[utoipa::path(get, path = "/v1/runs/{run_id}/summary", tag = "HoneyHive", operation_id = "run_summary",
    params(("run_id" = String, Path), ("aggregate_function" = Option<String>, Query)),
    responses((status = 200, description = "`{status, success, passed, failed, metrics, datapoints, event_details, run_object}`",
        body = Value), Failures))]
pub async fn summary(state: State<AppState>, caller: Caller, id: Path<String>, params: Params) -> Answer {
    result(state, caller, id, params).await
}

/// The metrics on the events of a run.
#[utoipa::path(get, path = "/v1/runs/{run_id}/metrics", tag = "HoneyHive", operation_id = "run_metrics",
    params(("run_id" = String, Path)),
    responses((status = 200, description = "`{events, totalEvents}`", body = Value), Failures))]
pub async fn metrics(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::MetricRead)?;
    let run = find(&state, &caller, &id).await?;
    let sessions = observations::sessions(&state.store, caller.project.id, &run).await?;
    let events = sessions.iter().flat_map(|session| {
        session.events.iter().map(|event| {
            json!({
                "event_id": event.get("event_id"),
                "event_name": text(event, "event_name"),
                "event_type": text(event, "event_type"),
                "session_id": event.get("session_id"),
                "metadata": {"datapoint_id": session.datapoint},
                "metrics": event.get("metrics").filter(|metrics| metrics.is_object()).cloned().unwrap_or_else(|| json!({})),
            })
        })
    });
    let events: Vec<Value> = events.collect();
    Ok(Json(json!({"totalEvents": events.len(), "events": events})))
}

fn summed_up(run: &Document, sessions: &[Session], metrics: &Metrics, aggregate: Aggregate) -> Value {
    let details = details(sessions, metrics);
    let (mut passed, mut failed, mut datapoints) = (Vec::new(), Vec::new(), Vec::new());
    for session in sessions {
        let judged = judged(session, metrics);
        let is_passed =
            !session.events.is_empty() && judged.iter().all(|one| one.get("passed") != Some(&Value::Bool(false)));
        let list = if is_passed { &mut passed } else { &mut failed };
        list.push(session.name().to_owned());
        datapoints.push(json!({
            "datapoint_id": session.datapoint,
            "session_id": session.id,
            "passed": is_passed,
            "metrics": judged,
        }));
    }
    let of_metrics: Vec<Value> = details
        .iter()
        .map(|detail| shown_detail(detail, metrics, aggregate))
        .collect();
    json!({
        "status": run.body.get("status").and_then(Value::as_str).unwrap_or("pending"),
        "success": !passed.is_empty() && failed.is_empty(),
        "error": not_judged(sessions, metrics),
        "passed": passed,
        "failed": failed,
        "metrics": {"aggregation_function": aggregate.name(), "details": of_metrics},
        "datapoints": datapoints,
        "event_details": event_details(sessions),
        "run_object": shown(run),
    })
}

/// What of a run was not judged, though it should have been, and what to do about it.
fn not_judged(sessions: &[Session], metrics: &Metrics) -> Option<String> {
    if sessions.is_empty() {
        return Some(
            "Nothing was logged for this run. Log events with its id as metadata.run_id, or name sessions in event_ids."
                .to_owned(),
        );
    }
    let missing = sessions.iter().filter(|session| session.events.is_empty());
    let missing: Vec<&str> = missing.map(Session::name).collect();
    let missing = (!missing.is_empty()).then(|| {
        let names = some_of(&missing);
        format!("Nothing was logged under {names}. Log these, or take them out of the run's event_ids and session_ids.")
    });
    let mut failures: Vec<(&str, &str)> = Vec::new();
    let events = sessions.iter().flat_map(|session| &session.events);
    for judged in events.flat_map(|event| metrics.judged(event)) {
        let is_told = failures.iter().any(|(metric, _)| *metric == judged.metric);
        failures.extend(judged.error.filter(|_| !is_told).map(|error| (judged.metric, error)));
    }
    let failures: Vec<String> = failures
        .iter()
        .map(|(metric, error)| format!("{metric}: {error}"))
        .collect();
    let failures: Vec<&str> = failures.iter().map(String::as_str).collect();
    let failed = (!failures.is_empty()).then(|| {
        let failures = some_of(&failures);
        format!("Metrics failed ({failures}). Mend them, and log the events again under new ids.")
    });
    let sentences: Vec<String> = missing.into_iter().chain(failed).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The first of some names, and how many more there are.
fn some_of(names: &[&str]) -> String {
    let shown: Vec<&str> = names.iter().take(SHOWN).copied().collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn shown_detail(detail: &Detail, metrics: &Metrics, aggregate: Aggregate) -> Value {
    let values: Vec<f64> = detail.values.iter().map(|(_, value)| *value).collect();
    let range = metrics
        .range(&detail.metric)
        .map(|(min, max)| json!({"min": min, "max": max}));
    json!({
        "metric_name": detail.metric,
        "metric_type": metrics.kind(&detail.metric),
        "event_name": detail.event_name,
        "event_type": detail.event_type,
        "aggregate": aggregate.of(&values),
        "values": values,
        "passing_range": range,
        "datapoints": {"passed": detail.passed, "failed": detail.failed},
    })
}

/// The values of all metrics, in the order in which they come.
pub fn details(sessions: &[Session], metrics: &Metrics) -> Vec<Detail> {
    let mut details: Vec<Detail> = Vec::new();
    for session in sessions {
        for event in &session.events {
            for judged in metrics.judged(event) {
                let (event_name, event_type) = (text(event, "event_name"), text(event, "event_type"));
                let is_it = |detail: &Detail| {
                    (
                        detail.metric.as_str(),
                        detail.event_name.as_str(),
                        detail.event_type.as_str(),
                    ) == (judged.metric, event_name, event_type)
                };
                let place = details.iter().position(is_it).unwrap_or_else(|| {
                    details.push(Detail {
                        metric: judged.metric.to_owned(),
                        event_name: event_name.to_owned(),
                        event_type: event_type.to_owned(),
                        ..Detail::default()
                    });
                    details.len() - 1
                });
                let Some(detail) = details.get_mut(place) else { continue };
                if let Some(number) = metrics.number(judged.metric, judged.value) {
                    detail.values.push((session.name().to_owned(), number));
                }
                match judged.passed {
                    Some(true) => detail.passed.push(session.name().to_owned()),
                    Some(false) => detail.failed.push(session.name().to_owned()),
                    None => {}
                }
            }
        }
    }
    details
}

fn judged(session: &Session, metrics: &Metrics) -> Vec<Value> {
    let all = session.events.iter().flat_map(|event| {
        metrics.judged(event).map(move |judged| {
            json!({
                "name": judged.metric,
                "event_name": text(event, "event_name"),
                "event_type": text(event, "event_type"),
                "value": judged.value,
                "passed": judged.passed,
                "error": judged.error,
            })
        })
    });
    all.collect()
}

/// The names and types of the events of some sessions, each once.
pub fn kinds_of_events(sessions: &[Session]) -> Vec<(String, String)> {
    let mut kinds = Vec::new();
    for event in sessions.iter().flat_map(|session| &session.events) {
        let kind = (
            text(event, "event_name").to_owned(),
            text(event, "event_type").to_owned(),
        );
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn event_details(sessions: &[Session]) -> Vec<Value> {
    let kinds = kinds_of_events(sessions).into_iter();
    kinds
        .map(|(name, kind)| json!({"event_name": name, "event_type": kind}))
        .collect()
}

/// A text of an event.
pub fn text<'a>(event: &'a Map<String, Value>, name: &str) -> &'a str {
    event.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The sessions and metrics of a run, for those who hold runs against each other.
///
/// # Errors
/// When the store fails.
pub async fn read(state: &AppState, caller: &Caller, run: &Document) -> Result<(Vec<Session>, Metrics), Problem> {
    let project = caller.project.id;
    let sessions = observations::sessions(&state.store, project, run).await?;
    let metrics = Metrics::of(&state.store, project, run).await?;
    Ok((sessions, metrics))
}
