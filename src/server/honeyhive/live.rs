//! Enabled metrics on events that were just logged: which of them judge an event, and what they leave on it.

use jurybox::{Event, Status};
use serde_json::{Map, Value};

use super::metrics::definition::Metric;
use super::metrics::judge::{self, Judged};
use super::metrics::library;
use crate::server::live::{NotJudged, Outcome};
use crate::server::state::AppState;
use crate::store::{Aftermath, JobKind, NewJob, ProjectId, StoredEvent, Trigger};

/// The jobs that new events give rise to. They are in the order in which they are to be run: event by event, and for each
/// the metrics from the oldest to the newest, so that a metric finds the values of older ones in `metrics`.
pub fn jobs<'a>(
    metrics: &[(String, Metric)],
    events: impl IntoIterator<Item = (&'a str, &'a Map<String, Value>)>,
) -> Vec<NewJob> {
    let mut jobs = Vec::new();
    for (event_id, event) in events {
        let selecting = metrics.iter().filter(|(_, metric)| metric.selects(event_id, event));
        jobs.extend(selecting.map(|(id, _)| NewJob {
            kind: JobKind::Metric,
            subject: id.clone(),
            event_uuid: event_id.to_owned(),
            trigger: Trigger::Live,
            workflow_id: String::new(),
        }));
    }
    jobs
}

/// Judges events with a metric; the outcomes are in their order, and leave the values for the events' `metrics`, or why
/// there are none. A metric that is gone, or no longer enabled, gives [`Outcome::cancelled`].
///
/// # Errors
/// When there is too much to do, or the store fails.
pub async fn judge(
    state: &AppState,
    project: ProjectId,
    metric_id: &str,
    trigger: Trigger,
    events: &[StoredEvent],
) -> Result<Vec<Outcome>, NotJudged> {
    let found = library::find(&state.store, project, metric_id).await?;
    let wanted = found.filter(|kept| trigger == Trigger::Manual || library::is_live(&kept.metric));
    let Some(kept) = wanted else {
        return Ok(events.iter().map(|_| Outcome::cancelled()).collect());
    };
    let metric = Metric::of(&kept.metric);
    // Events were read when they came, so what can't be read now was changed into it later.
    let read: Vec<Option<Event>> = events
        .iter()
        .map(|event| Event::from_json(&event.event.body).ok())
        .collect();
    let judged = judge::judge(state, project, &metric, read.iter().flatten().cloned().collect()).await?;
    let verdicts = match judged {
        Judged::Verdicts(verdicts) => verdicts,
        Judged::NotCompiled(error) => {
            let left = judge::failure(&metric, judge::explain_diagnostics(&error));
            return Ok(without_verdict(events, Status::CompileError.as_str(), &left));
        }
        Judged::NeedsJudge(_) => return Ok(without_verdict(events, "unsupported", &Map::new())),
    };
    let mut verdicts = verdicts.into_iter();
    let outcomes = read.iter().map(|event| {
        let verdict = event.as_ref().and_then(|_| verdicts.next());
        verdict.map_or_else(
            || Outcome::without_verdict("unreadable_event"),
            |verdict| Outcome {
                status: verdict.status.as_str().to_owned(),
                passed: verdict.passed,
                fuel: verdict.usage.fuel,
                aftermath: aftermath(judge::left(&metric, &verdict)),
            },
        )
    });
    Ok(outcomes.collect())
}

fn without_verdict(events: &[StoredEvent], status: &str, left: &Map<String, Value>) -> Vec<Outcome> {
    let outcome = Outcome {
        aftermath: aftermath(left.clone()),
        ..Outcome::without_verdict(status)
    };
    vec![outcome; events.len()]
}

fn aftermath(left: Map<String, Value>) -> Aftermath {
    match left.is_empty() {
        true => Aftermath::Nothing,
        false => Aftermath::Metrics(left),
    }
}
