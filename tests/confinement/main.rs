//! What workers can't do, tried from inside; what they are, looked at from outside; and what `jurybox doctor` says of
//! them on machines that can do less.
//!
//! This program is the host of the workers, the workers themselves (which attack, when an event or a snippet tells
//! them to), and some other things that tests need a process for.

#[cfg(target_os = "linux")]
mod attacks;
#[cfg(target_os = "linux")]
mod doctor;
#[cfg(target_os = "linux")]
mod inside;
#[cfg(target_os = "linux")]
mod launch;
#[cfg(target_os = "linux")]
mod layers;
#[cfg(target_os = "linux")]
mod outside;
#[cfg(target_os = "linux")]
mod processes;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    jurybox::workers::init_with_probe(attacks::probe);
    if let Some(code) = launch::main().or_else(outside::host_main) {
        return code;
    }
    let arguments = libtest_mimic::Arguments::from_args();
    let mut trials = inside::trials();
    trials.extend(outside::trials());
    trials.extend(layers::trials());
    trials.extend(doctor::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// There are no workers on other systems.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::SUCCESS
}
