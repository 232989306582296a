//! Authors' components: anything that exports the world of `guest-sdk/wit/world.wit`.

mod filesystem;
mod world;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker, TypedFunc};
use wasmtime::{Store, Trap};

use super::answer;
use super::clock::Clock;
use super::failure::{self, NoAnswer, NoMemory};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::module as diagnostics;
use crate::engine::run::{DocumentInput, Run};
use crate::outcome::{Outcome, Returned};

pub use self::world::{World, linker};

/// Fuel between two looks at the clock. Functions of the host cost components no fuel, so the slices are short: even a
/// loop of such calls comes to the end of one soon.
const SLICE: u64 = 500_000;
/// Bytes that a component may hand over in one call.
const MAX_ARGUMENTS: usize = 1 << 20;
/// Streams, pollables and the like that may exist at once.
const MAX_HANDLES: usize = 1_000;

/// The type of the function that judges.
type Evaluate = TypedFunc<(String,), (Result<String, String>,)>;

/// A compiled component whose imports and exports are what they must be.
pub struct ComponentModule {
    component: InstancePre<World>,
    evaluate: ComponentExportIndex,
}

/// One instance, with everything that is its own.
pub struct ComponentInstance {
    store: Store<World>,
    /// `None` until the instance exists.
    evaluate: Option<Evaluate>,
}

impl ComponentModule {
    /// Checks what a component imports and exports.
    pub fn new(linker: &Linker<World>, component: &Component) -> Result<Self, Box<Diagnostic>> {
        const EXPECTED: &str = "a function `(event: string) -> result<string, string>`";
        check_imports(component)?;
        let Some(evaluate) = component.get_export_index(None, "evaluate") else {
            return Err(diagnostics::wrong_export("evaluate", EXPECTED, None).into());
        };
        let instance = linker
            .instantiate_pre(component)
            .map_err(|error| Box::new(diagnostics::wrong_import(&format!("{error:#}"))))?;
        let ty = component.component_type();
        match ty.get_export(component.engine(), "evaluate").map(|export| export.ty) {
            Some(ComponentItem::ComponentFunc(function)) if world::is_evaluate(&function) => {}
            Some(ComponentItem::ComponentFunc(_)) => {
                return Err(diagnostics::wrong_export("evaluate", EXPECTED, Some("a function of another type")).into());
            }
            _ => return Err(diagnostics::wrong_export("evaluate", EXPECTED, Some("something else")).into()),
        }
        Ok(Self {
            component: instance,
            evaluate,
        })
    }

    /// An instance that is yet to come into being: that is part of the first run.
    pub fn instance(&self) -> ComponentInstance {
        let mut store = Store::new(self.component.engine(), World::new());
        store.limiter(World::limiter);
        store.set_hostcall_fuel(MAX_ARGUMENTS);
        store.set_max_component_handles(MAX_HANDLES);
        ComponentInstance { store, evaluate: None }
    }
}

fn check_imports(component: &Component) -> Result<(), Box<Diagnostic>> {
    let ty = component.component_type();
    for (name, _) in ty.imports(component.engine()) {
        // Interfaces of WASI go by compatible versions; whether those fit in detail is found out when they are linked.
        if !world::offers(name) {
            return Err(diagnostics::unknown_import("the world", name, world::AVAILABLE).into());
        }
    }
    Ok(())
}

impl ComponentInstance {
    /// Judges an event. Afterwards the instance may be used again if [it says so](Self::is_at_rest).
    pub fn run(&mut self, module: &ComponentModule, input: &DocumentInput<'_>) -> Run {
        let clock = Clock::start(input.limits.deadline);
        let outcome = match self.exchange(module, input, &clock) {
            Ok(outcome) => outcome,
            Err(error) => {
                let outcome = failure::outcome(&error, self.store.data().refused_memory());
                self.evaluate = None;
                outcome
            }
        };
        let left = self.store.get_fuel().unwrap_or_default();
        let world = self.store.data_mut();
        Run {
            outcome,
            logs: world.take_logs(),
            fuel: input.limits.fuel.saturating_sub(left),
            memory: world.peak_memory() as u64,
            elapsed: clock.started.elapsed(),
        }
    }

    /// Whether every call so far returned.
    pub fn is_at_rest(&self) -> bool {
        self.evaluate.is_some()
    }

    fn exchange(
        &mut self,
        module: &ComponentModule,
        input: &DocumentInput<'_>,
        clock: &Clock,
    ) -> wasmtime::Result<Outcome> {
        let limits = input.limits;
        // The fuel comes first, so that a run that fails before it begins has used none.
        self.store.set_fuel(limits.fuel)?;
        self.store.fuel_async_yield_interval(Some(SLICE))?;
        self.store.data_mut().begin(input, clock.end())?;
        let evaluate = match &self.evaluate {
            Some(evaluate) => *evaluate,
            None => self.instantiate(module, input, clock)?,
        };
        let called = clock.run(evaluate.call_async(&mut self.store, (input.document.to_owned(),)));
        let (answer,) = called.map_err(|error| self.explain(error))?;
        let refused_memory = self.store.data().refused_memory();
        Ok(match answer {
            Ok(answer) if answer.len() > limits.result.max(answer::MAX_ERROR) => {
                Outcome::Returned(Returned::TooLarge { bytes: answer.len() })
            }
            Ok(answer) => answer::outcome(answer.as_bytes(), limits.result, refused_memory),
            Err(text) => answer::failed(&text),
        })
    }

    fn instantiate(
        &mut self,
        module: &ComponentModule,
        input: &DocumentInput<'_>,
        clock: &Clock,
    ) -> wasmtime::Result<Evaluate> {
        let instance = match clock.run(module.component.instantiate_async(&mut self.store)) {
            Ok(instance) => instance,
            Err(error) if self.store.data().refused_memory() && error.downcast_ref::<Trap>().is_none() => {
                let text = format!(
                    "the memory that the component starts with exceeds the limit of {} bytes",
                    input.limits.memory
                );
                return Err(wasmtime::Error::from(NoMemory(text)));
            }
            Err(error) => return Err(error),
        };
        let evaluate: Evaluate = instance.get_typed_func(&mut self.store, module.evaluate)?;
        self.evaluate = Some(evaluate);
        Ok(evaluate)
    }

    /// An error of a call: one that is no trap and does not come from within is about the answer, which could not be read.
    fn explain(&self, error: wasmtime::Error) -> wasmtime::Error {
        let inside = error.downcast_ref::<Trap>().is_some() || error.is::<wasmtime::WasmBacktrace>();
        if inside || failure::is_known(&error) {
            return error;
        }
        let text = format!("something that can't be read: {}", error.root_cause());
        wasmtime::Error::from(NoAnswer(text))
    }
}
