//! Running one metric on one event, without saving either.

use axum::Json;
use axum::extract::State;
use jurybox::{Event, Status};
use serde_json::{Map, Value, json};

use super::super::body::{Body, Fields};
use super::super::description::HoneyHiveRunMetric;
use super::super::{Answer, Failures};
use super::definition::Metric;
use super::judge::{self, Judged};
use super::validation;
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// Runs a metric on an event: `{metric: {name, type, criteria, ...}, event: {inputs, outputs, feedback, ...}}`.
///
/// A metric that fails is answered 200 with `success: false`, and `explanation` says why and in which line. Beyond
/// `HoneyHive`'s four fields there are our `status`, `passed`, `logs`, `usage`, `metrics` (what the run would leave on the
/// event), and `diagnostics` when the code does not compile.
#[utoipa::path(post, path = "/v1/metrics/run", tag = "HoneyHive", operation_id = "run_metric",
    request_body(content = HoneyHiveRunMetric, description = "`{metric, event}`"),
    responses((status = 200, description = "`{success, loading, result, explanation}`", body = Value), Failures))]
pub async fn run(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::MetricRead)?;
    let fields = Fields::of(&body);
    fields.closed(&["metric", "event"])?;
    let metric = fields.object("metric")?.ok_or_else(|| fields.required("metric"))?;
    let event = fields.object("event")?.ok_or_else(|| fields.required("event"))?;
    validation::run(metric)?;
    let metric = Metric::of(metric);
    let event = event_of(event)?;
    let judged = judge::judge(&state, caller.project.id, &metric, vec![event]).await?;
    Ok(Json(answer(&metric, judged)))
}

/// The older name of [`run`].
#[utoipa::path(post, path = "/v1/metrics/run_metric", tag = "HoneyHive", operation_id = "run_metric_older",
    request_body(content = HoneyHiveRunMetric, description = "`{metric, event}`"),
    responses((status = 200, description = "`{success, loading, result, explanation}`", body = Value), Failures))]
pub async fn run_older(state: State<AppState>, caller: Caller, body: Body) -> Answer {
    run(state, caller, body).await
}

fn event_of(event: &Map<String, Value>) -> Result<Event, Problem> {
    let fields = Fields::of_part(event, "event.");
    for name in ["event_type", "event_name", "workspace_id"] {
        fields.text(name)?;
    }
    for name in [
        "inputs",
        "outputs",
        "feedback",
        "metadata",
        "metrics",
        "config",
        "user_properties",
    ] {
        fields.object(name)?;
    }
    Event::from_value(Value::Object(event.clone()))
        .map_err(|error| Problem::invalid("event", "invalid_value", error.to_string()))
}

fn answer(metric: &Metric, judged: Judged) -> Value {
    let failed = |status: &str, explanation: String| json!({"success": false, "loading": false, "result": null, "explanation": explanation, "status": status});
    let verdict = match judged {
        Judged::NeedsJudge(why) => return failed("unsupported", why),
        Judged::NotCompiled(error) => {
            let mut answer = failed(Status::CompileError.as_str(), judge::explain_diagnostics(&error));
            answer["diagnostics"] = json!(error.diagnostics);
            return answer;
        }
        Judged::Verdicts(verdicts) => match verdicts.into_iter().next() {
            Some(verdict) => verdict,
            None => return failed(Status::Crashed.as_str(), "The metric gave no verdict.".to_owned()),
        },
    };
    let explanation = match &verdict.error {
        Some(error) => Some(judge::explain(error)),
        None => Some(verdict.reasoning.clone()).filter(|text| !text.is_empty()),
    };
    // One value is what clients take here; several are written as JSON.
    let result = match &verdict.value {
        several @ (Value::Object(_) | Value::Array(_)) => several.to_string().into(),
        one => one.clone(),
    };
    json!({
        "success": verdict.status.is_success() || verdict.status == Status::Skipped,
        "loading": false,
        "result": result,
        "explanation": explanation,
        "status": verdict.status,
        "passed": verdict.passed,
        "metrics": judge::values(metric, &verdict),
        "logs": verdict.logs,
        "usage": verdict.usage,
        "error": verdict.error,
    })
}
