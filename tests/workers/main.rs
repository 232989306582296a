//! Workers that misbehave, are killed, or never become any; and who gets them.
//!
//! This program is the host of the workers and the workers themselves, which do what an event tells them to
//! ([`probe`]). Nothing here depends on how long something takes; a wait only ends in a failure when it is hopeless.

#[cfg(target_os = "linux")]
mod compiling;
#[cfg(target_os = "linux")]
mod engines;
#[cfg(target_os = "linux")]
mod kills;
#[cfg(target_os = "linux")]
mod liars;
#[cfg(target_os = "linux")]
mod misbehaviour;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(target_os = "linux")]
mod starts;
#[cfg(target_os = "linux")]
mod tenancy;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    jurybox::workers::init_with_probe(probe::probe);
    if let Some(code) = liars::liar_main() {
        return code;
    }
    if let Some(code) = starts::host_main() {
        return code;
    }
    let mut arguments = libtest_mimic::Arguments::from_args();
    // The tests count the processes and descriptors of this one.
    arguments.test_threads = Some(1);
    let mut trials = misbehaviour::trials();
    trials.extend(compiling::trials());
    trials.extend(liars::trials());
    trials.extend(starts::trials());
    trials.extend(tenancy::trials());
    trials.extend(kills::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// There are no workers on other systems.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::SUCCESS
}
