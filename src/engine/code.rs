//! Compiling WebAssembly to machine code, with the cache on disk in between.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use wasmtime::Module;
use wasmtime::component::Component;

use super::cache::{DiskCache, Key};

/// How often the image of a module's memory is tried to make.
const ATTEMPTS: u32 = 10;
/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(5);

/// The way to compiled modules.
#[derive(Clone, Debug, Default)]
pub struct CodeCache {
    disk: Option<DiskCache>,
    given: Option<Given>,
}

/// Machine code that the host of this worker hands over; nothing is compiled here.
#[derive(Clone, Debug, Default)]
pub struct Given {
    next: Arc<Mutex<Option<File>>>,
}

impl Given {
    /// Hands over the code of the next module or component that is asked for; `None` takes it back.
    pub fn set(&self, code: Option<File>) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = code;
    }

    fn take(&self) -> wasmtime::Result<File> {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        next.ok_or_else(|| wasmtime::Error::msg("the worker was given no machine code"))
    }
}

impl CodeCache {
    /// With or without a cache on disk.
    pub fn new(disk: Option<DiskCache>) -> Self {
        Self { disk, given: None }
    }

    /// With code that comes from elsewhere, and no compiler. Whoever gives it must be trusted to have it from wasmtime:
    /// a run worker's host, over the socket that only the two of them hold.
    #[cfg(target_os = "linux")]
    pub fn given(given: Given) -> Self {
        Self {
            disk: None,
            given: Some(given),
        }
    }

    /// Whether equal WebAssembly has equal code. Not where the code is given: who gives it has it from a compiler that
    /// may have been in a stranger's hands, and what was loaded for one must not be run for another.
    pub fn is_of_its_wasm(&self) -> bool {
        self.given.is_none()
    }

    /// The compiled form of a module: from the cache if it is there, otherwise made now and stored.
    pub fn module(&self, engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<Module> {
        self.module_of(engine, wasm, || Ok(wasm))
    }

    /// The compiled form of the module that `wasm` unpacks from `artifact`.
    pub fn module_of<W: AsRef<[u8]>>(
        &self,
        engine: &wasmtime::Engine,
        artifact: &[u8],
        wasm: impl FnOnce() -> wasmtime::Result<W>,
    ) -> wasmtime::Result<Module> {
        let module = self.loaded(engine, artifact, wasm)?;
        prepare_memory(&module)?;
        Ok(module)
    }

    fn loaded<W: AsRef<[u8]>>(
        &self,
        engine: &wasmtime::Engine,
        artifact: &[u8],
        wasm: impl FnOnce() -> wasmtime::Result<W>,
    ) -> wasmtime::Result<Module> {
        if let Some(given) = &self.given {
            // SAFETY: `deserialize_open_file` trusts the file to be machine code that wasmtime made and to stay as it is.
            // The file is sealed memory, checked for its seals, that came over the socket from the host of this worker,
            // which took it from a compile worker or from its authenticated cache.
            return unsafe { Module::deserialize_open_file(engine, given.take()?) };
        }
        let Some(disk) = &self.disk else {
            return Module::from_binary(engine, wasm()?.as_ref());
        };
        let key = key(engine, artifact);
        if let Some(code) = disk.load(&key) {
            // SAFETY: `deserialize` trusts its input to be machine code that wasmtime made. The cache gives out only
            // what it authenticated with a secret of this user as stored by this program under this very key, and this
            // function is the only one that stores. Code of another configuration or version of wasmtime has another
            // key, and is checked for once more by wasmtime.
            if let Ok(module) = unsafe { Module::deserialize(engine, &code) } {
                return Ok(module);
            }
        }
        let code = engine.precompile_module(wasm()?.as_ref())?;
        disk.store(&key, &code);
        // SAFETY: as above; `code` was made a line ago.
        unsafe { Module::deserialize(engine, &code) }
    }

    /// The compiled form of a component: from the cache if it is there, otherwise made now and stored.
    pub fn component(&self, engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<Component> {
        if let Some(given) = &self.given {
            let code = content(&given.take()?)?;
            // SAFETY: as for modules: sealed memory from the host of this worker.
            return unsafe { Component::deserialize(engine, &code) };
        }
        let Some(disk) = &self.disk else {
            return Component::from_binary(engine, wasm);
        };
        // Modules and components tell themselves apart: the kind is in the first bytes, which are part of the key.
        let key = key(engine, wasm);
        if let Some(code) = disk.load(&key) {
            // SAFETY: as for modules: the code was made by wasmtime and stored by this program under this very key.
            if let Ok(component) = unsafe { Component::deserialize(engine, &code) } {
                return Ok(component);
            }
        }
        let code = engine.precompile_component(wasm)?;
        disk.store(&key, &code);
        // SAFETY: as above; `code` was made a line ago.
        unsafe { Component::deserialize(engine, &code) }
    }

    /// Whether the compiled form of what was unpacked from `artifact` is stored.
    pub fn has(&self, engine: &wasmtime::Engine, artifact: &[u8]) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.has(&key(engine, artifact)))
    }
}

/// The content of a file that another process may have read from, too.
#[cfg(unix)]
fn content(file: &File) -> wasmtime::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt as _;
    let mut content = vec![0; usize::try_from(file.metadata()?.len())?];
    file.read_exact_at(&mut content, 0)?;
    Ok(content)
}

/// Only workers are given code, and there are none on this system.
#[cfg(not(unix))]
fn content(_: &File) -> wasmtime::Result<Vec<u8>> {
    Err(wasmtime::Error::msg("there are no workers on this system"))
}

/// Makes the image that instances' memories are mapped from. On a busy machine the kernel may refuse to seal it while it
/// moves its pages about, which passes.
fn prepare_memory(module: &Module) -> wasmtime::Result<()> {
    for attempt in 1.. {
        match module.initialize_copy_on_write_image() {
            Err(_) if attempt < ATTEMPTS => thread::sleep(PAUSE),
            result => return result,
        }
    }
    Ok(())
}

/// The key of a module's code: its bytes, the configuration of the engine, our version.
pub fn key(engine: &wasmtime::Engine, wasm: &[u8]) -> Key {
    struct Collect(Vec<u8>);
    impl std::hash::Hasher for Collect {
        fn write(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut configuration = Collect(Vec::new());
    std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut configuration);
    Key::of(&[wasm, &configuration.0, env!("CARGO_PKG_VERSION").as_bytes()])
}
