//! `/metrics` as generations B and C have it.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields};
use super::super::description::HoneyHiveOlderMetric;
use super::super::params::Params;
use super::super::{Answer, Failures};
use super::definition::Kind;
use super::library::{self, Generation, Kept};
use super::{validation, view};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// The metrics of a project: of one task with `?task=`, and as generation C takes them with `?project_name=`.
///
/// # Errors
/// When the key does not open metrics, or the store fails.
pub async fn list(state: &AppState, caller: &Caller, params: &Params) -> Answer {
    caller.require(Scope::MetricRead)?;
    let task = params.get("task");
    let project = params.get("project_name").or_else(|| params.get("project"));
    let kept = library::all(&state.store, caller.project.id).await?;
    let is_of_task =
        |kept: &Kept| task.is_none_or(|task| kept.metric.get("task").and_then(Value::as_str) == Some(task));
    let shown = kept.into_iter().filter(is_of_task).map(|kept| {
        let item = match project {
            Some(project) => view::strict_older_item(kept, project),
            None => view::older_item(kept),
        };
        Value::Object(item)
    });
    Ok(Json(shown.collect()))
}

/// Makes a metric. Every field is kept, known or not.
#[utoipa::path(post, path = "/metrics", tag = "HoneyHive (older)", operation_id = "create_metric_older",
    request_body(content = HoneyHiveOlderMetric, description = "`{name, task, code_snippet, return_type, threshold, pass_when, ...}`"),
    responses((status = 200, description = "`{inserted}`", body = Value), Failures))]
pub async fn create(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let fields = Fields::of(&body);
    validation::older(fields)?;
    fields.required_text("name")?;
    let given = fields.short_text("id")?.map(str::to_owned);
    let id = library::create(
        &state.store,
        caller.project.id,
        given.as_deref(),
        Generation::Older,
        body,
    );
    Ok(Json(json!({"inserted": true, "metric_id": id.await?})))
}

/// Changes the fields of a metric that are given.
#[utoipa::path(put, path = "/metrics", tag = "HoneyHive (older)", operation_id = "update_metric_older",
    request_body(content = Value, description = "`{metric_id, ...}`"),
    responses((status = 200, description = "`{updated}`", body = Value), Failures))]
pub async fn update(State(state): State<AppState>, caller: Caller, Body(mut body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let fields = Fields::of(&body);
    validation::older(fields)?;
    let id = fields.required_text("metric_id")?.to_owned();
    body.shift_remove("metric_id");
    let changed = library::change(&state, caller.project.id, &id, |kept| {
        match kept.generation {
            Generation::Older => kept.metric.extend(body),
            Generation::Newer => put_older(&mut kept.metric, body),
        }
        Ok(())
    });
    Ok(Json(json!({"updated": changed.await?.is_some()})))
}

/// Puts fields of the older generations into a metric of the newer one.
fn put_older(metric: &mut Map<String, Value>, changes: Map<String, Value>) {
    let kind = Kind::of(metric);
    for (name, value) in changes {
        match name.as_str() {
            "code_snippet" if value.is_string() => {
                metric.insert("type".to_owned(), "PYTHON".into());
                metric.insert("criteria".to_owned(), value);
            }
            "prompt" if value.is_string() => {
                metric.insert("type".to_owned(), "LLM".into());
                metric.insert("criteria".to_owned(), value);
            }
            "criteria" if matches!(kind, Kind::Code(..) | Kind::Llm) => {}
            "pass_when" => {
                let threshold = metric.entry("threshold").or_insert_with(|| json!({}));
                if !threshold.is_object() {
                    *threshold = json!({});
                }
                threshold["pass_when"] = value;
            }
            "type" => {}
            _ => {
                metric.insert(name, value);
            }
        }
    }
}

/// Deletes a metric.
#[utoipa::path(delete, path = "/metrics", tag = "HoneyHive (older)", operation_id = "delete_metric_oldest",
    params(("metric_id" = String, Query)),
    responses((status = 200, description = "`{deleted}`", body = Value), Failures))]
pub async fn delete(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let id = params.get("metric_id").ok_or_else(|| Problem::required("metric_id"))?;
    let deleted = library::remove(&state.store, caller.project.id, id).await?;
    Ok(Json(json!({"deleted": deleted})))
}
