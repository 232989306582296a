//! The Hog runtime guest: its module, compiled once, and the image of its memory.

use std::sync::Arc;

use jurybox_hog_abi::memory_map;
use wasmtime::InstancePre;

use crate::engine::code::CodeCache;
use crate::engine::host::{self, HostState};
use crate::engine::image::{Image, Snapshot};

/// The guest, built from `guests/hog`. `engine/rewindable.rs` makes sure that rewinding its memory rewinds it whole.
pub const WASM: &[u8] = include_bytes!("../../../guests/hog/hog.wasm");

/// The compiled guest.
pub struct HogRuntime {
    /// The module with its imports resolved.
    pub module: InstancePre<HostState>,
    /// The snapshot of a new instance.
    pub base: Arc<Snapshot>,
}

impl HogRuntime {
    /// Compiles the guest, or loads it from the cache.
    pub fn load(engine: &wasmtime::Engine, cache: &CodeCache) -> wasmtime::Result<Self> {
        let module = cache.module(engine, WASM)?;
        let image = Image::of_module(WASM)
            .filter(|image| image.size() == memory_map::INITIAL_MEMORY as usize)
            .ok_or_else(|| wasmtime::Error::msg("the Hog runtime's memory is not laid out as expected"))?;
        let module = host::hog_functions(engine)?.instantiate_pre(&module)?;
        Ok(Self {
            module,
            base: Arc::new(Snapshot::unchanged(Arc::new(image))),
        })
    }

    /// Whether the cache has the guest's machine code.
    pub fn is_cached(engine: &wasmtime::Engine, cache: &CodeCache) -> bool {
        cache.has(engine, WASM)
    }
}
