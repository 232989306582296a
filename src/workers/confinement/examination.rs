//! What workers are really confined by on this system: two are started, and asked.

use serde::Serialize;

use super::super::{WorkerError, WorkerOptions};
use super::report::Confinement;

/// What confines the workers of a program on this system.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Examination {
    /// A run worker.
    pub run: Confinement,
    /// A compile worker.
    pub compile: Confinement,
    /// Whether the kernel bounds their memory, by a control group for each; the host watches it otherwise.
    pub memory_by_cgroup: bool,
}

/// Starts a worker of each role as the options say, asks how it is confined, and ends it. They run nothing of a
/// stranger's. It takes a few dozen milliseconds.
///
/// # Errors
/// When no worker can be started.
#[cfg(target_os = "linux")]
pub fn examine(options: &WorkerOptions) -> Result<Examination, WorkerError> {
    use std::sync::Arc;

    use super::super::Role;
    use super::super::process::{Launcher, MemoryCap, Process};

    let mut options = options.clone();
    // What is missing is the answer, not an error.
    options.require_confinement = false;
    let launcher = Launcher::new(Arc::new(options));
    let confinement = |role| Ok::<_, WorkerError>(Process::start(&launcher, role)?.confinement().clone());
    Ok(Examination {
        run: confinement(Role::Run)?,
        compile: confinement(Role::Compile)?,
        memory_by_cgroup: launcher.memory_cap() == MemoryCap::Cgroup,
    })
}

/// There are no workers on this system.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn examine(_options: &WorkerOptions) -> Result<Examination, WorkerError> {
    Err(WorkerError::Unsupported)
}

impl Examination {
    /// Whether every measure is in force for both.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.run.is_complete() && self.compile.is_complete()
    }
}
