//! What clients ask for besides: configurations (prompts and their models), which are kept and given back, and the
//! project, which is the key's.

use axum::extract::{Path, State};
use axum::{Json, routing};
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Body, Fields, fill};
use super::params::Params;
use super::{Answer, Failures};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, Kind, Listing, to_wire};

/// The parent of configurations, among other documents of their kind.
const PARENT: &str = "configuration";

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update, delete))
        .routes(routes!(projects))
        .routes(routes!(tools))
        .route("/configurations", routing::get(list_older).post(create))
        .route("/configurations/{id}", routing::put(update).delete(delete))
        .route("/v1/projects", routing::get(projects))
}

fn shown(document: &Document) -> Value {
    let mut configuration = document.body.as_object().cloned().unwrap_or_default();
    configuration.insert("id".to_owned(), document.id.clone().into());
    configuration.insert("created_at".to_owned(), to_wire(document.created_at).into());
    configuration.insert("updated_at".to_owned(), to_wire(document.updated_at).into());
    Value::Object(configuration)
}

async fn found(state: &AppState, caller: &Caller, params: &Params) -> Result<Vec<Value>, Problem> {
    caller.require(Scope::MetricRead)?;
    let listing = Listing {
        parent: Some(PARENT.to_owned()),
        name: params.get("name").map(str::to_owned),
        ..Listing::default()
    };
    let page = state.store.list(caller.project.id, Kind::Other, &listing).await?;
    let has = |document: &Document, list: &str, wanted: &str| {
        let list = document.body.get(list).and_then(Value::as_array);
        list.into_iter().flatten().any(|item| item.as_str() == Some(wanted))
    };
    let is_wanted = |document: &&Document| {
        params.get("env").is_none_or(|env| has(document, "env", env))
            && params.all("tags").iter().all(|tag| has(document, "tags", tag))
    };
    Ok(page.documents.iter().filter(is_wanted).map(shown).collect())
}

/// The configurations of a project.
#[utoipa::path(get, path = "/v1/configurations", tag = "HoneyHive", operation_id = "list_configurations",
    params(("name" = Option<String>, Query), ("env" = Option<String>, Query), ("tags" = Option<Vec<String>>, Query)),
    responses((status = 200, description = "`{configurations: [configuration]}`", body = Value), Failures))]
async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    Ok(Json(json!({"configurations": found(&state, &caller, &params).await?})))
}

/// [`list`], without an envelope, for older clients.
async fn list_older(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    Ok(Json(found(&state, &caller, &params).await?.into()))
}

/// Keeps a configuration.
#[utoipa::path(post, path = "/v1/configurations", tag = "HoneyHive", operation_id = "create_configuration",
    request_body(content = Value, description = "`{name, provider, parameters: {call_type, model, ...}, ...}`"),
    responses((status = 200, description = "`{acknowledged, insertedId}`", body = Value), Failures))]
async fn create(State(state): State<AppState>, caller: Caller, Body(mut body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let fields = Fields::of(&body);
    check(fields)?;
    let name = fields.required_text("name")?.to_owned();
    fields.required_text("provider")?;
    fields
        .object("parameters")?
        .ok_or_else(|| fields.required("parameters"))?;
    for (name, default) in [
        ("type", json!("LLM")),
        ("env", json!([])),
        ("tags", json!([])),
        ("user_properties", Value::Null),
    ] {
        fill(&mut body, name, || default);
    }
    let mut document = Document::new(name, Value::Object(body));
    PARENT.clone_into(&mut document.parent);
    state.store.insert(caller.project.id, Kind::Other, &document).await?;
    Ok(Json(json!({"acknowledged": true, "insertedId": document.id})))
}

/// Changes the fields of a configuration that are given.
#[utoipa::path(put, path = "/v1/configurations/{id}", tag = "HoneyHive", operation_id = "update_configuration",
    params(("id" = String, Path)), request_body(content = Value),
    responses((status = 200, description = "`{acknowledged, matchedCount, modifiedCount, upsertedCount, upsertedId}`",
        body = Value), Failures))]
async fn update(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    check(Fields::of(&body))?;
    let changes: Map<String, Value> = body.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let updated = state.store.update(caller.project.id, Kind::Other, &id, |document| {
        if document.parent != PARENT {
            return Err(Problem::not_found());
        }
        if let Some(name) = changes.get("name").and_then(Value::as_str) {
            name.clone_into(&mut document.name);
        }
        if let Some(configuration) = document.body.as_object_mut() {
            configuration.extend(changes);
        }
        Ok(())
    });
    updated.await.map_err(Problem::from)?.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({
        "acknowledged": true,
        "matchedCount": 1,
        "modifiedCount": 1,
        "upsertedCount": 0,
        "upsertedId": null,
    })))
}

/// Deletes a configuration.
#[utoipa::path(delete, path = "/v1/configurations/{id}", tag = "HoneyHive", operation_id = "delete_configuration",
    params(("id" = String, Path)),
    responses((status = 200, description = "`{acknowledged, deletedCount}`", body = Value), Failures))]
async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let found = state.store.get(caller.project.id, Kind::Other, &id).await?;
    if found.is_none_or(|document| document.parent != PARENT) {
        return Err(Problem::not_found());
    }
    let deleted = state.store.remove(caller.project.id, Kind::Other, &id).await?;
    Ok(Json(json!({"acknowledged": true, "deletedCount": u8::from(deleted)})))
}

fn check(fields: Fields<'_>) -> Result<(), Problem> {
    fields.short_text("name")?;
    for name in ["provider", "type", "project"] {
        fields.text(name)?;
    }
    fields.object("parameters")?;
    fields.object("user_properties")?;
    fields.texts("env")?;
    fields.texts("tags")?;
    Ok(())
}

/// The project of the key, in a list, by whatever name clients ask for it: the key decides the project.
#[utoipa::path(get, path = "/projects", tag = "HoneyHive (older)", operation_id = "list_projects",
    responses((status = 200, description = "`[{id, name, description}]`", body = Vec<Value>), Failures))]
async fn projects(caller: Caller) -> Answer {
    let project = &caller.project;
    let shown = json!({"id": project.id.to_string(), "name": project.name, "description": ""});
    Ok(Json(json!([shown])))
}

/// Tools, of which there are none.
#[utoipa::path(get, path = "/tools", tag = "HoneyHive (older)", operation_id = "list_tools",
    responses((status = 200, description = "`[]`", body = Vec<Value>), Failures))]
async fn tools(_: Caller) -> Answer {
    Ok(Json(json!([])))
}
