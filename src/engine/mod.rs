//! The sandbox: compiles snippets and runs them on events, each in a clean instance under limits.

pub(crate) mod cache;
pub(crate) mod code;
pub(crate) mod configuration;
pub(crate) mod hog;
mod host;
pub(crate) mod image;
pub(crate) mod interpreter;
pub(crate) mod local;
pub(crate) mod module;
mod pool;
pub(crate) mod product;
mod rewind;
#[cfg(test)]
mod rewindable;
pub(crate) mod run;
pub(crate) mod session;
#[cfg(test)]
mod tests;
mod wasi;

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::evaluator::{Evaluator, Program};
use crate::limits::Limits;
use crate::snippet::{Convention, Language, Snippet};
#[cfg(target_os = "linux")]
use crate::workers::Workers;
use crate::workers::{Project, WorkerError, WorkerOptions};
use cache::DiskCache;
use code::CodeCache;
use local::{Kept, Local};

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
    /// Whether and how strangers' code is compiled and run in worker processes, instead of in this process. Linux only.
    pub workers: Option<WorkerOptions>,
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

#[cfg(target_os = "linux")]
impl Isolation {
    /// What workers are told.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Rewind => "rewind",
            Self::NewInstance => "new",
        }
    }
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
    /// The workers can't be started as they should.
    #[error(transparent)]
    Workers(#[from] WorkerError),
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
    project: Project,
}

struct Inner {
    options: EngineOptions,
    backend: Backend,
}

/// Where strangers' code is compiled and run.
#[cfg_attr(
    target_os = "linux",
    expect(clippy::large_enum_variant, reason = "an engine has one, behind a pointer")
)]
enum Backend {
    /// Here.
    InProcess(Box<Local>),
    /// In processes of their own.
    #[cfg(target_os = "linux")]
    Workers(Workers),
}

impl Engine {
    /// An engine with these options.
    ///
    /// # Errors
    ///
    /// When the options ask for what this system can't do, or WebAssembly can't be set up.
    pub fn new(options: EngineOptions) -> Result<Self, EngineError> {
        let disk = open_cache(&options.cache)?;
        let backend = match &options.workers {
            None => {
                let local = Local::new(options.isolation, CodeCache::new(disk), Kept::default())?;
                Backend::InProcess(Box::new(local))
            }
            #[cfg(target_os = "linux")]
            Some(_) if options.isolation == Isolation::Rewind && !rewind::is_available() => {
                return Err(EngineError::NoRewind);
            }
            #[cfg(target_os = "linux")]
            Some(workers) => Backend::Workers(Workers::start(workers.clone(), &options, disk)?),
            #[cfg(not(target_os = "linux"))]
            Some(_) => return Err(WorkerError::Unsupported.into()),
        };
        Ok(Self {
            inner: Arc::new(Inner { options, backend }),
            project: Project::from(""),
        })
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
    /// When the snippet does not compile; the error says where and why. Always with [`EngineOptions::workers`]: a module
    /// is built from what loading a snippet leaves in memory, which this process would have to run.
    pub fn build(&self, snippet: &Snippet) -> Result<Vec<u8>, CompileError> {
        if self.local().is_none() {
            return Err(CompileError::new(diagnostic::snippet::not_in_workers(
                "building a module",
            )));
        }
        let (convention, program, _) = self.load(snippet)?;
        crate::build::build(snippet, convention, &program, &self.inner.options.limits)
    }

    /// Checks a snippet and makes it ready to run.
    fn load(&self, snippet: &Snippet) -> Result<(Convention, Program, Vec<Diagnostic>), CompileError> {
        self.check(snippet)?;
        match &self.inner.backend {
            Backend::InProcess(local) => local.load(snippet, &self.inner.options.limits),
            #[cfg(target_os = "linux")]
            Backend::Workers(workers) => workers.load(snippet, &self.project),
        }
    }

    /// What can be said of a snippet without reading it.
    fn check(&self, snippet: &Snippet) -> Result<(), CompileError> {
        let limits = &self.inner.options.limits;
        let limit = match snippet.language {
            Language::Wasm if module::is_binary(&snippet.source) => limits.module,
            _ => limits.source,
        };
        if snippet.source.len() > limit {
            return Err(CompileError::new(diagnostic::snippet::source_too_large(
                snippet.source.len(),
                limit,
            )));
        }
        if !snippet.convention.is_for(snippet.language) {
            return Err(CompileError::new(diagnostic::snippet::wrong_convention(
                snippet.convention,
                snippet.language,
            )));
        }
        Ok(())
    }

    /// Whether the machine code for a language is at hand. If it is not, the first snippet of the language waits while its
    /// runtime is compiled, for seconds; once per machine where there is a [`CodeStore`] on disk.
    #[must_use]
    pub fn is_ready(&self, language: Language) -> bool {
        match &self.inner.backend {
            Backend::InProcess(local) => local.is_ready(language),
            #[cfg(target_os = "linux")]
            Backend::Workers(workers) => workers.is_ready(language),
        }
    }

    /// The same engine for the snippets and events of one project. Where there are workers, projects get their turns
    /// fairly, and with [`Tenancy::PerProject`](crate::workers::Tenancy) never share one.
    #[must_use]
    pub fn for_project(&self, project: &str) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            project: project.into(),
        }
    }

    /// Waits until there are workers, if there are to be any, and says what confines those that run metrics.
    ///
    /// # Errors
    /// When no worker can be started.
    pub fn wait_for_workers(&self) -> Result<Option<crate::workers::confinement::Confinement>, EngineError> {
        match &self.inner.backend {
            Backend::InProcess(_) => Ok(None),
            #[cfg(target_os = "linux")]
            Backend::Workers(workers) => Ok(Some(workers.wait()?)),
        }
    }

    /// What the workers of a role did and do; `None` without [`EngineOptions::workers`].
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn worker_statistics(&self, role: crate::workers::Role) -> Option<crate::workers::Statistics> {
        self.workers().map(|workers| workers.statistics(role))
    }

    /// What runs in workers; `None` where everything runs in this process.
    #[cfg(target_os = "linux")]
    pub(crate) fn workers(&self) -> Option<&Workers> {
        match &self.inner.backend {
            Backend::InProcess(_) => None,
            Backend::Workers(workers) => Some(workers),
        }
    }

    /// What runs in this process; `None` where everything runs in workers.
    pub(crate) fn local(&self) -> Option<&Local> {
        match &self.inner.backend {
            Backend::InProcess(local) => Some(local),
            #[cfg(target_os = "linux")]
            Backend::Workers(_) => None,
        }
    }

    /// Whether instances are rewound (and not made anew) on this system.
    #[must_use]
    pub fn rewinds(&self) -> bool {
        match &self.inner.backend {
            Backend::InProcess(local) => local.rewinds(),
            #[cfg(target_os = "linux")]
            Backend::Workers(_) => self.inner.options.isolation != Isolation::NewInstance && rewind::is_available(),
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.inner.options)
            .field("project", &self.project)
            .finish()
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
