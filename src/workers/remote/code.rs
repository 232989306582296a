//! Machine code, as the host keeps it: on disk, authenticated, and for the runtimes in sealed memory that all workers map.

use std::fs::{self, Metadata};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::UNIX_EPOCH;

use super::runtime_of;
use crate::engine::cache::{DiskCache, Key};
use crate::engine::hog::WASM;
use crate::engine::interpreter::Guest;
use crate::engine::{code, configuration};
use crate::snippet::{Language, Snippet};
use crate::workers::Project;
use crate::workers::protocol::message::{Runtime, VERSION};
use crate::workers::sealed::Sealed;

/// See the [module](self).
pub struct HostCode {
    disk: Option<DiskCache>,
    /// What tells the worker program, with the compiler in it, from others of the same version.
    program: Vec<u8>,
    engines: OnceLock<Option<Engines>>,
    /// What code must have been compiled for to run here.
    compatibility: OnceLock<Vec<u8>>,
    runtimes: [Mutex<Option<Arc<Sealed>>>; 3],
}

/// Engines that run nothing: what is asked of them is what their code is compatible with.
struct Engines {
    hog: wasmtime::Engine,
    interpreters: wasmtime::Engine,
    modules: wasmtime::Engine,
    components: wasmtime::Engine,
}

impl HostCode {
    /// With or without a cache on disk.
    pub fn new(disk: Option<DiskCache>, program: &Path) -> Self {
        let modified = |metadata: &Metadata| metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok();
        let identity = |metadata: Metadata| {
            let modified = modified(&metadata).map_or(0, |since| since.as_nanos());
            [&modified.to_le_bytes()[..], &metadata.len().to_le_bytes()].concat()
        };
        Self {
            disk,
            program: fs::metadata(program).map(identity).unwrap_or_default(),
            engines: OnceLock::new(),
            compatibility: OnceLock::new(),
            runtimes: Default::default(),
        }
    }

    fn engines(&self) -> Option<&Engines> {
        let make = || {
            Some(Engines {
                hog: wasmtime::Engine::new(&configuration::hog(false)).ok()?,
                interpreters: wasmtime::Engine::new(&configuration::interpreters(false)).ok()?,
                modules: wasmtime::Engine::new(&configuration::modules(false)).ok()?,
                components: wasmtime::Engine::new(&configuration::components(false)).ok()?,
            })
        };
        self.engines.get_or_init(make).as_ref()
    }

    /// What a compiled snippet is kept under. The project is part of it: whoever got a compiler to give wrong code for a
    /// source has deceived himself alone.
    pub fn key(&self, snippet: &Snippet, project: &Project, max_module: usize) -> Key {
        let option = |text: &Option<String>| match text {
            Some(text) => [b"some:", text.as_bytes()].concat(),
            None => Vec::new(),
        };
        Key::of(&[
            b"product",
            &VERSION.to_le_bytes(),
            &self.program,
            self.compatibility(),
            project.as_bytes(),
            snippet.language.name().as_bytes(),
            snippet.convention.name().as_bytes(),
            &option(&snippet.entry),
            &option(&snippet.file),
            &snippet.source,
            &max_module.to_le_bytes(),
        ])
    }

    fn compatibility(&self) -> &[u8] {
        self.compatibility.get_or_init(|| {
            let engines = self.engines().into_iter();
            let engines = engines.flat_map(|engines| {
                [
                    &engines.hog,
                    &engines.interpreters,
                    &engines.modules,
                    &engines.components,
                ]
            });
            engines.flat_map(|engine| *code::key(engine, &[]).bytes()).collect()
        })
    }

    /// What is kept of a compiled snippet, if this program wrote it.
    pub fn load(&self, key: &Key) -> Option<Vec<u8>> {
        self.disk.as_ref()?.load(key)
    }

    /// Keeps a compiled snippet.
    pub fn store(&self, key: &Key, product: &[u8]) {
        if let Some(disk) = &self.disk {
            disk.store(key, product);
        }
    }

    /// Whether the code of a runtime is at hand.
    pub fn has(&self, runtime: Runtime) -> bool {
        self.lock(runtime).is_some()
            || self
                .runtime_key(runtime)
                .zip(self.disk.as_ref())
                .is_some_and(|(key, disk)| disk.has(&key))
    }

    /// The code of a runtime: from the cache if it is there, else from `compile`.
    pub fn runtime(
        &self,
        runtime: Runtime,
        compile: impl FnOnce() -> Result<Vec<u8>, String>,
    ) -> Result<Arc<Sealed>, String> {
        // Others wait, because they want the same.
        let mut known = self.lock(runtime);
        if let Some(sealed) = known.as_ref() {
            return Ok(Arc::clone(sealed));
        }
        let stored = self.disk.as_ref().zip(self.runtime_key(runtime));
        let code = match stored.as_ref().and_then(|(disk, key)| disk.load(key)) {
            Some(code) => code,
            None => {
                let code = compile()?;
                if let Some((disk, key)) = stored {
                    disk.store(&key, &code);
                }
                code
            }
        };
        let sealed = Sealed::new(&code).map_err(|error| format!("machine code can't be kept in memory: {error}"))?;
        let sealed = Arc::new(sealed);
        *known = Some(Arc::clone(&sealed));
        Ok(sealed)
    }

    /// The code of the runtimes of these languages, as far as it need not be compiled.
    pub fn at_hand(&self, languages: &[Language]) -> Vec<(Runtime, Arc<Sealed>)> {
        let mut runtimes: Vec<Runtime> = languages.iter().copied().filter_map(runtime_of).collect();
        runtimes.dedup();
        let at_hand = runtimes.into_iter().filter(|runtime| self.has(*runtime));
        at_hand
            .filter_map(|runtime| {
                let code = self.runtime(runtime, || Err("it is not at hand".to_owned()));
                Some((runtime, code.ok()?))
            })
            .collect()
    }

    /// The key under which an engine without workers keeps the same code.
    fn runtime_key(&self, runtime: Runtime) -> Option<Key> {
        let engines = self.engines()?;
        Some(match runtime {
            Runtime::Hog => code::key(&engines.hog, WASM),
            Runtime::Python => code::key(&engines.interpreters, Guest::Python.artifact()),
            Runtime::JavaScript => code::key(&engines.interpreters, Guest::JavaScript.artifact()),
        })
    }

    fn lock(&self, runtime: Runtime) -> std::sync::MutexGuard<'_, Option<Arc<Sealed>>> {
        let [hog, python, javascript] = &self.runtimes;
        let slot = match runtime {
            Runtime::Hog => hog,
            Runtime::Python => python,
            Runtime::JavaScript => javascript,
        };
        slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
