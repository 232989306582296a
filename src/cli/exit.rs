//! How the program ends.

use std::process::ExitCode;

/// How the program ends, and what it tells the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything went well: 0.
    Success,
    /// The program did its work, and some evaluations did not end well or too few events passed: 1.
    Failure,
    /// Wrong usage, unreadable input, or a snippet that does not compile: 2.
    Refused,
    /// Nobody reads the output any more. Work was left undone, so this is no success; 141 is what the shell reports for
    /// programs that the system ends for this reason.
    ClosedPipe,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Refused => 2,
            Exit::ClosedPipe => 141,
        })
    }
}
