//! One run of a snippet on an event: what goes in and what comes out, before any platform's rules.

use std::sync::Arc;
use std::time::Duration;

use jurybox_hog_abi::Value;
use serde::{Deserialize, Serialize};

use crate::directories::Directories;
use crate::limits::Limits;
use crate::outcome::{Failure, Outcome};
use crate::verdict::Replay;

/// What a run of a Hog program gets.
pub struct RunInput<'a> {
    /// The event's image.
    pub event: &'a [u8],
    /// The globals object in it.
    pub globals: Value,
    /// What it may use.
    pub limits: &'a Limits,
    /// Clock and seed.
    pub replay: Replay,
    /// Whether a returned value is wanted as Python text (for messages about it) instead of JSON.
    pub python: bool,
}

/// What a run of a metric in any other language gets.
pub struct DocumentInput<'a> {
    /// The event document, as JSON text.
    pub document: &'a str,
    /// What it may use.
    pub limits: &'a Limits,
    /// Clock and seed.
    pub replay: Replay,
    /// The directories that it may read.
    pub directories: &'a Arc<Directories>,
    /// Whether the instance keeps what this event leaves behind for the next one of the same session.
    pub keep_state: bool,
}

/// The error that ends a run whose deadline passed.
#[derive(Debug, thiserror::Error)]
#[error("the deadline passed")]
pub struct DeadlinePassed;

/// What came of a run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    /// How it ended.
    pub outcome: Outcome,
    /// Every printed line.
    pub logs: Vec<String>,
    /// Fuel consumed.
    pub fuel: u64,
    /// Peak memory in bytes.
    pub memory: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
}

impl Run {
    /// A run that failed before it began.
    pub fn failed(failure: Failure) -> Self {
        Self {
            outcome: Outcome::Failed(failure),
            logs: Vec::new(),
            fuel: 0,
            memory: 0,
            elapsed: Duration::ZERO,
        }
    }
}
