//! Runs the initialisation of an interpreter guest once, at build time, and stores the memory it leaves in the module.
//!
//! Booting an interpreter takes milliseconds to seconds; an instance of a module that holds the booted interpreter in
//! its data segments takes microseconds. What is stored is what the host may rewind between events, so a module that
//! keeps state anywhere but in its memory and its stack pointer is refused (see `guests/interpreters.md`).
//!
//! The initialisation sees a world without accidents (`world`): a clock that stands still, random numbers that are
//! always the same ones, no environment. The same module gives the same bytes.

mod rules;
mod runs;
mod state;
#[cfg(test)]
mod tests;
mod world;
mod write;

use std::path::Path;

use anyhow::Result;

/// The export that wasi-libc makes for constructors of a reactor.
const CONSTRUCTORS: &str = "_initialize";
/// The export that boots the interpreter; it gives 0 when all went well.
const INITIALISATION: &str = "init";

/// Gives `module` with its initialisation done: memory and globals start as `_initialize` and `init` left them.
///
/// `directory` is what the initialisation may read as `/`, an empty directory if there is none.
///
/// # Errors
/// When the module keeps state where the host couldn't rewind it, when it can't be compiled, when it imports something
/// else than WASI preview 1 and the module `jurybox`, and when its initialisation traps, exits or fails.
pub fn preinitialise(module: &[u8], directory: Option<&Path>) -> Result<Vec<u8>> {
    rules::check(module)?;
    let state = state::after_initialisation(module, directory)?;
    write::with_state(module, &state)
}
