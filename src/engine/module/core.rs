//! Authors' core modules: `guest-sdk/ABI.md`.

use std::sync::Arc;

use wasmtime::{ExternType, InstancePre, Linker, Memory, Module, ModuleExport, Store, TypedFunc, ValType};

use super::answer;
use super::clock::Clock;
use super::failure::{self, NoAnswer, NoMemory};
use super::functions;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::module as diagnostics;
use crate::engine::host::{self, HostState, Logs, Random};
use crate::engine::run::{DocumentInput, Run};
use crate::limits::Limits;
use crate::outcome::{Outcome, Returned};

/// Fuel between two looks at the clock: some milliseconds.
const SLICE: u64 = 20_000_000;

/// A compiled module whose imports and exports are what they must be.
pub struct CoreModule {
    module: InstancePre<HostState>,
    memory: ModuleExport,
    alloc: ModuleExport,
    evaluate: ModuleExport,
    initialize: Option<ModuleExport>,
}

/// One instance, with everything that is its own.
pub struct CoreInstance {
    store: Store<HostState>,
    /// `None` until the instance exists.
    exports: Option<Exports>,
}

#[derive(Clone)]
struct Exports {
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    evaluate: TypedFunc<(u32, u32), u64>,
}

impl CoreModule {
    /// Checks what a module imports and exports.
    pub fn new(linker: &Linker<HostState>, module: &Module) -> Result<Self, Box<Diagnostic>> {
        check_imports(linker, module)?;
        let memory = export(module, "memory", "a memory", |ty| matches!(ty, ExternType::Memory(_)))?;
        let function = |name, expected, parameters, results| {
            export(module, name, expected, |ty| is_function(ty, parameters, results))
        };
        let alloc = function("alloc", "a function `(i32) -> i32`", &[ValType::I32], &[ValType::I32])?;
        let evaluate = function(
            "evaluate",
            "a function `(i32, i32) -> i64`",
            &[ValType::I32, ValType::I32],
            &[ValType::I64],
        )?;
        let initialize = match module.get_export("_initialize") {
            None => None,
            Some(_) => Some(function(
                "_initialize",
                "a function without parameters and results",
                &[],
                &[],
            )?),
        };
        let module = linker
            .instantiate_pre(module)
            .map_err(|error| Box::new(diagnostics::wrong_import(&format!("{error:#}"))))?;
        Ok(Self {
            module,
            memory,
            alloc,
            evaluate,
            initialize,
        })
    }

    /// An instance that is yet to come into being: that is part of the first run.
    pub fn instance(&self) -> CoreInstance {
        let mut store = Store::new(self.module.module().engine(), HostState::default());
        store.limiter(|state| state);
        CoreInstance { store, exports: None }
    }
}

fn check_imports(linker: &Linker<HostState>, module: &Module) -> Result<(), Box<Diagnostic>> {
    let mut store = Store::new(module.engine(), HostState::default());
    for import in module.imports() {
        if linker.get(&mut store, import.module(), import.name()).is_err() {
            return Err(diagnostics::unknown_import(import.module(), import.name(), functions::AVAILABLE).into());
        }
    }
    Ok(())
}

fn export(
    module: &Module,
    name: &str,
    expected: &str,
    fits: impl FnOnce(&ExternType) -> bool,
) -> Result<ModuleExport, Box<Diagnostic>> {
    match module.get_export(name) {
        Some(ty) if fits(&ty) => {}
        Some(ty) => return Err(diagnostics::wrong_export(name, expected, Some(&describe(&ty))).into()),
        None => return Err(diagnostics::wrong_export(name, expected, None).into()),
    }
    module
        .get_export_index(name)
        .ok_or_else(|| diagnostics::wrong_export(name, expected, None).into())
}

fn is_function(ty: &ExternType, parameters: &[ValType], results: &[ValType]) -> bool {
    let same = |types: &mut dyn Iterator<Item = ValType>, expected: &[ValType]| {
        let types: Vec<_> = types.collect();
        types.len() == expected.len()
            && types
                .iter()
                .zip(expected)
                .all(|(ty, expected)| ValType::eq(ty, expected))
    };
    match ty {
        ExternType::Func(ty) => same(&mut ty.params(), parameters) && same(&mut ty.results(), results),
        _ => false,
    }
}

fn describe(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => {
            let list = |types: &mut dyn Iterator<Item = ValType>| {
                types.map(|ty| ty.to_string()).collect::<Vec<_>>().join(", ")
            };
            format!(
                "a function `({}) -> ({})`",
                list(&mut ty.params()),
                list(&mut ty.results())
            )
        }
        ExternType::Memory(_) => "a memory".to_owned(),
        ExternType::Table(_) => "a table".to_owned(),
        ExternType::Global(_) => "a global".to_owned(),
        ExternType::Tag(_) => "a tag".to_owned(),
    }
}

impl CoreInstance {
    /// Judges an event. Afterwards the instance may be used again if [it says so](Self::is_at_rest).
    pub fn run(&mut self, module: &CoreModule, input: &DocumentInput<'_>) -> Run {
        let clock = Clock::start(input.limits.deadline);
        let outcome = match self.exchange(module, input, &clock) {
            Ok(outcome) => outcome,
            Err(error) => {
                let outcome = failure::outcome(&error, self.store.data().refused_memory);
                // It stopped somewhere in the middle.
                self.exports = None;
                outcome
            }
        };
        let left = self.store.get_fuel().unwrap_or_default();
        let state = self.store.data_mut();
        state.wasi.flush(&mut state.logs);
        let logs = std::mem::take(&mut state.logs).into_lines();
        let memory = state.memory;
        Run {
            outcome,
            logs,
            fuel: input.limits.fuel.saturating_sub(left),
            memory: memory.map_or(0, |memory| memory.data_size(&self.store) as u64),
            elapsed: clock.started.elapsed(),
        }
    }

    /// Whether every call so far returned.
    pub fn is_at_rest(&self) -> bool {
        self.exports.is_some()
    }

    fn exchange(&mut self, module: &CoreModule, input: &DocumentInput<'_>, clock: &Clock) -> wasmtime::Result<Outcome> {
        let limits = input.limits;
        self.begin(input, clock)?;
        let exports = match &self.exports {
            Some(exports) => exports.clone(),
            None => self.instantiate(module, limits, clock)?,
        };
        let length = u32::try_from(input.document.len())?;
        let pointer = clock.run(exports.alloc.call_async(&mut self.store, length))?;
        if pointer == 0 {
            let text = format!("`alloc` found no room for the event of {length} bytes");
            return Err(wasmtime::Error::from(NoMemory(text)));
        }
        let place = exports
            .memory
            .data_mut(&mut self.store)
            .get_mut(pointer as usize..)
            .and_then(|memory| memory.get_mut(..input.document.len()));
        let Some(place) = place else {
            let text = format!("room for the event outside of its memory (`alloc({length})` returned {pointer})");
            return Err(wasmtime::Error::from(NoAnswer(text)));
        };
        place.copy_from_slice(input.document.as_bytes());
        let packed = clock.run(exports.evaluate.call_async(&mut self.store, (pointer, length)))?;
        let (pointer, length) = ((packed >> 32) as u32, packed as u32);
        let Ok(answer) = host::bytes(exports.memory.data(&self.store), pointer, length) else {
            let text = format!("a text outside of its memory (pointer {pointer}, length {length})");
            return Err(wasmtime::Error::from(NoAnswer(text)));
        };
        if answer.len() > limits.result.max(answer::MAX_ERROR) {
            return Ok(Outcome::Returned(Returned::TooLarge { bytes: answer.len() }));
        }
        Ok(answer::outcome(answer, limits.result, self.store.data().refused_memory))
    }

    /// Makes the host's side that of a new run.
    fn begin(&mut self, input: &DocumentInput<'_>, clock: &Clock) -> wasmtime::Result<()> {
        let limits = input.limits;
        // The fuel comes first, so that a run that fails before it begins has used none.
        self.store.set_fuel(limits.fuel)?;
        self.store.fuel_async_yield_interval(Some(SLICE))?;
        let state = self.store.data_mut();
        state.memory_limit = usize::try_from(limits.memory.min(Limits::MAX_MEMORY))?;
        state.logs = Logs::new(limits.logs);
        state.now_ns = input.replay.now_ns;
        state.random = Random::new(input.replay.seed);
        state.refused_memory = false;
        state.wasi.reset(Arc::clone(input.directories));
        state.wasi.watch(clock.end());
        Ok(())
    }

    fn instantiate(&mut self, module: &CoreModule, limits: &Limits, clock: &Clock) -> wasmtime::Result<Exports> {
        let instance = match clock.run(module.module.instantiate_async(&mut self.store)) {
            Ok(instance) => instance,
            Err(error) if self.store.data().refused_memory && error.downcast_ref::<wasmtime::Trap>().is_none() => {
                let text = format!(
                    "the memory that the module starts with exceeds the limit of {} bytes",
                    limits.memory
                );
                return Err(wasmtime::Error::from(NoMemory(text)));
            }
            Err(error) => return Err(error),
        };
        let missing = || wasmtime::Error::msg("an export is missing");
        let store = &mut self.store;
        let memory = instance
            .get_module_export(&mut *store, &module.memory)
            .and_then(wasmtime::Extern::into_memory)
            .ok_or_else(missing)?;
        store.data_mut().memory = Some(memory);
        let mut function = |export: &ModuleExport| {
            instance
                .get_module_export(&mut self.store, export)
                .and_then(wasmtime::Extern::into_func)
                .ok_or_else(missing)
        };
        let (alloc, evaluate) = (function(&module.alloc)?, function(&module.evaluate)?);
        let initialize = module.initialize.as_ref().map(function).transpose()?;
        if let Some(initialize) = initialize {
            let initialize = initialize.typed::<(), ()>(&self.store)?;
            clock.run(initialize.call_async(&mut self.store, ()))?;
        }
        let exports = Exports {
            memory,
            alloc: alloc.typed(&self.store)?,
            evaluate: evaluate.typed(&self.store)?,
        };
        self.exports = Some(exports.clone());
        Ok(exports)
    }
}
