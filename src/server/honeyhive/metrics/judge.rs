//! Running a metric on events.

use jurybox::{
    CompileError, Convention, Diagnostic, EvaluationError, EvaluationOptions, Event, Language, PassRule, Snippet,
    Status, Verdict,
};
use serde_json::{Map, Value};

use super::definition::{Kind, Metric};
use crate::server::judging::{Busy, JudgingError};
use crate::server::state::AppState;
use crate::store::ProjectId;

/// The end of the name under which an event says why a metric gave it no value.
pub const ERROR: &str = "_error";

/// What came of running a metric.
#[derive(Debug)]
pub enum Judged {
    /// A verdict for each event, in their order.
    Verdicts(Vec<Verdict>),
    /// Its code does not compile.
    NotCompiled(CompileError),
    /// It has no code to run: the sentence says what it would need.
    NeedsJudge(String),
}

/// Judges events.
///
/// # Errors
/// When there is too much to do.
pub async fn judge(state: &AppState, project: ProjectId, metric: &Metric, events: Vec<Event>) -> Result<Judged, Busy> {
    let Some((snippet, options)) = code(metric, state.judging.options()) else {
        return Ok(Judged::NeedsJudge(needs_judge(metric)));
    };
    let compiled = match state.judging.compile(project, snippet).await {
        Ok(compiled) => compiled,
        Err(JudgingError::Compile(error)) => return Ok(Judged::NotCompiled(error)),
        Err(JudgingError::Busy(busy)) => return Err(busy),
    };
    let verdicts = state.judging.judge(project, &compiled, events, options).await?;
    Ok(Judged::Verdicts(verdicts))
}

/// The code of a metric and how it is judged; `None` when no code decides.
pub fn code(metric: &Metric, options: EvaluationOptions) -> Option<(Snippet, EvaluationOptions)> {
    match &metric.kind {
        Kind::Code(language, code) => Some((snippet(*language, code), self::options(metric, options))),
        _ => None,
    }
}

/// Hog knows no `HoneyHive`; there the event's own fields are the globals, as in `HoneyHive`'s functions without parameters.
fn snippet(language: Language, code: &str) -> Snippet {
    let convention = match language {
        Language::Hog => Convention::Program,
        _ => Convention::HoneyHive,
    };
    Snippet::new(language, code).with_convention(convention)
}

/// `None` is no error at `HoneyHive`: the metric is left out of the event.
fn options(metric: &Metric, mut options: EvaluationOptions) -> EvaluationOptions {
    options.allows_na = true;
    options.pass_rule.clone_from(&metric.pass_rule);
    options.returns.clone_from(&metric.returns);
    options.needs_ground_truth = metric.needs_ground_truth;
    options
}

fn needs_judge(metric: &Metric) -> String {
    let (kind, needs) = match metric.kind {
        Kind::Llm => ("LLM", "a model to judge, which this service does not have"),
        Kind::Human => ("HUMAN", "people to judge"),
        Kind::Composite | Kind::Code(..) => ("COMPOSITE", "other metrics to judge, and is no longer computed"),
    };
    format!("The metric is of type {kind}: it needs {needs}. Only metrics with code can be run.")
}

/// What a failed run says, with its line.
pub fn explain(error: &EvaluationError) -> String {
    match error.line {
        Some(line) if !error.message.contains("line ") => format!("{} (line {line})", error.message),
        _ => error.message.clone(),
    }
}

/// What is wrong with code that does not compile, one line for each problem.
pub fn explain_diagnostics(error: &CompileError) -> String {
    let errors = error.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let lines: Vec<String> = errors.map(explain_diagnostic).collect();
    lines.join("\n")
}

fn explain_diagnostic(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_deref().map(|help| format!(" ({help})"));
    format!(
        "line {}, column {}: {}{}",
        diagnostic.start.line,
        diagnostic.start.column,
        diagnostic.message,
        help.unwrap_or_default()
    )
}

/// The values that a verdict leaves on its event, under the metric's name: the value, its explanation under
/// `<name>_explanation`, and each further value that was returned beside it under `<name>_<key>`. Several scores have no
/// value of the metric's own name. What is no boolean, number or text is left out, and so is everything of a run that gave
/// no value.
pub fn values(metric: &Metric, verdict: &Verdict) -> Map<String, Value> {
    let name = &metric.name;
    let mut values = Map::new();
    let is_scalar = |value: &Value| matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_));
    let put_all = |values: &mut Map<String, Value>, more: &Map<String, Value>| {
        let scalars = more.iter().filter(|(_, value)| is_scalar(value));
        values.extend(scalars.map(|(key, value)| (format!("{name}_{key}"), value.clone())));
    };
    match &verdict.value {
        Value::Object(several) => put_all(&mut values, several),
        // Several categories.
        Value::Array(labels) if labels.iter().all(is_scalar) => {
            values.insert(name.clone(), verdict.value.clone());
        }
        value if is_scalar(value) => {
            values.insert(name.clone(), value.clone());
        }
        _ => return values,
    }
    if !verdict.reasoning.is_empty() {
        values.insert(format!("{name}_explanation"), verdict.reasoning.clone().into());
    }
    if let Some(Value::Object(more)) = &verdict.metadata {
        put_all(&mut values, more);
    }
    values
}

/// What a metric that failed leaves on its event, so that nobody takes the event for one that it had nothing to say of.
pub fn failure(metric: &Metric, error: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(format!("{}{ERROR}", metric.name), error.into())])
}

/// What a verdict leaves on its event: [`values`], or why there are none. That a metric does not apply to an event, or needs
/// what the event lacks, is no failure.
pub fn left(metric: &Metric, verdict: &Verdict) -> Map<String, Value> {
    match (verdict.status, &verdict.error) {
        (Status::Ok | Status::NotApplicable | Status::Skipped, _) => values(metric, verdict),
        (_, Some(error)) => failure(metric, explain(error)),
        (status, None) => failure(metric, status.as_str()),
    }
}

/// Whether a value that is on an event passes; `None` when nothing says what passing means.
pub fn passes(metric: &Metric, value: &Value) -> Option<bool> {
    match &metric.pass_rule {
        Some(rule) => rule.passed(value),
        None => PassRule::Equals(true).passed(value),
    }
}
