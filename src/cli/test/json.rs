//! Verdicts as JSON Lines.

use std::io::{self, Write};
use std::time::{Duration, UNIX_EPOCH};

use jurybox::{EvaluationError, Replay, Status, Usage, Verdict};
use serde::Serialize;
use serde_json::Value;

use crate::cli::terminal;

/// A verdict, and who judged what.
#[derive(Serialize)]
struct Line<'a> {
    metric: &'a str,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<Arguments>,
}

/// The arguments that repeat an evaluation: `--now` and `--seed`.
#[derive(Serialize)]
struct Arguments {
    now: String,
    seed: u64,
}

impl From<Replay> for Arguments {
    fn from(replay: Replay) -> Self {
        let since_1970 = Duration::from_nanos(u64::try_from(replay.now_ns).unwrap_or_default());
        Self {
            now: humantime::format_rfc3339_nanos(UNIX_EPOCH + since_1970).to_string(),
            seed: replay.seed,
        }
    }
}

/// Writes one line.
///
/// # Errors
/// When writing fails.
pub fn write(out: &mut impl Write, metric: &str, event: &str, verdict: &Verdict, replay: bool) -> io::Result<()> {
    let line = Line {
        metric,
        event,
        status: verdict.status,
        value: &verdict.value,
        passed: verdict.passed,
        reasoning: &verdict.reasoning,
        metadata: verdict.metadata.as_ref(),
        logs: &verdict.logs,
        error: verdict.error.as_ref(),
        usage: verdict.usage,
        replay: replay.then(|| verdict.replay.into()),
    };
    let line = serde_json::to_string(&line)?;
    writeln!(out, "{}", terminal::harmless_json(&line))
}
