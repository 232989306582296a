//! Running Python and JavaScript: interpreters that live in the sandbox, booted once and for all when they were built.
//!
//! A loaded snippet is a list of the pages of memory that loading it changed. The contract with the guests is in
//! `guests/interpreters.md`.

mod answer;
mod instance;
mod kept;
mod runtime;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use self::instance::InterpreterInstance;
use self::runtime::InterpreterRuntime;
use super::cache::Key;
use super::code::CodeCache;
use super::image::{PAGE, Snapshot};
use super::pool::{Lease, Pool};
use super::rewind;
use super::run::{DocumentInput, Run};
use crate::limits::Limits;
use crate::outcome::Failure;

#[cfg(any(test, fuzzing))]
pub use self::answer::LoadAnswer;
pub use self::answer::{Hint, LoadError, LoadErrorKind, bounded_hints, outcome as read_answer};
pub use self::kept::Kept;
pub use self::runtime::Guest;

/// Everything that runs one interpreted language.
pub struct Interpreter {
    guest: Guest,
    code: CodeCache,
    rewinds: bool,
    wasmtime: OnceLock<Result<wasmtime::Engine, String>>,
    runtime: OnceLock<Result<InterpreterRuntime, String>>,
    pool: Pool<InterpreterInstance>,
    loaded: Mutex<Kept<Key, Arc<LoadedMetric>>>,
}

/// A snippet in the interpreter's memory.
pub struct LoadedMetric {
    /// A hash of what was loaded.
    pub id: u64,
    /// The name of the convention that the guest found.
    pub convention: String,
    /// What the guest noticed about the source.
    pub hints: Vec<Hint>,
    /// The interpreter's memory with the snippet in it.
    pub snapshot: Arc<Snapshot>,
}

impl LoadedMetric {
    /// Bytes of memory that it holds.
    pub fn bytes(&self) -> usize {
        self.snapshot.changed().count().saturating_mul(PAGE)
    }
}

impl Interpreter {
    /// Without its runtime, which the first snippet loads.
    pub fn new(guest: Guest, code: CodeCache, rewinds: bool, kept: NonZeroUsize) -> Self {
        Self {
            guest,
            code,
            rewinds,
            wasmtime: OnceLock::new(),
            runtime: OnceLock::new(),
            pool: Pool::default(),
            loaded: Mutex::new(Kept::new(kept)),
        }
    }

    /// An engine of its own: nobody reserves address space for a language that is not used.
    fn wasmtime(&self) -> wasmtime::Result<&wasmtime::Engine> {
        self.wasmtime
            .get_or_init(|| runtime::engine().map_err(|error| format!("{error:#}")))
            .as_ref()
            .map_err(|message| wasmtime::Error::msg(message.clone()))
    }

    fn runtime(&self) -> wasmtime::Result<&InterpreterRuntime> {
        let engine = self.wasmtime()?;
        self.runtime
            .get_or_init(|| {
                InterpreterRuntime::load(engine, self.guest, &self.code).map_err(|error| format!("{error:#}"))
            })
            .as_ref()
            .map_err(|message| wasmtime::Error::msg(message.clone()))
    }

    /// Makes the engine, but not the runtime.
    pub fn open(&self) -> wasmtime::Result<()> {
        self.wasmtime().map(drop)
    }

    /// Loads the runtime, if it is not loaded yet.
    pub fn prepare(&self) -> wasmtime::Result<()> {
        self.runtime().map(drop)
    }

    /// The machine code of the interpreter, compiled now.
    pub fn runtime_code(&self) -> wasmtime::Result<Vec<u8>> {
        self.wasmtime()?.precompile_module(&self.guest.wasm()?)
    }

    /// Whether the interpreter's machine code is at hand, so that the first snippet need not wait for it.
    pub fn is_compiled(&self) -> bool {
        let is_cached = |engine| self.code.has(engine, self.guest.artifact());
        self.runtime.get().is_some() || self.wasmtime().is_ok_and(is_cached)
    }

    /// Makes a snippet ready to run. `request` is what the guest's `load` takes.
    pub fn load(&self, request: &str, limits: &Limits) -> Result<Arc<LoadedMetric>, LoadError> {
        let key = Key::of(&[request.as_bytes()]);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metric) = loaded.get(&key) {
            return Ok(Arc::clone(metric));
        }
        // Others may load meanwhile, even the same snippet: that costs time once, and the last one is kept.
        drop(loaded);
        let runtime = self.runtime().map_err(LoadError::sandbox)?;
        let mut lease = self.pool.lease(Some(&runtime.base));
        // What loading leaves behind can't be rewound to another snippet's state, so it starts from a new instance.
        drop(lease.take());
        let instance = InterpreterInstance::new(runtime).map_err(LoadError::sandbox)?;
        let (metric, instance) = instance.load(runtime, request, key.short(), limits)?;
        if self.rewinds {
            lease.put_back(instance);
        }
        let metric = Arc::new(metric);
        loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.put(key, Arc::clone(&metric), metric.bytes());
        Ok(metric)
    }

    /// A place to run a snippet, for one event or many.
    pub fn session<'a>(&'a self, metric: &'a LoadedMetric) -> InterpreterSession<'a> {
        InterpreterSession {
            interpreter: self,
            metric,
            lease: self.pool.lease(Some(&metric.snapshot)),
            kept: None,
        }
    }
}

/// Runs a snippet on events, one after the other, each in a clean instance unless asked otherwise.
pub struct InterpreterSession<'a> {
    interpreter: &'a Interpreter,
    metric: &'a LoadedMetric,
    lease: Lease<'a, InterpreterInstance>,
    /// An instance that keeps the state of the events before.
    kept: Option<InterpreterInstance>,
}

impl InterpreterSession<'_> {
    /// Runs the snippet once.
    pub fn run(&mut self, input: &DocumentInput<'_>) -> Run {
        // A page fault that is not counted is one too many, so counting starts before anything is written.
        let before = rewind::page_faults();
        let mut instance = match self
            .kept
            .take()
            .filter(|_| input.keep_state)
            .map_or_else(|| self.instance(), Ok)
        {
            Ok(instance) => instance,
            Err(error) => return Run::failed(Failure::crashed(format!("{error:#}"))),
        };
        let run = instance.run(input);
        if input.keep_state {
            if instance.is_at_rest() {
                self.kept = Some(instance);
            }
            return run;
        }
        let faults = rewind::faults_since(before);
        if self.interpreter.rewinds && instance.rewind(faults).is_ok() {
            self.lease.put_back(instance);
        }
        run
    }

    /// A clean instance that is ready for the snippet.
    fn instance(&mut self) -> wasmtime::Result<InterpreterInstance> {
        if let Some(mut instance) = self.lease.take()
            && instance.prepare(self.metric).is_ok()
        {
            return Ok(instance);
        }
        let mut instance = InterpreterInstance::new(self.interpreter.runtime()?)?;
        instance.prepare(self.metric)?;
        Ok(instance)
    }
}

#[cfg(test)]
impl<'a> InterpreterSession<'a> {
    pub fn lease(&mut self) -> &mut Lease<'a, InterpreterInstance> {
        &mut self.lease
    }
}
