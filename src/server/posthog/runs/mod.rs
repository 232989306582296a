//! PostHog's runs: an evaluation is run on one stored event because someone asks.

mod request;

use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::request::Wanted;
use super::evaluations::{Evaluation, EvaluationType, Target, snippet};
use crate::server::auth::ProjectCaller;
use crate::server::json::JsonObject;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{JobKind, Kind, NewJob, StoredEvent, Trigger};

/// The routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(start))
}

/// A run that was queued.
#[derive(Debug, Serialize, ToSchema)]
struct Started {
    /// The run's name.
    workflow_id: String,
    /// Always `started`.
    status: &'static str,
    /// What is run.
    evaluation: Named,
    /// The uuid of the event that it is run on.
    target_event_id: String,
}

/// An evaluation by name.
#[derive(Debug, Serialize, ToSchema)]
struct Named {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

/// Runs an evaluation on one event, whether it is enabled or not. The run is on the disk when this answers; its result
/// becomes an `$ai_evaluation` event.
#[utoipa::path(
    post,
    path = "/evaluation_runs",
    tag = "evaluation runs",
    params(("project_id" = String, Path, description = "The project's number, or `@current`")),
    request_body(content = request::Body),
    responses(
        (status = 202, description = "The run is queued", body = Started),
        (status = 400, description = "The body is not valid, or the evaluation does not run on single events", body = Value),
        (status = 403, description = "The key does not open this", body = Value),
        (status = 404, description = "There is no such evaluation or event", body = Value),
    )
)]
async fn start(
    State(state): State<AppState>,
    caller: ProjectCaller,
    body: JsonObject,
) -> Result<(StatusCode, Json<Started>), Problem> {
    caller.require(Scope::EvaluationWrite)?;
    let wanted = Wanted::read(&body.0)?;
    let project = caller.project();
    let evaluation = evaluation(&state, &caller, &wanted.evaluation_id).await?;
    let event_id = wanted.target_event_id.clone();
    let event = state.store.event(project, &event_id).await?;
    if !event.is_some_and(|event| is_meant(&event, &wanted)) {
        return Err(not_found(format!("Event {event_id} not found")));
    }
    let workflow_id = format!(
        "{}-{}-{event_id}-manual-{}",
        prefix(evaluation.evaluation_type),
        evaluation.id,
        distinct_millisecond(),
    );
    let job = NewJob {
        kind: JobKind::Evaluation,
        subject: evaluation.id.clone(),
        event_uuid: event_id.clone(),
        trigger: Trigger::Manual,
        workflow_id: workflow_id.clone(),
    };
    state.store.queue_jobs(project, &[job]).await?;
    state.runner.wake();
    let started = Started {
        workflow_id,
        status: "started",
        evaluation: Named {
            id: evaluation.id,
            name: evaluation.name,
        },
        target_event_id: event_id,
    };
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// The time in milliseconds, or a little later: each is given once, since runs are named after it.
fn distinct_millisecond() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = Timestamp::now().as_millisecond();
    let next = |last: i64| last.saturating_add(1).max(now);
    let before = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
    next(before.unwrap_or_default())
}

/// The evaluation, if it is one that can run on a single event.
async fn evaluation(state: &AppState, caller: &ProjectCaller, id: &str) -> Result<Evaluation, Problem> {
    let document = state.store.get(caller.project(), Kind::Evaluation, id).await?;
    let Some(document) = document.filter(|document| !document.deleted) else {
        return Err(not_found(format!("Evaluation {id} not found")));
    };
    let evaluation = Evaluation::read(&document)?;
    if evaluation.target != Target::Generation {
        // About no field (PostHog).
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "evaluation_target_mismatch",
            format!(
                "Evaluation {id} targets a {}; only evaluations that target a generation run on a single event.",
                evaluation.target.name()
            ),
        ));
    }
    if snippet(&evaluation).is_none() {
        return Err(Problem::invalid(
            "evaluation_id",
            "not_supported",
            format!(
                "Evaluations of type {} can't be run here.",
                evaluation.evaluation_type.name()
            ),
        ));
    }
    Ok(evaluation)
}

/// Whether an event is the one that was asked for. PostHog finds events by day, name and uuid.
fn is_meant(event: &StoredEvent, wanted: &Wanted) -> bool {
    let event = &event.event;
    let day = wanted
        .timestamp
        .to_zoned(TimeZone::UTC)
        .start_of_day()
        .map(|day| day.timestamp());
    let is_same_day = day.is_ok_and(|day| {
        let end = day.checked_add(24.hours()).unwrap_or(Timestamp::MAX);
        day <= event.timestamp && event.timestamp < end
    });
    is_same_day && event.name == wanted.event && wanted.distinct_id.as_ref().is_none_or(|id| *id == event.distinct_id)
}

/// What the names of runs begin with.
const fn prefix(kind: EvaluationType) -> &'static str {
    match kind {
        EvaluationType::LlmJudge => "llma-llm-eval",
        EvaluationType::Sentiment => "llma-sentiment-eval",
        // PostHog's only kind of code.
        _ => "llma-hog-eval",
    }
}

/// 404 in the words of PostHog: its first version has `error`, its later ones the common envelope.
fn not_found(detail: String) -> Problem {
    let body = json!({"type": "invalid_request", "code": "not_found", "detail": detail, "attr": null, "error": detail});
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail).with_body(body)
}
