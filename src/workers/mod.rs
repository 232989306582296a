//! Workers: processes that hold nothing worth stealing and can reach nothing, in which strangers' code is compiled and
//! run. A bug in the sandbox then costs one event, not the host.
//!
//! The host (the process of the [`Engine`](crate::Engine)) never runs a stranger's code, nor does it parse or compile it.
//! It keeps the caches, hands code and events to its workers, and checks every byte that comes back. Which worker runs
//! what, for whom and for how long is decided here; how it is confined, in [`confinement`]; what both sides say to each
//! other, in [`protocol`].

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::snippet::Language;

pub mod confinement;
#[cfg(target_os = "linux")]
mod pool;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
pub(crate) mod protocol;
#[cfg(target_os = "linux")]
mod remote;
#[cfg(target_os = "linux")]
mod sealed;
#[cfg(target_os = "linux")]
mod worker;

#[cfg(target_os = "linux")]
pub use pool::{Replaced, Statistics};
#[cfg(target_os = "linux")]
pub(crate) use remote::{RemoteProgram, RemoteSession, Workers};

/// How an engine uses workers. Start from [`WorkerOptions::this_program`] and change what you need.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WorkerOptions {
    /// The program that is started as a worker. Its `main` begins with [`init`](crate::workers::init).
    pub program: PathBuf,
    /// Workers that run metrics. One for each processor by default.
    pub runners: usize,
    /// Workers that compile snippets. One by default.
    pub compilers: usize,
    /// The languages that a new worker is made ready for before it is asked, if their machine code is cached: Hog by
    /// default. Others are made ready when their first snippet comes, which takes Python 0.1 s in every worker.
    pub warm: Vec<Language>,
    /// Whether a worker may serve several projects.
    pub tenancy: Tenancy,
    /// Whether to refuse to start when a measure of the confinement is missing on this system.
    pub require_confinement: bool,
    /// Bytes of memory that a worker may hold beside the memory limit of the evaluation that it runs; it is killed
    /// when it holds more. Default 768 MiB.
    pub memory: u64,
    /// Bytes of memory that compiling one snippet may take. Default 2 GiB.
    pub compile_memory: u64,
    /// Time that compiling one snippet may take. Default 20 s.
    pub compile_time: Duration,
    /// Time that a worker gets beyond the deadline of an evaluation to stop by itself, before it is killed. Default 2 s.
    pub grace: Duration,
    /// Evaluations after which a worker is replaced. Default 100,000.
    pub recycle_after: u64,
    /// Workers that an evaluator may kill before it is not run any more. Default 3.
    pub quarantine_after: u32,
}

/// Whether a worker may serve several projects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tenancy {
    /// Every worker serves all projects, one evaluation at a time.
    #[default]
    Shared,
    /// A worker that served one project never serves another: it is replaced first.
    PerProject,
}

/// What a worker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// It runs metrics, and loads nothing but what a compile worker of the same host made.
    Run,
    /// It parses and compiles strangers' source. It runs none of it.
    Compile,
}

/// Metrics that one run worker keeps loaded.
#[cfg(target_os = "linux")]
const MAX_LOADED: usize = 256;

/// Whose snippets and events these are.
pub(crate) type Project = Arc<str>;

/// Why workers can't be used.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// This system has none.
    #[error("workers need Linux")]
    Unsupported,
    /// A worker does not start.
    #[error("{0}")]
    Start(String),
    /// The system can't confine workers as it was asked for.
    #[error("{0} (`jurybox doctor` tells what to do)")]
    Unconfined(String),
}

/// Becomes a worker if this process was started as one, and then never returns. A program whose engines have workers calls
/// this first in its `main`, before it starts threads or opens files; the workers are this program, started again.
pub fn init() {
    #[cfg(target_os = "linux")]
    worker::init(None);
}

/// [`init`] for tests of the confinement: `probe` sees every event document and every source in the worker, and what it
/// returns is the metric's answer.
#[doc(hidden)]
pub fn init_with_probe(probe: fn(&str) -> Option<String>) {
    #[cfg(target_os = "linux")]
    worker::init(Some(probe));
    #[cfg(not(target_os = "linux"))]
    let _ = probe;
}

impl WorkerOptions {
    /// Workers that are this very program, started again, also when its file was moved or replaced since.
    #[must_use]
    pub fn this_program() -> Self {
        Self::new("/proc/self/exe")
    }

    /// Workers of another program.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            runners: thread::available_parallelism().map_or(1, NonZeroUsize::get),
            compilers: 1,
            warm: vec![Language::Hog],
            tenancy: Tenancy::Shared,
            require_confinement: false,
            memory: 768 << 20,
            compile_memory: 2 << 30,
            compile_time: Duration::from_secs(20),
            grace: Duration::from_secs(2),
            recycle_after: 100_000,
            quarantine_after: 3,
        }
    }
}
