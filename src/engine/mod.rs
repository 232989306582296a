//! The sandbox: compiles snippets and runs them on events, each in a clean instance under limits.

mod cache;
mod code;
mod configuration;
pub(crate) mod hog;
mod host;
pub(crate) mod image;
pub(crate) mod interpreter;
pub(crate) mod module;
mod pool;
mod rewind;
#[cfg(test)]
mod rewindable;
pub(crate) mod run;
#[cfg(test)]
mod tests;
mod wasi;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use crate::build::MetricSection;
use crate::diagnostic::{self, Diagnostic};
use crate::evaluator::{Evaluator, Program};
use crate::language;
use crate::limits::Limits;
use crate::snippet::{Convention, Language, Snippet};
use cache::DiskCache;
use code::CodeCache;
use hog::Hog;
use interpreter::{Guest, Interpreter};
use module::Modules;

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
    pub(crate) fn new(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic],
        }
    }

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
    rewinds: bool,
    hog: Hog,
    python: Interpreter,
    javascript: Interpreter,
    modules: Modules,
}

/// Compiled snippets of a language that are kept in memory when nobody holds them.
const KEPT_SNIPPETS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");
/// The same for Python, where one takes about a MiB.
const KEPT_PYTHON_SNIPPETS: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");

impl Engine {
    /// An engine with these options.
    ///
    /// # Errors
    ///
    /// When the options ask for what this system can't do, or WebAssembly can't be set up.
    pub fn new(options: EngineOptions) -> Result<Self, EngineError> {
        let sandbox = |error: wasmtime::Error| EngineError::Sandbox(format!("{error:#}"));
        // Where address space is short (a limit on virtual memory), instances are mapped one by one.
        let wasmtime = wasmtime::Engine::new(&configuration::hog(true))
            .or_else(|_| wasmtime::Engine::new(&configuration::hog(false)))
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
            rewinds,
            hog: Hog::new(wasmtime, code.clone(), rewinds, KEPT_SNIPPETS),
            python: Interpreter::new(Guest::Python, code.clone(), rewinds, KEPT_PYTHON_SNIPPETS),
            javascript: Interpreter::new(Guest::JavaScript, code.clone(), rewinds, KEPT_SNIPPETS),
            modules: Modules::new(code),
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
        let (convention, program, warnings) = self.load(snippet)?;
        Ok(Evaluator::new(self.clone(), convention, program, warnings))
    }

    /// Builds a snippet into one WebAssembly module that follows the ABI for metrics: it takes the event document and
    /// answers, both as JSON, and needs nothing but the ABI's host functions. This engine runs it like any other module,
    /// and so can other hosts.
    ///
    /// # Errors
    ///
    /// When the snippet does not compile; the error says where and why.
    pub fn build(&self, snippet: &Snippet) -> Result<Vec<u8>, CompileError> {
        let (convention, program, _) = self.load(snippet)?;
        crate::build::build(snippet, convention, &program, &self.inner.options.limits)
    }

    /// Checks a snippet and makes it ready to run.
    fn load(&self, snippet: &Snippet) -> Result<(Convention, Program, Vec<Diagnostic>), CompileError> {
        let limits = &self.inner.options.limits;
        let limit = match snippet.language {
            Language::Wasm if module::is_binary(&snippet.source) => limits.module,
            _ => limits.source,
        };
        if snippet.source.len() > limit {
            return Err(CompileError {
                diagnostics: vec![diagnostic::snippet::source_too_large(snippet.source.len(), limit)],
            });
        }
        if !snippet.convention.is_for(snippet.language) {
            return Err(CompileError::new(diagnostic::snippet::wrong_convention(
                snippet.convention,
                snippet.language,
            )));
        }
        Ok(match snippet.language {
            Language::Hog => self.compile_hog(snippet)?,
            Language::Python => self.load_python(snippet)?,
            Language::JavaScript | Language::TypeScript => self.load_javascript(snippet)?,
            Language::Wasm => {
                let module = self.inner.modules.load(&snippet.source, &self.inner.options.limits)?;
                // A module that was built from a snippet says whose rules its answers follow.
                let convention = MetricSection::read(&snippet.source)
                    .map(|section| section.convention)
                    .unwrap_or_default();
                (convention, Program::Module(module), Vec::new())
            }
        })
    }

    fn compile_hog(&self, snippet: &Snippet) -> Result<(Convention, Program, Vec<Diagnostic>), CompileError> {
        let convention = match snippet.convention {
            Convention::Auto => Convention::PostHog,
            convention => convention,
        };
        let translated = language::hog::compile(text(snippet)?, convention)?;
        let loaded = self
            .inner
            .hog
            .load(translated.compiled)
            .map_err(|error| CompileError::new(diagnostic::snippet::cannot_load(&format!("{error:#}"))))?;
        Ok((convention, Program::Hog(loaded), translated.warnings))
    }

    fn load_python(&self, snippet: &Snippet) -> Result<(Convention, Program, Vec<Diagnostic>), CompileError> {
        let source = text(snippet)?;
        let request = language::python::request(snippet, source);
        let metric = self
            .inner
            .python
            .load(&request, &self.inner.options.limits)
            .map_err(|error| {
                CompileError::new(diagnostic::interpreted::load_error(&error, source, |position| position))
            })?;
        let convention = Convention::from_name(&metric.convention).unwrap_or_default();
        let hints = diagnostic::interpreted::hints(&metric.hints, source, |position| position);
        Ok((convention, Program::Python(metric), hints))
    }

    fn load_javascript(&self, snippet: &Snippet) -> Result<(Convention, Program, Vec<Diagnostic>), CompileError> {
        let source = text(snippet)?;
        let prepared = language::javascript::prepare(snippet, source)?;
        let original = |position| prepared.positions.original(position);
        let metric = self
            .inner
            .javascript
            .load(&prepared.request, &self.inner.options.limits)
            .map_err(|error| CompileError::new(diagnostic::interpreted::load_error(&error, source, original)))?;
        let mut warnings = prepared.warnings;
        warnings.extend(diagnostic::interpreted::hints(&metric.hints, source, original));
        let program = Program::JavaScript {
            metric,
            positions: Arc::new(prepared.positions),
        };
        Ok((prepared.convention, program, warnings))
    }

    /// Whether the machine code for a language is at hand. If it is not, the first snippet of the language waits while its
    /// runtime is compiled, for seconds; once per machine where there is a [`CodeStore`] on disk.
    #[must_use]
    pub fn is_ready(&self, language: Language) -> bool {
        match language {
            Language::Hog => self.inner.hog.is_compiled(),
            Language::Python => self.inner.python.is_compiled(),
            Language::JavaScript | Language::TypeScript => self.inner.javascript.is_compiled(),
            Language::Wasm => true,
        }
    }

    pub(crate) fn hog(&self) -> &Hog {
        &self.inner.hog
    }

    pub(crate) fn python(&self) -> &Interpreter {
        &self.inner.python
    }

    pub(crate) fn javascript(&self) -> &Interpreter {
        &self.inner.javascript
    }

    pub(crate) fn modules(&self) -> &Modules {
        &self.inner.modules
    }

    /// Whether instances are rewound (and not made anew) on this system.
    #[must_use]
    pub fn rewinds(&self) -> bool {
        self.inner.rewinds
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

fn text(snippet: &Snippet) -> Result<&str, CompileError> {
    snippet
        .text()
        .map_err(|error| CompileError::new(diagnostic::snippet::not_text(error.valid_up_to())))
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
