//! Saved evaluations, as the page shows them, and how they fared on new events.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use jiff::{SignedDuration, Timestamp};
use jurybox::{EvaluationOptions, Snippet};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::server::auth::Caller;
use crate::server::honeyhive::metrics::definition::Metric;
use crate::server::honeyhive::metrics::judge::code;
use crate::server::honeyhive::metrics::library;
use crate::server::posthog::evaluations::{Evaluation, judge_options, snippet};
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, JobKind, Kind, Listing, to_wire};

/// Days that a history has, unless another number is asked for.
const DEFAULT_DAYS: u32 = 7;
const MOST_DAYS: u32 = 90;
/// The most evaluations in an answer.
const MOST: u32 = 500;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The code of a saved evaluation or of a saved metric of `HoneyHive`, and how it is judged.
///
/// # Errors
/// 404 when there is none of that id; 400 when no code decides; 403 when the key does not open metrics.
pub async fn saved(state: &AppState, caller: &Caller, id: &str) -> Result<(Snippet, EvaluationOptions), Problem> {
    let codeless = || {
        Problem::invalid(
            "metric",
            "invalid",
            "Nothing that could be run decides here: it has no code.",
        )
    };
    let (project, options) = (caller.project.id, state.judging.options());
    let evaluation = state.store.get(project, Kind::Evaluation, id).await?;
    if let Some(document) = evaluation.filter(|document| !document.deleted) {
        let evaluation = Evaluation::read(&document)?;
        let snippet = snippet(&evaluation).ok_or_else(codeless)?;
        return Ok((snippet, judge_options(&evaluation, options)));
    }
    let metric = library::find(&state.store, project, id).await?;
    let metric = metric.ok_or_else(Problem::not_found)?.metric;
    caller.require(Scope::MetricRead)?;
    code(&Metric::of(&metric), options).ok_or_else(codeless)
}

async fn document(state: &AppState, caller: &Caller, id: &str) -> Result<Document, Problem> {
    let document = state.store.get(caller.project.id, Kind::Evaluation, id).await?;
    document
        .filter(|document| !document.deleted)
        .ok_or_else(Problem::not_found)
}

/// Saved evaluations, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxEvaluations)]
pub struct Listed {
    results: Vec<ListedEvaluation>,
}

/// A saved evaluation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxEvaluation)]
struct ListedEvaluation {
    id: String,
    name: String,
    description: String,
    /// Whether it runs on new events.
    enabled: bool,
    /// What decides: `hog`, `python`, `javascript`, `typescript`, `wasm`, `llm_judge` or `sentiment`.
    evaluation_type: &'static str,
    /// The code, if code decides.
    source: Option<String>,
    updated_at: String,
}

/// List saved evaluations, at most 500.
#[utoipa::path(
    get,
    path = "/api/jurybox/evaluations",
    tag = "jurybox",
    responses(
        (status = 200, description = "Saved evaluations, the newest first", body = Listed),
        (status = 403, description = "The key does not open this"),
    )
)]
pub async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Listed>, Problem> {
    caller.require(Scope::EvaluationRead)?;
    let listing = Listing {
        limit: Some(MOST),
        ..Listing::default()
    };
    let page = state.store.list(caller.project.id, Kind::Evaluation, &listing).await?;
    let results: Result<Vec<ListedEvaluation>, Problem> = page.documents.iter().map(listed).collect();
    Ok(Json(Listed { results: results? }))
}

fn listed(document: &Document) -> Result<ListedEvaluation, Problem> {
    let evaluation = Evaluation::read(document)?;
    let source = evaluation
        .evaluation_config
        .get("source")
        .and_then(|source| source.as_str());
    Ok(ListedEvaluation {
        source: source.map(str::to_owned),
        evaluation_type: evaluation.evaluation_type.name(),
        updated_at: to_wire(evaluation.updated_at),
        id: evaluation.id,
        name: evaluation.name,
        description: evaluation.description,
        enabled: evaluation.enabled,
    })
}

/// Which part of the history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Span {
    /// How many days, today included: up to 90, 7 by default.
    #[param(minimum = 1, maximum = 90)]
    days: Option<u32>,
}

/// How an evaluation fared, day by day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxHistory)]
pub struct History {
    /// A point for each day, the oldest first.
    points: Vec<Point>,
}

/// How an evaluation fared on a day (in UTC).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxHistoryPoint)]
struct Point {
    /// When the day begins.
    start: String,
    passed: u64,
    failed: u64,
    not_applicable: u64,
    /// Values that neither pass nor fail.
    neutral: u64,
    errors: u64,
}

/// How a saved evaluation fared on new events, day by day.
#[utoipa::path(
    get,
    path = "/api/jurybox/evaluations/{id}/history",
    tag = "jurybox",
    params(("id" = String, Path, description = "The id of the evaluation"), Span),
    responses(
        (status = 200, description = "A point for each day, the oldest first", body = History),
        (status = 400, description = "The request is wrong"),
        (status = 403, description = "The key does not open this"),
        (status = 404, description = "There is no such evaluation"),
    )
)]
pub async fn history(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    span: Result<Query<Span>, QueryRejection>,
) -> Result<Json<History>, Problem> {
    caller.require(Scope::EvaluationRead)?;
    let Query(span) = span.map_err(|error| Problem::bad_request(error.body_text()))?;
    let days = span.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::invalid(
            "days",
            "invalid",
            format!("It is a number from 1 to {MOST_DAYS}."),
        ));
    }
    document(&state, &caller, &id).await?;
    let (since, until) = last_days(Timestamp::now(), days);
    let project = caller.project.id;
    let outcomes = state
        .store
        .outcomes(project, JobKind::Evaluation, &id, (since, until), days)
        .await?;
    let mut start = since;
    let mut points = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        points.push(Point {
            start: to_wire(start),
            passed: outcome.passed,
            failed: outcome.failed,
            not_applicable: outcome.not_applicable,
            neutral: outcome.neutral,
            errors: outcome.errors,
        });
        start = start.saturating_add(DAY).unwrap_or(start);
    }
    Ok(Json(History { points }))
}

/// From the beginning of the first to the end of the last of so many days in UTC, of which the last is today.
fn last_days(now: Timestamp, days: u32) -> (Timestamp, Timestamp) {
    let seconds = DAY.as_secs();
    let today = now.as_second().div_euclid(seconds);
    let day = |number: i64| Timestamp::from_second(number.saturating_mul(seconds)).unwrap_or(now);
    (day(today + 1 - i64::from(days)), day(today + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_and_the_last_is_today() {
        let now = "2026-03-02T13:00:00Z".parse().expect("a time");
        let (since, until) = last_days(now, 2);
        assert_eq!(since.to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(until.to_string(), "2026-03-03T00:00:00Z");
    }
}
