//! Running authors' own WebAssembly: core modules and components, each event in a new instance.
//!
//! A module is a stranger's like any other source, down to its binary: it is checked before it is compiled, everything it
//! asks for is bounded, and everything it answers is looked at before it is believed. A trap is its author's fault.

pub(crate) mod answer;
mod check;
mod clock;
mod component;
mod core;
mod failure;
mod functions;
mod gate;
mod source;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lru::LruCache;
use serde::{Deserialize, Serialize};
use wasmtime::Linker;
use wasmtime::component::Linker as ComponentLinker;

use self::component::{ComponentInstance, ComponentModule, World};
use self::core::{CoreInstance, CoreModule};
use self::gate::{Gate, Pass};
use self::source::Kind;
use super::cache::Key;
use super::code::CodeCache;
use super::configuration;
use super::host::HostState;
use super::run::{DocumentInput, Run};
use crate::build::MetricSection;
use crate::diagnostic::{self, Diagnostic};
use crate::limits::Limits;
use crate::snippet::Convention;

pub use self::source::is_binary;

/// Compiled modules that are kept in memory when nobody holds them. They may be large.
const KEPT: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");

/// Everything that runs authors' modules.
pub struct Modules {
    code: CodeCache,
    runtime: OnceLock<Result<Runtime, String>>,
    gate: Gate,
    loaded: Mutex<LruCache<Key, Arc<LoadedModule>>>,
}

/// The engines and what they offer.
struct Runtime {
    modules: wasmtime::Engine,
    functions: Linker<HostState>,
    components: wasmtime::Engine,
    world: ComponentLinker<World>,
}

/// A module that may be compiled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckedModule {
    /// Of its source.
    key: Key,
    kind: Kind,
    /// The binary; empty where its machine code is all that is needed.
    #[serde(with = "serde_bytes")]
    pub wasm: Vec<u8>,
}

impl CheckedModule {
    /// A hash of its source.
    pub fn id(&self) -> u64 {
        self.key.short()
    }
}

/// A module that is ready to run.
pub struct LoadedModule {
    /// A hash of what was loaded.
    pub id: u64,
    program: Program,
}

enum Program {
    Core(CoreModule),
    Component(ComponentModule),
}

enum Instance {
    Core(CoreInstance),
    Component(ComponentInstance),
}

impl Runtime {
    fn new() -> wasmtime::Result<Self> {
        // Where address space is short (a limit on virtual memory), instances are mapped one by one.
        let modules = wasmtime::Engine::new(&configuration::modules(true))
            .or_else(|_| wasmtime::Engine::new(&configuration::modules(false)))?;
        let components = wasmtime::Engine::new(&configuration::components(true))
            .or_else(|_| wasmtime::Engine::new(&configuration::components(false)))?;
        Ok(Self {
            functions: functions::linker(&modules)?,
            world: component::linker(&components)?,
            modules,
            components,
        })
    }
}

impl Modules {
    /// No modules yet.
    pub fn new(code: CodeCache) -> Self {
        Self {
            code,
            runtime: OnceLock::new(),
            gate: Gate::default(),
            loaded: Mutex::new(LruCache::new(KEPT)),
        }
    }

    fn runtime(&self) -> Result<&Runtime, Box<Diagnostic>> {
        self.runtime
            .get_or_init(|| Runtime::new().map_err(|error| format!("{error:#}")))
            .as_ref()
            .map_err(|message| diagnostic::snippet::cannot_load(message).into())
    }

    /// Makes the engines.
    pub fn open(&self) -> wasmtime::Result<()> {
        match self.runtime() {
            Ok(_) => Ok(()),
            Err(diagnostic) => Err(wasmtime::Error::msg(diagnostic.message)),
        }
    }

    /// Checks a module or component, given as a binary or in text form. What is found again among the loaded ones was
    /// checked before.
    pub fn check(&self, source: &[u8], limits: &Limits) -> Result<(CheckedModule, Convention), Box<Diagnostic>> {
        let key = Key::of(&[source]);
        let (wasm, kind) = source::binary(source)?;
        if wasm.len() > limits.module {
            return Err(diagnostic::snippet::source_too_large(wasm.len(), limits.module).into());
        }
        if !self.lock().contains(&key) {
            check::check(&wasm)?;
        }
        // A module that was built from a snippet says whose rules its answers follow.
        let convention = MetricSection::read(&wasm).map(|section| section.convention);
        let module = CheckedModule {
            key,
            kind,
            wasm: wasm.into_owned(),
        };
        Ok((module, convention.unwrap_or_default()))
    }

    /// Makes a checked module ready to run.
    pub fn load(&self, checked: &CheckedModule) -> Result<Arc<LoadedModule>, Box<Diagnostic>> {
        let is_shared = self.code.is_of_its_wasm();
        if is_shared && let Some(module) = self.lock().get(&checked.key) {
            return Ok(Arc::clone(module));
        }
        // Others may load meanwhile, even the same module: that costs time once, and the last one is kept.
        let invalid = |error: wasmtime::Error| Box::new(diagnostic::module::invalid(&format!("{error:#}")));
        let runtime = self.runtime()?;
        let program = match checked.kind {
            Kind::Module => {
                let module = self.code.module(&runtime.modules, &checked.wasm).map_err(invalid)?;
                Program::Core(CoreModule::new(&runtime.functions, &module)?)
            }
            Kind::Component => {
                let component = self
                    .code
                    .component(&runtime.components, &checked.wasm)
                    .map_err(invalid)?;
                Program::Component(ComponentModule::new(&runtime.world, &component)?)
            }
        };
        let module = Arc::new(LoadedModule {
            id: checked.id(),
            program,
        });
        if is_shared {
            self.lock().put(checked.key, Arc::clone(&module));
        }
        Ok(module)
    }

    /// The machine code of a checked module.
    pub fn machine_code(&self, checked: &CheckedModule) -> Result<Vec<u8>, Box<Diagnostic>> {
        let runtime = self.runtime()?;
        match checked.kind {
            Kind::Module => runtime.modules.precompile_module(&checked.wasm),
            Kind::Component => runtime.components.precompile_component(&checked.wasm),
        }
        .map_err(|error| diagnostic::module::invalid(&format!("{error:#}")).into())
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<Key, Arc<LoadedModule>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place to run a module, for one event or many.
    pub fn session<'a>(&'a self, module: &'a LoadedModule) -> ModuleSession<'a> {
        ModuleSession {
            modules: self,
            module,
            kept: None,
        }
    }
}

impl LoadedModule {
    fn instance(&self) -> Instance {
        match &self.program {
            Program::Core(module) => Instance::Core(module.instance()),
            Program::Component(module) => Instance::Component(module.instance()),
        }
    }
}

impl Instance {
    fn run(&mut self, module: &LoadedModule, input: &DocumentInput<'_>) -> Run {
        match (self, &module.program) {
            (Self::Core(instance), Program::Core(module)) => instance.run(module, input),
            (Self::Component(instance), Program::Component(module)) => instance.run(module, input),
            _ => Run::failed(crate::outcome::Failure::crashed("an instance of another module")),
        }
    }

    fn is_at_rest(&self) -> bool {
        match self {
            Self::Core(instance) => instance.is_at_rest(),
            Self::Component(instance) => instance.is_at_rest(),
        }
    }
}

/// Runs a module on events, one after the other, each in a new instance unless asked otherwise.
pub struct ModuleSession<'a> {
    modules: &'a Modules,
    module: &'a LoadedModule,
    /// An instance that keeps the state of the events before.
    kept: Option<(Instance, Pass<'a>)>,
}

impl ModuleSession<'_> {
    /// Runs the module once.
    pub fn run(&mut self, input: &DocumentInput<'_>) -> Run {
        let kept = self.kept.take().filter(|_| input.keep_state);
        let (mut instance, pass) = match kept {
            Some(kept) => kept,
            None => {
                let pass = self.modules.gate.enter();
                (self.module.instance(), pass)
            }
        };
        let run = instance.run(self.module, input);
        if input.keep_state && instance.is_at_rest() {
            self.kept = Some((instance, pass));
        } else {
            // The instance must be gone before its pass is.
            drop(instance);
            drop(pass);
        }
        run
    }
}
