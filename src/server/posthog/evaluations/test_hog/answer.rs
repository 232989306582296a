//! What came of trying, as PostHog's clients get it.

use jurybox::{Event, Status, Usage, Verdict};
use serde::Serialize;
use serde_json::{Number, Value};
use utoipa::ToSchema;

use super::super::evaluation::{Target, categories};
use super::super::output::Output;

/// What came of trying code.
#[derive(Serialize, ToSchema)]
pub struct TestHogAnswer {
    results: Vec<TestHogResult>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// What came of trying code on one event.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestHogResult {
    /// The event, or its place among those of the request (`#1`) if it has no id; the trace or the session.
    sample_id: String,
    /// `generation`, `trace` or `session`
    sample_type: &'static str,
    /// Null for a trace or a session.
    event_uuid: Option<String>,
    /// Null for a session.
    trace_id: Option<String>,
    /// The first 200 characters of what went in, as people read it.
    input_preview: String,
    /// The first 200 characters of what came out, as people read it.
    output_preview: String,
    /// The returned boolean. Null of any other output, of "not applicable" and of an error.
    result: Option<bool>,
    /// The returned number, of a numeric output.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    score: Option<Option<Number>>,
    /// The returned keys, of a categorical output.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    categories: Option<Option<Vec<String>>>,
    /// Everything printed, if the run did not fail.
    reasoning: String,
    /// Why there is no result.
    error: Option<String>,
    /// Our own: how the run ended.
    #[schema(value_type = String)]
    status: Status,
    /// Our own: whether the result passes, where something says so.
    passed: Option<bool>,
    /// Our own: the line of the error, from 1.
    line: Option<u32>,
    /// Our own: the column of the error, from 1.
    column: Option<u32>,
    /// Our own: every printed line, also those before a failure.
    logs: Vec<String>,
    /// Our own: the bill.
    #[schema(value_type = Object)]
    usage: Usage,
}

/// The results of events, in their order.
pub fn results(events: &[Event], verdicts: &[Verdict], output: &Output) -> Vec<TestHogResult> {
    let results = events.iter().zip(verdicts).enumerate();
    let result = |(index, (event, verdict))| result(index, event, verdict, Target::Generation, output);
    results.map(result).collect()
}

/// The result of what could not be judged.
pub fn unfit(id: &str, reason: &str, target: Target, output: &Output) -> TestHogResult {
    TestHogResult {
        sample_id: id.to_owned(),
        sample_type: target.name(),
        event_uuid: None,
        trace_id: (target == Target::Trace).then(|| id.to_owned()),
        input_preview: String::new(),
        output_preview: String::new(),
        result: None,
        score: matches!(output, Output::Numeric { .. }).then_some(None),
        categories: matches!(output, Output::Categorical { .. }).then_some(None),
        reasoning: String::new(),
        error: Some(reason.to_owned()),
        status: Status::Skipped,
        passed: None,
        line: None,
        column: None,
        logs: Vec::new(),
        usage: Usage::default(),
    }
}

/// The result of one of the samples, counted from 0.
pub fn result(index: usize, event: &Event, verdict: &Verdict, target: Target, output: &Output) -> TestHogResult {
    let id = Some(event.uuid()).filter(|uuid| !uuid.is_empty()).map(str::to_owned);
    let value = &verdict.value;
    let is_boolean = matches!(output, Output::Boolean { .. });
    let number = || match value {
        Value::Number(number) => Some(number.clone()),
        _ => None,
    };
    // Several booleans with names, which other languages than Hog may give, are one when all pass.
    let boolean = || {
        if value.is_object() {
            verdict.passed
        } else {
            value.as_bool()
        }
    };
    TestHogResult {
        sample_id: id.clone().unwrap_or_else(|| format!("#{}", index + 1)),
        sample_type: target.name(),
        event_uuid: id.filter(|_| target == Target::Generation),
        trace_id: event.trace_id().map(str::to_owned),
        input_preview: event.input_preview(),
        output_preview: event.output_preview(),
        result: if is_boolean { boolean() } else { None },
        score: matches!(output, Output::Numeric { .. }).then(number),
        categories: matches!(output, Output::Categorical { .. }).then(|| categories(value)),
        reasoning: verdict.reasoning.clone(),
        error: verdict.error.as_ref().map(|error| error.message.clone()),
        status: verdict.status,
        passed: verdict.passed,
        line: verdict.error.as_ref().and_then(|error| error.line),
        column: verdict.error.as_ref().and_then(|error| error.column),
        logs: verdict.logs.clone(),
        usage: verdict.usage,
    }
}
