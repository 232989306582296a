//! The command line: arguments in, an exit code out; a file for each verb.

mod build;
mod check;
mod compilation;
mod doctor;
mod engine;
mod exit;
#[cfg(feature = "server")]
mod keys;
mod limits;
mod new;
mod rate;
mod rules;
mod run;
#[cfg(feature = "server")]
mod serve;
mod size;
mod snippet;
mod source;
mod terminal;
mod test;
mod timestamp;
mod traceback;
mod types;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use engine::EngineArgs;
use exit::Exit;

/// A sandbox for the code that judges answers of language models.
///
/// jurybox judges events with metrics in Hog, Python, JavaScript, TypeScript and WebAssembly, each event in a clean
/// WebAssembly instance, under limits of fuel and memory. The same metric and event give the same verdict and the same
/// fuel on every machine.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    engine: EngineArgs,
    #[command(subcommand)]
    verb: Verb,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox check concise.hog                         Does it compile?
  jurybox test concise.hog --events events.jsonl    Judge every event of a file
  jurybox run hello.hog                             Run a plain Hog program
  jurybox new polite --language python              Begin a metric
  jurybox serve                                     Serve the HTTP API and the page

Exit codes:
  0    everything went well
  1    some evaluations failed, or too few events passed (--fail-under)
  2    wrong usage, unreadable input, or a snippet that does not compile
  141  the program that read the output has closed it";

#[derive(Debug, Subcommand)]
enum Verb {
    Test(test::TestArgs),
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Build(build::BuildArgs),
    New(new::NewArgs),
    Types(types::TypesArgs),
    Doctor(doctor::DoctorArgs),
    #[cfg(feature = "server")]
    Serve(Box<serve::ServeArgs>),
    #[cfg(feature = "server")]
    Keys(keys::KeysArgs),
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let Cli { engine, verb } = Cli::parse();
    let outcome = match verb {
        Verb::Test(arguments) => test::test(&engine, &arguments),
        Verb::Run(arguments) => run::run(&engine, &arguments),
        Verb::Check(arguments) => check::check(&engine, &arguments),
        Verb::Build(arguments) => build::build(&engine, &arguments),
        Verb::New(arguments) => new::new(&arguments),
        Verb::Types(arguments) => types::types(&arguments),
        Verb::Doctor(arguments) => doctor::doctor(&engine, &arguments),
        #[cfg(feature = "server")]
        Verb::Serve(arguments) => serve::serve(&engine, *arguments),
        #[cfg(feature = "server")]
        Verb::Keys(arguments) => keys::keys(&arguments),
    };
    let exit = outcome.unwrap_or_else(|error| {
        if is_closed_pipe(&error) {
            return Exit::ClosedPipe;
        }
        complain(&format!("{error:#}"));
        Exit::Refused
    });
    exit.into()
}

/// Says in one sentence what is wrong.
fn complain(sentence: &str) {
    // Where standard error is closed, there is nobody to tell.
    let _ = writeln!(io::stderr(), "error: {}", terminal::harmless(sentence));
}

/// Whether the program failed because whoever read its output went away.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kinds = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind);
    kinds.into_iter().any(|kind| kind == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
