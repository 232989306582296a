//! The `jurybox` program.

mod cli;

fn main() -> std::process::ExitCode {
    jurybox::workers::init();
    cli::main()
}
