//! One instance of an interpreter, which snippets are loaded into and which judges one event after the other, each from
//! the same clean state.
//!
//! It runs on a stack of its own (a fiber), because interpreters take more of it than the threads of most programs have,
//! and so that a run can be interrupted to look at the clock.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use wasmtime::{Global, Memory, Store, Trap, TypedFunc, WasmParams, WasmResults};

use super::LoadedMetric;
use super::answer::{self, LoadAnswer, LoadError, LoadErrorKind};
use super::runtime::InterpreterRuntime;
use crate::directories::Directories;
use crate::engine::host::{self, HostState, Logs, Random};
use crate::engine::image::{PAGE, Snapshot};
use crate::engine::pool::Rewindable;
use crate::engine::rewind::{self, Rewind};
use crate::engine::run::{DeadlinePassed, DocumentInput, Run};
use crate::engine::wasi::Exit;
use crate::limits::Limits;
use crate::outcome::{Failure, FailureKind, Outcome};

/// Fuel between two looks at the clock: some milliseconds.
const SLICE: u64 = 20_000_000;
/// Bytes by which memories grow.
const WASM_PAGE: usize = 64 << 10;
/// The clock while a snippet loads, 2000-01-01: what is loaded must not depend on when.
const LOAD_CLOCK: i64 = 946_684_800_000_000_000;

/// See the [module](self).
pub struct InterpreterInstance {
    store: Store<HostState>,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    load: TypedFunc<(u32, u32), u64>,
    evaluate: TypedFunc<(u32, u32), u64>,
    stack_pointer: Global,
    stack_top: i32,
    /// What the memory is equal to between events.
    state: Arc<Snapshot>,
    rewind: Rewind,
    /// Whether every call so far returned, so that the instance can be called again.
    returned: bool,
}

/// What a call may use.
struct Budget {
    fuel: u64,
    memory: u64,
    deadline: Duration,
}

impl Budget {
    fn of(limits: &Limits) -> Self {
        Self {
            fuel: limits.fuel,
            memory: limits.memory.min(Limits::MAX_MEMORY),
            deadline: limits.deadline,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the guest has no memory left")]
struct NoMemory;

impl InterpreterInstance {
    /// A new instance.
    pub fn new(runtime: &InterpreterRuntime) -> wasmtime::Result<Self> {
        let mut store = Store::new(runtime.module.module().engine(), HostState::default());
        store.limiter(|state| state);
        store.data_mut().memory_limit = runtime.base.size();
        store.set_fuel(u64::MAX)?;
        store.fuel_async_yield_interval(Some(SLICE))?;
        let instance = ready(runtime.module.instantiate_async(&mut store))?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| wasmtime::Error::msg("the guest exports no memory"))?;
        store.data_mut().memory = Some(memory);
        let stack_pointer = instance
            .get_global(&mut store, "__stack_pointer")
            .ok_or_else(|| wasmtime::Error::msg("the guest exports no stack pointer"))?;
        let stack_top = stack_pointer.get(&mut store).i32().unwrap_or_default();
        Ok(Self {
            memory,
            alloc: instance.get_typed_func(&mut store, "alloc")?,
            load: instance.get_typed_func(&mut store, "load")?,
            evaluate: instance.get_typed_func(&mut store, "evaluate")?,
            stack_pointer,
            stack_top,
            state: Arc::clone(&runtime.base),
            rewind: Rewind::default(),
            returned: true,
            store,
        })
    }

    /// Loads a snippet into a new instance and takes the snapshot, which the instance is equal to afterwards.
    pub fn load(
        mut self,
        runtime: &InterpreterRuntime,
        request: &str,
        id: u64,
        limits: &Limits,
    ) -> Result<(LoadedMetric, Self), LoadError> {
        self.begin(LOAD_CLOCK, 0, limits.logs, Arc::default());
        let load = self.load.clone();
        let answer = match self.exchange(&load, request, &Budget::of(limits)) {
            Ok(answer) => serde_json::from_slice(&answer)
                .map(LoadAnswer::bounded)
                .map_err(|error| LoadError::new(LoadErrorKind::Sandbox, format!("the guest's answer: {error}")))?,
            Err(error) => return Err(load_failure(&error, limits)),
        };
        let (convention, hints) = match answer {
            LoadAnswer::Ok { convention, hints } => (convention, hints),
            LoadAnswer::Error(error) if matches!(error.kind, LoadErrorKind::Limit | LoadErrorKind::Sandbox) => {
                return Err(LoadError::new(LoadErrorKind::Sandbox, "the guest speaks for the host"));
            }
            LoadAnswer::Error(error) => return Err(error),
        };
        if !self.is_at_rest() {
            return Err(LoadError::new(LoadErrorKind::Sandbox, "the guest is not at rest"));
        }
        let snapshot = self
            .snapshot(runtime)
            .ok_or_else(|| LoadError::new(LoadErrorKind::Limit, "Loading the snippet changes too much memory"))?;
        self.state = Arc::new(snapshot);
        let metric = LoadedMetric {
            id,
            convention,
            hints,
            snapshot: Arc::clone(&self.state),
        };
        Ok((metric, self))
    }

    fn snapshot(&mut self, runtime: &InterpreterRuntime) -> Option<Snapshot> {
        let memory = self.memory.data(&self.store);
        let image = Arc::clone(runtime.base.image());
        let all = 0..u32::try_from(memory.len() / PAGE).unwrap_or(u32::MAX);
        match self.rewind.scan(memory) {
            Ok(pages) => Snapshot::of_memory(image, memory, pages.iter().copied()),
            Err(rewind::Refused) => Snapshot::of_memory(image, memory, all),
        }
    }

    /// Makes the instance ready for a snippet. After an error it must not be used again.
    pub fn prepare(&mut self, metric: &LoadedMetric) -> wasmtime::Result<()> {
        if !Arc::ptr_eq(&self.state, &metric.snapshot) {
            let (size, wanted) = (self.memory.data_size(&self.store), metric.snapshot.size());
            if size < wanted {
                self.store.data_mut().memory_limit = wanted;
                let pages = (wanted - size).div_ceil(WASM_PAGE) as u64;
                ready(self.memory.grow_async(&mut self.store, pages))?;
            }
            if self.memory.data_size(&self.store) != wanted {
                return Err(wasmtime::Error::msg("the instance has another size"));
            }
            let memory = self.memory.data_mut(&mut self.store);
            self.rewind
                .retarget(memory, &self.state, &metric.snapshot)
                .map_err(|rewind::Refused| wasmtime::Error::msg("the instance has another size"))?;
            self.state = Arc::clone(&metric.snapshot);
        }
        Ok(())
    }

    /// Judges an event. The instance must be [prepared](Self::prepare) for the snippet and clean.
    pub fn run(&mut self, input: &DocumentInput<'_>) -> Run {
        let started = Instant::now();
        let limits = input.limits;
        self.begin(
            input.replay.now_ns,
            input.replay.seed,
            limits.logs,
            Arc::clone(input.directories),
        );
        let evaluate = self.evaluate.clone();
        let answer = self.exchange(&evaluate, input.document, &Budget::of(limits));
        let refused_memory = self.store.data().refused_memory;
        let outcome = match answer {
            Ok(answer) => match answer::outcome(&answer, limits.result, refused_memory) {
                // Only a snippet that took the guest's own code apart can make it answer so.
                Outcome::Failed(failure) if failure.kind == FailureKind::Crashed => {
                    Outcome::Failed(broken(&failure.message))
                }
                outcome => outcome,
            },
            Err(error) => Outcome::Failed(failure(&error, refused_memory)),
        };
        let grown = self.memory.data_size(&self.store).saturating_sub(self.state.size());
        let left = self.store.get_fuel().unwrap_or_default();
        let state = self.store.data_mut();
        state.wasi.flush(&mut state.logs);
        Run {
            outcome,
            logs: std::mem::take(&mut state.logs).into_lines(),
            fuel: limits.fuel.saturating_sub(left),
            memory: (input.document.len() + grown) as u64,
            elapsed: started.elapsed(),
        }
    }

    /// Makes the host's side that of a new run.
    fn begin(&mut self, now_ns: i64, seed: u64, logs: usize, directories: Arc<Directories>) {
        let state = self.store.data_mut();
        state.logs = Logs::new(logs);
        state.now_ns = now_ns;
        state.random = Random::new(seed);
        state.failure = None;
        state.refused_memory = false;
        state.wasi.reset(directories);
    }

    /// Hands a text to a function of the guest and takes its answer.
    fn exchange(
        &mut self,
        function: &TypedFunc<(u32, u32), u64>,
        text: &str,
        budget: &Budget,
    ) -> wasmtime::Result<Vec<u8>> {
        let deadline = (Instant::now(), budget.deadline);
        let wasi = &mut self.store.data_mut().wasi;
        wasi.watch(deadline.0.checked_add(deadline.1));
        let most = usize::try_from(budget.memory)?;
        self.store.data_mut().memory_limit = self.state.size().saturating_add(most);
        // The fuel comes first, so that a run that fails before it begins has used none.
        self.store.set_fuel(budget.fuel)?;
        let length = u32::try_from(text.len())?;
        if text.len() > most {
            return Err(wasmtime::Error::from(NoMemory));
        }
        let alloc = self.alloc.clone();
        let pointer = self.call(&alloc, length, deadline)?;
        if pointer == 0 {
            return Err(wasmtime::Error::from(NoMemory));
        }
        self.memory.write(&mut self.store, pointer as usize, text.as_bytes())?;
        let packed = self.call(function, (pointer, length), deadline)?;
        let answer = host::bytes(self.memory.data(&self.store), (packed >> 32) as u32, packed as u32)?;
        Ok(answer.to_vec())
    }

    /// Calls a function of the guest in slices of fuel, with a look at the clock in between.
    fn call<P, R>(
        &mut self,
        function: &TypedFunc<P, R>,
        parameters: P,
        (started, deadline): (Instant, Duration),
    ) -> wasmtime::Result<R>
    where
        P: WasmParams + Sync,
        R: WasmResults + Sync,
    {
        self.returned = false;
        let mut call = pin!(function.call_async(&mut self.store, parameters));
        let mut context = Context::from_waker(Waker::noop());
        let result = loop {
            match call.as_mut().poll(&mut context) {
                Poll::Ready(result) => break result?,
                Poll::Pending if started.elapsed() >= deadline => return Err(wasmtime::Error::from(DeadlinePassed)),
                Poll::Pending => {}
            }
        };
        self.returned = true;
        Ok(result)
    }

    /// Whether the instance can be called again: the last call returned and left nothing on the stack.
    pub fn is_at_rest(&mut self) -> bool {
        self.returned && self.stack_pointer.get(&mut self.store).i32() == Some(self.stack_top)
    }

    /// Rewinds the instance to the state before the event. `faults` are the page faults of the thread since then.
    pub fn rewind(&mut self, faults: u64) -> Result<(), rewind::Refused> {
        if !self.is_at_rest() || self.memory.data_size(&self.store) != self.state.size() {
            return Err(rewind::Refused);
        }
        let memory = self.memory.data_mut(&mut self.store);
        self.rewind.restore(memory, &self.state, faults)
    }

    /// The whole memory, for tests that compare instances.
    #[cfg(test)]
    pub fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }
}

impl Rewindable for InterpreterInstance {
    fn state(&self) -> &Arc<Snapshot> {
        &self.state
    }
}

/// The result of a future that has nothing to wait for but fuel.
fn ready<T>(future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
}

fn kind(error: &wasmtime::Error, refused_memory: bool) -> FailureKind {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => FailureKind::OutOfFuel,
        Some(Trap::StackOverflow) => FailureKind::TooDeep,
        _ if error.is::<DeadlinePassed>() => FailureKind::TimedOut,
        _ if error.is::<NoMemory>() => FailureKind::OutOfMemory,
        // A guest that traps after it was refused memory gave up for lack of it.
        Some(_) if refused_memory => FailureKind::OutOfMemory,
        Some(_) => FailureKind::Exception,
        _ if error.is::<Exit>() => FailureKind::Exception,
        _ => FailureKind::Crashed,
    }
}

/// What is left of an interpreter whose inside a snippet has damaged: a trap, or an answer that makes no sense.
fn broken(how: &str) -> Failure {
    Failure {
        kind: FailureKind::Exception,
        error_type: Some("InterpreterError".to_owned()),
        message: format!("the snippet broke the interpreter that it runs in ({how})"),
        position: None,
        traceback: Vec::new(),
    }
}

fn failure(error: &wasmtime::Error, refused_memory: bool) -> Failure {
    let kind = kind(error, refused_memory);
    if kind == FailureKind::Exception {
        return broken(&error.root_cause().to_string());
    }
    Failure {
        kind,
        error_type: None,
        message: match kind {
            FailureKind::TooDeep => "Calls nest too deeply: a function calls itself without end".to_owned(),
            _ => error.root_cause().to_string(),
        },
        position: None,
        traceback: Vec::new(),
    }
}

fn load_failure(error: &wasmtime::Error, limits: &Limits) -> LoadError {
    let (kind, message) = match kind(error, false) {
        FailureKind::OutOfFuel => (
            LoadErrorKind::Limit,
            format!(
                "Loading the snippet reached the fuel limit of {}; code at its top runs once, before any event",
                limits.fuel
            ),
        ),
        FailureKind::TimedOut => (
            LoadErrorKind::Limit,
            format!("Loading the snippet took longer than {:?}", limits.deadline),
        ),
        FailureKind::OutOfMemory => (
            LoadErrorKind::Limit,
            format!(
                "Loading the snippet reached the memory limit of {} bytes",
                limits.memory
            ),
        ),
        FailureKind::TooDeep => (
            LoadErrorKind::Limit,
            "Loading the snippet nests calls too deeply".to_owned(),
        ),
        FailureKind::Exception => (
            LoadErrorKind::Exception,
            broken(&error.root_cause().to_string()).message,
        ),
        _ => (LoadErrorKind::Sandbox, error.root_cause().to_string()),
    };
    LoadError::new(kind, message)
}
