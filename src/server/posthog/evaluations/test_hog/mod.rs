//! `test_hog`: code is tried on sample events without being saved. Nothing that it does is stored.
//!
//! Requests may be of any version of PostHog's API, answers are of the newest. The order of work is PostHog's: the request
//! is validated, the code compiled, the newest events found, the code run on one after the other. What is ours, in keys of
//! its own: code in other languages (`language`, `convention`, `entry`), events in the request (`events`), and in the
//! answer `diagnostics` of code that does not compile, and of each result `status`, `passed`, `line` and `column` of an
//! error, `logs` and `usage`.

mod answer;
mod request;
mod sample;
mod units;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use self::answer::TestHogAnswer;
use self::request::{TestHogRequest, Tried, field_errors};
use super::compile;
use super::evaluation::{Target, options_for};
use crate::server::auth::ProjectCaller;
use crate::server::json::JsonObject;
use crate::server::judging::{JudgingError, oversized};
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// Try code on sample events without saving it.
///
/// It runs on the newest `$ai_generation` events of the last 7 days that `conditions` select, on the whole traces or
/// sessions of such events (`target`), or on the events of the request.
#[utoipa::path(post, path = "/evaluations/test_hog", tag = "evaluations",
    params(("project_id" = String, Path, description = "The project's number, or `@current`.")),
    request_body(content = TestHogRequest),
    responses(
        (status = 200, description = "A result for each sample; a message instead when there is none.", body = TestHogAnswer),
        (status = 400, description = "The request is wrong: `{error: {field: [sentences]}}`; or the code does not compile: \
            `{error: sentence, diagnostics}`.", body = Value),
        (status = 403, description = "Another project's, or a key without `evaluation:read`.", body = Value),
        (status = 413, description = "The request is too large.", body = Value),
        (status = 429, description = "There is too much to do. Try again.", body = Value),
    ))]
pub async fn test_hog(
    State(state): State<AppState>,
    caller: ProjectCaller,
    body: Result<JsonObject, Problem>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::EvaluationRead)?;
    let JsonObject(body) = body.map_err(not_an_object)?;
    let tried = Tried::read(&body)?;
    let project = caller.project();

    let compiled = match state.judging.compile(project, tried.snippet.clone()).await {
        Ok(compiled) => compiled,
        Err(JudgingError::Busy(busy)) => return Err(busy.into()),
        Err(JudgingError::Compile(error)) => return Err(compile::refusal(&error, &tried.snippet)),
    };
    let Tried {
        target,
        output,
        events,
        sample_count: count,
        conditions,
        completeness,
        ..
    } = tried;
    let options = options_for(&output, state.judging.options());
    let most = options.limits.event;
    if let Some(index) = events.as_ref().and_then(|events| oversized(events, usize::MAX, most)) {
        let told = format!("The event is larger than the limit of {most} bytes.");
        return Err(field_errors(json!({"events": {index.to_string(): [told]}})));
    }
    let days = sample::LOOKBACK_DAYS;
    let units = match (target, events) {
        (Target::Generation, events) => {
            let events = match events {
                Some(events) => events,
                None => sample::newest(&state, project, count, &conditions).await?,
            };
            if events.is_empty() {
                return Ok(nothing(&format!("No recent AI events found in the last {days} days")));
            }
            let results = state.judging.work(project, move || {
                let verdicts = compiled.judge(&events, &options);
                answer::results(&events, &verdicts, &output)
            });
            return Ok(Json(json!({"results": results.await?})));
        }
        (_, Some(events)) => units::given(events, target == Target::Trace),
        (Target::Trace, None) => units::traces(&state, project, count, completeness.window, &conditions).await?,
        (Target::Session, None) => {
            units::sessions(&state, project, count, completeness.quiet_period, &conditions).await?
        }
    };
    if units.is_empty() {
        return Ok(nothing(&match target {
            Target::Session => units::no_sessions(completeness.quiet_period),
            _ => format!("No recent AI traces found in the last {days} days"),
        }));
    }
    let results = state.judging.work(project, move || {
        // One after the other: each is large while it is judged.
        let results = units.into_iter().enumerate().map(|(index, unit)| {
            let id = unit.id.clone();
            match unit.into_event() {
                Ok(event) => {
                    let verdicts = compiled.judge(std::slice::from_ref(&event), &options);
                    let verdict = verdicts.first();
                    verdict.map(|verdict| answer::result(index, &event, verdict, target, &output))
                }
                Err(reason) => Some(answer::unfit(&id, &reason, target, &output)),
            }
        });
        results.flatten().collect::<Vec<_>>()
    });
    Ok(Json(json!({"results": results.await?})))
}

/// The answer when there is nothing to try code on.
fn nothing(message: &str) -> Json<Value> {
    Json(json!({"results": [], "message": message}))
}

/// A body that is JSON but no object is answered as a wrong field is.
fn not_an_object(problem: Problem) -> Problem {
    match &problem.attr {
        Some(attr) if problem.status == StatusCode::BAD_REQUEST => {
            field_errors(json!({attr.clone(): [problem.detail]}))
        }
        _ => problem,
    }
}
