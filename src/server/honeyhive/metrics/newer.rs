//! `/v1/metrics`: generation D.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields};
use super::super::description::HoneyHiveMetric;
use super::super::params::Params;
use super::super::{Answer, Failures};
use super::definition::Kind;
use super::library::{self, Generation, Kept};
use super::{validation, view};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// The metrics of a project, the oldest first; those of tasks, too.
#[utoipa::path(get, path = "/v1/metrics", tag = "HoneyHive", operation_id = "list_metrics",
    params(("type" = Option<String>, Query, description = "Only those of this type"),
        ("id" = Option<String>, Query, description = "Only the one of this id"),
        ("name" = Option<String>, Query, description = "Only those of this name")),
    responses((status = 200, description = "`{metrics: [metric]}`", body = Value), Failures))]
pub async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    caller.require(Scope::MetricRead)?;
    let is = |name: &str, value: &str| params.get(name).is_none_or(|wanted| wanted.eq_ignore_ascii_case(value));
    let ids = params.all("id");
    let is_wanted = |kept: &Kept| {
        let name = kept.metric.get("name").and_then(Value::as_str).unwrap_or_default();
        (ids.is_empty() || ids.contains(&kept.id))
            && is("type", Kind::of(&kept.metric).name())
            && params.get("name").is_none_or(|wanted| wanted == name)
    };
    let kept = library::all(&state.store, caller.project.id).await?;
    let metrics: Vec<Value> = kept.into_iter().filter(is_wanted).map(view::item).collect();
    Ok(Json(json!({"metrics": metrics})))
}

/// Makes a metric.
#[utoipa::path(post, path = "/v1/metrics", tag = "HoneyHive", operation_id = "create_metric",
    request_body(content = HoneyHiveMetric, description = "`{name, type, criteria, return_type, threshold, ...}`"),
    responses((status = 200, description = "`{inserted, metric_id}`", body = Value), Failures))]
pub async fn create(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let metric = validation::create(&body)?;
    let id = library::create(&state.store, caller.project.id, None, Generation::Newer, metric).await?;
    Ok(Json(json!({"inserted": true, "metric_id": id})))
}

/// Changes the fields of a metric that are given.
#[utoipa::path(put, path = "/v1/metrics/{metric_id}", tag = "HoneyHive", operation_id = "update_metric",
    params(("metric_id" = String, Path)), request_body(content = Value),
    responses((status = 200, description = "`{updated}`", body = Value), Failures))]
pub async fn update(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    change(&state, &caller, &id, body).await
}

/// [`update`] with the id in the body.
#[utoipa::path(put, path = "/v1/metrics", tag = "HoneyHive", operation_id = "update_metric_by_body",
    request_body(content = Value, description = "`{id, ...}`"),
    responses((status = 200, description = "`{updated}`", body = Value), Failures))]
pub async fn update_older(State(state): State<AppState>, caller: Caller, Body(mut body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let fields = Fields::of(&body);
    let name = if fields.get("id").is_some() { "id" } else { "metric_id" };
    let id = fields
        .required_text(name)
        .map_err(|_| fields.required("id"))?
        .to_owned();
    body.shift_remove(name);
    change(&state, &caller, &id, body).await
}

async fn change(state: &AppState, caller: &Caller, id: &str, changes: Map<String, Value>) -> Answer {
    let changed = library::change(state, caller.project.id, id, |kept| {
        match (kept.generation, kept.versions) {
            // A task has metrics of its own generation.
            (Generation::Older, 0) => {
                validation::update(&changes, &mut view::newer(kept.generation, kept.metric.clone()))?;
                put_newer(&mut kept.metric, changes);
                Ok(())
            }
            _ => {
                let mut metric = view::newer(kept.generation, std::mem::take(&mut kept.metric));
                validation::update(&changes, &mut metric)?;
                kept.generation = Generation::Newer;
                kept.metric = metric;
                Ok(())
            }
        }
    });
    match changed.await? {
        Some(_) => Ok(Json(json!({"updated": true}))),
        None => Err(Problem::not_found()),
    }
}

/// Puts fields of the newer generation into a metric of the older one.
fn put_newer(metric: &mut Map<String, Value>, changes: Map<String, Value>) {
    let kind = match changes.contains_key("type") {
        true => Kind::of(&changes),
        false => Kind::of(metric),
    };
    for (name, value) in changes {
        let name = match (name.as_str(), &kind) {
            ("criteria", Kind::Code(..)) => "code_snippet".to_owned(),
            ("criteria", Kind::Llm) => "prompt".to_owned(),
            _ => name,
        };
        metric.insert(name, value);
    }
}

/// Deletes a metric and its versions.
#[utoipa::path(delete, path = "/v1/metrics/{metric_id}", tag = "HoneyHive", operation_id = "delete_metric",
    params(("metric_id" = String, Path)),
    responses((status = 200, description = "`{deleted}`", body = Value), Failures))]
pub async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::MetricWrite)?;
    if !library::remove(&state.store, caller.project.id, &id).await? {
        return Err(Problem::not_found());
    }
    Ok(Json(json!({"deleted": true})))
}

/// [`delete`] with the id in the query.
#[utoipa::path(delete, path = "/v1/metrics", tag = "HoneyHive", operation_id = "delete_metric_by_query",
    params(("metric_id" = String, Query)),
    responses((status = 200, description = "`{deleted}`", body = Value), Failures))]
pub async fn delete_older(state: State<AppState>, caller: Caller, params: Params) -> Answer {
    let id = params.get("metric_id").or_else(|| params.get("id"));
    let id = id.ok_or_else(|| Problem::required("metric_id"))?.to_owned();
    delete(state, caller, Path(id)).await
}
