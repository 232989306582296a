//! Verdicts as they are sent: written as they are, without an intermediate form.

use jurybox::{EvaluationError, Event, Replay, Status, Usage, Verdict};
use serde::Serialize;
use serde_json::Value;

/// A verdict, and what it is about.
#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    status: Status,
    value: &'a Value,
    passed: Option<bool>,
    reasoning: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
    logs: &'a [String],
    error: Option<&'a EvaluationError>,
    usage: Usage,
    replay: Replay,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_preview: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_preview: Option<String>,
}

/// What stands in the place of a verdict on something that is no event.
#[derive(Serialize)]
struct Broken<'a> {
    event: &'a str,
    error: Reason<'a>,
}

#[derive(Serialize)]
struct Reason<'a> {
    kind: &'a str,
    message: &'a str,
}

/// Appends a verdict as one JSON object without a line's end.
pub fn write(out: &mut Vec<u8>, label: &str, event: &Event, verdict: &Verdict, previews: bool) {
    let line = Line {
        event: label,
        status: verdict.status,
        value: &verdict.value,
        passed: verdict.passed,
        reasoning: &verdict.reasoning,
        metadata: verdict.metadata.as_ref(),
        logs: &verdict.logs,
        error: verdict.error.as_ref(),
        usage: verdict.usage,
        replay: verdict.replay,
        trace_id: previews.then(|| event.trace_id()),
        input_preview: previews.then(|| event.input_preview()),
        output_preview: previews.then(|| event.output_preview()),
    };
    append(out, &line);
}

/// Appends what stands in the place of a verdict on something that is no event.
pub fn write_broken(out: &mut Vec<u8>, label: &str, kind: &str, message: &str) {
    let error = Reason { kind, message };
    append(out, &Broken { event: label, error });
}

fn append(out: &mut Vec<u8>, line: &impl Serialize) {
    let before = out.len();
    // Every key is a text and memory takes all there is, so there is nothing that could fail.
    if serde_json::to_writer(&mut *out, line).is_err() {
        out.truncate(before);
    }
}
