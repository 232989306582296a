//! An interpreter guest: its module, compiled once, and the image of its booted memory.

use std::sync::Arc;

use wasmtime::{InstancePre, Store};

use crate::engine::code::CodeCache;
use crate::engine::configuration;
use crate::engine::host::{self, HostState};
use crate::engine::image::{Image, Snapshot};
use crate::engine::wasi;

/// The interpreters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guest {
    /// CPython, built from `guests/python`.
    Python,
    /// QuickJS-NG, built from `guests/javascript`.
    JavaScript,
}

impl Guest {
    /// The guest's module, compressed. `engine/rewindable.rs` makes sure that rewinding its memory rewinds it whole.
    pub const fn artifact(self) -> &'static [u8] {
        match self {
            Self::Python => include_bytes!("../../../guests/python/python.wasm.zst"),
            Self::JavaScript => include_bytes!("../../../guests/javascript/javascript.wasm.zst"),
        }
    }

    /// The guest's module.
    pub fn wasm(self) -> std::io::Result<Vec<u8>> {
        zstd::decode_all(self.artifact())
    }
}

/// The compiled guest.
pub struct InterpreterRuntime {
    /// The module with its imports resolved.
    pub module: InstancePre<HostState>,
    /// The snapshot of a new instance.
    pub base: Arc<Snapshot>,
}

impl InterpreterRuntime {
    /// Compiles the guest, or loads it from the cache.
    pub fn load(engine: &wasmtime::Engine, guest: Guest, cache: &CodeCache) -> wasmtime::Result<Self> {
        let module = cache.module_of(engine, guest.artifact(), || Ok(guest.wasm()?))?;
        let mut linker = host::functions(engine)?;
        wasi::add_to_linker(&mut linker)?;
        let module = linker.instantiate_pre(&module)?;
        let image = image(&module)?;
        Ok(Self {
            module,
            base: Arc::new(Snapshot::unchanged(Arc::new(image))),
        })
    }
}

/// An engine for interpreters. Where address space is short (a limit on virtual memory), instances are mapped one by one.
pub fn engine() -> wasmtime::Result<wasmtime::Engine> {
    wasmtime::Engine::new(&configuration::interpreters(true))
        .or_else(|_| wasmtime::Engine::new(&configuration::interpreters(false)))
}

fn image(module: &InstancePre<HostState>) -> wasmtime::Result<Image> {
    let mut store = Store::new(module.module().engine(), HostState::default());
    store.data_mut().memory_limit = usize::MAX;
    let instance = module.instantiate(&mut store)?;
    let memory = instance
        .get_memory(&mut store, "memory")
        .ok_or_else(|| wasmtime::Error::msg("the guest exports no memory"))?;
    Ok(Image::of_memory(memory.data(&store)))
}
