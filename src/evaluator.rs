//! A compiled snippet, and how its runs become verdicts.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::diagnostic::Diagnostic;
use crate::directories::Directories;
use crate::engine::Engine;
#[cfg(test)]
use crate::engine::hog::HogSession;
use crate::engine::hog::LoadedSnippet;
#[cfg(test)]
use crate::engine::interpreter::InterpreterSession;
use crate::engine::interpreter::LoadedMetric;
use crate::engine::module::LoadedModule;
use crate::engine::run::{DocumentInput, Run, RunInput};
use crate::engine::session::LocalSession;
use crate::event::Event;
use crate::language::hog::codegen::Compiled;
use crate::language::hog::image::{EventImage, ImageTooLarge};
use crate::language::javascript::Positions;
use crate::limits::Limits;
use crate::outcome::{self, Answer, Failure, Outcome, Returned};
use crate::pass_rule::PassRule;
use crate::posthog;
use crate::return_type::ReturnType;
use crate::returned::Reading;
use crate::snippet::Convention;
use crate::verdict::{EvaluationError, Replay, Status, Usage, Verdict};
#[cfg(target_os = "linux")]
use crate::workers::protocol::message::EventForm;
#[cfg(target_os = "linux")]
use crate::workers::{RemoteProgram, RemoteSession};

/// Globals that are laid out only for snippets that read them.
const COSTLY_GLOBALS: [&str; 4] = ["target", "evaluation_events", "events", "trace"];

/// A compiled snippet, ready to judge events on any number of threads. Cheap to clone.
#[derive(Clone)]
pub struct Evaluator {
    engine: Engine,
    convention: Convention,
    program: Program,
    warnings: Arc<[Diagnostic]>,
}

/// A loaded snippet of any language.
#[derive(Clone)]
pub(crate) enum Program {
    /// Hog.
    Hog(Arc<LoadedSnippet>),
    /// Python.
    Python(Arc<LoadedMetric>),
    /// JavaScript or TypeScript.
    JavaScript {
        metric: Arc<LoadedMetric>,
        /// From what runs to what the author wrote.
        positions: Arc<Positions>,
    },
    /// A module or component.
    Module(Arc<LoadedModule>),
    /// Of any language, for workers to run.
    #[cfg(target_os = "linux")]
    Remote(Arc<RemoteProgram>),
}

impl Program {
    /// A hash of what was loaded.
    fn id(&self) -> u64 {
        match self {
            Self::Hog(snippet) => snippet.id,
            Self::Python(metric) | Self::JavaScript { metric, .. } => metric.id,
            Self::Module(module) => module.id,
            #[cfg(target_os = "linux")]
            Self::Remote(program) => program.id,
        }
    }

    /// What the Hog compiler made; `None` for other languages.
    fn hog(&self) -> Option<&Compiled> {
        match self {
            Self::Hog(snippet) => Some(&snippet.compiled),
            #[cfg(target_os = "linux")]
            Self::Remote(program) => program.hog(),
            _ => None,
        }
    }

    /// From what runs to what the author wrote, where they differ.
    fn positions(&self) -> Option<&Positions> {
        match self {
            Self::JavaScript { positions, .. } => Some(positions),
            #[cfg(target_os = "linux")]
            Self::Remote(program) => program.positions(),
            _ => None,
        }
    }
}

/// What one evaluation may use and what it assumes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EvaluationOptions {
    /// The bounds.
    pub limits: Limits,
    /// Whether null means "not applicable" instead of an error.
    pub allows_na: bool,
    /// When a value passes. By default as the metric itself says with `pass` or `passed`, else when it is true.
    pub pass_rule: Option<PassRule>,
    /// The type that values must have; any by default. PostHog's evaluations in Hog return booleans by default.
    pub returns: Option<ReturnType>,
    /// Whether events without ground truth are [`Status::Skipped`] instead of judged.
    pub needs_ground_truth: bool,
    /// The directories that the metric may read. None by default.
    pub directories: Arc<Directories>,
    /// Whether a [`Judge`] lets the metric keep its state from event to event, instead of judging each in a clean
    /// instance. What an event leaves behind (variables, caches, but also what a hostile text planted) is then seen by
    /// those after it, and verdicts and fuel depend on their order. Not for Hog, which has no such state.
    pub keep_state: bool,
    /// The clock that the metric sees, in nanoseconds since 1970; by default the time of the run.
    pub now_ns: Option<i64>,
    /// The seed of the random numbers that the metric sees; by default made from snippet and event.
    pub seed: Option<u64>,
}

impl Evaluator {
    pub(crate) fn new(engine: Engine, convention: Convention, program: Program, warnings: Vec<Diagnostic>) -> Self {
        Self {
            engine,
            convention,
            program,
            warnings: warnings.into(),
        }
    }

    /// The convention that the snippet follows: the one that was named, or the one that was found.
    #[must_use]
    pub fn convention(&self) -> Convention {
        self.convention
    }

    /// What the compiler had to say although the snippet compiles.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The WebAssembly that a Hog snippet was compiled to, without its runtime; `None` for other languages.
    #[must_use]
    pub fn wasm(&self) -> Option<&[u8]> {
        self.program.hog().map(|compiled| compiled.wasm.as_slice())
    }

    /// Lets a metric run again that was [quarantined](Status::Quarantined); whether it was.
    pub fn release(&self) -> bool {
        match &self.program {
            #[cfg(target_os = "linux")]
            Program::Remote(program) => self.engine.workers().is_some_and(|workers| workers.release(program)),
            _ => false,
        }
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

    /// Judges many events; the verdicts are in their order. Where there are workers, events travel together, which makes
    /// this much cheaper than one call for each.
    #[must_use]
    pub fn evaluate_batch(&self, events: &[Event], options: &EvaluationOptions) -> Vec<Verdict> {
        self.judge().evaluate_batch(events, options)
    }

    /// Something to judge many events with, one after the other. It keeps an instance for as long as it lives, and
    /// every event still finds it clean (but see [`EvaluationOptions::keep_state`]).
    #[must_use]
    pub fn judge(&self) -> Judge<'_> {
        let session = match (&self.program, self.engine.local()) {
            (program, Some(local)) => local.session(program).map(Session::Local),
            #[cfg(target_os = "linux")]
            (Program::Remote(program), None) => self
                .engine
                .workers()
                .map(|workers| Session::Remote(workers.session(program))),
            _ => None,
        };
        // An evaluator belongs to the engine that made it, so there is a session.
        let session = session.unwrap_or(Session::Nowhere);
        Judge {
            evaluator: self,
            session,
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

#[cfg_attr(
    target_os = "linux",
    expect(clippy::large_enum_variant, reason = "one judges many events")
)]
enum Session<'a> {
    /// In this process.
    Local(LocalSession<'a>),
    /// In workers.
    #[cfg(target_os = "linux")]
    Remote(RemoteSession<'a>),
    Nowhere,
}

impl Judge<'_> {
    /// Judges one event.
    pub fn evaluate(&mut self, event: &Event, options: &EvaluationOptions) -> Verdict {
        let replay = self.evaluator.replay(event, options);
        if let Some(reason) = self.evaluator.reason_to_skip(event, options) {
            return skipped(reason, replay);
        }
        let evaluator = self.evaluator;
        let run = match &mut self.session {
            Session::Local(LocalSession::Hog(snippet, session)) => {
                match HogEvent::of(evaluator.convention, &snippet.compiled, event) {
                    Ok(event) => session.run(&event.input(&options.limits, replay)),
                    Err(error) => Run::failed(Failure::out_of_memory(error.to_string())),
                }
            }
            Session::Local(session) => session.run_document(&document_input(event, options, replay)),
            #[cfg(target_os = "linux")]
            Session::Remote(session) => session.run(evaluator.convention, event, options, replay),
            Session::Nowhere => Run::failed(Failure::crashed("the evaluator is of another engine")),
        };
        evaluator.verdict(run, options, replay)
    }

    /// Judges many events, one after the other; the verdicts are in their order.
    pub fn evaluate_batch(&mut self, events: &[Event], options: &EvaluationOptions) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(events.len());
        self.evaluate_each(events, options, |verdict| verdicts.push(verdict));
        verdicts
    }

    /// [`Judge::evaluate_batch`] for those who don't want to wait for the last verdict: hands over each as soon as it is
    /// there, in the order of the events.
    pub fn evaluate_each(&mut self, events: &[Event], options: &EvaluationOptions, mut take: impl FnMut(Verdict)) {
        #[cfg(target_os = "linux")]
        if let Session::Remote(session) = &mut self.session {
            return self.evaluator.evaluate_remotely(session, events, options, &mut take);
        }
        for event in events {
            take(self.evaluate(event, options));
        }
    }
}

#[cfg(target_os = "linux")]
impl Evaluator {
    /// [`Judge::evaluate_each`] in workers, where events travel together.
    fn evaluate_remotely(
        &self,
        session: &mut RemoteSession<'_>,
        events: &[Event],
        options: &EvaluationOptions,
        take: &mut dyn FnMut(Verdict),
    ) {
        let replays: Vec<Replay> = events.iter().map(|event| self.replay(event, options)).collect();
        let mut ready: Vec<Option<Verdict>> = Vec::new();
        ready.resize_with(events.len(), || None);
        let mut jobs = Vec::with_capacity(events.len());
        for (index, (event, replay)) in events.iter().zip(&replays).enumerate() {
            match self.reason_to_skip(event, options) {
                Some(reason) => ready[index] = Some(skipped(reason, *replay)),
                None => jobs.push((index, event, *replay)),
            }
        }
        let mut taken = 0;
        let mut take_ready = |ready: &mut [Option<Verdict>]| {
            while let Some(verdict) = ready.get_mut(taken).and_then(Option::take) {
                take(verdict);
                taken += 1;
            }
        };
        take_ready(&mut ready);
        session.run_all(self.convention, &jobs, options, &mut |index, run| {
            ready[index] = Some(self.verdict(run, options, replays[index]));
            take_ready(&mut ready);
        });
        // Every job is reported; if one were not, its event would still get its verdict.
        for (verdict, replay) in ready.iter_mut().zip(&replays).skip(taken) {
            let missing = || self.verdict(Run::failed(Failure::crashed("no worker answered")), options, *replay);
            take(verdict.take().unwrap_or_else(missing));
        }
    }
}

/// An event as a Hog program gets it.
pub(crate) enum HogEvent<'a> {
    /// The event's own image, which is made once for all metrics.
    Shared(&'a EventImage),
    /// An image for this program.
    Own(EventImage),
}

impl<'a> HogEvent<'a> {
    /// In the form that this program reads. Only PostHog's convention asks for Python text.
    ///
    /// # Errors
    /// When the event is too large for any memory.
    pub(crate) fn of(convention: Convention, program: &Compiled, event: &'a Event) -> Result<Self, ImageTooLarge> {
        let reads_costly_globals = || COSTLY_GLOBALS.iter().any(|name| program.globals.contains(*name));
        match convention {
            Convention::PostHog if reads_costly_globals() => event.full_image().map(Self::Shared),
            Convention::PostHog => event.core_image().map(Self::Shared),
            _ => EventImage::of_globals(event.fields()).map(Self::Own),
        }
    }

    /// The image, and whether a value is wanted as Python text.
    fn image(&self) -> (&EventImage, bool) {
        match self {
            Self::Shared(image) => (image, true),
            Self::Own(image) => (image, false),
        }
    }

    /// As workers get it.
    #[cfg(target_os = "linux")]
    pub(crate) fn form(&self) -> EventForm<'_> {
        let (image, python) = self.image();
        EventForm::Image {
            bytes: &image.bytes,
            globals: image.globals.0,
            python,
        }
    }

    /// What a run of the program gets.
    pub(crate) fn input<'b>(&'b self, limits: &'b Limits, replay: Replay) -> RunInput<'b> {
        let (image, python) = self.image();
        RunInput {
            event: &image.bytes,
            globals: image.globals,
            limits,
            replay,
            python,
        }
    }
}

fn document_input<'a>(event: &'a Event, options: &'a EvaluationOptions, replay: Replay) -> DocumentInput<'a> {
    DocumentInput {
        document: event.document(),
        limits: &options.limits,
        replay,
        directories: &options.directories,
        keep_state: options.keep_state,
    }
}

impl Evaluator {
    /// Clock and seed of an evaluation.
    fn replay(&self, event: &Event, options: &EvaluationOptions) -> Replay {
        Replay {
            now_ns: options.now_ns.unwrap_or_else(now_ns),
            seed: options.seed.unwrap_or_else(|| self.program.id() ^ event.fingerprint()),
        }
    }

    /// Why an event is not judged, if so.
    fn reason_to_skip(&self, event: &Event, options: &EvaluationOptions) -> Option<&'static str> {
        if options.needs_ground_truth && event.expected().is_none() {
            return Some("The event has no ground truth");
        }
        // Hog knows neither files nor a state that could be kept, here or there.
        if self.engine.local().is_some() || self.program.hog().is_some() {
            return None;
        }
        // Workers reach no files, and what was granted in this process is not theirs.
        if !options.directories.is_empty() {
            return Some("Directories can't be granted to metrics that run in workers");
        }
        options
            .keep_state
            .then_some("Metrics that run in workers can't keep their state")
    }
}

fn skipped(reason: &str, replay: Replay) -> Verdict {
    Verdict {
        status: Status::Skipped,
        value: serde_json::Value::Null,
        passed: None,
        reasoning: reason.to_owned(),
        metadata: None,
        logs: Vec::new(),
        error: None,
        usage: Usage::default(),
        replay,
    }
}

#[cfg(test)]
impl<'a> Judge<'a> {
    pub(crate) fn hog_session(&mut self) -> &mut HogSession<'a> {
        match &mut self.session {
            Session::Local(LocalSession::Hog(_, session)) => session,
            _ => panic!("no Hog"),
        }
    }

    pub(crate) fn interpreter_session(&mut self) -> &mut InterpreterSession<'a> {
        match &mut self.session {
            Session::Local(LocalSession::Interpreter(session)) => session,
            _ => panic!("no interpreter"),
        }
    }
}

impl Evaluator {
    fn verdict(&self, mut run: Run, options: &EvaluationOptions, replay: Replay) -> Verdict {
        let usage = Usage {
            fuel: run.fuel,
            memory: run.memory,
            elapsed_us: u64::try_from(run.elapsed.as_micros()).unwrap_or(u64::MAX),
        };
        let mut reading = None;
        let is_hog = self.program.hog().is_some();
        let mut answer = match self.convention {
            Convention::PostHog if is_hog => posthog::result::answer(
                &run.outcome,
                options.allows_na,
                options.returns.as_ref(),
                options.limits.deadline,
            ),
            Convention::Program => outcome::plain_answer(&run.outcome, &options.limits),
            _ => read(&run.outcome, options, &mut reading),
        };
        if let (Status::Ok, Some(returns)) = (answer.status, &options.returns)
            && let Err(message) = returns.check(&answer.value)
        {
            answer = Answer::error(Status::InvalidResult, message);
        }
        let reasoning = match (&run.outcome, &reading) {
            (Outcome::Failed(_), _) => String::new(),
            _ if is_hog || self.convention == Convention::PostHog => run.logs.join("\n"),
            (_, Some(reading)) => reading.reasoning.clone(),
            _ => String::new(),
        };
        let error = answer
            .error
            .map(|message| self.error(answer.status, message, &mut run.outcome));
        let passed = match &reading {
            _ if answer.status != Status::Ok => None,
            Some(reading) => reading.passed(options.pass_rule.as_ref()),
            None => {
                let rule = options.pass_rule.as_ref().unwrap_or(&PassRule::Equals(true));
                rule.passed(&answer.value)
            }
        };
        Verdict {
            status: answer.status,
            value: answer.value,
            passed,
            reasoning,
            metadata: reading.and_then(|reading| reading.metadata),
            logs: run.logs,
            error,
            usage,
            replay,
        }
    }

    fn error(&self, status: Status, message: String, outcome: &mut Outcome) -> EvaluationError {
        let Outcome::Failed(failure) = outcome else {
            return EvaluationError::new(status, None, message, None);
        };
        let mut position = failure.position;
        let mut traceback = std::mem::take(&mut failure.traceback);
        if let Some(positions) = self.program.positions() {
            position = position.map(|position| positions.original(position));
            traceback = traceback.iter().map(|line| positions.traceback(line)).collect();
        }
        EvaluationError {
            traceback,
            ..EvaluationError::new(status, failure.error_type.take(), message, position)
        }
    }
}

/// The answer of a metric in Python, JavaScript or WebAssembly.
fn read(outcome: &Outcome, options: &EvaluationOptions, reading: &mut Option<Reading>) -> Answer {
    let value: serde_json::Value = match outcome {
        Outcome::Returned(Returned::Json(text)) => match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => {
                let message = format!("The metric returned a value that can't be read as JSON: {error}");
                return Answer::error(Status::InvalidResult, message);
            }
        },
        outcome => return outcome::plain_answer(outcome, &options.limits),
    };
    // An object may say by a null score that the metric does not apply, and why.
    let nothing = if value.is_null() {
        "nothing"
    } else {
        "null as its score"
    };
    match Reading::of(value) {
        Ok(read) => {
            let read = reading.insert(read);
            if !read.value.is_null() {
                Answer::value(read.value.clone())
            } else if options.allows_na {
                Answer::not_applicable()
            } else {
                let message =
                    format!("The metric returned {nothing}; a value is needed unless \"not applicable\" is allowed");
                Answer::error(Status::InvalidResult, message)
            }
        }
        Err(what) => Answer::error(Status::InvalidResult, format!("The metric returned {what}")),
    }
}

fn now_ns() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX)
}
