//! The routes of saved evaluations.

use axum::Json;
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::EvaluationAnswer;
use super::change::Change;
use super::evaluation::{Evaluation, snippet};
use super::filter::EvaluationList;
use super::{compile, test_hog};
use crate::server::auth::ProjectCaller;
use crate::server::json::JsonObject;
use crate::server::posthog::FORBID_DESTROY;
use crate::server::posthog::creator::creator;
use crate::server::posthog::paging::ListQuery;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, Kind, UpdateError};

/// How often a change is tried again when somebody else changed the code in between.
const ATTEMPTS: u32 = 5;

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(test_hog::test_hog))
        .routes(routes!(retrieve, replace, patch, destroy))
}

/// The `id` of the path.
struct EvaluationId {
    /// As it was asked for.
    asked: String,
    /// In the form in which ids are kept; `""`, which no evaluation has, if it is no id.
    id: String,
}

impl FromRequestParts<AppState> for EvaluationId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let asked = path
            .iter()
            .find(|(name, _)| *name == "id")
            .map(|(_, id)| id.to_owned())
            .unwrap_or_default();
        let id = Uuid::try_parse(&asked).map(|id| id.to_string()).unwrap_or_default();
        Ok(Self { asked, id })
    }
}

impl EvaluationId {
    /// PostHog's answer where there is none of that id.
    fn not_found(&self) -> Problem {
        Problem {
            detail: format!(
                "No evaluation '{}' in this project. List the project's evaluations to look one up by name.",
                self.asked
            ),
            ..Problem::not_found()
        }
    }
}

/// List evaluations, the newest first.
#[utoipa::path(get, path = "/evaluations", tag = "evaluations",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("limit" = Option<u32>, Query, description = "How many at most; 100 by default."),
        ("offset" = Option<u32>, Query, description = "How many to leave out first."),
        ("search" = Option<String>, Query, description = "Those whose name or description contains this."),
        ("enabled" = Option<bool>, Query, description = "Those that are (not) enabled."),
        ("evaluation_type" = Option<String>, Query, description = "Those of this type."),
        ("directory_id" = Option<String>, Query, description = "Those in this directory."),
        ("directory_id__isnull" = Option<bool>, Query, description = "Those that are in no directory, or in any."),
        ("id__in" = Option<String>, Query, description = "Those with these ids, a comma-separated list."),
        ("order_by" = Option<String>, Query,
            description = "`created_at`, `updated_at`, `name`, with `-` the other way round; a comma-separated list."),
        ("X-PostHog-Client" = Option<String>, Header, description = "`mcp` leaves out settings and conditions."),
    ),
    responses(
        (status = 200, description = "A part of the list: `{count, next, previous, results}`.", body = EvaluationList),
        (status = 400, description = "A parameter is wrong.", body = Value),
        (status = 403, description = "Another project's, or a key without `evaluation:read`.", body = Value),
    ))]
async fn list(
    State(state): State<AppState>,
    caller: ProjectCaller,
    query: ListQuery,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::EvaluationRead)?;
    let (total, evaluations) = super::filter::list(&state, caller.project(), &query).await?;
    let is_slim = headers.get("x-posthog-client").is_some_and(|client| client == "mcp");
    let items = evaluations
        .into_iter()
        .map(|evaluation| EvaluationAnswer::new(evaluation, &caller).item(is_slim));
    Ok(Json(query.envelope(total, items.collect())))
}

/// Make an evaluation.
#[utoipa::path(post, path = "/evaluations", tag = "evaluations",
    params(("project_id" = String, Path, description = "The project's number, or `@current`.")),
    request_body(content = super::request::EvaluationRequest),
    responses(
        (status = 201, description = "The evaluation.", body = EvaluationAnswer),
        (status = 400, description = "A field is wrong, or the code does not compile.", body = Value),
        (status = 403, description = "Another project's, or a key without `evaluation:write`.", body = Value),
        (status = 413, description = "The request is too large.", body = Value),
        (status = 429, description = "There is too much to do. Try again.", body = Value),
    ))]
async fn create(
    State(state): State<AppState>,
    caller: ProjectCaller,
    JsonObject(body): JsonObject,
) -> Result<(StatusCode, Json<EvaluationAnswer>), Problem> {
    caller.require(Scope::EvaluationWrite)?;
    let change = Change::read(&body, false)?;
    let mut document = Document::new("", Value::Null);
    let evaluation = change.create(&document, creator(&caller))?;
    if let Some(code) = snippet(&evaluation) {
        compile::check(&state, caller.project(), code).await?;
    }
    evaluation.write(&mut document)?;
    state
        .store
        .insert(caller.project(), Kind::Evaluation, &document)
        .await?;
    state.runner.evaluations_changed(caller.project());
    Ok((StatusCode::CREATED, Json(EvaluationAnswer::new(evaluation, &caller))))
}

/// Get an evaluation.
#[utoipa::path(get, path = "/evaluations/{id}", tag = "evaluations",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The evaluation's UUID."),
    ),
    responses(
        (status = 200, description = "The evaluation.", body = EvaluationAnswer),
        (status = 403, description = "Another project's, or a key without `evaluation:read`.", body = Value),
        (status = 404, description = "There is no such evaluation, or it is deleted.", body = Value),
    ))]
async fn retrieve(
    State(state): State<AppState>,
    caller: ProjectCaller,
    id: EvaluationId,
) -> Result<Json<EvaluationAnswer>, Problem> {
    caller.require(Scope::EvaluationRead)?;
    let document = state.store.get(caller.project(), Kind::Evaluation, &id.id).await?;
    let document = document
        .filter(|document| !document.deleted)
        .ok_or_else(|| id.not_found())?;
    Ok(Json(EvaluationAnswer::new(Evaluation::read(&document)?, &caller)))
}

/// Replace an evaluation, also a deleted one. What is not required may be left out and stays as it is.
#[utoipa::path(put, path = "/evaluations/{id}", tag = "evaluations",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The evaluation's UUID."),
    ),
    request_body(content = super::request::EvaluationRequest),
    responses(
        (status = 200, description = "The evaluation as it is now.", body = EvaluationAnswer),
        (status = 400, description = "A field is wrong, or the code does not compile.", body = Value),
        (status = 403, description = "Another project's, or a key without `evaluation:write`.", body = Value),
        (status = 404, description = "There is no such evaluation.", body = Value),
        (status = 409, description = "Others change it all the time. Try again.", body = Value),
        (status = 413, description = "The request is too large.", body = Value),
        (status = 429, description = "There is too much to do. Try again.", body = Value),
    ))]
async fn replace(
    State(state): State<AppState>,
    caller: ProjectCaller,
    id: EvaluationId,
    JsonObject(body): JsonObject,
) -> Result<Json<EvaluationAnswer>, Problem> {
    caller.require(Scope::EvaluationWrite)?;
    change(&state, &caller, &id, || Change::read(&body, false)).await
}

/// Change an evaluation, also a deleted one; `deleted` deletes it and brings it back. Keys of `output_config` that are left
/// out stay as they are.
#[utoipa::path(patch, path = "/evaluations/{id}", tag = "evaluations",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The evaluation's UUID."),
    ),
    request_body(content = super::request::EvaluationPatch),
    responses(
        (status = 200, description = "The evaluation as it is now.", body = EvaluationAnswer),
        (status = 400, description = "A field is wrong, or the code does not compile.", body = Value),
        (status = 403, description = "Another project's, or a key without `evaluation:write`.", body = Value),
        (status = 404, description = "There is no such evaluation.", body = Value),
        (status = 409, description = "Others change it all the time. Try again.", body = Value),
        (status = 413, description = "The request is too large.", body = Value),
        (status = 429, description = "There is too much to do. Try again.", body = Value),
    ))]
async fn patch(
    State(state): State<AppState>,
    caller: ProjectCaller,
    id: EvaluationId,
    JsonObject(body): JsonObject,
) -> Result<Json<EvaluationAnswer>, Problem> {
    caller.require(Scope::EvaluationWrite)?;
    change(&state, &caller, &id, || Change::read(&body, true)).await
}

/// Refused: evaluations are deleted by PATCH with `deleted`.
#[utoipa::path(delete, path = "/evaluations/{id}", tag = "evaluations",
    params(
        ("project_id" = String, Path, description = "The project's number, or `@current`."),
        ("id" = String, Path, description = "The evaluation's UUID."),
    ),
    responses(
        (status = 403, description = "Another project's, or a key without `evaluation:write`.", body = Value),
        (status = 405, description = "Always; the text says what to do instead.", body = Value),
    ))]
async fn destroy(caller: ProjectCaller) -> Result<StatusCode, Problem> {
    caller.require(Scope::EvaluationWrite)?;
    Err(Problem::forbids_destroy(FORBID_DESTROY))
}

/// Why a change was not written.
enum Refusal {
    /// Somebody else changed the code, so that what was compiled is not what would be saved.
    Outdated,
    /// It is wrong.
    Wrong(Problem),
}

/// Changes an evaluation, if it is there. The code that is saved was compiled before.
async fn change(
    state: &AppState,
    caller: &ProjectCaller,
    id: &EvaluationId,
    read: impl FnOnce() -> Result<Change, Problem>,
) -> Result<Json<EvaluationAnswer>, Problem> {
    let project = caller.project();
    let found = async || {
        let document = state.store.get(project, Kind::Evaluation, &id.id).await?;
        document.ok_or_else(|| id.not_found())
    };
    found().await?;
    let change = read()?;
    for _ in 0..ATTEMPTS {
        let document = found().await?;
        let code = snippet(&change.apply(&Evaluation::read(&document)?)?);
        if let (true, Some(code)) = (change.concerns_code(), &code) {
            compile::check(state, project, code.clone()).await?;
        }
        let write = |document: &mut Document| {
            let changed = change.apply(&Evaluation::read(document).map_err(Refusal::Wrong)?);
            let changed = changed.map_err(Refusal::Wrong)?;
            if change.concerns_code() && snippet(&changed) != code {
                return Err(Refusal::Outdated);
            }
            changed.write(document).map_err(Refusal::Wrong)
        };
        let updated = state.store.update(project, Kind::Evaluation, &id.id, write).await;
        state.runner.evaluations_changed(project);
        match updated {
            Ok(Some(document)) => return Ok(Json(EvaluationAnswer::new(Evaluation::read(&document)?, caller))),
            Ok(None) => return Err(id.not_found()),
            Err(UpdateError::Refused(Refusal::Outdated)) => {}
            Err(UpdateError::Refused(Refusal::Wrong(problem))) => return Err(problem),
            Err(UpdateError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Problem::new(
        StatusCode::CONFLICT,
        "conflict",
        "The evaluation was changed by others at the same time. Try again.",
    ))
}
