//! The jobs of one project.

use std::collections::HashMap;

use futures_util::StreamExt as _;
use tokio::sync::watch;

use super::{NotJudged, Outcome};
use crate::server::posthog;
use crate::server::state::AppState;
use crate::store::{Finished, Job, JobKind, ProjectId, StoredEvent, Trigger};

/// Jobs that a lane takes at a time, before it is the next project's turn.
const JOBS: u32 = 512;
/// Jobs of one metric that are run one after the other.
const JOBS_PER_PIECE: usize = 64;
/// Events that are judged in one turn: at first, while nobody knows how much work they are, and at most.
const FIRST_TURN: usize = 4;
/// Bytes of events that are judged in one turn; one event may be larger.
const BYTES_PER_TURN: usize = 4 << 20;
/// The fuel that a turn is to consume, so that others get their turns: some hundredths of a second.
const FUEL_PER_TURN: u64 = 100_000_000;
/// Strands at the same time: so that one slow metric holds up neither the others nor all workers.
const STRANDS: usize = 4;

/// Runs the oldest jobs of one project.
pub struct Lane {
    /// The service.
    pub state: AppState,
    /// The project.
    pub project: ProjectId,
    /// Whether to stop.
    pub stopped: watch::Receiver<bool>,
}

/// Jobs of one metric, in order.
struct Piece {
    kind: JobKind,
    subject: String,
    trigger: Trigger,
    jobs: Vec<Job>,
}

impl Lane {
    /// Runs the oldest jobs, if there are any. When the service stops, what is being judged is still finished.
    ///
    /// # Errors
    /// When jobs were left because there is too much to do, or the store failed.
    pub async fn run(self) -> Result<(), NotJudged> {
        let jobs = self.state.store.open_jobs(self.project, JOBS).await?;
        let mut strands = futures_util::stream::iter(strands(pieces(jobs)))
            .map(|strand| self.strand(strand))
            .buffer_unordered(STRANDS);
        let mut result = Ok(());
        while let Some(done) = strands.next().await {
            result = result.and(done);
        }
        result
    }

    async fn strand(&self, strand: Vec<Piece>) -> Result<(), NotJudged> {
        for piece in strand {
            self.piece(piece).await?;
        }
        Ok(())
    }

    async fn piece(&self, piece: Piece) -> Result<(), NotJudged> {
        let mut jobs = piece.jobs.into_iter().peekable();
        let mut share = FIRST_TURN;
        while jobs.peek().is_some() && !*self.stopped.borrow() {
            let mut finished = Vec::new();
            let (mut taken, mut events, mut bytes) = (Vec::new(), Vec::new(), 0);
            while taken.len() < share
                && bytes < BYTES_PER_TURN
                && let Some(job) = jobs.next()
            {
                match self.state.store.event(self.project, &job.job.event_uuid).await? {
                    Some(event) => {
                        bytes += event.event.body.len();
                        taken.push(job);
                        events.push(event);
                    }
                    None => finished.push(finish(&job, Outcome::without_verdict("event_not_found"))),
                }
            }
            if !events.is_empty() {
                let outcomes = self.judge(piece.kind, &piece.subject, piece.trigger, events).await?;
                share = next_share(share, outcomes.iter().map(|outcome| outcome.fuel).sum());
                finished.extend(taken.iter().zip(outcomes).map(|(job, outcome)| finish(job, outcome)));
            }
            self.state.store.finish_jobs(&finished).await?;
        }
        Ok(())
    }

    /// Judges events on a task of its own: should it panic, the jobs end all the same, and nobody else is harmed.
    async fn judge(
        &self,
        kind: JobKind,
        subject: &str,
        trigger: Trigger,
        events: Vec<StoredEvent>,
    ) -> Result<Vec<Outcome>, NotJudged> {
        let (state, project, subject) = (self.state.clone(), self.project, subject.to_owned());
        let count = events.len();
        let judged = tokio::spawn(async move {
            match kind {
                JobKind::Evaluation => posthog::live::judge(&state, project, &subject, trigger, &events).await,
                JobKind::Metric => {
                    crate::server::honeyhive::live::judge(&state, project, &subject, trigger, &events).await
                }
            }
        });
        match judged.await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                tracing::error!(%error, "judging failed");
                Ok(vec![Outcome::without_verdict("crashed"); count])
            }
        }
    }
}

/// How many events are judged in the next turn, after so many consumed so much fuel.
fn next_share(share: usize, fuel: u64) -> usize {
    if fuel > FUEL_PER_TURN {
        (share / 2).max(1)
    } else if fuel < FUEL_PER_TURN / 4 {
        (share * 2).min(JOBS_PER_PIECE)
    } else {
        share
    }
}

/// Jobs by metric and trigger, in parts of a size that is written at once. Within each the order is kept, and so is the
/// order in which the metrics of `HoneyHive` judge an event: each finds the values of those before it.
fn pieces(jobs: Vec<Job>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // The last piece of each event.
    let mut last: HashMap<String, usize> = HashMap::new();
    for job in jobs {
        let is_metric = job.job.kind == JobKind::Metric;
        let event = job.job.event_uuid.clone();
        let after = last.get(&event).copied().filter(|_| is_metric);
        let is_its = |piece: &Piece| {
            piece.kind == job.job.kind && piece.trigger == job.job.trigger && piece.subject == job.job.subject
        };
        let place = pieces.iter().rposition(is_its);
        let place = place.filter(|place| after.is_none_or(|after| *place > after));
        let open = place.and_then(|place| Some((place, pieces.get_mut(place)?)));
        let place = match open.filter(|(_, piece)| piece.jobs.len() < JOBS_PER_PIECE) {
            Some((place, piece)) => {
                piece.jobs.push(job);
                place
            }
            None => {
                pieces.push(Piece {
                    kind: job.job.kind,
                    subject: job.job.subject.clone(),
                    trigger: job.job.trigger,
                    jobs: vec![job],
                });
                pieces.len() - 1
            }
        };
        last.insert(event, place);
    }
    pieces
}

/// What can be run at the same time. Evaluations know nothing of each other; a metric of `HoneyHive` finds the values of
/// those before it on the event.
fn strands(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let (metrics, evaluations): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.kind == JobKind::Metric);
    let mut strands: Vec<_> = evaluations.into_iter().map(|piece| vec![piece]).collect();
    strands.push(metrics);
    strands
}

fn finish(job: &Job, outcome: Outcome) -> Finished {
    Finished {
        sequence: job.sequence,
        project: job.project,
        status: outcome.status,
        passed: outcome.passed,
        fuel: outcome.fuel,
        aftermath: outcome.aftermath,
    }
}
