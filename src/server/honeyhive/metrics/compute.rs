//! Generation B's way to try a snippet.

use axum::Json;
use axum::extract::State;
use jurybox::Event;
use serde_json::{Value, json};

use super::super::body::{Body, Fields};
use super::super::description::HoneyHiveCompute;
use super::super::{Answer, Failures};
use super::definition::{Kind, Metric};
use super::judge::{self, Judged};
use super::validation;
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// Computes a metric of a generated text: `{generation, metric: {name, code_snippet, task}}`.
#[utoipa::path(post, path = "/metrics/compute", tag = "HoneyHive (older)",
    request_body(content = HoneyHiveCompute, description = "`{generation, metric: {name, code_snippet, task}}`"),
    responses((status = 200, description = "`{result}`", body = Value), Failures))]
pub async fn compute(State(state): State<AppState>, caller: Caller, Body(body): Body) -> Answer {
    caller.require(Scope::MetricRead)?;
    let fields = Fields::of(&body);
    let generation = fields
        .text("generation")?
        .ok_or_else(|| fields.required("generation"))?;
    let metric = fields.object("metric")?.ok_or_else(|| fields.required("metric"))?;
    let of_metric = Fields::of_part(metric, "metric.");
    validation::older(of_metric)?;
    let metric = Metric::of(metric);
    if !matches!(&metric.kind, Kind::Code(_, code) if !code.is_empty()) {
        return Err(of_metric.required("code_snippet"));
    }
    let event = json!({"event_type": "model", "inputs": {}, "outputs": {"content": generation}});
    let event = Event::from_value(event).map_err(|error| fields.invalid("generation", error.to_string()))?;
    let failed = |why: String| Problem::bad_request(why);
    let verdict = match judge::judge(&state, caller.project.id, &metric, vec![event]).await? {
        Judged::NeedsJudge(why) => return Err(failed(why)),
        Judged::NotCompiled(error) => return Err(failed(judge::explain_diagnostics(&error))),
        Judged::Verdicts(verdicts) => verdicts.into_iter().next(),
    };
    let verdict = verdict.ok_or_else(|| failed("The metric gave no verdict.".to_owned()))?;
    if let Some(error) = &verdict.error {
        return Err(failed(judge::explain(error)));
    }
    // Clients of this generation read a number.
    let result = match verdict.value {
        Value::Bool(value) => json!(u8::from(value)),
        value => value,
    };
    Ok(Json(json!({"result": result})))
}
