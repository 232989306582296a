//! How two runs differ.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::params::Params;
use super::super::{Answer, Failures};
use super::aggregate::Aggregate;
use super::observations::{Metrics, Session};
use super::result::{self, Detail, text};
use super::routes::{find, shown};
use crate::server::auth::Caller;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// Events of an answer, where nothing is said.
const LIMIT: u32 = 100;

/// Compares a run with an older one: for each metric the two aggregates, their difference, and the datapoints of both runs
/// that improved, degraded or stayed the same.
#[utoipa::path(get, path = "/v1/runs/{run_id}/compare-with/{old_run_id}", tag = "HoneyHive", operation_id = "compare_runs",
    params(("run_id" = String, Path), ("old_run_id" = String, Path), ("aggregate_function" = Option<String>, Query)),
    responses((status = 200, description = "`{metrics, commonDatapoints, event_details, old_run, new_run}`", body = Value),
        Failures))]
pub async fn compare(
    State(state): State<AppState>,
    caller: Caller,
    Path((new, old)): Path<(String, String)>,
    params: Params,
) -> Answer {
    caller.require(Scope::MetricRead)?;
    let aggregate = Aggregate::read(params.get("aggregate_function"))?;
    let (new_run, old_run) = (find(&state, &caller, &new).await?, find(&state, &caller, &old).await?);
    let (new, metrics) = result::read(&state, &caller, &new_run).await?;
    let (old, _) = result::read(&state, &caller, &old_run).await?;
    let (new_details, old_details) = (result::details(&new, &metrics), result::details(&old, &metrics));
    let is_same = |one: &Detail, other: &Detail| {
        (&one.metric, &one.event_name, &one.event_type) == (&other.metric, &other.event_name, &other.event_type)
    };
    let of_new = new_details
        .iter()
        .map(|new| (Some(new), old_details.iter().find(|old| is_same(new, old))));
    let only_old = old_details
        .iter()
        .filter(|old| !new_details.iter().any(|new| is_same(new, old)));
    let pairs = of_new.chain(only_old.map(|old| (None, Some(old))));
    let compared: Vec<Value> = pairs
        .filter_map(|(new, old)| compared(new, old, &metrics, aggregate))
        .collect();
    Ok(Json(json!({
        "metrics": compared,
        "commonDatapoints": common(&new, &old).into_iter().map(|(new, _)| new.name()).collect::<Vec<_>>(),
        "event_details": presence(&new, &old),
        "old_run": shown(&old_run),
        "new_run": shown(&new_run),
    })))
}

/// The newer name of [`compare`].
#[utoipa::path(get, path = "/v1/runs/{run_id}/compare/{old_run_id}", tag = "HoneyHive", operation_id = "compare_runs_newer",
    params(("run_id" = String, Path), ("old_run_id" = String, Path), ("aggregate_function" = Option<String>, Query)),
    responses((status = 200, description = "`{metrics, commonDatapoints, event_details, old_run, new_run}`", body = Value),
        Failures))]
pub async fn compare_newer(
    state: State<AppState>,
    caller: Caller,
    path: Path<(String, String)>,
    params: Params,
) -> Answer {
    compare(state, caller, path, params).await
}

/// The events of both runs, by datapoint: `?event_name=&event_type=&limit=&page=`.
#[utoipa::path(get, path = "/v1/runs/{run_id}/compare/{old_run_id}/events", tag = "HoneyHive", operation_id = "compare_run_events",
    params(("run_id" = String, Path), ("old_run_id" = String, Path), ("event_name" = Option<String>, Query),
        ("event_type" = Option<String>, Query), ("limit" = Option<u32>, Query), ("page" = Option<u32>, Query)),
    responses((status = 200, description = "`{events: [{datapoint_id, event_1, event_2}], totalEvents}`", body = Value),
        Failures))]
pub async fn events(
    State(state): State<AppState>,
    caller: Caller,
    Path((new, old)): Path<(String, String)>,
    params: Params,
) -> Answer {
    caller.require(Scope::MetricRead)?;
    let limit = params.count("limit")?.unwrap_or(LIMIT) as usize;
    let page = params.count("page")?.unwrap_or(1) as usize;
    let (new_run, old_run) = (find(&state, &caller, &new).await?, find(&state, &caller, &old).await?);
    let (new, _) = result::read(&state, &caller, &new_run).await?;
    let (old, _) = result::read(&state, &caller, &old_run).await?;
    let is_wanted = |event: &&Map<String, Value>| {
        ["event_name", "event_type"]
            .iter()
            .all(|name| params.get(name).is_none_or(|wanted| wanted == text(event, name)))
    };
    let mut pairs = Vec::new();
    for (new, old) in common(&new, &old) {
        for event in new.events.iter().filter(is_wanted) {
            let kind = |event: &Map<String, Value>| {
                (
                    text(event, "event_name").to_owned(),
                    text(event, "event_type").to_owned(),
                )
            };
            if let Some(other) = old.events.iter().find(|other| kind(other) == kind(event)) {
                pairs.push(json!({"datapoint_id": new.name(), "event_1": event, "event_2": other}));
            }
        }
    }
    let total = pairs.len();
    let shown: Vec<Value> = pairs
        .into_iter()
        .skip((page - 1).saturating_mul(limit))
        .take(limit)
        .collect();
    Ok(Json(json!({"events": shown, "totalEvents": total})))
}

/// The sessions of both runs that were fed with the same datapoint.
fn common<'a>(new: &'a [Session], old: &'a [Session]) -> Vec<(&'a Session, &'a Session)> {
    let pairs = new.iter().filter_map(|new| {
        let datapoint = new.datapoint.as_ref()?;
        Some((new, old.iter().find(|old| old.datapoint.as_ref() == Some(datapoint))?))
    });
    pairs.collect()
}

fn compared(new: Option<&Detail>, old: Option<&Detail>, metrics: &Metrics, aggregate: Aggregate) -> Option<Value> {
    let any = new.or(old)?;
    let values = |detail: Option<&Detail>| -> Vec<f64> {
        let values = detail.into_iter().flat_map(|detail| &detail.values);
        values.map(|(_, value)| *value).collect()
    };
    let of_new = new.and_then(|_| aggregate.of(&values(new)));
    let of_old = old.and_then(|_| aggregate.of(&values(old)));
    let difference = of_new.zip(of_old).map(|(new, old)| new - old);
    let percentage = difference.zip(of_old).filter(|(_, old)| *old != 0.0);
    let percentage = percentage.map(|(difference, old)| difference / old.abs() * 100.0);
    let prefers_less = metrics.prefers_less(&any.metric);
    let (mut improved, mut degraded, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in new.into_iter().flat_map(|new| &new.values) {
        let before = old.and_then(|old| old.values.iter().find(|(other, _)| other == name));
        let Some((_, before)) = before else { continue };
        let change = if prefers_less { before - value } else { value - before };
        match change {
            change if change > 0.0 => improved.push(name),
            change if change < 0.0 => degraded.push(name),
            _ => same.push(name),
        }
    }
    Some(json!({
        "metric_name": any.metric,
        "metric_type": metrics.kind(&any.metric),
        "event_name": any.event_name,
        "event_type": any.event_type,
        "old_aggregate": of_old,
        "new_aggregate": of_new,
        "difference": difference,
        "percentage_change": percentage,
        "found_count": improved.len() + degraded.len() + same.len(),
        "improved_count": improved.len(),
        "degraded_count": degraded.len(),
        "same_count": same.len(),
        "improved": improved,
        "degraded": degraded,
        "same": same,
        "old_values": values(old),
        "new_values": values(new),
    }))
}

fn presence(new: &[Session], old: &[Session]) -> Vec<Value> {
    let (of_new, of_old) = (result::kinds_of_events(new), result::kinds_of_events(old));
    let only_old = of_old.iter().filter(|kind| !of_new.contains(kind));
    let all = of_new.iter().chain(only_old);
    let shown = all.map(|kind| {
        let presence = match (of_new.contains(kind), of_old.contains(kind)) {
            (true, true) => "both",
            (true, false) => "new_only",
            _ => "old_only",
        };
        json!({"event_name": kind.0, "event_type": kind.1, "presence": presence})
    });
    shown.collect()
}
