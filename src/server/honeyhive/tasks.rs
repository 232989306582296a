//! Tasks, generation B: a project with its prompts, datasets, models and metrics in one object, which is kept as it came.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Body, Fields, MAX_NAME, fill};
use super::metrics::{check_older, library};
use super::params::Params;
use super::{Answer, Failures};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, Kind, Listing, to_wire};

/// Metrics of one task.
const MAX_METRICS: usize = 1000;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create, update, delete))
}

/// The tasks of a project, the oldest first, or those of a name.
#[utoipa::path(get, path = "/tasks", tag = "HoneyHive (older)", operation_id = "list_tasks",
    params(("name" = Option<String>, Query)),
    responses((status = 200, description = "The tasks", body = Vec<Value>), Failures))]
async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    caller.require(Scope::MetricRead)?;
    let tasks = named(&state, &caller, params.get("name")).await?;
    Ok(Json(tasks.into_iter().rev().map(|task| task.body).collect()))
}

async fn named(state: &AppState, caller: &Caller, name: Option<&str>) -> Result<Vec<Document>, Problem> {
    let listing = Listing {
        name: name.map(str::to_owned),
        ..Listing::default()
    };
    Ok(state
        .store
        .list(caller.project.id, Kind::Task, &listing)
        .await?
        .documents)
}

/// Makes a task. Every field is kept, known or not.
#[utoipa::path(post, path = "/tasks", tag = "HoneyHive (older)", operation_id = "create_task",
    request_body(content = Value, description = "`{name, type, prompts, datasets, fine_tuned_models, metrics, ...}`"),
    responses((status = 200, description = "The task", body = Value), Failures))]
async fn create(State(state): State<AppState>, caller: Caller, Body(mut task): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    check(&task)?;
    let fields = Fields::of(&task);
    let mut document = Document::new(fields.text("name")?.unwrap_or_default(), Value::Null);
    if let Some(id) = fields.short_text("id")? {
        id.clone_into(&mut document.id);
    }
    let now = to_wire(document.created_at);
    fill(&mut task, "id", || document.id.clone().into());
    fill(&mut task, "tenant", || caller.project.name.clone().into());
    fill(&mut task, "created_at", || now.clone().into());
    fill(&mut task, "updated_at", || now.into());
    name_metrics(&mut task);
    document.body = Value::Object(task);
    settle(&mut document);
    state.store.insert(caller.project.id, Kind::Task, &document).await?;
    Ok(Json(document.body))
}

/// Changes the fields of a task that are given.
#[utoipa::path(put, path = "/tasks", tag = "HoneyHive (older)", operation_id = "update_task",
    request_body(content = Value, description = "`{task_id, ...}`"),
    responses((status = 200, description = "`{acknowledged, matchedCount, modifiedCount, upsertedCount, upsertedId}`",
        body = Value), Failures))]
async fn update(State(state): State<AppState>, caller: Caller, Body(mut changes): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let fields = Fields::of(&changes);
    let id = fields.required_text("task_id")?.to_owned();
    check(&changes)?;
    changes.shift_remove("task_id");
    // What a task is called in the path of nothing can't be changed.
    changes.shift_remove("id");
    let mut is_new = false;
    let updated = state.store.update(caller.project.id, Kind::Task, &id, |document| {
        let Some(task) = document.body.as_object_mut() else {
            return Ok(());
        };
        let before = task.clone();
        name_metrics(&mut changes);
        let says_when = Fields::of(&changes).get("updated_at").is_some();
        task.extend(changes);
        is_new = *task != before;
        if is_new && !says_when {
            task.insert("updated_at".to_owned(), to_wire(jiff::Timestamp::now()).into());
        }
        settle(document);
        Ok::<_, Problem>(())
    });
    let matched = u8::from(updated.await.map_err(Problem::from)?.is_some());
    Ok(Json(json!({
        "acknowledged": true,
        "matchedCount": matched,
        "modifiedCount": u8::from(is_new),
        "upsertedCount": 0,
        "upsertedId": null,
    })))
}

/// Deletes the tasks of a name, and their metrics with them.
#[utoipa::path(delete, path = "/tasks", tag = "HoneyHive (older)", operation_id = "delete_task",
    params(("name" = String, Query)),
    responses((status = 200, description = "`{result: {acknowledged, deletedCount}}`", body = Value), Failures))]
async fn delete(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let name = params.get("name").ok_or_else(|| Problem::required("name"))?;
    let mut deleted = 0;
    for task in named(&state, &caller, Some(name)).await? {
        deleted += u32::from(state.store.remove(caller.project.id, Kind::Task, &task.id).await?);
    }
    Ok(Json(json!({"result": {"acknowledged": true, "deletedCount": deleted}})))
}

/// Checks that the known fields are of their types; null is as good as nothing.
fn check(task: &Map<String, Value>) -> Result<(), Problem> {
    let fields = Fields::of(task);
    for name in ["name", "description", "type", "tenant", "created_at", "updated_at"] {
        fields.text(name)?;
    }
    if fields.text("name")?.is_some_and(|name| name.chars().count() > MAX_NAME) {
        return Err(fields.invalid("name", format!("This may have at most {MAX_NAME} characters.")));
    }
    for name in ["prompts", "datasets", "fine_tuned_models"] {
        fields.objects(name)?;
    }
    let metrics = fields.objects("metrics")?.unwrap_or_default();
    // Each is looked at, completed and given back: a short body of many would become a long one.
    if metrics.len() > MAX_METRICS {
        return Err(fields.invalid("metrics", format!("A task may have at most {MAX_METRICS} metrics.")));
    }
    for (index, metric) in metrics.into_iter().enumerate() {
        let prefix = format!("metrics.{index}.");
        let fields = Fields::of_part(metric, &prefix);
        fields.short_text("id")?;
        check_older(fields)?;
    }
    Ok(())
}

/// Gives ids to the metrics that have none.
fn name_metrics(task: &mut Map<String, Value>) {
    let metrics = task.get_mut("metrics").and_then(Value::as_array_mut);
    for metric in metrics.into_iter().flatten().filter_map(Value::as_object_mut) {
        fill(metric, "id", || uuid::Uuid::now_v7().to_string().into());
    }
}

/// Tells the store what lists of tasks are made by.
fn settle(document: &mut Document) {
    let text = |name| {
        document
            .body
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    (document.name, document.description) = (text("name"), text("description"));
    let is_live = metrics_of(document).any(library::is_live);
    document.enabled = is_live;
}

/// The metrics of a task.
pub fn metrics_of(task: &Document) -> impl Iterator<Item = &Map<String, Value>> {
    let metrics = task.body.get("metrics").and_then(Value::as_array);
    metrics.into_iter().flatten().filter_map(Value::as_object)
}

/// The id of a metric in a task.
pub fn id_of(metric: &Map<String, Value>) -> &str {
    metric.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// Changes a metric of a task.
///
/// # Errors
/// When the change is refused.
pub fn change_metric(
    task: &mut Document,
    id: &str,
    change: impl FnOnce(&mut Map<String, Value>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let metrics = task.body.get_mut("metrics").and_then(Value::as_array_mut);
    let mut metrics = metrics.into_iter().flatten().filter_map(Value::as_object_mut);
    if let Some(metric) = metrics.find(|metric| id_of(metric) == id) {
        change(metric)?;
    }
    settle(task);
    Ok(())
}

/// Takes a metric out of a task.
pub fn remove_metric(task: &mut Document, id: &str) {
    if let Some(metrics) = task.body.get_mut("metrics").and_then(Value::as_array_mut) {
        metrics.retain(|metric| metric.as_object().is_none_or(|metric| id_of(metric) != id));
    }
    settle(task);
}
