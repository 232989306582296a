//! Descriptors: the worker keeps none that it did not open itself, but the socket to the host.

use std::fs::{self, File};
use std::os::fd::RawFd;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};

use nix::sys::resource::{Resource, getrlimit};
use nix::unistd;

use super::report::MeasureState;

/// The highest of standard input, output and error.
const LAST_STANDARD: RawFd = 2;

/// Where descriptors can't be listed, all numbers up to this one are closed.
const MAX_GUESSED: u64 = 1 << 16;

/// Closes every descriptor but the socket on standard input and `/dev/null` on standard output and error.
///
/// Only for the start of a process: whoever owns one of them by then would find it closed.
pub fn close_others() -> MeasureState {
    let listed = listed();
    match &listed {
        Some(descriptors) => close(descriptors.iter().copied()),
        None => close(LAST_STANDARD + 1..guessed_end()),
    }
    let silenced = silence();
    match (listed.is_some(), open_others(), silenced) {
        (_, _, Err(why)) => MeasureState::Partly(why),
        (true, Some(left), Ok(())) if left > 0 => MeasureState::Partly(format!("{left} can't be closed")),
        (true, Some(_), Ok(())) => MeasureState::InForce,
        _ => MeasureState::Partly("they can't be listed, because /proc/self/fd can't be read".to_owned()),
    }
}

fn close(descriptors: impl Iterator<Item = RawFd>) {
    for descriptor in descriptors {
        // One that is not open is fine, and what can't be closed is seen later.
        let _ = unistd::close(descriptor);
    }
}

/// The descriptors beyond the standard ones, and the one through which they were listed (closed by now).
fn listed() -> Option<Vec<RawFd>> {
    let entries = fs::read_dir("/proc/self/fd").ok()?;
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<RawFd>().ok());
    Some(numbers.filter(|number| *number > LAST_STANDARD).collect())
}

/// How many descriptors beyond the standard ones are open.
fn open_others() -> Option<usize> {
    // Looking at them takes a descriptor itself.
    listed().map(|descriptors| descriptors.len().saturating_sub(1))
}

fn guessed_end() -> RawFd {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(MAX_GUESSED, |(_, hard)| hard);
    RawFd::try_from(limit.min(MAX_GUESSED)).unwrap_or(RawFd::MAX)
}

/// Makes standard output and error `/dev/null`, where they are anything else.
fn silence() -> Result<(), String> {
    let is_null = |path| fs::metadata(path).is_ok_and(|file| file.file_type().is_char_device() && file.rdev() == 0x103);
    if is_null("/proc/self/fd/1") && is_null("/proc/self/fd/2") {
        return Ok(());
    }
    let replace = || {
        let null = File::options().write(true).open("/dev/null")?;
        unistd::dup2_stdout(&null)?;
        unistd::dup2_stderr(&null)?;
        Ok::<(), std::io::Error>(())
    };
    replace().map_err(|error| format!("standard output and error can't be made /dev/null: {error}"))
}
