//! Running events in workers, so that each gets exactly one verdict whatever becomes of the workers.
//!
//! Events travel in batches, and their answers come back in order. When a worker ends before it has answered all of its
//! batch, nothing that it answered is run again, and what it had not answered is run by another worker, one event at a
//! time. An event that a worker ends on while it has that event alone is to blame, and gets the verdict. A worker that
//! just dies may have had other reasons, so such an event gets a second chance, and more of them when the worker was
//! killed from outside. What happens while a metric is loaded is no event's fault.

use std::time::{Duration, Instant};

use super::exchange::{self, Ended, Trouble};
use super::program::RemoteProgram;
use super::{Workers, lease};
use crate::engine::local::LinkError;
use crate::engine::run::Run;
use crate::evaluator::{EvaluationOptions, HogEvent};
use crate::event::Event;
use crate::outcome::{Failure, FailureKind};
use crate::snippet::Convention;
use crate::verdict::Replay;
use crate::workers::pool::{Lease, Replaced};
use crate::workers::protocol::message::{Bounds, EventForm, RunOne};

/// The most events of a batch.
const MAX_BATCH: usize = 256;
/// The most bytes of a batch, unless it is a single event: enough that waking the other side costs little for each event,
/// and little enough to stay in a processor's cache while it is copied from one process to the other.
const MAX_BATCH_BYTES: usize = 512 << 10;
/// A batch that took less time is followed by a larger one.
const SHORT: Duration = Duration::from_millis(4);
/// A batch that took more time is followed by a smaller one, so that others get their turn.
const LONG: Duration = Duration::from_millis(16);

/// Workers that may be killed from outside before an event that was run alone gets no further chance.
const MAX_KILLED: u32 = 5;
/// Workers that may end while they load a metric, one after the other, before it is given up.
const MAX_LOADS: u32 = 5;

/// A place to run a program. It holds no worker while it is not asked to run something.
pub struct RemoteSession<'a> {
    workers: &'a Workers,
    program: &'a RemoteProgram,
    /// How many events the next batch has.
    window: usize,
}

/// Something to run: its number, the event, clock and seed.
pub type Job<'a> = (usize, &'a Event, Replay);

/// What is known of the event that is to be run next.
#[derive(Default)]
struct Suspicion {
    /// Workers that ended before they answered it, other than by being killed from outside.
    deaths: u32,
    /// Workers that were killed from outside before they answered it.
    killed: u32,
    /// Workers that ended while they loaded the metric.
    loads: u32,
    /// Events from here on that are run alone.
    alone: usize,
}

impl<'a> RemoteSession<'a> {
    pub(super) fn new(workers: &'a Workers, program: &'a RemoteProgram) -> Self {
        Self {
            workers,
            program,
            window: 1,
        }
    }

    /// Runs the program on one event.
    pub fn run(&mut self, convention: Convention, event: &Event, options: &EvaluationOptions, replay: Replay) -> Run {
        let mut result = None;
        self.run_all(convention, &[(0, event, replay)], options, &mut |_, run| {
            result = Some(run)
        });
        result.unwrap_or_else(|| Run::failed(Failure::crashed("no worker answered")))
    }

    /// Runs the program on events and reports what came of each, once.
    pub fn run_all(
        &mut self,
        convention: Convention,
        jobs: &[Job<'_>],
        options: &EvaluationOptions,
        report: &mut dyn FnMut(usize, Run),
    ) {
        let bounds = Bounds::from(&options.limits);
        let mut left = jobs;
        let mut suspicion = Suspicion::default();
        let mut kept = None;
        while let Some((first, rest)) = left.split_first() {
            if let Err(quarantined) = self.workers.quarantine.check(self.program.key.bytes()) {
                let failure = Failure::new(FailureKind::Quarantined, quarantined.to_string());
                return report_all(left, &failure, report);
            }
            let runners = &self.workers.runners;
            if runners.wanted_by_others(&self.program.project) {
                kept = None;
            }
            let kept_or_new = kept.take().map_or_else(|| lease(runners, &self.program.project), Ok);
            let mut held = match kept_or_new {
                Ok(held) => held,
                Err(error) => return report_all(left, &Failure::crashed(error.to_string()), report),
            };
            let is_new = match self.load(&mut held) {
                Ok(is_new) => is_new,
                Err(Trouble::Host(reason)) => {
                    held.discard(Replaced::Abandoned);
                    return report_all(left, &Failure::crashed(reason), report);
                }
                Err(trouble) => {
                    held.discard(trouble.reason());
                    if !matches!(trouble, Trouble::Killed) {
                        self.workers.quarantine.note_kill(self.program.key.bytes());
                    }
                    suspicion.loads += 1;
                    if suspicion.loads < MAX_LOADS {
                        continue;
                    }
                    let reason = format!("the metric can't be loaded again: {trouble}");
                    return report_all(left, &Failure::crashed(reason), report);
                }
            };
            let careful = suspicion.alone > 0;
            let batch = match careful {
                true => &left[..1],
                false => &left[..self.window.min(left.len())],
            };
            let mut answered = 0;
            let began = Instant::now();
            let ended = self.run_batch(&mut held, convention, batch, &bounds, careful, &mut |run| {
                report(batch[answered].0, run);
                answered += 1;
            });
            let ended = match ended {
                // A worker that forgets at once would have its host load for ever.
                Ok(Ended::NotLoaded) if is_new => {
                    Err(Trouble::Distrusted("it forgot what it had just loaded".to_owned()))
                }
                ended => ended,
            };
            match ended {
                Ok(Ended::Done) => {
                    self.adapt(began.elapsed(), answered);
                    kept = Some(held);
                }
                // It is loaded before it is run the next time.
                Ok(Ended::NotLoaded) => kept = Some(held),
                Err(Trouble::Host(reason)) => {
                    // It may have been asked something by then.
                    held.discard(Replaced::Abandoned);
                    return report_all(&left[answered..], &Failure::crashed(reason), report);
                }
                Err(trouble) => {
                    held.discard(trouble.reason());
                    self.window = 1;
                    if answered > 0 {
                        (suspicion.deaths, suspicion.killed) = (0, 0);
                    }
                    match trouble {
                        Trouble::Killed => suspicion.killed += 1,
                        _ => suspicion.deaths += 1,
                    }
                    if batch.len() == 1 && suspicion.is_guilty(&trouble) {
                        for _ in 0..suspicion.deaths {
                            self.workers.quarantine.note_kill(self.program.key.bytes());
                        }
                        report(first.0, Run::failed(blame(&trouble)));
                        suspicion.acquit(1);
                        left = rest;
                        continue;
                    }
                    suspicion.alone = suspicion.alone.max(batch.len()) - answered;
                    left = &left[answered..];
                    continue;
                }
            }
            if answered > 0 {
                suspicion.acquit(answered);
                self.workers.quarantine.note_answers(self.program.key.bytes(), answered);
            }
            left = &left[answered..];
        }
    }

    /// Has a worker load the program, unless it has. Whether it had not.
    fn load(&self, lease: &mut Lease<'_>) -> Result<bool, Trouble> {
        if lease.state().is_loaded(self.program.handle) {
            return Ok(false);
        }
        match exchange::load(self.workers, lease, self.program)? {
            Ok(_) => Ok(true),
            Err(error) => {
                let reason = match error {
                    LinkError::Interpreter(error) => error.message,
                    LinkError::Refused(diagnostic) => diagnostic.message,
                };
                // It could be loaded before.
                Err(Trouble::Host(format!("the metric can't be loaded again: {reason}")))
            }
        }
    }

    fn run_batch(
        &self,
        lease: &mut Lease<'_>,
        convention: Convention,
        batch: &[Job<'_>],
        bounds: &Bounds,
        careful: bool,
        report: &mut dyn FnMut(Run),
    ) -> Result<Ended, Trouble> {
        let images: Vec<Option<HogEvent<'_>>> = match self.program.hog() {
            None => Vec::new(),
            Some(compiled) => batch
                .iter()
                .map(|(_, event, _)| HogEvent::of(convention, compiled, event).ok())
                .collect(),
        };
        let mut events = Vec::with_capacity(batch.len());
        let mut bytes = 0;
        for (index, (_, event, replay)) in batch.iter().enumerate() {
            let form = match images.get(index) {
                None => EventForm::Document(event.document()),
                Some(Some(image)) => image.form(),
                // It is too large for any memory. Those before it go first.
                Some(None) => break,
            };
            let run = RunOne {
                event: form,
                replay: *replay,
            };
            bytes += run.bytes();
            if bytes > MAX_BATCH_BYTES && !events.is_empty() {
                break;
            }
            events.push(run);
        }
        if events.is_empty() {
            report(Run::failed(Failure::out_of_memory(
                "the event is too large for a 32-bit memory",
            )));
            return Ok(Ended::Done);
        }
        exchange::run_all(self.workers, lease, self.program, bounds, careful, events, report)
    }

    /// Chooses the size of the next batch.
    fn adapt(&mut self, took: Duration, events: usize) {
        if took > LONG {
            self.window = (self.window / 2).max(1);
        } else if took < SHORT && events >= self.window {
            self.window = (self.window * 2).min(MAX_BATCH);
        }
    }
}

impl Suspicion {
    /// Whether an event that was run alone is what a worker ended on.
    fn is_guilty(&self, trouble: &Trouble) -> bool {
        match trouble {
            Trouble::Killed => self.killed >= MAX_KILLED,
            Trouble::Died => self.deaths > 1,
            _ => true,
        }
    }

    /// So many events have their verdicts.
    fn acquit(&mut self, events: usize) {
        *self = Self {
            alone: self.alone.saturating_sub(events),
            ..Self::default()
        };
    }
}

/// The failure of an event that a worker ended on.
fn blame(trouble: &Trouble) -> Failure {
    match trouble {
        Trouble::Late => Failure::new(FailureKind::TimedOut, trouble.to_string()),
        Trouble::Memory { .. } => Failure::new(FailureKind::OutOfMemory, trouble.to_string()),
        trouble => Failure::crashed(trouble.to_string()),
    }
}

fn report_all(jobs: &[Job<'_>], failure: &Failure, report: &mut dyn FnMut(usize, Run)) {
    for (number, ..) in jobs {
        report(*number, Run::failed(failure.clone()));
    }
}
