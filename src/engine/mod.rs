//! The sandbox: compiles snippets and runs them on events, each in a clean instance under limits.

mod cache;
mod code;
mod configuration;
mod host;
mod image;
mod instance;
mod pool;
mod rewind;
pub(crate) mod run;
mod runtime;
mod snippet;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use lru::LruCache;

use crate::diagnostic::Diagnostic;
use crate::evaluator::Evaluator;
use crate::language::hog;
use crate::limits::Limits;
use crate::outcome::Failure;
use crate::snippet::{Convention, Language, Snippet};
use cache::{DiskCache, Key};
use code::CodeCache;
use instance::HogInstance;
use pool::{Lease, Pool};
use run::{Run, RunInput};
use runtime::HogRuntime;
pub(crate) use snippet::LoadedSnippet;

/// How an [`Engine`] is set up. Start from the default and change what you need.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EngineOptions {
    /// Where compiled code is kept between runs of the program.
    pub cache: CodeStore,
    /// How every event gets its clean instance.
    pub isolation: Isolation,
    /// The bounds of compilation ([`Limits::source`]).
    pub limits: Limits,
}

/// Where compiled code is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeStore {
    /// In the user's cache directory; in memory alone where there is none or it can't be used.
    #[default]
    UserDirectory,
    /// In this directory, which is made if need be; nobody else must be able to write to it.
    Directory(PathBuf),
    /// In memory alone. Every start of the program compiles the language runtimes again, which takes seconds.
    Memory,
}

/// How every event gets its clean instance. Verdicts and fuel are the same for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// [`Isolation::Rewind`] where the system can do it (Linux 6.7 and later), else [`Isolation::NewInstance`].
    #[default]
    Auto,
    /// The instance of the event before, its memory restored.
    Rewind,
    /// A new instance.
    NewInstance,
}

/// Why an [`Engine`] can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The directory for compiled code can't be used.
    #[error("the cache directory {directory} can't be used: {source}")]
    Cache {
        /// Which.
        directory: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// [`Isolation::Rewind`] was asked for, and this system can't do it.
    #[error("this system can't rewind instances: it takes Linux 6.7 with a readable /proc/self/pagemap")]
    NoRewind,
    /// Setting up WebAssembly failed.
    #[error("the sandbox can't be set up: {0}")]
    Sandbox(String),
}

/// Why a snippet has no evaluator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.summary())]
pub struct CompileError {
    /// All problems; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
}

impl CompileError {
    fn summary(&self) -> String {
        let errors: Vec<_> = self
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
            .collect();
        let first = errors
            .first()
            .map_or("the snippet does not compile", |error| error.message.as_str());
        match errors.len() {
            0 | 1 => first.to_owned(),
            count => format!("{first} (and {} more)", count - 1),
        }
    }
}

/// The configured runtime: compiles snippets, owns the instances and the caches. Cheap to clone, made to be shared.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    options: EngineOptions,
    wasmtime: wasmtime::Engine,
    code: CodeCache,
    rewinds: bool,
    hog: OnceLock<Result<HogRuntime, String>>,
    pool: Pool,
    evaluators: Mutex<LruCache<Key, Arc<LoadedSnippet>>>,
}

/// Compiled snippets that are kept in memory when nobody holds them.
const KEPT_SNIPPETS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

impl Engine {
    /// An engine with these options.
    ///
    /// # Errors
    ///
    /// When the options ask for what this system can't do, or WebAssembly can't be set up.
    pub fn new(options: EngineOptions) -> Result<Self, EngineError> {
        let sandbox = |error: wasmtime::Error| EngineError::Sandbox(format!("{error:#}"));
        // Where address space is short (a limit on virtual memory), instances are mapped one by one.
        let wasmtime = wasmtime::Engine::new(&configuration::configuration(true))
            .or_else(|_| wasmtime::Engine::new(&configuration::configuration(false)))
            .map_err(sandbox)?;
        let code = CodeCache::new(open_cache(&options.cache)?);
        let rewinds = match options.isolation {
            Isolation::NewInstance => false,
            Isolation::Auto => rewind::is_available(),
            Isolation::Rewind if rewind::is_available() => true,
            Isolation::Rewind => return Err(EngineError::NoRewind),
        };
        let inner = Inner {
            options,
            wasmtime,
            code,
            rewinds,
            hog: OnceLock::new(),
            pool: Pool::default(),
            evaluators: Mutex::new(LruCache::new(KEPT_SNIPPETS)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Compiles a snippet into an evaluator. The same snippet compiles once: compiled code is cached in memory and on
    /// disk. The first snippet of a language makes its runtime ready, too.
    ///
    /// # Errors
    ///
    /// When the snippet does not compile; the error says where and why.
    pub fn compile(&self, snippet: &Snippet) -> Result<Evaluator, CompileError> {
        let limit = self.inner.options.limits.source;
        if snippet.source.len() > limit {
            return Err(CompileError {
                diagnostics: vec![crate::diagnostic::snippet::source_too_large(
                    snippet.source.len(),
                    limit,
                )],
            });
        }
        let translated = match snippet.language {
            Language::Hog => hog::compile(&snippet.source, snippet.convention)?,
        };
        let loaded = self.load(translated.compiled).map_err(|error| CompileError {
            diagnostics: vec![crate::diagnostic::snippet::cannot_load(&format!("{error:#}"))],
        })?;
        Ok(Evaluator::new(
            self.clone(),
            snippet.convention,
            loaded,
            translated.warnings,
        ))
    }

    /// Whether instances are rewound (and not made anew) on this system.
    #[must_use]
    pub fn rewinds(&self) -> bool {
        self.inner.rewinds
    }

    fn hog(&self) -> wasmtime::Result<&HogRuntime> {
        self.inner
            .hog
            .get_or_init(|| {
                HogRuntime::load(&self.inner.wasmtime, &self.inner.code).map_err(|error| format!("{error:#}"))
            })
            .as_ref()
            .map_err(|message| wasmtime::Error::msg(message.clone()))
    }

    fn load(&self, compiled: hog::codegen::Compiled) -> wasmtime::Result<Arc<LoadedSnippet>> {
        let patterns: Vec<u8> = compiled
            .patterns
            .iter()
            .flat_map(|pattern| {
                let options = u64::from(pattern.insensitive) | u64::from(pattern.extracts) << 1;
                (pattern.text.0 << 2 | options).to_le_bytes()
            })
            .collect();
        let positions = compiled.positions.fingerprint();
        let key = Key::of(&[&compiled.wasm, &compiled.constants, &patterns, &positions]);
        let mut evaluators = self.inner.evaluators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = evaluators.get(&key) {
            return Ok(Arc::clone(loaded));
        }
        // Others may compile meanwhile, even the same snippet: that costs time once, and the last one is kept.
        drop(evaluators);
        let runtime = self.hog()?;
        let module = self.inner.code.module(&self.inner.wasmtime, &compiled.wasm)?;
        let mut lease = self.inner.pool.lease(Some(&runtime.base));
        // What loading leaves behind can't be rewound to another snippet's state, so it starts from a new instance.
        drop(lease.take());
        let (snapshot, instance) = HogInstance::new(runtime)?.load(runtime, &compiled)?;
        if self.inner.rewinds {
            lease.put_back(instance);
        }
        let loaded = Arc::new(LoadedSnippet {
            id: key.short(),
            module,
            compiled,
            snapshot,
        });
        evaluators = self.inner.evaluators.lock().unwrap_or_else(PoisonError::into_inner);
        evaluators.put(key, Arc::clone(&loaded));
        Ok(loaded)
    }

    /// A place to run a snippet, for one event or many.
    pub(crate) fn session<'a>(&'a self, snippet: &'a LoadedSnippet) -> Session<'a> {
        Session {
            engine: self,
            snippet,
            lease: self.inner.pool.lease(Some(&snippet.snapshot)),
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.inner.options)
            .field("rewinds", &self.inner.rewinds)
            .finish()
    }
}

/// Runs a snippet on events, one after the other, each in a clean instance.
pub(crate) struct Session<'a> {
    engine: &'a Engine,
    snippet: &'a LoadedSnippet,
    lease: Lease<'a>,
}

impl Session<'_> {
    /// Runs the snippet once.
    pub fn run(&mut self, input: &RunInput<'_>) -> Run {
        let rewinds = self.engine.rewinds();
        // A page fault that is not counted is one too many, so counting starts before anything is written.
        let before = rewind::page_faults();
        let mut instance = match self.instance() {
            Ok(instance) => instance,
            Err(error) => return Run::failed(Failure::crashed(format!("{error:#}"))),
        };
        let run = instance.run(self.snippet, input);
        let faults = match (before, rewind::page_faults()) {
            (Some(before), Some(after)) => after.wrapping_sub(before),
            _ => u64::MAX,
        };
        if rewinds && instance.rewind(&run, faults).is_ok() {
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
        let mut instance = HogInstance::new(self.engine.hog()?)?;
        instance.prepare(self.snippet)?;
        Ok(instance)
    }
}

fn open_cache(store: &CodeStore) -> Result<Option<DiskCache>, EngineError> {
    match store {
        CodeStore::Memory => Ok(None),
        CodeStore::UserDirectory => {
            Ok(dirs::cache_dir().and_then(|directory| DiskCache::open(&directory.join("jurybox")).ok()))
        }
        CodeStore::Directory(directory) => DiskCache::open(directory)
            .map(Some)
            .map_err(|source| EngineError::Cache {
                directory: directory.clone(),
                source,
            }),
    }
}

/// The convention decides what a snippet may assume.
impl Convention {
    pub(crate) fn is_null_safe(self) -> bool {
        matches!(self, Self::PostHog)
    }
}
