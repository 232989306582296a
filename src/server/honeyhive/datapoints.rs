//! Datapoints: what an experiment is fed with, and what it should answer.

use axum::extract::{Path, State};
use axum::{Json, routing};
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Body, Fields, fill};
use super::events::body_of;
use super::filters::field;
use super::params::Params;
use super::{Answer, Failures, datasets};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Changes, Document, Kind, Listing, to_wire};

/// The fields of a datapoint; `project` and `dataset_id` are those of older clients.
const FIELDS: [&str; 9] = [
    "inputs",
    "history",
    "ground_truth",
    "metadata",
    "linked_event",
    "linked_datasets",
    "project",
    "linked_evals",
    "saved",
];
/// The most datapoints that are asked for by their ids.
const MAX_IDS: usize = 10_000;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(create_batch))
        .routes(routes!(get, update, delete))
        .route("/datapoints", routing::get(list).post(create))
        .route("/datapoints/batch", routing::post(create_batch))
        .route(
            "/datapoints/{datapoint_id}",
            routing::get(get).put(update).delete(delete),
        )
}

/// A datapoint as clients see it.
fn shown(document: &Document) -> Value {
    let mut point = document.body.as_object().cloned().unwrap_or_default();
    point.insert("id".to_owned(), document.id.clone().into());
    point.insert("created_at".to_owned(), to_wire(document.created_at).into());
    point.insert("updated_at".to_owned(), to_wire(document.updated_at).into());
    Value::Object(point)
}

/// The datapoints of a project: all, those of some ids, or those of a dataset in its order. What is asked for beside each
/// other narrows the choice.
#[utoipa::path(get, path = "/v1/datapoints", tag = "HoneyHive", operation_id = "list_datapoints",
    params(("datapoint_ids" = Option<Vec<String>>, Query), ("dataset_id" = Option<String>, Query),
        ("dataset_name" = Option<String>, Query)),
    responses((status = 200, description = "`{datapoints: [datapoint]}`", body = Value), Failures))]
async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Answer {
    caller.require(Scope::DatasetRead)?;
    let project = caller.project.id;
    let mut ids = Some(params.all("datapoint_ids")).filter(|ids| !ids.is_empty());
    if let Some(points) = of_datasets(&state, &caller, &params).await? {
        ids = Some(match ids {
            Some(ids) => points.into_iter().filter(|id| ids.contains(id)).collect(),
            None => points,
        });
    }
    let Some(ids) = ids else {
        let page = state.store.list(project, Kind::Datapoint, &Listing::default()).await?;
        let points: Vec<Value> = page.documents.iter().map(shown).collect();
        return Ok(Json(json!({"datapoints": points})));
    };
    if ids.len() > MAX_IDS {
        return Err(Problem::invalid(
            "datapoint_ids",
            "too_big",
            format!("These are more than {MAX_IDS}."),
        ));
    }
    let listing = Listing {
        ids: Some(ids.clone()),
        ..Listing::default()
    };
    let found = state.store.list(project, Kind::Datapoint, &listing).await?.documents;
    let by_id: std::collections::HashMap<&str, &Document> =
        found.iter().map(|point| (point.id.as_str(), point)).collect();
    let points: Vec<Value> = ids
        .iter()
        .filter_map(|id| by_id.get(id.as_str()).map(|point| shown(point)))
        .collect();
    Ok(Json(json!({"datapoints": points})))
}

/// The ids of the datapoints of the dataset that is asked for, by its id or name; `None` when none is, and none where there
/// is no such dataset.
async fn of_datasets(state: &AppState, caller: &Caller, params: &Params) -> Result<Option<Vec<String>>, Problem> {
    let id = params.get("dataset_id").map(str::to_owned);
    let name = params.get("dataset_name").or_else(|| params.get("dataset"));
    if id.is_none() && name.is_none() {
        return Ok(None);
    }
    let listing = Listing {
        ids: id.map(|id| vec![id]),
        name: name.map(str::to_owned),
        ..Listing::default()
    };
    let project = caller.project.id;
    let datasets = state.store.list(project, Kind::HoneyHiveDataset, &listing).await?;
    Ok(Some(datasets.documents.iter().flat_map(datasets::points_of).collect()))
}

/// Makes a datapoint.
#[utoipa::path(post, path = "/v1/datapoints", tag = "HoneyHive", operation_id = "create_datapoint",
    request_body(content = Value, description = "`{inputs, history, ground_truth, metadata, linked_event, linked_datasets}`"),
    responses((status = 200, description = "`{inserted, result: {insertedIds, insertedId}}`", body = Value), Failures))]
async fn create(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    check(&body)?;
    let point = document(body);
    let mut changes = state.store.begin(caller.project.id).await?;
    changes.insert(Kind::Datapoint, &point).await?;
    link(&mut changes, &point).await?;
    changes.commit().await?;
    let id = point.id;
    Ok(Json(
        json!({"inserted": true, "result": {"insertedIds": [id], "insertedId": id}}),
    ))
}

/// Makes datapoints of logged events: `{events: [id], mapping, dataset_id}`. The mapping says which fields of the events are
/// what; without it, inputs are inputs, and the truth is the feedback's.
#[utoipa::path(post, path = "/v1/datapoints/batch", tag = "HoneyHive", operation_id = "create_datapoints",
    request_body(content = Value, description = "`{events, mapping, dataset_id}`"),
    responses((status = 200, description = "`{inserted, insertedIds}`", body = Value), Failures))]
async fn create_batch(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    let fields = Fields::of(&body);
    let events = fields.texts("events")?.ok_or_else(|| fields.required("events"))?;
    if events.len() > MAX_IDS {
        return Err(fields.invalid("events", format!("These are more than {MAX_IDS}.")));
    }
    let mapping = fields.object("mapping")?.map(Mapping::read).transpose()?;
    let dataset = fields.text("dataset_id")?;
    let mut points = Vec::with_capacity(events.len());
    for id in events {
        let event = state.store.event(caller.project.id, id).await?;
        let event = event.ok_or_else(|| fields.invalid("events", format!("There is no event {id}.")))?;
        points.push(of_event(id, &body_of(&event), mapping.as_ref(), dataset));
    }
    let mut changes = state.store.begin(caller.project.id).await?;
    for point in &points {
        changes.insert(Kind::Datapoint, point).await?;
        link(&mut changes, point).await?;
    }
    changes.commit().await?;
    let ids: Vec<String> = points.into_iter().map(|point| point.id).collect();
    Ok(Json(json!({"inserted": true, "insertedIds": ids})))
}

fn of_event(id: &str, event: &Map<String, Value>, mapping: Option<&Mapping>, dataset: Option<&str>) -> Document {
    let mut point = match mapping {
        Some(mapping) => mapping.of_event(event),
        None => {
            let truth = field(event, "feedback.ground_truth").cloned().unwrap_or_default();
            let truth = match truth {
                Value::Null | Value::Object(_) => truth,
                one => json!({"ground_truth": one}),
            };
            Map::from_iter([
                ("inputs".to_owned(), event.get("inputs").cloned().unwrap_or_default()),
                ("ground_truth".to_owned(), truth),
            ])
        }
    };
    point.insert("linked_event".to_owned(), id.into());
    point.insert("linked_datasets".to_owned(), dataset.into_iter().collect());
    document(point)
}

/// One datapoint, in a list, as clients expect it.
#[utoipa::path(get, path = "/v1/datapoints/{datapoint_id}", tag = "HoneyHive", operation_id = "get_datapoint",
    params(("datapoint_id" = String, Path)),
    responses((status = 200, description = "`{datapoint: [datapoint]}`", body = Value), Failures))]
async fn get(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::DatasetRead)?;
    let point = state.store.get(caller.project.id, Kind::Datapoint, &id).await?;
    let point = point.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({"datapoint": [shown(&point)]})))
}

/// Changes the fields of a datapoint that are given.
#[utoipa::path(put, path = "/v1/datapoints/{datapoint_id}", tag = "HoneyHive", operation_id = "update_datapoint",
    params(("datapoint_id" = String, Path)), request_body(content = Value),
    responses((status = 200, description = "`{updated, result: {modifiedCount}}`", body = Value), Failures))]
async fn update(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    check(&body)?;
    let mut changes = state.store.begin(caller.project.id).await?;
    let point = changes.get(Kind::Datapoint, &id).await?;
    let mut point = point.ok_or_else(Problem::not_found)?;
    if let Some(fields) = point.body.as_object_mut() {
        fields.extend(body.into_iter().filter(|(_, value)| !value.is_null()));
    }
    point.touch();
    changes.save(Kind::Datapoint, &point).await?;
    link(&mut changes, &point).await?;
    changes.commit().await?;
    Ok(Json(json!({"updated": true, "result": {"modifiedCount": 1}})))
}

/// Deletes a datapoint, and takes it out of its datasets.
#[utoipa::path(delete, path = "/v1/datapoints/{datapoint_id}", tag = "HoneyHive", operation_id = "delete_datapoint",
    params(("datapoint_id" = String, Path)),
    responses((status = 200, description = "`{deleted}`", body = Value), Failures))]
async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::DatasetWrite)?;
    let project = caller.project.id;
    let point = state.store.get(project, Kind::Datapoint, &id).await?;
    let point = point.ok_or_else(Problem::not_found)?;
    let mut changes = state.store.begin(project).await?;
    for dataset in datasets_of(&point) {
        if let Some(mut dataset) = changes.get(Kind::HoneyHiveDataset, &dataset).await? {
            datasets::remove(&mut dataset, &id);
            changes.save(Kind::HoneyHiveDataset, &dataset).await?;
        }
    }
    changes.commit().await?;
    let deleted = state.store.remove(project, Kind::Datapoint, &id).await?;
    Ok(Json(json!({"deleted": deleted})))
}

fn check(body: &Map<String, Value>) -> Result<(), Problem> {
    let fields = Fields::of(body);
    fields.closed(&FIELDS)?;
    for name in ["inputs", "ground_truth", "metadata"] {
        fields.object(name)?;
    }
    fields.objects("history")?;
    fields.text("linked_event")?;
    fields.texts("linked_datasets")?;
    Ok(())
}

fn document(mut point: Map<String, Value>) -> Document {
    for (name, default) in [("inputs", json!({})), ("history", json!([])), ("metadata", json!({}))] {
        fill(&mut point, name, || default);
    }
    for name in ["ground_truth", "linked_event"] {
        point.entry(name).or_insert(Value::Null);
    }
    fill(&mut point, "linked_datasets", || json!([]));
    Document::new("", Value::Object(point))
}

fn datasets_of(point: &Document) -> Vec<String> {
    let list = point.body.get("linked_datasets").and_then(Value::as_array);
    let ids = list.into_iter().flatten().filter_map(Value::as_str);
    ids.map(str::to_owned).collect()
}

/// Adds a datapoint to the datasets that it names, as far as there are such.
async fn link(changes: &mut Changes, point: &Document) -> Result<(), Problem> {
    for dataset in datasets_of(point) {
        if let Some(mut dataset) = changes.get(Kind::HoneyHiveDataset, &dataset).await? {
            datasets::add(&mut dataset, std::slice::from_ref(&point.id));
            changes.save(Kind::HoneyHiveDataset, &dataset).await?;
        }
    }
    Ok(())
}

/// Notes that a datapoint is no longer in a dataset.
pub fn unlink(point: &mut Document, dataset: &str) {
    let left: Vec<String> = datasets_of(point).into_iter().filter(|id| id != dataset).collect();
    if let Some(body) = point.body.as_object_mut() {
        body.insert("linked_datasets".to_owned(), left.into());
    }
    point.touch();
}

/// Which columns are what.
pub struct Mapping {
    inputs: Vec<String>,
    history: Vec<String>,
    ground_truth: Vec<String>,
}

impl Mapping {
    /// Reads `{inputs: [name], history: [name], ground_truth: [name]}`.
    ///
    /// # Errors
    /// When one of them is no list of texts.
    pub fn read(mapping: &Map<String, Value>) -> Result<Self, Problem> {
        let fields = Fields::of_part(mapping, "mapping.");
        fields.closed(&["inputs", "history", "ground_truth"])?;
        let names = |name| {
            let names = fields.texts(name)?.unwrap_or_default();
            Ok::<_, Problem>(names.into_iter().map(str::to_owned).collect())
        };
        Ok(Self {
            inputs: names("inputs")?,
            history: names("history")?,
            ground_truth: names("ground_truth")?,
        })
    }

    /// The datapoint of a row.
    pub fn of_row(&self, row: &Map<String, Value>, dataset: &str) -> Document {
        let mut point = self.take(|name| row.get(name));
        let is_mapped = |name: &String| {
            [&self.inputs, &self.history, &self.ground_truth]
                .iter()
                .any(|list| list.contains(name))
        };
        let rest = row.iter().filter(|(name, _)| !is_mapped(name));
        let rest: Map<String, Value> = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
        point.insert("metadata".to_owned(), Value::Object(rest));
        point.insert("linked_datasets".to_owned(), json!([dataset]));
        document(point)
    }

    fn of_event(&self, event: &Map<String, Value>) -> Map<String, Value> {
        self.take(|path| field(event, path))
    }

    /// The parts of a datapoint, from where `find` finds the columns. Of a column `inputs.question` the name is `question`.
    fn take<'a>(&self, find: impl Fn(&str) -> Option<&'a Value>) -> Map<String, Value> {
        let part = |names: &[String]| {
            let named = names.iter().filter_map(|name| {
                let last = name.rsplit('.').next().unwrap_or(name);
                Some((last.to_owned(), find(name)?.clone()))
            });
            Value::Object(named.collect())
        };
        // Each column of the history holds messages, or is one.
        let messages = self
            .history
            .iter()
            .filter_map(|name| find(name))
            .flat_map(|value| match value {
                Value::Array(messages) => messages.iter().filter(|message| message.is_object()).cloned().collect(),
                Value::Object(_) => vec![value.clone()],
                _ => Vec::new(),
            });
        Map::from_iter([
            ("inputs".to_owned(), part(&self.inputs)),
            ("history".to_owned(), messages.collect()),
            ("ground_truth".to_owned(), part(&self.ground_truth)),
        ])
    }
}
