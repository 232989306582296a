//! The items of PostHog's datasets.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::PathId;
use super::dataset::{archived, bump};
use super::fields::{self, Field, Holds};
use crate::server::auth::ProjectCaller;
use crate::server::json::JsonObject;
use crate::server::posthog::FORBID_DESTROY;
use crate::server::posthog::creator::creator;
use crate::server::posthog::paging::ListQuery;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Changes, Document, Kind, Listing, ProjectId, to_wire};

const REFERENCE: Holds = Holds::Text {
    max: Some(255),
    blank: true,
    null: true,
};

/// What requests may set. The trace that an item was made from has had three names.
const FIELDS: [Field; 15] = [
    Field::required("dataset", Holds::Id),
    Field::optional("input", Holds::Json),
    Field::optional("output", Holds::Json),
    Field::optional("metadata", Holds::Json),
    Field::optional("ref_trace_id", REFERENCE),
    Field::optional("ref_timestamp", Holds::Time),
    Field::optional("ref_trace_timestamp", Holds::Time),
    Field::optional("ref_source_id", REFERENCE),
    Field::optional("ref_span_id", REFERENCE),
    Field::optional("deleted", Holds::Boolean),
    Field::optional("expected_output", Holds::Json),
    Field::optional("source_output", Holds::Json),
    Field::optional("source_trace_id", REFERENCE),
    Field::optional("source_event_id", REFERENCE),
    Field::optional("source_timestamp", Holds::Time),
];

/// The id that a client gave an item. It can't be changed.
const EXTERNAL_ID: Field = Field::optional(
    "external_id",
    Holds::Text {
        max: Some(255),
        blank: false,
        null: true,
    },
);

/// Older names of fields, and what they became.
const RENAMED: [(&str, &str); 2] = [
    ("ref_trace_timestamp", "ref_timestamp"),
    ("ref_span_id", "ref_source_id"),
];

/// An item of a dataset, as PostHog shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetItem {
    /// A UUID.
    id: String,
    /// The dataset's UUID.
    dataset: String,
    /// Any JSON.
    #[schema(value_type = Value)]
    input: Value,
    /// Any JSON.
    #[schema(value_type = Value)]
    output: Value,
    /// Any JSON.
    #[schema(value_type = Value)]
    metadata: Value,
    ref_trace_id: Option<String>,
    ref_timestamp: Option<String>,
    ref_source_id: Option<String>,
    /// An older name of `ref_timestamp`.
    ref_trace_timestamp: Option<String>,
    /// An older name of `ref_source_id`.
    ref_span_id: Option<String>,
    deleted: Option<bool>,
    created_at: String,
    updated_at: String,
    /// The project in the place of a person: keys belong to projects.
    created_by: Value,
    team: ProjectId,
    /// Newer generation: the id that its maker gave it.
    external_id: Option<String>,
    /// Newer generation: counts its changes, from 1.
    version: u64,
    version_id: Option<String>,
    version_created_at: String,
    version_created_by: Value,
    /// Newer generation: the revision of the dataset that its last change made.
    dataset_revision: Option<u64>,
    dataset_revision_id: Option<String>,
    /// Newer generation: whether it is left out of lists.
    archived: bool,
    /// Newer generation. Any JSON.
    #[schema(value_type = Value)]
    expected_output: Value,
    /// Newer generation. Any JSON.
    #[schema(value_type = Value)]
    source_output: Value,
    source_trace_id: Option<String>,
    source_event_id: Option<String>,
    source_timestamp: Option<String>,
    /// Newer generation: the same as `team`.
    team_id: ProjectId,
}

/// What a request can say of an item.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes requests; they are read field by field")]
pub struct DatasetItemFields {
    /// The dataset's UUID. Must be there in POST and PUT.
    dataset: Option<String>,
    #[schema(value_type = Value)]
    input: Option<Value>,
    #[schema(value_type = Value)]
    output: Option<Value>,
    #[schema(value_type = Value)]
    metadata: Option<Value>,
    ref_trace_id: Option<String>,
    ref_timestamp: Option<String>,
    ref_source_id: Option<String>,
    deleted: Option<bool>,
    /// Only in POST: a second request with the same one and the same content makes no second item.
    external_id: Option<String>,
    #[schema(value_type = Value)]
    expected_output: Option<Value>,
    #[schema(value_type = Value)]
    source_output: Option<Value>,
    source_trace_id: Option<String>,
    source_event_id: Option<String>,
    source_timestamp: Option<String>,
    /// Only in PUT and PATCH: the version that is changed; if it is not the newest, the change is refused.
    base_version: Option<u64>,
}

/// A part of the list of items.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes answers")]
pub struct DatasetItemPage {
    count: u64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<DatasetItem>,
}

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(retrieve, replace, patch, destroy))
        .routes(routes!(archive))
        .routes(routes!(restore))
}

/// List the items of a dataset, or of all.
#[utoipa::path(get, path = "/dataset_items", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("dataset" = Option<String>, Query, description = "Only those of this dataset."),
        ("archived" = Option<bool>, Query, description = "Those that are archived instead of those that are not."),
        ("limit" = Option<u32>, Query, description = "How many at most."),
        ("offset" = Option<u64>, Query, description = "How many to leave out first."),
    ),
    responses(
        (status = 200, description = "A part of the list.", body = DatasetItemPage),
        (status = 400, description = "A parameter is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:read`.", body = Value),
    ))]
async fn list(State(state): State<AppState>, caller: ProjectCaller, query: ListQuery) -> Result<Json<Value>, Problem> {
    caller.require(Scope::DatasetRead)?;
    let dataset = query.get("dataset").map(Uuid::try_parse).transpose().map_err(|_| {
        let sentence = "Select a valid choice. That choice is not one of the available choices.";
        Problem::invalid("dataset", "invalid_choice", sentence)
    })?;
    let listing = Listing {
        parent: dataset.map(|id| id.to_string()),
        enabled: Some(!archived(&query)?),
        limit: Some(query.limit),
        offset: query.offset,
        ..Listing::default()
    };
    let page = state.store.list(caller.project(), Kind::DatasetItem, &listing).await?;
    let results = page.documents.into_iter().map(|document| show(&caller, document));
    let results = results.map(|item| serde_json::to_value(item).map_err(|error| Problem::internal(&error)));
    Ok(Json(query.envelope(page.total, results.collect::<Result<_, _>>()?)))
}

/// Make an item.
#[utoipa::path(post, path = "/dataset_items", tag = "datasets",
    params(("project_id" = String, Path, description = "The project's number, or `@current`.")),
    request_body(content = DatasetItemFields),
    responses(
        (status = 200, description = "It was made before, with the same `external_id` and content.", body = DatasetItem),
        (status = 201, description = "It was made.", body = DatasetItem),
        (status = 400, description = "A field is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 409, description = "The dataset is archived, or the `external_id` is another item's.", body = Value),
    ))]
async fn create(
    State(state): State<AppState>,
    caller: ProjectCaller,
    JsonObject(body): JsonObject,
) -> Result<(StatusCode, Json<DatasetItem>), Problem> {
    caller.require(Scope::DatasetWrite)?;
    let project = caller.project();
    let fields = read(&body, false)?;
    let external = fields::read(&body, &[EXTERNAL_ID], true)?;
    let external = external
        .get(EXTERNAL_ID.name)
        .and_then(Value::as_str)
        .unwrap_or_default();

    let mut changes = state.store.begin(project).await?;
    let mut dataset = dataset_of(&mut changes, &fields).await?;
    if !external.is_empty()
        && let Some(earlier) = changes.find(Kind::DatasetItem, &dataset.id, external).await?
    {
        return again(&caller, earlier, &fields);
    }
    let mut item = Document::new(external, Value::Object(Map::new()));
    item.enabled = true;
    apply(&mut item, &mut dataset, fields);
    changes.insert(Kind::DatasetItem, &item).await?;
    changes.save(Kind::Dataset, &dataset).await?;
    changes.commit().await?;
    Ok((StatusCode::CREATED, Json(show(&caller, item))))
}

/// Answers a second request to make an item.
fn again(
    caller: &ProjectCaller,
    earlier: Document,
    fields: &Map<String, Value>,
) -> Result<(StatusCode, Json<DatasetItem>), Problem> {
    if !earlier.enabled {
        return Err(conflict("dataset_item_archived", "This dataset item is archived."));
    }
    let is_same = |name: &str| {
        let given = fields.get(name).filter(|value| !value.is_null());
        let kept = earlier.body.get(name).filter(|value| !value.is_null());
        given == kept
    };
    // Both are of the same dataset.
    if FIELDS
        .iter()
        .all(|field| field.name == "dataset" || is_same(field.name))
    {
        return Ok((StatusCode::OK, Json(show(caller, earlier))));
    }
    Err(conflict(
        "external_id_conflict",
        "A dataset item with this external_id and other content exists.",
    ))
}

/// Show an item.
#[utoipa::path(get, path = "/dataset_items/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The item's UUID."),
    ),
    responses(
        (status = 200, description = "The item.", body = DatasetItem),
        (status = 403, description = "Another project's, or a key without `dataset:read`.", body = Value),
        (status = 404, description = "There is no such item.", body = Value),
    ))]
async fn retrieve(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
) -> Result<Json<DatasetItem>, Problem> {
    caller.require(Scope::DatasetRead)?;
    let found = state.store.get(caller.project(), Kind::DatasetItem, &id).await?;
    let document = found
        .filter(|document| !document.deleted)
        .ok_or_else(Problem::not_found)?;
    Ok(Json(show(&caller, document)))
}

/// Replace an item. Fields that are left out stay as they are, but the dataset must be there.
#[utoipa::path(put, path = "/dataset_items/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The item's UUID."),
    ),
    request_body(content = DatasetItemFields),
    responses(
        (status = 200, description = "The item as it is now.", body = DatasetItem),
        (status = 400, description = "A field is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such item.", body = Value),
        (status = 409, description = "Archived, or `base_version` is not the newest.", body = Value),
    ))]
async fn replace(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
    JsonObject(body): JsonObject,
) -> Result<Json<DatasetItem>, Problem> {
    change(&state, &caller, &id, &body, false).await
}

/// Change an item; `deleted` deletes it.
#[utoipa::path(patch, path = "/dataset_items/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The item's UUID."),
    ),
    request_body(content = DatasetItemFields),
    responses(
        (status = 200, description = "The item as it is now.", body = DatasetItem),
        (status = 400, description = "A field is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such item.", body = Value),
        (status = 409, description = "Archived, or `base_version` is not the newest.", body = Value),
    ))]
async fn patch(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
    JsonObject(body): JsonObject,
) -> Result<Json<DatasetItem>, Problem> {
    change(&state, &caller, &id, &body, true).await
}

/// Refused: items are deleted by PATCH with `deleted`.
#[utoipa::path(delete, path = "/dataset_items/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The item's UUID."),
    ),
    responses(
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 405, description = "Always; the text says what to do instead.", body = Value),
    ))]
async fn destroy(caller: ProjectCaller) -> Result<StatusCode, Problem> {
    caller.require(Scope::DatasetWrite)?;
    Err(Problem::forbids_destroy(FORBID_DESTROY))
}

/// Archive an item: it is left out of lists.
#[utoipa::path(post, path = "/dataset_items/{id}/archive", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The item's UUID."),
    ),
    responses(
        (status = 200, description = "The item as it is now.", body = DatasetItem),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such item.", body = Value),
        (status = 409, description = "The dataset is archived.", body = Value),
    ))]
async fn archive(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
) -> Result<Json<DatasetItem>, Problem> {
    set_archived(&state, &caller, &id, true).await
}

/// Take an item out of the archive.
#[utoipa::path(post, path = "/dataset_items/{id}/restore", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The item's UUID."),
    ),
    responses(
        (status = 200, description = "The item as it is now.", body = DatasetItem),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such item.", body = Value),
        (status = 409, description = "The dataset is archived.", body = Value),
    ))]
async fn restore(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
) -> Result<Json<DatasetItem>, Problem> {
    set_archived(&state, &caller, &id, false).await
}

async fn set_archived(
    state: &AppState,
    caller: &ProjectCaller,
    id: &str,
    archived: bool,
) -> Result<Json<DatasetItem>, Problem> {
    caller.require(Scope::DatasetWrite)?;
    let mut changes = state.store.begin(caller.project()).await?;
    let mut item = existing(&mut changes, id).await?;
    let mut dataset = dataset_of(&mut changes, &same_dataset(&item)).await?;
    if item.enabled == archived {
        item.enabled = !archived;
        apply(&mut item, &mut dataset, Map::new());
        changes.save(Kind::DatasetItem, &item).await?;
        changes.save(Kind::Dataset, &dataset).await?;
        changes.commit().await?;
    }
    Ok(Json(show(caller, item)))
}

async fn change(
    state: &AppState,
    caller: &ProjectCaller,
    id: &str,
    body: &Map<String, Value>,
    partial: bool,
) -> Result<Json<DatasetItem>, Problem> {
    caller.require(Scope::DatasetWrite)?;
    let mut changes = state.store.begin(caller.project()).await?;
    let mut item = existing(&mut changes, id).await?;
    let mut fields = read(body, partial)?;
    let base = base_version(body)?;
    fields.entry("dataset").or_insert_with(|| item.parent.as_str().into());
    // What is deleted with its dataset can still be changed, as long as it stays where it is.
    let is_moved = fields.get("dataset").and_then(Value::as_str) != Some(&item.parent);
    let mut dataset = if is_moved {
        Some(dataset_of(&mut changes, &fields).await?)
    } else {
        let dataset = changes.get(Kind::Dataset, &item.parent).await?;
        dataset.map(not_archived).transpose()?
    };
    if !item.enabled {
        return Err(conflict("dataset_item_archived", "This dataset item is archived."));
    }
    let version = version(&item);
    if base.is_some_and(|base| base != version) {
        let mut problem = conflict("stale_version", "The dataset item was changed since that version.");
        problem.body = Some(json!({
            "type": "invalid_request",
            "code": problem.code,
            "detail": problem.detail,
            "attr": null,
            "current_version": version,
        }));
        return Err(problem);
    }
    match &mut dataset {
        Some(dataset) => {
            apply(&mut item, dataset, fields);
            changes.save(Kind::Dataset, dataset).await?;
        }
        None => set(&mut item, fields),
    }
    changes.save(Kind::DatasetItem, &item).await?;
    changes.commit().await?;
    Ok(Json(show(caller, item)))
}

async fn existing(changes: &mut Changes, id: &str) -> Result<Document, Problem> {
    let found = changes.get(Kind::DatasetItem, id).await?;
    found.filter(|item| !item.deleted).ok_or_else(Problem::not_found)
}

/// The dataset that a request names, which must be there and take changes.
async fn dataset_of(changes: &mut Changes, fields: &Map<String, Value>) -> Result<Document, Problem> {
    let id = fields.get("dataset").and_then(Value::as_str).unwrap_or_default();
    let found = changes.get(Kind::Dataset, id).await?;
    let Some(dataset) = found.filter(|dataset| !dataset.deleted) else {
        let sentence = format!("Invalid pk \"{id}\" - object does not exist.");
        return Err(Problem::invalid("dataset", "does_not_exist", sentence));
    };
    not_archived(dataset)
}

fn not_archived(dataset: Document) -> Result<Document, Problem> {
    if dataset.enabled {
        return Ok(dataset);
    }
    Err(conflict("dataset_archived", "This dataset is archived."))
}

fn same_dataset(item: &Document) -> Map<String, Value> {
    Map::from_iter([("dataset".to_owned(), item.parent.as_str().into())])
}

fn conflict(code: &'static str, sentence: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, sentence)
}

/// The fields of a request, under their newest names.
fn read(body: &Map<String, Value>, partial: bool) -> Result<Map<String, Value>, Problem> {
    let mut fields = fields::read(body, &FIELDS, partial)?;
    for (old, new) in RENAMED {
        if let Some(value) = fields.remove(old) {
            fields.entry(new).or_insert(value);
        }
    }
    Ok(fields)
}

/// The version that a change was made from, in the newer generation.
fn base_version(body: &Map<String, Value>) -> Result<Option<u64>, Problem> {
    let Some(value) = body.get("base_version").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    match value.as_u64() {
        Some(0) => Err(Problem::invalid(
            "base_version",
            "min_value",
            "Ensure this value is greater than or equal to 1.",
        )),
        Some(version) => Ok(Some(version)),
        None => Err(Problem::invalid(
            "base_version",
            "invalid",
            "A valid integer is required.",
        )),
    }
}

/// Puts the fields of a request into an item and counts the change.
fn apply(item: &mut Document, dataset: &mut Document, fields: Map<String, Value>) {
    set(item, fields);
    let (revision, revision_id) = bump(dataset);
    let version = version(item) + 1;
    if let Some(body) = item.body.as_object_mut() {
        body.insert("version".to_owned(), version.into());
        body.insert("version_id".to_owned(), Uuid::now_v7().to_string().into());
        body.insert("dataset_revision".to_owned(), revision.into());
        body.insert("dataset_revision_id".to_owned(), revision_id.into());
    }
}

fn set(item: &mut Document, mut fields: Map<String, Value>) {
    item.touch();
    if let Some(Value::String(dataset)) = fields.remove("dataset") {
        item.parent = dataset;
    }
    if let Some(body) = item.body.as_object_mut() {
        body.extend(fields);
        item.deleted = body.get("deleted").and_then(Value::as_bool).unwrap_or(false);
    }
}

/// How often an item has been written.
fn version(item: &Document) -> u64 {
    item.body.get("version").and_then(Value::as_u64).unwrap_or(0)
}

fn show(caller: &ProjectCaller, document: Document) -> DatasetItem {
    let project = caller.project();
    let version = version(&document);
    let mut body = document.body;
    let deleted = body.get("deleted").cloned();
    let mut take = |name: &str| body.get_mut(name).map(Value::take).unwrap_or_default();
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        _ => None,
    };
    let ref_timestamp = text(take("ref_timestamp"));
    let ref_source_id = text(take("ref_source_id"));
    let updated_at = to_wire(document.updated_at);
    DatasetItem {
        id: document.id,
        dataset: document.parent,
        input: take("input"),
        output: take("output"),
        metadata: take("metadata"),
        ref_trace_id: text(take("ref_trace_id")),
        ref_trace_timestamp: ref_timestamp.clone(),
        ref_span_id: ref_source_id.clone(),
        ref_timestamp,
        ref_source_id,
        deleted: deleted.map_or(Some(false), |deleted| deleted.as_bool()),
        created_at: to_wire(document.created_at),
        version_created_at: updated_at.clone(),
        updated_at,
        created_by: creator(caller),
        team: project,
        external_id: Some(document.name).filter(|id| !id.is_empty()),
        version,
        version_id: text(take("version_id")),
        version_created_by: creator(caller),
        dataset_revision: take("dataset_revision").as_u64(),
        dataset_revision_id: text(take("dataset_revision_id")),
        archived: !document.enabled,
        expected_output: take("expected_output"),
        source_output: take("source_output"),
        source_trace_id: text(take("source_trace_id")),
        source_event_id: text(take("source_event_id")),
        source_timestamp: text(take("source_timestamp")),
        team_id: project,
    }
}
