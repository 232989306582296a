//! The `jurybox` program.

mod cli;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod store;

fn main() -> std::process::ExitCode {
    jurybox::workers::init();
    cli::main()
}
