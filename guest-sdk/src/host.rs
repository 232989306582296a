//! What the sandbox offers to a metric, and what stands in for it in tests outside.

use std::time::Duration;

/// The time, since the first of January 1970. It stands still during a run.
///
/// Outside the sandbox, in tests, this is the system's clock.
#[must_use]
pub fn now() -> Duration {
    Duration::from_nanos(u64::try_from(imports::now()).unwrap_or(0))
}

/// 64 random bits. They are seeded by the metric and the event, so that the same event gets the same verdict.
///
/// Outside the sandbox, in tests, they differ from run to run.
#[must_use]
pub fn random() -> u64 {
    imports::random()
}

pub use imports::log;

#[cfg(target_family = "wasm")]
pub use imports::fail;

#[cfg(target_family = "wasm")]
mod imports {
    #[link(wasm_import_module = "jurybox")]
    unsafe extern "C" {
        #[link_name = "now"]
        safe fn host_now() -> i64;
        #[link_name = "random"]
        safe fn host_random() -> u64;
        #[link_name = "log"]
        fn host_log(pointer: *const u8, length: usize);
        #[link_name = "fail"]
        fn host_fail(pointer: *const u8, length: usize);
    }

    /// Nanoseconds since 1970.
    pub fn now() -> i64 {
        host_now()
    }

    /// 64 random bits.
    pub fn random() -> u64 {
        host_random()
    }

    /// A line for the log.
    pub fn log(line: &str) {
        // SAFETY: the host reads a text that lives for the length of the call.
        unsafe { host_log(line.as_ptr(), line.len()) }
    }

    /// Ends the run with an error: a text, or an object with `type` and `message`. The host does not return from it.
    pub fn fail(error: &str) {
        // SAFETY: the host reads a text that lives for the length of the call.
        unsafe { host_fail(error.as_ptr(), error.len()) }
    }
}

#[cfg(not(target_family = "wasm"))]
mod imports {
    use std::hash::{BuildHasher, RandomState};
    use std::time::{SystemTime, UNIX_EPOCH};

    /// Nanoseconds since 1970.
    pub fn now() -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }

    /// 64 random bits: the standard library's hashers are seeded at random.
    pub fn random() -> u64 {
        RandomState::new().hash_one(now())
    }

    /// A line for the log.
    pub fn log(line: &str) {
        eprintln!("{line}");
    }
}
