//! Making, listing, changing and deleting runs.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields, fill};
use super::super::events::{fields_of, of_events};
use super::super::metrics::library;
use super::super::params::Params;
use super::super::{Answer, Failures};
use super::observations;
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, Kind, Listing, Order, Sort, to_wire};

/// Runs of a page, where nothing is said.
const LIMIT: u32 = 20;
/// Runs of a page at most.
const MAX_LIMIT: u32 = 100;
const STATUSES: [&str; 5] = ["pending", "completed", "failed", "cancelled", "running"];

/// A run as clients see it.
pub fn shown(document: &Document) -> Value {
    let mut run = document.body.as_object().cloned().unwrap_or_default();
    run.insert("id".to_owned(), document.id.clone().into());
    run.insert("run_id".to_owned(), document.id.clone().into());
    run.insert("created_at".to_owned(), to_wire(document.created_at).into());
    run.insert("updated_at".to_owned(), to_wire(document.updated_at).into());
    Value::Object(run)
}

/// A run of the project.
///
/// # Errors
/// When there is none of that id, or the store fails.
pub async fn find(state: &AppState, caller: &Caller, id: &str) -> Result<Document, Problem> {
    let run = state.store.get(caller.project.id, Kind::Run, id).await?;
    run.ok_or_else(Problem::not_found)
}

/// The runs of a project, the newest first: `?run_ids[]=&name=&status=&dataset_id=&sort_by=&sort_order=&limit=&page=`.
#[utoipa::path(get, path = "/v1/runs", tag = "HoneyHive", operation_id = "list_runs",
    params(("run_ids" = Option<Vec<String>>, Query), ("name" = Option<String>, Query), ("status" = Option<String>, Query),
        ("dataset_id" = Option<String>, Query), ("sort_by" = Option<String>, Query), ("sort_order" = Option<String>, Query),
        ("limit" = Option<u32>, Query), ("page" = Option<u32>, Query)),
    responses((status = 200, description = "`{evaluations: [run], pagination, metrics}`", body = Value), Failures))]
pub async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    caller.require(Scope::MetricRead)?;
    let project = caller.project.id;
    let limit = params.count("limit")?.unwrap_or(LIMIT).min(MAX_LIMIT);
    let page = params.count("page")?.unwrap_or(1);
    let ids = params.all("run_ids");
    let listing = Listing {
        search: params.get("name").map(str::to_owned),
        ids: Some(ids).filter(|ids| !ids.is_empty()),
        order: vec![order(&params)],
        ..Listing::default()
    };
    let found = state.store.list(project, Kind::Run, &listing).await?.documents;
    let is = |run: &Document, name: &str| {
        let value = run.body.get(name).and_then(Value::as_str);
        params.get(name).is_none_or(|wanted| value == Some(wanted))
    };
    let runs: Vec<&Document> = found
        .iter()
        .filter(|run| is(run, "status") && is(run, "dataset_id"))
        .collect();
    let everything = state
        .store
        .list(
            project,
            Kind::Run,
            &Listing {
                limit: Some(0),
                ..Listing::default()
            },
        )
        .await?
        .total;
    let pages = runs.len().div_ceil(limit as usize);
    let first = (page as usize - 1).saturating_mul(limit as usize);
    let of_page: Vec<Value> = runs
        .iter()
        .skip(first)
        .take(limit as usize)
        .map(|run| shown(run))
        .collect();
    let metrics = library::all(&state.store, project).await?;
    let metrics: Vec<Value> = metrics
        .into_iter()
        .filter_map(|kept| kept.metric.get("name").cloned())
        .filter(Value::is_string)
        .collect();
    Ok(Json(json!({
        "evaluations": of_page,
        "pagination": {
            "page": page,
            "limit": limit,
            "total": runs.len(),
            "total_unfiltered": everything,
            "total_pages": pages,
            "has_next": (page as usize) < pages,
            "has_prev": page > 1,
        },
        "metrics": metrics,
    })))
}

fn order(params: &Params) -> Order {
    Order {
        by: match params.get("sort_by") {
            Some("name") => Sort::Name,
            Some("updated_at") => Sort::UpdatedAt,
            _ => Sort::CreatedAt,
        },
        descending: params.get("sort_order") != Some("asc"),
    }
}

/// Makes a run.
#[utoipa::path(post, path = "/v1/runs", tag = "HoneyHive", operation_id = "create_run",
    request_body(content = Value, description = "`{run_id?, name, status, event_ids, configuration, metadata, dataset_id, ...}`"),
    responses((status = 200, description = "`{evaluation: run, run_id}`", body = Value), Failures))]
pub async fn create(State(state): State<AppState>, caller: Caller, Body(mut run): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    check(&run)?;
    let fields = Fields::of(&run);
    let mut document = Document::new("", Value::Null);
    if let Some(id) = fields.short_text("run_id")? {
        id.clone_into(&mut document.id);
    }
    let project = caller.project.id.to_string();
    fill(&mut run, "status", || json!("pending"));
    for name in ["metadata", "results", "configuration"] {
        fill(&mut run, name, || json!({}));
    }
    for name in ["event_ids", "session_ids", "datapoint_ids", "evaluators"] {
        fill(&mut run, name, || json!([]));
    }
    for name in ["name", "description", "dataset_id"] {
        run.entry(name).or_insert(Value::Null);
    }
    for (name, value) in [
        ("project_id", json!(project)),
        ("scope_type", json!("project")),
        ("scope_id", json!(project)),
        ("is_active", json!(true)),
    ] {
        run.insert(name.to_owned(), value);
    }
    document.body = Value::Object(run);
    settle(&mut document);
    state.store.insert(caller.project.id, Kind::Run, &document).await?;
    Ok(Json(json!({"evaluation": shown(&document), "run_id": document.id})))
}

/// One run.
#[utoipa::path(get, path = "/v1/runs/{run_id}", tag = "HoneyHive", operation_id = "get_run", params(("run_id" = String, Path)),
    responses((status = 200, description = "`{evaluation: run}`", body = Value), Failures))]
pub async fn get(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::MetricRead)?;
    let run = find(&state, &caller, &id).await?;
    Ok(Json(json!({"evaluation": shown(&run)})))
}

/// Changes the fields of a run that are given.
#[utoipa::path(put, path = "/v1/runs/{run_id}", tag = "HoneyHive", operation_id = "update_run",
    params(("run_id" = String, Path)), request_body(content = Value),
    responses((status = 200, description = "`{evaluation: run}`", body = Value), Failures))]
pub async fn update(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    check(&body)?;
    // What belongs to the run itself is not changed by what it is given.
    let own = [
        "run_id",
        "id",
        "project_id",
        "scope_type",
        "scope_id",
        "is_active",
        "created_at",
        "updated_at",
    ];
    let is_change = |(name, value): &(String, Value)| !own.contains(&name.as_str()) && !value.is_null();
    let changes: Map<String, Value> = body.into_iter().filter(is_change).collect();
    let updated = state.store.update(caller.project.id, Kind::Run, &id, |run| {
        if let Some(body) = run.body.as_object_mut() {
            body.extend(changes);
        }
        settle(run);
        Ok::<_, Problem>(())
    });
    let run = updated.await.map_err(Problem::from)?.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({"evaluation": shown(&run), "warning": null})))
}

/// Deletes a run. Its sessions stay.
#[utoipa::path(delete, path = "/v1/runs/{run_id}", tag = "HoneyHive", operation_id = "delete_run",
    params(("run_id" = String, Path)),
    responses((status = 200, description = "`{id, deleted}`", body = Value), Failures))]
pub async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::MetricWrite)?;
    if !state.store.remove(caller.project.id, Kind::Run, &id).await? {
        return Err(Problem::not_found());
    }
    Ok(Json(json!({"id": id, "deleted": true})))
}

/// The fields of the events of all runs: those of all events, as no event is only a run's.
#[utoipa::path(get, path = "/v1/runs/schema", tag = "HoneyHive", operation_id = "runs_schema",
    responses((status = 200, description = "`{fields, datasets, mappings}`", body = Value), Failures))]
pub async fn schema_of_all(state: State<AppState>, caller: Caller) -> Answer {
    of_events(state, caller).await
}

/// The fields of the events of a run.
#[utoipa::path(get, path = "/v1/runs/{run_id}/schema", tag = "HoneyHive", operation_id = "run_schema",
    params(("run_id" = String, Path)),
    responses((status = 200, description = "`{fields, datasets, mappings}`", body = Value), Failures))]
pub async fn schema(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::MetricRead)?;
    let run = find(&state, &caller, &id).await?;
    let sessions = observations::sessions(&state.store, caller.project.id, &run).await?;
    let events: Vec<Map<String, Value>> = sessions.into_iter().flat_map(|session| session.events).collect();
    Ok(Json(fields_of(&events)))
}

fn check(run: &Map<String, Value>) -> Result<(), Problem> {
    let fields = Fields::of(run);
    for name in ["name", "description", "dataset_id", "dataset_name"] {
        fields.text(name)?;
    }
    for name in ["metadata", "results", "configuration", "passing_ranges"] {
        fields.object(name)?;
    }
    for name in ["event_ids", "session_ids", "datapoint_ids"] {
        fields.texts(name)?;
    }
    fields.list("evaluators")?;
    match fields.text("status")? {
        Some(status) if !STATUSES.contains(&status) => {
            Err(fields.invalid("status", format!("This must be one of {}.", STATUSES.join(", "))))
        }
        _ => Ok(()),
    }
}

/// Tells the store what lists of runs are made by.
fn settle(run: &mut Document) {
    let name = run.body.get("name").and_then(Value::as_str).unwrap_or_default();
    name.clone_into(&mut run.name);
}
