//! PostHog's datasets.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::PathId;
use super::fields::{self, Field, Holds};
use crate::server::auth::ProjectCaller;
use crate::server::json::JsonObject;
use crate::server::posthog::FORBID_DESTROY;
use crate::server::posthog::creator::creator;
use crate::server::posthog::paging::{BY_TIME, ListQuery};
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, Kind, Listing, ProjectId, to_wire};

/// What requests may set.
const FIELDS: [Field; 4] = [
    Field::required(
        "name",
        Holds::Text {
            max: Some(400),
            blank: false,
            null: false,
        },
    ),
    Field::optional(
        "description",
        Holds::Text {
            max: None,
            blank: true,
            null: true,
        },
    ),
    Field::optional("metadata", Holds::Json),
    Field::optional("deleted", Holds::Boolean),
];

/// A dataset, as PostHog shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dataset {
    /// A UUID.
    id: String,
    name: String,
    description: Option<String>,
    /// Any JSON.
    #[schema(value_type = Value)]
    metadata: Value,
    created_at: String,
    updated_at: String,
    deleted: Option<bool>,
    /// The project in the place of a person: keys belong to projects.
    created_by: Value,
    team: ProjectId,
    /// Newer generation: whether it takes no more items.
    archived: bool,
    /// Newer generation: how often its items have been changed; `null` before the first.
    current_revision: Option<u64>,
    /// Newer generation: the id of that revision.
    current_revision_id: Option<String>,
    /// Newer generation: the same as `team`.
    team_id: ProjectId,
}

/// What a request can say of a dataset.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes requests; they are read field by field")]
pub struct DatasetFields {
    /// At most 400 characters. Must be there in POST and PUT.
    name: Option<String>,
    description: Option<String>,
    /// Any JSON.
    #[schema(value_type = Value)]
    metadata: Option<Value>,
    deleted: Option<bool>,
}

/// A part of the list of datasets.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes answers")]
pub struct DatasetPage {
    count: u64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<Dataset>,
}

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(retrieve, replace, patch, destroy))
        .routes(routes!(archive))
        .routes(routes!(restore))
}

/// List datasets.
#[utoipa::path(get, path = "/datasets", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("search" = Option<String>, Query, description = "Only those with this in name, description or metadata."),
        ("id__in" = Option<String>, Query, description = "Only these: UUIDs, with commas between."),
        ("order_by" = Option<String>, Query, description = "`created_at` or `updated_at`, with `-` for the largest first; several with commas between."),
        ("archived" = Option<bool>, Query, description = "Those that are archived instead of those that are not."),
        ("limit" = Option<u32>, Query, description = "How many at most."),
        ("offset" = Option<u64>, Query, description = "How many to leave out first."),
    ),
    responses(
        (status = 200, description = "A part of the list.", body = DatasetPage),
        (status = 400, description = "A parameter is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:read`.", body = Value),
    ))]
async fn list(State(state): State<AppState>, caller: ProjectCaller, query: ListQuery) -> Result<Json<Value>, Problem> {
    caller.require(Scope::DatasetRead)?;
    let listing = Listing {
        search: query.get("search").map(str::to_owned),
        ids: query.ids("id__in")?,
        enabled: Some(!archived(&query)?),
        order: query.order(&BY_TIME)?,
        limit: Some(query.limit),
        offset: query.offset,
        ..Listing::default()
    };
    let page = state.store.list(caller.project(), Kind::Dataset, &listing).await?;
    let results = page.documents.into_iter().map(|document| show(&caller, document));
    let results = results.map(|dataset| serde_json::to_value(dataset).map_err(|error| Problem::internal(&error)));
    Ok(Json(query.envelope(page.total, results.collect::<Result<_, _>>()?)))
}

/// Make a dataset.
#[utoipa::path(post, path = "/datasets", tag = "datasets",
    params(("project_id" = String, Path, description = "The project's number, or `@current`.")),
    request_body(content = DatasetFields),
    responses(
        (status = 201, description = "It was made.", body = Dataset),
        (status = 400, description = "A field is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
    ))]
async fn create(
    State(state): State<AppState>,
    caller: ProjectCaller,
    JsonObject(body): JsonObject,
) -> Result<(StatusCode, Json<Dataset>), Problem> {
    caller.require(Scope::DatasetWrite)?;
    let fields = fields::read(&body, &FIELDS, false)?;
    let mut document = Document::new("", Value::Object(Map::new()));
    document.enabled = true;
    apply(&mut document, fields);
    state.store.insert(caller.project(), Kind::Dataset, &document).await?;
    Ok((StatusCode::CREATED, Json(show(&caller, document))))
}

/// Show a dataset.
#[utoipa::path(get, path = "/datasets/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The dataset's UUID."),
    ),
    responses(
        (status = 200, description = "The dataset.", body = Dataset),
        (status = 403, description = "Another project's, or a key without `dataset:read`.", body = Value),
        (status = 404, description = "There is no such dataset.", body = Value),
    ))]
async fn retrieve(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
) -> Result<Json<Dataset>, Problem> {
    caller.require(Scope::DatasetRead)?;
    let found = state.store.get(caller.project(), Kind::Dataset, &id).await?;
    let document = found
        .filter(|document| !document.deleted)
        .ok_or_else(Problem::not_found)?;
    Ok(Json(show(&caller, document)))
}

/// Replace a dataset. Fields that are left out stay as they are, but the name must be there.
#[utoipa::path(put, path = "/datasets/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The dataset's UUID."),
    ),
    request_body(content = DatasetFields),
    responses(
        (status = 200, description = "The dataset as it is now.", body = Dataset),
        (status = 400, description = "A field is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such dataset.", body = Value),
    ))]
async fn replace(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
    JsonObject(body): JsonObject,
) -> Result<Json<Dataset>, Problem> {
    change(&state, &caller, &id, |document| {
        apply(document, fields::read(&body, &FIELDS, false)?);
        Ok(())
    })
    .await
}

/// Change a dataset; `deleted` deletes it.
#[utoipa::path(patch, path = "/datasets/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The dataset's UUID."),
    ),
    request_body(content = DatasetFields),
    responses(
        (status = 200, description = "The dataset as it is now.", body = Dataset),
        (status = 400, description = "A field is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such dataset.", body = Value),
    ))]
async fn patch(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
    JsonObject(body): JsonObject,
) -> Result<Json<Dataset>, Problem> {
    change(&state, &caller, &id, |document| {
        apply(document, fields::read(&body, &FIELDS, true)?);
        Ok(())
    })
    .await
}

/// Refused: datasets are deleted by PATCH with `deleted`.
#[utoipa::path(delete, path = "/datasets/{id}", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The dataset's UUID."),
    ),
    responses(
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 405, description = "Always; the text says what to do instead.", body = Value),
    ))]
async fn destroy(caller: ProjectCaller) -> Result<StatusCode, Problem> {
    caller.require(Scope::DatasetWrite)?;
    Err(Problem::forbids_destroy(FORBID_DESTROY))
}

/// Archive a dataset: it is left out of lists and takes no more items.
#[utoipa::path(post, path = "/datasets/{id}/archive", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The dataset's UUID."),
    ),
    responses(
        (status = 200, description = "The dataset as it is now.", body = Dataset),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such dataset.", body = Value),
    ))]
async fn archive(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
) -> Result<Json<Dataset>, Problem> {
    change(&state, &caller, &id, |document| {
        document.enabled = false;
        Ok(())
    })
    .await
}

/// Take a dataset out of the archive.
#[utoipa::path(post, path = "/datasets/{id}/restore", tag = "datasets",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The dataset's UUID."),
    ),
    responses(
        (status = 200, description = "The dataset as it is now.", body = Dataset),
        (status = 403, description = "Another project's, or a key without `dataset:write`.", body = Value),
        (status = 404, description = "There is no such dataset.", body = Value),
    ))]
async fn restore(
    State(state): State<AppState>,
    caller: ProjectCaller,
    PathId(id): PathId,
) -> Result<Json<Dataset>, Problem> {
    change(&state, &caller, &id, |document| {
        document.enabled = true;
        Ok(())
    })
    .await
}

async fn change(
    state: &AppState,
    caller: &ProjectCaller,
    id: &str,
    change: impl FnOnce(&mut Document) -> Result<(), Problem> + Send,
) -> Result<Json<Dataset>, Problem> {
    caller.require(Scope::DatasetWrite)?;
    let change = |document: &mut Document| {
        if document.deleted {
            return Err(Problem::not_found());
        }
        change(document)
    };
    let changed = state.store.update(caller.project(), Kind::Dataset, id, change).await?;
    let document = changed.ok_or_else(Problem::not_found)?;
    Ok(Json(show(caller, document)))
}

/// Whether a list is of what is archived.
pub(super) fn archived(query: &ListQuery) -> Result<bool, Problem> {
    match query.get("archived").map(str::to_lowercase).as_deref() {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(Problem::invalid("archived", "invalid", "Must be a valid boolean.")),
    }
}

/// Puts the fields of a request into a dataset.
fn apply(document: &mut Document, fields: Map<String, Value>) {
    let mut body = std::mem::take(&mut document.body);
    if let Some(body) = body.as_object_mut() {
        body.extend(fields);
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    document.name = text("name").to_owned();
    // Searches look at the metadata as text, as PostHog's do.
    let metadata = body.get("metadata").filter(|metadata| !metadata.is_null());
    let metadata = metadata.map(Value::to_string).unwrap_or_default();
    document.description = format!("{}\n{metadata}", text("description"));
    document.deleted = body.get("deleted").and_then(Value::as_bool).unwrap_or(false);
    document.body = body;
}

/// Counts a change of a dataset's items: the number and the id of its new revision.
pub(super) fn bump(dataset: &mut Document) -> (u64, String) {
    let id = Uuid::now_v7().to_string();
    let revision = dataset
        .body
        .get("current_revision")
        .and_then(Value::as_u64)
        .unwrap_or(0)
        + 1;
    if let Some(body) = dataset.body.as_object_mut() {
        body.insert("current_revision".to_owned(), revision.into());
        body.insert("current_revision_id".to_owned(), id.as_str().into());
    }
    (revision, id)
}

fn show(caller: &ProjectCaller, document: Document) -> Dataset {
    let project = caller.project();
    let mut body = document.body;
    let mut take = |name: &str| body.get_mut(name).map(Value::take);
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    Dataset {
        id: document.id,
        name: document.name,
        description: text(take("description")),
        metadata: take("metadata").unwrap_or_default(),
        created_at: to_wire(document.created_at),
        updated_at: to_wire(document.updated_at),
        // The framework leaves `deleted` as it was set, also to `null`.
        deleted: take("deleted").map_or(Some(false), |deleted| deleted.as_bool()),
        created_by: creator(caller),
        team: project,
        archived: !document.enabled,
        current_revision: take("current_revision").and_then(|revision| revision.as_u64()),
        current_revision_id: text(take("current_revision_id")),
        team_id: project,
    }
}
