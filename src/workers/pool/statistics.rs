//! What a pool did and does.

use std::collections::BTreeMap;

use crate::workers::Project;

/// A look at a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Workers that are ready or at work.
    pub live: usize,
    /// Those of them that are not at work.
    pub idle: usize,
    /// Workers that are being started.
    pub starting: usize,
    /// Callers that wait for a worker, by project.
    pub waiting: BTreeMap<Project, usize>,
    /// Workers that ever became ready.
    pub started: u64,
    /// Starts that failed.
    pub failed: u64,
    /// Workers that were replaced, by reason.
    pub replaced: BTreeMap<Replaced, u64>,
}

/// Why a worker was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Replaced {
    /// It did not answer in time.
    Late,
    /// It held more memory than it may.
    Memory,
    /// It died while it was at work.
    Crashed,
    /// It said what no worker says.
    Distrusted,
    /// It died while it had nothing to do.
    DiedIdle,
    /// Its holder did not finish what it began with it.
    Abandoned,
    /// It had served another project.
    Tenancy,
    /// It did as many evaluations as a worker may.
    Recycled,
}
