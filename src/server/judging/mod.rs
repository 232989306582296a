//! Judging: from a snippet and events to verdicts, for all platforms. Code is compiled and run in worker processes; what
//! waits for one of them waits here.

mod admission;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jurybox::{CompileError, Engine, EvaluationOptions, Evaluator, Event, Language, Limits, Snippet, Verdict};
use lru::LruCache;
use sha2::{Digest as _, Sha256};

pub use admission::{Admission, AdmissionLimits, Busy};

use super::observe;
use crate::store::ProjectId;

/// Compiled snippets that are kept at hand. What falls out is compiled again, from the engine's own caches.
const KEPT_EVALUATORS: usize = 2048;

/// Compiled snippets by project and content.
type Evaluators = LruCache<(ProjectId, [u8; 32]), Compiled>;

/// The way to verdicts. Cheap to clone.
#[derive(Clone)]
pub struct Judging {
    engine: Engine,
    limits: Limits,
    admission: Admission,
    evaluators: Arc<Mutex<Evaluators>>,
}

/// A compiled snippet and the language that it was written in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The compiled snippet.
    pub evaluator: Evaluator,
    /// Its language.
    pub language: Language,
}

/// Why a snippet was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum JudgingError {
    /// It does not compile.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// There is too much to do.
    #[error(transparent)]
    Busy(#[from] Busy),
}

impl Judging {
    /// Judging with this engine; `limits` are those of evaluations that ask for no others.
    pub fn new(engine: Engine, limits: Limits, admission: AdmissionLimits) -> Self {
        let kept = NonZeroUsize::new(KEPT_EVALUATORS).unwrap_or(NonZeroUsize::MIN);
        Self {
            engine,
            limits,
            admission: Admission::new(admission),
            evaluators: Arc::new(Mutex::new(LruCache::new(kept))),
        }
    }

    /// The bounds of an evaluation that asks for no others; none may ask for more.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Options with the limits of the service.
    pub fn options(&self) -> EvaluationOptions {
        let mut options = EvaluationOptions::default();
        options.limits = self.limits.clone();
        options
    }

    /// The engine, for what it tells about itself.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How many pieces of work run, and how many wait.
    pub fn load(&self) -> (usize, usize) {
        self.admission.load()
    }

    /// Compiles a snippet, or finds it compiled.
    ///
    /// # Errors
    /// When it does not compile, or there is too much to do.
    pub async fn compile(&self, project: ProjectId, snippet: Snippet) -> Result<Compiled, JudgingError> {
        let id = (project, fingerprint(&snippet));
        if let Some(found) = self.kept(&id) {
            return Ok(found);
        }
        let engine = self.engine.for_project(&project.to_string());
        let compiled = self.work(project, move || compile(&engine, &snippet)).await??;
        self.lock().put(id, compiled.clone());
        Ok(compiled)
    }

    /// Judges events with a compiled snippet; the verdicts are in their order.
    ///
    /// # Errors
    /// When there is too much to do. All else is said by the verdicts.
    pub async fn judge(
        &self,
        project: ProjectId,
        compiled: &Compiled,
        events: impl Into<Arc<[Event]>>,
        options: EvaluationOptions,
    ) -> Result<Vec<Verdict>, Busy> {
        let (compiled, events) = (compiled.clone(), events.into());
        self.work(project, move || compiled.judge(&events, &options)).await
    }

    /// Does a piece of work that keeps a thread busy, when it is the project's turn. It goes on when nobody waits for it
    /// any more.
    ///
    /// # Errors
    /// When there is too much to do.
    pub async fn work<T: Send + 'static>(
        &self,
        project: ProjectId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let queued = Instant::now();
        let permit = self.admission.enter(project).await?;
        observe::waited(queued.elapsed());
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        match done.await {
            Ok(done) => Ok(done),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    fn kept(&self, id: &(ProjectId, [u8; 32])) -> Option<Compiled> {
        self.lock().get(id).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Evaluators> {
        self.evaluators.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Compiled {
    /// Judges events. It keeps the thread busy: see [`Judging::work`].
    pub fn judge(&self, events: &[Event], options: &EvaluationOptions) -> Vec<Verdict> {
        let verdicts = self.evaluator.evaluate_batch(events, options);
        observe::judged(self.language, &verdicts);
        verdicts
    }
}

/// The place of the first event whose JSON text is longer than `most` bytes. Looked for only where what they came in, of
/// `total` bytes, is that long.
pub fn oversized(events: &[Event], total: usize, most: usize) -> Option<usize> {
    if total <= most {
        return None;
    }
    events.iter().position(|event| event.json().len() > most)
}

fn compile(engine: &Engine, snippet: &Snippet) -> Result<Compiled, CompileError> {
    let began = Instant::now();
    let evaluator = engine.compile(snippet);
    observe::compiled(snippet.language, evaluator.is_ok(), began.elapsed());
    Ok(Compiled {
        evaluator: evaluator?,
        language: snippet.language,
    })
}

fn fingerprint(snippet: &Snippet) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [
        snippet.language.name(),
        snippet.convention.name(),
        snippet.entry.as_deref().unwrap_or("\0"),
        snippet.file.as_deref().unwrap_or("\0"),
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(&snippet.source);
    hash.finalize().into()
}
