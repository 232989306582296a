//! Runs the initialisation and keeps what it leaves.

use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use wasmtime::{Config, Engine, Instance, Module, OptLevel, Store};

use crate::rules::{MEMORY_EXPORT, STACK_POINTER_EXPORT};
use crate::world::World;
use crate::{CONSTRUCTORS, INITIALISATION};

/// Enough for parsers and compilers that recurse over whole source files.
const WASM_STACK: usize = 8 << 20;
/// WebAssembly and the host functions it calls share a native stack.
const NATIVE_STACK: usize = 2 * WASM_STACK;

/// What an initialised instance holds.
pub(crate) struct State {
    /// All of its memory, as large as it is now.
    pub(crate) memory: Vec<u8>,
    pub(crate) stack_pointer: i32,
}

/// Instantiates `module` and runs `_initialize`, if it is there, and `init`.
pub(crate) fn after_initialisation(module: &[u8], directory: Option<&Path>) -> Result<State> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(NATIVE_STACK)
            .spawn_scoped(scope, || run(module, directory))?;
        thread.join().unwrap_or_else(|_| bail!("the initialisation panicked"))
    })
}

fn run(module: &[u8], directory: Option<&Path>) -> Result<State> {
    let mut config = Config::new();
    // The code runs once, so compiling it fast is worth more than running it fast.
    config
        .cranelift_opt_level(OptLevel::None)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(NATIVE_STACK);
    // The bits of a NaN could end up in the memory that is stored.
    config.cranelift_nan_canonicalization(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, module)?;
    let world = World::new(directory)?;
    let mut store = Store::new(&engine, world);
    let instance = World::linker(&engine)?.instantiate(&mut store, &module)?;

    if instance.get_func(&mut store, CONSTRUCTORS).is_some() {
        let constructors = instance.get_typed_func::<(), ()>(&mut store, CONSTRUCTORS)?;
        constructors
            .call(&mut store, ())
            .map_err(anyhow::Error::from)
            .with_context(|| format!("`{CONSTRUCTORS}` failed"))?;
    }
    let initialisation = instance.get_typed_func::<(), i32>(&mut store, INITIALISATION)?;
    let status = initialisation
        .call(&mut store, ())
        .map_err(anyhow::Error::from)
        .with_context(|| format!("`{INITIALISATION}` failed"))?;
    ensure!(status == 0, "`{INITIALISATION}` gave {status} instead of 0");
    read(&instance, store)
}

fn read(instance: &Instance, mut store: Store<World>) -> Result<State> {
    let memory = instance
        .get_memory(&mut store, MEMORY_EXPORT)
        .context("no memory")?
        .data(&store)
        .to_vec();
    let stack_pointer = instance
        .get_global(&mut store, STACK_POINTER_EXPORT)
        .context("no stack pointer")?;
    let stack_pointer = stack_pointer
        .get(&mut store)
        .i32()
        .context("the stack pointer isn't an i32")?;
    Ok(State { memory, stack_pointer })
}
