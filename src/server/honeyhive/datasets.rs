//! Datasets: names for lists of datapoints.

use axum::extract::{Path, State};
use axum::{Json, routing};
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Body, Fields};
use super::datapoints::{self, Mapping};
use super::description::HoneyHiveRows;
use super::params::Params;
use super::{Answer, Failures};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, Kind, Listing, to_wire};

/// The fields of a dataset; the others are those of older clients, and kept.
const FIELDS: [&str; 9] = [
    "name",
    "description",
    "datapoints",
    "dataset_id",
    "project",
    "type",
    "saved",
    "linked_evals",
    "metadata",
];

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create, update_older, delete_older))
        .routes(routes!(update, delete))
        .routes(routes!(add_datapoints))
        .routes(routes!(remove_datapoint))
        .routes(routes!(remove_datapoint_older))
        .route(
            "/datasets",
            routing::get(list_older)
                .post(create)
                .put(update_older)
                .delete(delete_older),
        )
        .route("/datasets/{dataset_id}", routing::put(update).delete(delete))
        .route("/datasets/{dataset_id}/datapoints", routing::post(add_datapoints))
}

/// A dataset as clients see it.
fn shown(document: &Document) -> Value {
    let mut dataset = document.body.as_object().cloned().unwrap_or_default();
    dataset.insert("id".to_owned(), document.id.clone().into());
    dataset.insert("created_at".to_owned(), to_wire(document.created_at).into());
    dataset.insert("updated_at".to_owned(), to_wire(document.updated_at).into());
    Value::Object(dataset)
}

async fn found(state: &AppState, caller: &Caller, params: &Params) -> Result<Vec<Value>, Problem> {
    caller.require(Scope::DatasetRead)?;
    let ids = params.all("dataset_id");
    let listing = Listing {
        name: params.get("name").map(str::to_owned),
        ids: Some(ids).filter(|ids| !ids.is_empty()),
        ..Listing::default()
    };
    let page = state
        .store
        .list(caller.project.id, Kind::HoneyHiveDataset, &listing)
        .await?;
    Ok(page.documents.iter().map(shown).collect())
}

/// The datasets of a project, the newest first.
#[utoipa::path(get, path = "/v1/datasets", tag = "HoneyHive", operation_id = "list_honeyhive_datasets",
    params(("dataset_id" = Option<String>, Query), ("name" = Option<String>, Query)),
    responses((status = 200, description = "`{datasets: [dataset]}`", body = Value), Failures))]
async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    Ok(Json(json!({"datasets": found(&state, &caller, &params).await?})))
}

/// [`list`], under the name that older clients look for.
async fn list_older(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    let datasets = found(&state, &caller, &params).await?;
    Ok(Json(json!({"testcases": datasets, "datasets": datasets})))
}

/// Makes a dataset.
#[utoipa::path(post, path = "/v1/datasets", tag = "HoneyHive", operation_id = "create_honeyhive_dataset",
    request_body(content = Value, description = "`{name, description, datapoints}`"),
    responses((status = 200, description = "`{inserted, result: {insertedId}}`", body = Value), Failures))]
async fn create(State(state): State<AppState>, caller: Caller, Body(mut body): Body) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    check(&body)?;
    body.shift_remove("dataset_id");
    let mut dataset = Map::from_iter([
        ("name".to_owned(), json!("")),
        ("description".to_owned(), Value::Null),
        ("datapoints".to_owned(), json!([])),
    ]);
    dataset.extend(body.into_iter().filter(|(_, value)| !value.is_null()));
    let mut document = Document::new("", Value::Object(dataset));
    settle(&mut document);
    state
        .store
        .insert(caller.project.id, Kind::HoneyHiveDataset, &document)
        .await?;
    Ok(Json(json!({"inserted": true, "result": {"insertedId": document.id}})))
}

/// Changes the fields of a dataset that are given.
#[utoipa::path(put, path = "/v1/datasets/{dataset_id}", tag = "HoneyHive", operation_id = "update_honeyhive_dataset",
    params(("dataset_id" = String, Path)), request_body(content = Value),
    responses((status = 200, description = "`{result: dataset}`", body = Value), Failures))]
async fn update(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    check(&body)?;
    let changes: Map<String, Value> = body
        .into_iter()
        .filter(|(name, value)| name != "dataset_id" && !value.is_null())
        .collect();
    let updated = state
        .store
        .update(caller.project.id, Kind::HoneyHiveDataset, &id, |document| {
            if let Some(dataset) = document.body.as_object_mut() {
                dataset.extend(changes);
            }
            settle(document);
            Ok::<_, Problem>(())
        });
    let updated = updated.await.map_err(Problem::from)?.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({"result": shown(&updated), "updated": true})))
}

/// [`update`] with the id in the body.
#[utoipa::path(put, path = "/v1/datasets", tag = "HoneyHive", operation_id = "update_honeyhive_dataset_by_body",
    request_body(content = Value, description = "`{dataset_id, ...}`"),
    responses((status = 200, description = "`{result: dataset}`", body = Value), Failures))]
async fn update_older(state: State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    let id = Fields::of(&body).required_text("dataset_id")?.to_owned();
    update(state, caller, Path(id), Body(body)).await
}

/// Deletes a dataset. Its datapoints stay.
#[utoipa::path(delete, path = "/v1/datasets/{dataset_id}", tag = "HoneyHive", operation_id = "delete_honeyhive_dataset",
    params(("dataset_id" = String, Path)),
    responses((status = 200, description = "`{result: {id}}`", body = Value), Failures))]
async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    if !state
        .store
        .remove(caller.project.id, Kind::HoneyHiveDataset, &id)
        .await?
    {
        return Err(Problem::not_found());
    }
    Ok(Json(json!({"result": {"id": id}})))
}

/// [`delete`] with the id in the query.
#[utoipa::path(delete, path = "/v1/datasets", tag = "HoneyHive", operation_id = "delete_honeyhive_dataset_by_query",
    params(("dataset_id" = String, Query)),
    responses((status = 200, description = "`{result: {id}}`", body = Value), Failures))]
async fn delete_older(state: State<AppState>, caller: Caller, params: Params) -> Answer {
    let id = params
        .get("dataset_id")
        .ok_or_else(|| Problem::required("dataset_id"))?
        .to_owned();
    delete(state, caller, Path(id)).await
}

/// Makes datapoints of rows and adds them: `{data: [row], mapping: {inputs, history, ground_truth}}`. The mapping says which
/// columns are what; the others become metadata.
#[utoipa::path(post, path = "/v1/datasets/{dataset_id}/datapoints", tag = "HoneyHive", operation_id = "add_datapoints",
    params(("dataset_id" = String, Path)),
    request_body(content = HoneyHiveRows, description = "`{data, mapping}`"),
    responses((status = 200, description = "`{inserted, datapoint_ids}`", body = Value), Failures))]
async fn add_datapoints(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    let fields = Fields::of(&body);
    let rows = fields.objects("data")?.ok_or_else(|| fields.required("data"))?;
    let mapping = fields.object("mapping")?.ok_or_else(|| fields.required("mapping"))?;
    let mapping = Mapping::read(mapping)?;
    let points: Vec<Document> = rows.into_iter().map(|row| mapping.of_row(row, &id)).collect();
    let ids: Vec<String> = points.iter().map(|point| point.id.clone()).collect();

    let mut changes = state.store.begin(caller.project.id).await?;
    let dataset = changes.get(Kind::HoneyHiveDataset, &id).await?;
    let mut dataset = dataset.ok_or_else(Problem::not_found)?;
    for point in &points {
        changes.insert(Kind::Datapoint, point).await?;
    }
    add(&mut dataset, &ids);
    changes.save(Kind::HoneyHiveDataset, &dataset).await?;
    changes.commit().await?;
    Ok(Json(json!({"inserted": true, "datapoint_ids": ids})))
}

/// Takes a datapoint out of a dataset; it stays as it is.
#[utoipa::path(delete, path = "/v1/datasets/{dataset_id}/datapoints/{datapoint_id}", tag = "HoneyHive",
    operation_id = "remove_datapoint", params(("dataset_id" = String, Path), ("datapoint_id" = String, Path)),
    responses((status = 200, description = "`{dereferenced, message}`", body = Value), Failures))]
async fn remove_datapoint(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, point)): Path<(String, String)>,
) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    let mut changes = state.store.begin(caller.project.id).await?;
    let dataset = changes.get(Kind::HoneyHiveDataset, &id).await?;
    let mut dataset = dataset.ok_or_else(Problem::not_found)?;
    if !remove(&mut dataset, &point) {
        return Err(Problem::not_found());
    }
    changes.save(Kind::HoneyHiveDataset, &dataset).await?;
    if let Some(mut document) = changes.get(Kind::Datapoint, &point).await? {
        datapoints::unlink(&mut document, &id);
        changes.save(Kind::Datapoint, &document).await?;
    }
    changes.commit().await?;
    Ok(Json(
        json!({"dereferenced": true, "message": "The datapoint was taken out of the dataset."}),
    ))
}

/// The older path of [`remove_datapoint`].
#[utoipa::path(delete, path = "/v1/datasets/{dataset_id}/{datapoint_id}", tag = "HoneyHive",
    operation_id = "remove_datapoint_older", params(("dataset_id" = String, Path), ("datapoint_id" = String, Path)),
    responses((status = 200, description = "`{dereferenced, message}`", body = Value), Failures))]
async fn remove_datapoint_older(state: State<AppState>, caller: Caller, path: Path<(String, String)>) -> Answer {
    remove_datapoint(state, caller, path).await
}

fn check(body: &Map<String, Value>) -> Result<(), Problem> {
    let fields = Fields::of(body);
    fields.closed(&FIELDS)?;
    for name in ["name", "description"] {
        fields.text(name)?;
    }
    fields.texts("datapoints")?;
    Ok(())
}

/// Tells the store what lists of datasets are made by.
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
}

/// The ids of a dataset's datapoints, in their order.
pub fn points_of(dataset: &Document) -> Vec<String> {
    let list = dataset.body.get("datapoints").and_then(Value::as_array);
    let ids = list.into_iter().flatten().filter_map(Value::as_str);
    ids.map(str::to_owned).collect()
}

/// Adds datapoints to a dataset that has not got them.
pub fn add(dataset: &mut Document, ids: &[String]) {
    let mut points = points_of(dataset);
    points.extend(
        ids.iter()
            .filter(|id| !points.contains(id))
            .cloned()
            .collect::<Vec<_>>(),
    );
    put_points(dataset, points);
}

/// Takes a datapoint out of a dataset; whether it was there.
pub fn remove(dataset: &mut Document, id: &str) -> bool {
    let mut points = points_of(dataset);
    let before = points.len();
    points.retain(|point| point != id);
    let is_removed = points.len() < before;
    put_points(dataset, points);
    is_removed
}

fn put_points(dataset: &mut Document, points: Vec<String>) {
    if let Some(body) = dataset.body.as_object_mut() {
        body.insert("datapoints".to_owned(), points.into());
    }
    dataset.touch();
}
