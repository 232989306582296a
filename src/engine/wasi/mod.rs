//! What is behind the functions of `wasi_snapshot_preview1` that toolchains always import: deterministic stand-ins.
//!
//! There are no arguments and no environment, clocks stand still, random numbers are the run's own, waiting takes no time,
//! standard output and standard error are log lines. Descriptor 3 is the directory `/`, which holds one folder for every
//! directory that the run was granted, to be read and not written. The guest pays fuel for what the host does.

mod errno;
mod files;
mod filesystem;
mod functions;
mod guest;
mod output;
mod path;
mod system;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use self::files::Files;
use super::host::Logs;
use crate::directories::Directories;

pub use self::functions::add_to_linker;
pub use self::guest::charge;
pub use self::output::Output;
pub use self::system::Exit;

/// The module name of the functions.
pub const MODULE: &str = "wasi_snapshot_preview1";

/// The state of the stand-ins during a run.
#[derive(Default)]
pub struct Wasi {
    files: Files,
    stdout: Output,
    stderr: Output,
    /// When the run must end, if it must.
    deadline: Option<Instant>,
    /// The fuel that was left when the clock was last looked at.
    watched_at: u64,
}

impl Wasi {
    /// Forgets everything of the run before.
    pub fn reset(&mut self, directories: Arc<Directories>) {
        *self = Self {
            files: Files::of(directories),
            ..Self::default()
        };
    }

    /// Ends the run when it calls after this time.
    pub fn watch(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.watched_at = 0;
    }

    /// Ends the lines of output that have no end yet.
    pub fn flush(&mut self, logs: &mut Logs) {
        self.stdout.flush(logs);
        self.stderr.flush(logs);
    }
}
