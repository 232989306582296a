//! A compiled snippet, and how its runs become verdicts.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::diagnostic::Diagnostic;
use crate::engine::run::{Run, RunInput};
use crate::engine::{Engine, LoadedSnippet, Session};
use crate::event::Event;
use crate::language::hog::image::EventImage;
use crate::limits::Limits;
use crate::outcome::{self, Failure, Outcome};
use crate::pass_rule::PassRule;
use crate::posthog;
use crate::snippet::Convention;
use crate::verdict::{EvaluationError, Replay, Status, Usage, Verdict};

/// Globals that are laid out only for snippets that read them.
const COSTLY_GLOBALS: [&str; 4] = ["target", "evaluation_events", "events", "trace"];

/// A compiled snippet, ready to judge events on any number of threads. Cheap to clone.
#[derive(Clone)]
pub struct Evaluator {
    engine: Engine,
    convention: Convention,
    snippet: Arc<LoadedSnippet>,
    warnings: Arc<[Diagnostic]>,
}

/// What one evaluation may use and what it assumes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EvaluationOptions {
    /// The bounds.
    pub limits: Limits,
    /// Whether null means "not applicable" instead of an error.
    pub allows_na: bool,
    /// When a value passes. By default a boolean passes when it is true.
    pub pass_rule: Option<PassRule>,
    /// The clock that the metric sees, in nanoseconds since 1970; by default the time of the run.
    pub now_ns: Option<i64>,
    /// The seed of the random numbers that the metric sees; by default made from snippet and event.
    pub seed: Option<u64>,
}

impl Evaluator {
    pub(crate) fn new(
        engine: Engine,
        convention: Convention,
        snippet: Arc<LoadedSnippet>,
        warnings: Vec<Diagnostic>,
    ) -> Self {
        Self {
            engine,
            convention,
            snippet,
            warnings: warnings.into(),
        }
    }

    /// What the compiler had to say although the snippet compiles.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The WebAssembly that the snippet was compiled to.
    #[must_use]
    pub fn wasm(&self) -> &[u8] {
        &self.snippet.compiled.wasm
    }

    /// Judges one event with default options.
    #[must_use]
    pub fn evaluate(&self, event: &Event) -> Verdict {
        self.evaluate_with(event, &EvaluationOptions::default())
    }

    /// Judges one event.
    #[must_use]
    pub fn evaluate_with(&self, event: &Event, options: &EvaluationOptions) -> Verdict {
        self.judge().evaluate(event, options)
    }

    /// Something to judge many events with, one after the other. It keeps an instance for as long as it lives, and
    /// every event still finds it clean.
    #[must_use]
    pub fn judge(&self) -> Judge<'_> {
        Judge {
            evaluator: self,
            session: self.engine.session(&self.snippet),
        }
    }
}

impl std::fmt::Debug for Evaluator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluator")
            .field("convention", &self.convention)
            .finish_non_exhaustive()
    }
}

/// Judges events one after the other; see [`Evaluator::judge`].
pub struct Judge<'a> {
    evaluator: &'a Evaluator,
    session: Session<'a>,
}

impl Judge<'_> {
    /// Judges one event.
    pub fn evaluate(&mut self, event: &Event, options: &EvaluationOptions) -> Verdict {
        let replay = Replay {
            now_ns: options.now_ns.unwrap_or_else(now_ns),
            seed: options
                .seed
                .unwrap_or_else(|| self.evaluator.snippet.id ^ event.fingerprint()),
        };
        let globals;
        let image = match self.evaluator.convention {
            Convention::PostHog if self.evaluator.reads_costly_globals() => event.full_image(),
            Convention::PostHog => event.core_image(),
            Convention::Program => {
                globals = EventImage::of_globals(event.fields());
                globals.as_ref().map_err(|error| *error)
            }
        };
        let run = match image {
            Ok(image) => self.session.run(&RunInput {
                event: &image.bytes,
                globals: image.globals,
                limits: &options.limits,
                replay,
                python: self.evaluator.convention == Convention::PostHog,
            }),
            Err(error) => Run::failed(Failure::out_of_memory(error.to_string())),
        };
        self.evaluator.verdict(run, options, replay)
    }
}

#[cfg(test)]
impl<'a> Judge<'a> {
    pub(crate) fn session(&mut self) -> &mut Session<'a> {
        &mut self.session
    }
}

impl Evaluator {
    fn reads_costly_globals(&self) -> bool {
        COSTLY_GLOBALS
            .iter()
            .any(|name| self.snippet.compiled.globals.contains(*name))
    }

    fn verdict(&self, run: Run, options: &EvaluationOptions, replay: Replay) -> Verdict {
        let usage = Usage {
            fuel: run.fuel,
            memory: run.memory,
            elapsed_us: u64::try_from(run.elapsed.as_micros()).unwrap_or(u64::MAX),
        };
        let answer = match self.convention {
            Convention::PostHog => posthog::result::answer(&run.outcome, options.allows_na, options.limits.deadline),
            Convention::Program => outcome::plain_answer(&run.outcome, &options.limits),
        };
        let failed = matches!(run.outcome, Outcome::Failed(_));
        let reasoning = if failed { String::new() } else { run.logs.join("\n") };
        let (error_type, position) = match &run.outcome {
            Outcome::Failed(failure) => (failure.error_type.clone(), failure.position),
            Outcome::Returned(_) => (None, None),
        };
        let error = answer
            .error
            .map(|message| EvaluationError::new(answer.status, error_type, message, position));
        let rule = options.pass_rule.as_ref().unwrap_or(&PassRule::Equals(true));
        let passed = if answer.status == Status::Ok {
            rule.passed(&answer.value)
        } else {
            None
        };
        Verdict {
            status: answer.status,
            value: answer.value,
            passed,
            reasoning,
            logs: run.logs,
            error,
            usage,
            replay,
        }
    }
}

fn now_ns() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX)
}
