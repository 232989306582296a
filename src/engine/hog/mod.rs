//! Running Hog: snippets are small modules, linked to instances of one runtime guest.

mod instance;
mod runtime;
mod snippet;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lru::LruCache;

use self::instance::HogInstance;
use self::runtime::HogRuntime;
pub use self::runtime::WASM;
pub use self::snippet::LoadedSnippet;
use super::cache::Key;
use super::code::CodeCache;
use super::pool::{Lease, Pool};
use super::rewind;
use super::run::{Run, RunInput};
use crate::language::hog::codegen::Compiled;
use crate::outcome::Failure;

/// Everything that runs Hog.
pub struct Hog {
    wasmtime: wasmtime::Engine,
    code: CodeCache,
    rewinds: bool,
    runtime: OnceLock<Result<HogRuntime, String>>,
    pool: Pool<HogInstance>,
    loaded: Mutex<LruCache<Key, Arc<LoadedSnippet>>>,
    /// The id of the next snippet whose code is given.
    next: AtomicU64,
}

impl Hog {
    /// Without its runtime, which the first snippet loads.
    pub fn new(wasmtime: wasmtime::Engine, code: CodeCache, rewinds: bool, kept: NonZeroUsize) -> Self {
        Self {
            wasmtime,
            code,
            rewinds,
            runtime: OnceLock::new(),
            pool: Pool::default(),
            loaded: Mutex::new(LruCache::new(kept)),
            next: AtomicU64::new(0),
        }
    }

    fn runtime(&self) -> wasmtime::Result<&HogRuntime> {
        self.runtime
            .get_or_init(|| HogRuntime::load(&self.wasmtime, &self.code).map_err(|error| format!("{error:#}")))
            .as_ref()
            .map_err(|message| wasmtime::Error::msg(message.clone()))
    }

    /// Loads the runtime, if it is not loaded yet.
    pub fn prepare(&self) -> wasmtime::Result<()> {
        self.runtime().map(drop)
    }

    /// The machine code of the runtime, compiled now.
    pub fn runtime_code(&self) -> wasmtime::Result<Vec<u8>> {
        self.wasmtime.precompile_module(WASM)
    }

    /// The machine code of a compiled snippet.
    pub fn machine_code(&self, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
        self.wasmtime.precompile_module(wasm)
    }

    /// Whether the runtime's machine code is at hand.
    pub fn is_compiled(&self) -> bool {
        self.runtime.get().is_some() || HogRuntime::is_cached(&self.wasmtime, &self.code)
    }

    /// Makes a compiled snippet ready to run.
    pub fn load(&self, compiled: Compiled) -> wasmtime::Result<Arc<LoadedSnippet>> {
        if !self.code.is_of_its_wasm() {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            return self.load_anew(id, compiled).map(Arc::new);
        }
        let key = key(&compiled);
        if let Some(loaded) = self.loaded().get(&key) {
            return Ok(Arc::clone(loaded));
        }
        // Others may compile meanwhile, even the same snippet: that costs time once, and the last one is kept.
        let loaded = Arc::new(self.load_anew(key.short(), compiled)?);
        self.loaded().put(key, Arc::clone(&loaded));
        Ok(loaded)
    }

    fn loaded(&self) -> MutexGuard<'_, LruCache<Key, Arc<LoadedSnippet>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load_anew(&self, id: u64, compiled: Compiled) -> wasmtime::Result<LoadedSnippet> {
        let runtime = self.runtime()?;
        let module = self.code.module(&self.wasmtime, &compiled.wasm)?;
        let mut lease = self.pool.lease(Some(&runtime.base));
        // What loading leaves behind can't be rewound to another snippet's state, so it starts from a new instance.
        drop(lease.take());
        let (snapshot, instance) = HogInstance::new(runtime)?.load(runtime, &compiled)?;
        if self.rewinds {
            lease.put_back(instance);
        }
        Ok(LoadedSnippet {
            id,
            module,
            compiled,
            snapshot,
        })
    }

    /// A place to run a snippet, for one event or many.
    pub fn session<'a>(&'a self, snippet: &'a LoadedSnippet) -> HogSession<'a> {
        HogSession {
            hog: self,
            snippet,
            lease: self.pool.lease(Some(&snippet.snapshot)),
        }
    }
}

/// What tells a compiled snippet from all others.
pub fn key(compiled: &Compiled) -> Key {
    let patterns: Vec<u8> = compiled
        .patterns
        .iter()
        .flat_map(|pattern| {
            let options = u64::from(pattern.insensitive) | u64::from(pattern.extracts) << 1;
            (pattern.text.0 << 2 | options).to_le_bytes()
        })
        .collect();
    let positions = compiled.positions.fingerprint();
    Key::of(&[&compiled.wasm, &compiled.constants, &patterns, &positions])
}

/// Runs a snippet on events, one after the other, each in a clean instance.
pub struct HogSession<'a> {
    hog: &'a Hog,
    snippet: &'a LoadedSnippet,
    lease: Lease<'a, HogInstance>,
}

impl HogSession<'_> {
    /// Runs the snippet once.
    pub fn run(&mut self, input: &RunInput<'_>) -> Run {
        // A page fault that is not counted is one too many, so counting starts before anything is written.
        let before = rewind::page_faults();
        let mut instance = match self.instance() {
            Ok(instance) => instance,
            Err(error) => return Run::failed(Failure::crashed(format!("{error:#}"))),
        };
        let run = instance.run(self.snippet, input);
        let faults = rewind::faults_since(before);
        if self.hog.rewinds && instance.rewind(&run, faults).is_ok() {
            self.lease.put_back(instance);
        }
        run
    }

    /// A clean instance that is ready for the snippet.
    fn instance(&mut self) -> wasmtime::Result<HogInstance> {
        if let Some(mut instance) = self.lease.take()
            && instance.prepare(self.snippet).is_ok()
        {
            return Ok(instance);
        }
        let mut instance = HogInstance::new(self.hog.runtime()?)?;
        instance.prepare(self.snippet)?;
        Ok(instance)
    }
}

#[cfg(test)]
impl<'a> HogSession<'a> {
    pub fn lease(&mut self) -> &mut Lease<'a, HogInstance> {
        &mut self.lease
    }
}
