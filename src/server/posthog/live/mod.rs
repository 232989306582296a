//! Running saved evaluations on events: which on which, and what comes of it.

mod emitted;
mod enabled;
mod policy;

use std::cell::OnceCell;
use std::sync::Arc;

use jiff::Timestamp;
use jurybox::{EvaluationOptions, Event};

pub use enabled::{Enabled, Selector};

use super::evaluations::{Evaluation, judge_options, snippet};
use crate::server::judging::{Compiled, JudgingError};
use crate::server::live::{NotJudged, Outcome};
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{Aftermath, JobKind, Kind, NewEvent, NewJob, ProjectId, StoreError, StoredEvent, Trigger};
use emitted::{Emitted, Said};

/// The events that evaluations run on.
const GENERATION: &str = "$ai_generation";

/// The evaluations that may have to be run on new events: none if nothing of what came is judged anyway.
///
/// # Errors
/// When the store fails.
pub async fn selectors(
    state: &AppState,
    project: ProjectId,
    events: &[NewEvent],
) -> Result<Arc<[Selector]>, StoreError> {
    if events.iter().all(|event| event.name != GENERATION) {
        return Ok(Arc::default());
    }
    state.runner.enabled().of(&state.store, project).await
}

/// What is to be run on new events: the evaluations whose conditions select them.
pub fn jobs(selectors: &[Selector], events: &[NewEvent]) -> Vec<NewJob> {
    let mut jobs = Vec::new();
    for event in events.iter().filter(|event| event.name == GENERATION) {
        let parsed = OnceCell::new();
        let read = || {
            let parsed = parsed.get_or_init(|| Event::from_json(&event.body).ok());
            parsed.as_ref()
        };
        let selecting = selectors.iter().filter(|one| one.conditions.fire(&event.uuid, read));
        jobs.extend(selecting.map(|one| NewJob {
            kind: JobKind::Evaluation,
            subject: one.id.clone(),
            event_uuid: event.uuid.clone(),
            trigger: Trigger::Live,
            workflow_id: String::new(),
        }));
    }
    jobs
}

/// Runs an evaluation on events; one outcome for each, in their order. A live run of an evaluation that is gone or is not
/// enabled any more is cancelled; one by hand runs as long as the evaluation is there.
///
/// # Errors
/// When there is too much to do, or the store fails.
pub async fn judge(
    state: &AppState,
    project: ProjectId,
    evaluation_id: &str,
    trigger: Trigger,
    events: &[StoredEvent],
) -> Result<Vec<Outcome>, NotJudged> {
    let cancelled = || events.iter().map(|_| Outcome::cancelled()).collect();
    let document = state.store.get(project, Kind::Evaluation, evaluation_id).await?;
    let Some(document) = document.filter(|document| !document.deleted) else {
        return Ok(cancelled());
    };
    // The log says what is wrong with one that can't be read.
    let Ok(evaluation) = Evaluation::read(&document) else {
        return Ok(cancelled());
    };
    let is_off = trigger == Trigger::Live && !evaluation.enabled;
    let Some(snippet) = snippet(&evaluation).filter(|_| !is_off) else {
        return Ok(cancelled());
    };
    let began = Timestamp::now();
    let options = judge_options(&evaluation, state.judging.options());
    let said = match state.judging.compile(project, snippet).await {
        Err(JudgingError::Busy(busy)) => return Err(busy.into()),
        // It compiled when it was saved; what compiles may become narrower.
        Err(JudgingError::Compile(error)) => vec![Said::CodeError(error.to_string()); events.len()],
        Ok(compiled) => {
            let bodies: Vec<String> = events.iter().map(|event| event.event.body.clone()).collect();
            let judge = move || judge_all(&compiled, &bodies, &options);
            state.judging.work(project, judge).await?
        }
    };
    policy::apply(state, project, &evaluation, &said).await?;
    let outcomes = said.into_iter().zip(events).map(|(said, event)| {
        let emitted = Emitted {
            evaluation: &evaluation,
            event: &event.event,
            trigger,
            began,
        };
        outcome(&emitted, said)
    });
    Ok(outcomes.collect())
}

/// Judges events as they stand in the store.
fn judge_all(compiled: &Compiled, bodies: &[String], options: &EvaluationOptions) -> Vec<Said> {
    let (mut events, mut errors) = (Vec::new(), Vec::new());
    for body in bodies {
        match Event::from_json(body) {
            Ok(event) => {
                events.push(event);
                errors.push(None);
            }
            Err(error) => errors.push(Some(error.to_string())),
        }
    }
    let mut verdicts = compiled.judge(&events, options).into_iter();
    let said = errors.into_iter().map(|error| match error {
        None => verdicts.next().map_or(Said::Nothing, Said::from),
        Some(error) => Said::InputError(error),
    });
    said.collect()
}

fn outcome(emitted: &Emitted<'_>, said: Said) -> Outcome {
    let (status, passed, fuel) = match &said {
        Said::Verdict(verdict) => (verdict.status.as_str(), verdict.passed, verdict.usage.fuel),
        Said::CodeError(_) => ("compile_error", None, 0),
        Said::InputError(_) => ("invalid_event", None, 0),
        Said::Nothing => ("crashed", None, 0),
    };
    Outcome {
        status: status.to_owned(),
        passed,
        fuel,
        aftermath: Aftermath::Emit(emitted.by(&said)),
    }
}

impl From<Problem> for NotJudged {
    fn from(problem: Problem) -> Self {
        Self::Store(StoreError::Corrupt(problem.detail))
    }
}
