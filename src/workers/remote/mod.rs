//! The host's side of an engine with workers: what is compiled where, what is loaded where, and that every event gets one
//! verdict whatever happens to the worker that had it.

mod code;
mod compile;
mod exchange;
mod program;
mod session;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use self::code::HostCode;
use self::exchange::Trouble;
use super::confinement::Confinement;
use super::pool::{Lease, Pool, Quarantine, Replaced, Statistics, WorkerState};
use super::process::{Launcher, Process, StartError};
use super::protocol::message::{Bounds, Runtime};
use super::{Project, Role, WorkerError, WorkerOptions};
use crate::diagnostic::{self, Diagnostic};
use crate::engine::cache::{DiskCache, Key};
use crate::engine::interpreter::Hint;
use crate::engine::local::{LinkError, conclude};
use crate::engine::{CompileError, EngineOptions};
use crate::evaluator::Program;
use crate::limits::Limits;
use crate::snippet::{Convention, Language, Snippet};

pub use self::program::RemoteProgram;
pub use self::session::RemoteSession;

/// Compiled snippets that are kept when nobody holds them.
const KEPT: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Everything that an engine with workers has.
pub struct Workers {
    options: Arc<WorkerOptions>,
    limits: Limits,
    code: Arc<HostCode>,
    launcher: Launcher,
    runners: Pool,
    compilers: Pool,
    quarantine: Quarantine,
    programs: Mutex<LruCache<Key, Kept>>,
    next_handle: AtomicU64,
}

/// Workers that may speak before they are asked until no further one is tried.
const MAX_TALKATIVE: usize = 100;

/// A snippet that was compiled and loaded before.
#[derive(Clone)]
struct Kept {
    convention: Convention,
    program: Arc<RemoteProgram>,
    warnings: Vec<Diagnostic>,
}

impl Workers {
    /// Starts the first workers in the background.
    ///
    /// # Errors
    /// When the confinement that was asked for can't be had.
    pub fn start(options: WorkerOptions, engine: &EngineOptions, disk: Option<DiskCache>) -> Result<Self, WorkerError> {
        let options = Arc::new(options);
        let launcher = Launcher::new(Arc::clone(&options)).isolating(engine.isolation);
        let code = Arc::new(HostCode::new(disk, &options.program));
        let pool =
            |role, count: usize, prepare| Pool::new(launcher.clone(), role, count.max(1), options.tenancy, prepare);
        let warm = code.at_hand(&options.warm);
        let warm_up = move |process: &mut Process, state: &mut WorkerState| {
            for (runtime, code) in &warm {
                exchange::give_runtime(process, state, *runtime, code);
            }
        };
        let workers = Self {
            runners: pool(Role::Run, options.runners, Box::new(warm_up))?,
            compilers: pool(Role::Compile, options.compilers, Box::new(|_, _| {}))?,
            quarantine: Quarantine::new(options.quarantine_after),
            code,
            limits: engine.limits.clone(),
            programs: Mutex::new(LruCache::new(KEPT)),
            next_handle: AtomicU64::new(1),
            launcher,
            options,
        };
        if workers.options.require_confinement {
            // Better now than at the first event.
            workers.wait()?;
        }
        Ok(workers)
    }

    /// Compiles a snippet in a compile worker and loads it in a run worker, which shows whether it can be loaded.
    pub fn load(
        &self,
        snippet: &Snippet,
        project: &Project,
    ) -> Result<(Convention, Program, Vec<Diagnostic>), CompileError> {
        let key = self.code.key(snippet, project, self.limits.module);
        let kept = self.programs().get(&key).cloned();
        let kept = match kept {
            Some(kept) => kept,
            None => {
                let kept = self.make(snippet, project, key)?;
                self.programs().put(key, kept.clone());
                kept
            }
        };
        Ok((kept.convention, Program::Remote(kept.program), kept.warnings))
    }

    fn make(&self, snippet: &Snippet, project: &Project, key: Key) -> Result<Kept, CompileError> {
        let compiled = self.compile(snippet, project, key)?;
        let convention = compiled.convention;
        let warnings = serde_json::from_slice(&compiled.warnings).unwrap_or_default();
        let handle = self.next_handle.fetch_add(1, Ordering::Relaxed);
        let bounds = Bounds::from(&self.limits);
        let program = RemoteProgram::new(handle, key, Arc::clone(project), compiled, bounds)
            .map_err(|error| CompileError::new(diagnostic::snippet::cannot_load(&error.to_string())))?;
        let positions = program.positions().cloned().unwrap_or_default();
        let (convention, warnings) = match self.load_once(&program) {
            Ok(linked) => conclude(snippet, convention, warnings, &positions, linked)?,
            Err(error) => return Err(CompileError::new(diagnostic::snippet::cannot_load(&error))),
        };
        Ok(Kept {
            convention,
            program: Arc::new(program),
            warnings,
        })
    }

    /// Loads a program in some worker. A worker that ends on it is no accident when it happens twice.
    fn load_once(&self, program: &RemoteProgram) -> Result<Result<(String, Vec<Hint>), LinkError>, String> {
        let mut last = None;
        for _ in 0..2 {
            let mut lease = lease(&self.runners, &program.project).map_err(|error| error.to_string())?;
            match exchange::load(self, &mut lease, program) {
                Ok(loaded) => return Ok(loaded),
                Err(Trouble::Host(reason)) => {
                    lease.discard(Replaced::Abandoned);
                    return Err(reason);
                }
                Err(trouble) => {
                    lease.discard(trouble.reason());
                    last = Some(trouble);
                }
            }
        }
        Err(last.map_or_else(String::new, |trouble| trouble.to_string()))
    }

    /// A place to run a program.
    pub fn session<'a>(&'a self, program: &'a RemoteProgram) -> RemoteSession<'a> {
        RemoteSession::new(self, program)
    }

    /// Waits until there is a worker of each role; what confines the one that runs metrics.
    pub fn wait(&self) -> Result<Confinement, WorkerError> {
        self.compilers.wait_until_warm()?;
        Ok(self.runners.wait_until_warm()?)
    }

    /// Lets a metric run again that is in quarantine; whether it was.
    pub fn release(&self, program: &RemoteProgram) -> bool {
        self.quarantine.release(program.key.bytes())
    }

    /// What the workers of a role did and do.
    pub fn statistics(&self, role: Role) -> Statistics {
        match role {
            Role::Run => self.runners.statistics(),
            Role::Compile => self.compilers.statistics(),
        }
    }

    /// Whether the machine code for a language is at hand.
    pub fn is_ready(&self, language: Language) -> bool {
        runtime_of(language).is_none_or(|runtime| self.code.has(runtime))
    }

    fn programs(&self) -> std::sync::MutexGuard<'_, LruCache<Key, Kept>> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<StartError> for WorkerError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Unconfined { .. } => Self::Unconfined(error.to_string()),
            error => Self::Start(error.to_string()),
        }
    }
}

/// A worker that has nothing to say before it is asked: what it says too early would be taken for the answer to the
/// next question, which may be somebody else's.
fn lease<'a>(pool: &'a Pool, project: &Project) -> Result<Lease<'a>, StartError> {
    for _ in 0..MAX_TALKATIVE {
        let mut lease = pool.lease(project)?;
        if lease.process().channel.is_silent() {
            return Ok(lease);
        }
        lease.discard(Replaced::Distrusted);
    }
    Err(StartError::System("workers speak before they are asked".to_owned()))
}

/// What snippets of a language are linked to or loaded into.
const fn runtime_of(language: Language) -> Option<Runtime> {
    match language {
        Language::Hog => Some(Runtime::Hog),
        Language::Python => Some(Runtime::Python),
        Language::JavaScript | Language::TypeScript => Some(Runtime::JavaScript),
        Language::Wasm => None,
    }
}
