//! One instance of the Hog runtime, which snippets are linked to and which judges one event after the other, each from
//! the same clean state.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use jurybox_hog_abi::failure::Failure as Class;
use jurybox_hog_abi::{Unpacked, Value, layout, memory_map};
use wasmtime::{Extern, Instance, Memory, Store, Trap, TypedFunc, WasmBacktrace, WasmParams, WasmResults};

use super::runtime::HogRuntime;
use super::snippet::LoadedSnippet;
use crate::diagnostic::Position;
use crate::engine::configuration::MAX_SNIPPETS_PER_INSTANCE;
use crate::engine::host::{self, HostState, Logs, Random};
use crate::engine::image::Snapshot;
use crate::engine::pool::Rewindable;
use crate::engine::rewind::{self, Rewind};
use crate::engine::run::{Run, RunInput};
use crate::language::hog::codegen::{self, Compiled, ENTRY};
use crate::limits::Limits;
use crate::outcome::{Failure, FailureKind, Outcome, Returned};

/// Fuel for loading a snippet: mostly compiling its regular expressions.
const LOAD_FUEL: u64 = 3_000_000_000;
/// No machine that runs this burns less fuel in a second. A fuel limit that is used up before the deadline even at
/// this rate makes watching the clock needless.
const LEAST_FUEL_PER_SECOND: u64 = 100_000_000;
/// Fuel between two looks at the clock, where that is needed.
const SLICE: u64 = 2_000_000;

/// See the [module](self).
pub struct HogInstance {
    store: Store<HostState>,
    memory: Memory,
    exports: Exports,
    /// What snippets import, in the order of their imports.
    imports: Vec<Extern>,
    linked: Vec<(u64, TypedFunc<(), i64>)>,
    /// What the memory is equal to between events.
    state: Arc<Snapshot>,
    rewind: Rewind,
    /// When the run started and how long it may take, if that is watched.
    deadline: Option<(Instant, Duration)>,
}

struct Exports {
    begin_snippet: TypedFunc<u32, ()>,
    end_snippet: TypedFunc<(), ()>,
    prepare_pattern: TypedFunc<(i64, i32), ()>,
    render: TypedFunc<(i64, i32), i64>,
    stack_pointer: wasmtime::Global,
    stack_top: i32,
}

/// The forms that the runtime's `render` knows.
#[derive(Clone, Copy)]
#[repr(i32)]
enum Form {
    Json = 0,
    PythonText = 1,
    PythonType = 2,
}

impl HogInstance {
    /// A new instance.
    pub fn new(runtime: &HogRuntime) -> wasmtime::Result<Self> {
        let mut store = Store::new(runtime.module.module().engine(), HostState::default());
        store.limiter(|state| state);
        store.data_mut().memory_limit = runtime.base.size();
        store.set_fuel(LOAD_FUEL)?;
        let instance = runtime.module.instantiate(&mut store)?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| wasmtime::Error::msg("the Hog runtime exports no memory"))?;
        store.data_mut().memory = Some(memory);
        let exports = Exports::of(&instance, &mut store)?;
        let imports = codegen::import_names()
            .map(|name| {
                let export = instance.get_export(&mut store, name);
                export.ok_or_else(|| wasmtime::Error::msg(format!("the Hog runtime does not export `{name}`")))
            })
            .collect::<wasmtime::Result<_>>()?;
        Ok(Self {
            store,
            memory,
            exports,
            imports,
            linked: Vec::new(),
            state: Arc::clone(&runtime.base),
            rewind: Rewind::default(),
            deadline: None,
        })
    }

    /// Loads a snippet's constants and patterns into a new instance, and takes the snapshot. With `rewindable`, the
    /// instance is equal to that snapshot afterwards.
    pub fn load(mut self, runtime: &HogRuntime, compiled: &Compiled) -> wasmtime::Result<(Arc<Snapshot>, Self)> {
        let end = memory_map::SNIPPET as usize + compiled.constants.len();
        self.memory
            .write(&mut self.store, memory_map::SNIPPET as usize, &compiled.constants)?;
        let end = u32::try_from(end)?;
        self.store.set_fuel(LOAD_FUEL)?;
        self.exports.begin_snippet.call(&mut self.store, end)?;
        for pattern in &compiled.patterns {
            let mut options = 0;
            if pattern.insensitive {
                options |= layout::PATTERN_INSENSITIVE;
            }
            if pattern.extracts {
                options |= layout::PATTERN_EXTRACTS;
            }
            self.exports
                .prepare_pattern
                .call(&mut self.store, (pattern.text.0.cast_signed(), options))?;
        }
        self.exports.end_snippet.call(&mut self.store, ())?;

        let image = Arc::clone(runtime.base.image());
        let memory = self.memory.data(&self.store);
        let all = 0..u32::try_from(memory.len() / crate::engine::image::PAGE).unwrap_or(u32::MAX);
        let snapshot = match self.rewind.scan(memory) {
            Ok(pages) => Snapshot::of_memory(image, memory, pages.iter().copied()),
            Err(rewind::Refused) => Snapshot::of_memory(image, memory, all),
        };
        let snapshot = Arc::new(snapshot.ok_or_else(|| wasmtime::Error::msg("the snippet's constants are too large"))?);
        self.state = Arc::clone(&snapshot);
        Ok((snapshot, self))
    }

    /// Makes the instance ready for a snippet. After an error it must not be used again.
    pub fn prepare(&mut self, snippet: &LoadedSnippet) -> wasmtime::Result<()> {
        if !Arc::ptr_eq(&self.state, &snippet.snapshot) {
            let memory = self.memory.data_mut(&mut self.store);
            self.rewind
                .retarget(memory, &self.state, &snippet.snapshot)
                .map_err(|rewind::Refused| wasmtime::Error::msg("the instance has another size"))?;
            self.state = Arc::clone(&snippet.snapshot);
        }
        if self.linked.iter().all(|(id, _)| *id != snippet.id) {
            if self.linked.len() >= MAX_SNIPPETS_PER_INSTANCE as usize {
                return Err(wasmtime::Error::msg("the instance is linked to enough snippets"));
            }
            let instance = Instance::new(&mut self.store, &snippet.module, &self.imports)?;
            let entry = instance.get_typed_func(&mut self.store, ENTRY)?;
            self.linked.push((snippet.id, entry));
        }
        Ok(())
    }

    /// Judges an event. The instance must be [prepared](Self::prepare) for the snippet and clean.
    pub fn run(&mut self, snippet: &LoadedSnippet, input: &RunInput<'_>) -> Run {
        let started = Instant::now();
        let outcome = self.outcome(snippet, input, started);
        let left = self.store.get_fuel().unwrap_or_default();
        let memory = self.peak_memory();
        let state = self.store.data_mut();
        Run {
            outcome,
            logs: std::mem::take(&mut state.logs).into_lines(),
            fuel: input.limits.fuel.saturating_sub(left),
            memory,
            elapsed: started.elapsed(),
        }
    }

    /// Bytes of heap in use at the most, the event included.
    fn peak_memory(&self) -> u64 {
        let memory = self.memory.data(&self.store);
        let word = |address: u32| {
            let address = address as usize;
            memory
                .get(address..address + 4)
                .and_then(|bytes| bytes.try_into().ok())
                .map_or(0, u32::from_le_bytes)
        };
        let top = word(memory_map::STATE_HEAP_TOP).max(word(memory_map::STATE_HEAP_PEAK));
        u64::from(top.saturating_sub(memory_map::EVENT))
    }

    fn outcome(&mut self, snippet: &LoadedSnippet, input: &RunInput<'_>, started: Instant) -> Outcome {
        let limits = input.limits;
        let state = self.store.data_mut();
        state.logs = Logs::new(limits.logs);
        state.now_ns = input.replay.now_ns;
        state.random = Random::new(input.replay.seed);
        state.failure = None;
        let Some(entry) = self
            .linked
            .iter()
            .find(|(id, _)| *id == snippet.id)
            .map(|(_, entry)| entry.clone())
        else {
            return Outcome::Failed(Failure::crashed("the snippet is not linked"));
        };
        self.deadline = None;
        // The fuel comes first, so that a run that fails before it begins has used none.
        let fuel = self.store.set_fuel(limits.fuel);
        let result = fuel.and_then(|()| self.write_event(input)).and_then(|()| {
            if limits.fuel / LEAST_FUEL_PER_SECOND > limits.deadline.as_secs() || limits.deadline.as_secs() == 0 {
                self.deadline = Some((started, limits.deadline));
                self.store.fuel_async_yield_interval(Some(SLICE))?;
            }
            let value = self.call(&entry, ())?;
            self.returned(Value(value.cast_unsigned()), input)
        });
        result.map_or_else(
            |error| Outcome::Failed(self.failure(&error, snippet)),
            Outcome::Returned,
        )
    }

    /// Calls a function of the guest: straight, or in slices of fuel with a look at the clock in between.
    fn call<P, R>(&mut self, function: &TypedFunc<P, R>, parameters: P) -> wasmtime::Result<R>
    where
        P: WasmParams + Sync,
        R: WasmResults + Sync,
    {
        let Some((started, deadline)) = self.deadline else {
            return function.call(&mut self.store, parameters);
        };
        let mut call = pin!(function.call_async(&mut self.store, parameters));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match call.as_mut().poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending if started.elapsed() >= deadline => return Err(wasmtime::Error::from(DeadlinePassed)),
                Poll::Pending => {}
            }
        }
    }

    fn write_event(&mut self, input: &RunInput<'_>) -> wasmtime::Result<()> {
        let start = memory_map::EVENT as usize;
        let end = start + input.event.len();
        let most = usize::try_from(input.limits.memory.min(Limits::MAX_MEMORY))?;
        let limit = start + most;
        if end > limit {
            return Err(wasmtime::Error::from(EventDoesNotFit));
        }
        let page = memory_map::WASM_PAGE as usize;
        self.store.data_mut().memory_limit = limit.next_multiple_of(page).max(memory_map::INITIAL_MEMORY as usize);
        let size = self.memory.data_size(&self.store);
        if end > size {
            let pages = u64::try_from((end - size).div_ceil(page))?;
            self.memory.grow(&mut self.store, pages)?;
        }
        let memory = self.memory.data_mut(&mut self.store);
        let outside = || wasmtime::Error::msg("the event lies outside of memory");
        memory
            .get_mut(start..end)
            .ok_or_else(outside)?
            .copy_from_slice(input.event);

        let mut state = [0; memory_map::STATE_SIZE as usize];
        let mut set = |address: u32, bytes: &[u8]| {
            let at = (address - memory_map::STATE) as usize;
            state[at..at + bytes.len()].copy_from_slice(bytes);
        };
        let end = u32::try_from(end)?.to_le_bytes();
        let limit = u32::try_from(limit).unwrap_or(u32::MAX - 7) & !7;
        set(memory_map::STATE_HEAP_TOP, &end);
        set(memory_map::STATE_HEAP_START, &end);
        set(memory_map::STATE_HEAP_LIMIT, &limit.to_le_bytes());
        set(memory_map::STATE_GLOBALS, &input.globals.0.to_le_bytes());
        set(memory_map::STATE_PENDING, &Value::NULL.0.to_le_bytes());
        let at = memory_map::STATE as usize;
        memory
            .get_mut(at..at + state.len())
            .ok_or_else(outside)?
            .copy_from_slice(&state);
        Ok(())
    }

    fn returned(&mut self, value: Value, input: &RunInput<'_>) -> wasmtime::Result<Returned> {
        Ok(match value.unpack() {
            Unpacked::Null => Returned::Null,
            Unpacked::Bool(value) => Returned::Bool(value),
            _ if input.python => Returned::Python {
                type_name: self.render(value, Form::PythonType, 100)?,
                text: self.render(value, Form::PythonText, input.limits.result)?,
            },
            _ => {
                let json = self.render(value, Form::Json, usize::MAX)?;
                if json.len() > input.limits.result {
                    return Ok(Returned::TooLarge { bytes: json.len() });
                }
                Returned::Json(json)
            }
        })
    }

    /// A text about a value, cut to so many bytes.
    fn render(&mut self, value: Value, form: Form, limit: usize) -> wasmtime::Result<String> {
        let render = self.exports.render.clone();
        let packed = self
            .call(&render, (value.0.cast_signed(), form as i32))?
            .cast_unsigned();
        let (pointer, length) = ((packed >> 32) as u32, packed as u32);
        let text = host::bytes(self.memory.data(&self.store), pointer, length)?;
        let cut = text.get(..limit).unwrap_or(text);
        Ok(String::from_utf8_lossy(cut).into_owned())
    }

    fn failure(&mut self, error: &wasmtime::Error, snippet: &LoadedSnippet) -> Failure {
        let position = self.position(error, snippet);
        if let Some(failure) = self.store.data_mut().failure.take() {
            let error_type = Some(failure.error_type).filter(|name| !name.is_empty());
            let (kind, position) = match failure.class {
                Class::Vm => (FailureKind::Vm, position),
                Class::Exception => (FailureKind::Exception, position),
                Class::OutOfMemory => (FailureKind::OutOfMemory, position),
                Class::TooDeep => (FailureKind::TooDeep, position),
                Class::Uncaught => (FailureKind::Uncaught, self.throw_position(snippet)),
            };
            return Failure {
                kind,
                error_type,
                message: failure.message,
                position,
                traceback: Vec::new(),
            };
        }
        let kind = match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => FailureKind::OutOfFuel,
            Some(Trap::StackOverflow) => FailureKind::TooDeep,
            _ if error.is::<DeadlinePassed>() => FailureKind::TimedOut,
            _ if error.is::<EventDoesNotFit>() => FailureKind::OutOfMemory,
            _ => FailureKind::Crashed,
        };
        let message = match kind {
            FailureKind::TooDeep => TOO_DEEP.to_owned(),
            FailureKind::Crashed => error.root_cause().to_string(),
            _ => error.to_string(),
        };
        Failure {
            kind,
            error_type: None,
            message,
            position,
            traceback: Vec::new(),
        }
    }

    /// The innermost place in the snippet that was running.
    fn position(&self, error: &wasmtime::Error, snippet: &LoadedSnippet) -> Option<Position> {
        let code = snippet.module.image_range();
        let backtrace = error.downcast_ref::<WasmBacktrace>()?;
        backtrace
            .frames()
            .iter()
            .filter(|frame| frame.module().image_range() == code)
            .find_map(|frame| snippet.compiled.positions.find(frame.module_offset()?))
    }

    fn throw_position(&self, snippet: &LoadedSnippet) -> Option<Position> {
        let mut site = [0; 4];
        self.memory
            .read(&self.store, memory_map::STATE_THROW_SITE as usize, &mut site)
            .ok()?;
        snippet
            .compiled
            .throw_sites
            .get(u32::from_le_bytes(site) as usize)
            .copied()
    }

    /// Rewinds the instance to the state before the event. `faults` are the page faults of the thread since then.
    pub fn rewind(&mut self, run: &Run, faults: u64) -> Result<(), rewind::Refused> {
        // A store that ran in slices can't be called straight any more.
        if self.deadline.is_some() || matches!(run.outcome, Outcome::Failed(_)) {
            return Err(rewind::Refused);
        }
        if self.memory.data_size(&self.store) != self.state.size() {
            return Err(rewind::Refused);
        }
        if self.exports.stack_pointer.get(&mut self.store).i32() != Some(self.exports.stack_top) {
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

/// What authors are told when calls nest too deeply.
pub const TOO_DEEP: &str = "Call stack exceeded its limit: a function calls itself too deeply";

impl Exports {
    fn of(instance: &Instance, store: &mut Store<HostState>) -> wasmtime::Result<Self> {
        let stack_pointer = instance
            .get_global(&mut *store, "__stack_pointer")
            .ok_or_else(|| wasmtime::Error::msg("the Hog runtime exports no stack pointer"))?;
        let stack_top = stack_pointer.get(&mut *store).i32().unwrap_or_default();
        Ok(Self {
            begin_snippet: instance.get_typed_func(&mut *store, "begin_snippet")?,
            end_snippet: instance.get_typed_func(&mut *store, "end_snippet")?,
            prepare_pattern: instance.get_typed_func(&mut *store, "prepare_pattern")?,
            render: instance.get_typed_func(&mut *store, "render")?,
            stack_pointer,
            stack_top,
        })
    }
}

impl Rewindable for HogInstance {
    fn state(&self) -> &Arc<Snapshot> {
        &self.state
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the deadline passed")]
struct DeadlinePassed;

#[derive(Debug, thiserror::Error)]
#[error("the event alone is larger than the memory limit")]
struct EventDoesNotFit;
