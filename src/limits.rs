//! What one evaluation may use.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The bounds of one evaluation. Each that trips is reported with its own [`crate::Status`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Fuel: about one unit per WebAssembly instruction. The limit of work, the same on every machine.
    /// Default 1,000,000,000 (roughly a third of a second).
    pub fuel: u64,
    /// Memory for the event and everything the metric makes, in bytes. Default 64 MiB, at most 2 GiB.
    pub memory: u64,
    /// Source text of a snippet, in bytes. Default 256 KiB.
    pub source: usize,
    /// Binary of an author's own module or component, in bytes. Default 32 MiB: an interpreter with its library is one.
    pub module: usize,
    /// JSON text of an event, in bytes. Default 8 MiB.
    pub event: usize,
    /// JSON text of the returned value, in bytes. Default 256 KiB.
    pub result: usize,
    /// All printed lines together, in bytes; what is more is cut, and marked. Default 64 KiB.
    pub logs: usize,
    /// Wall-clock time of one evaluation. Default 10 s. It depends on the machine, so fuel should trip first.
    #[serde(rename = "deadline_ms", with = "milliseconds")]
    pub deadline: Duration,
}

impl Limits {
    /// The largest value of [`Limits::memory`].
    pub const MAX_MEMORY: u64 = 2 << 30;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 1_000_000_000,
            memory: 64 << 20,
            source: 256 << 10,
            module: 32 << 20,
            event: 8 << 20,
            result: 256 << 10,
            logs: 64 << 10,
            deadline: Duration::from_secs(10),
        }
    }
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        u64::try_from(duration.as_millis())
            .unwrap_or(u64::MAX)
            .serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}
