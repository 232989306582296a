//! `jurybox types`: what metrics get and return, for editors.

use std::io::{self, Write as _};

use clap::{Args, ValueEnum};

use super::exit::Exit;

/// The stubs for Python.
pub const PYTHON: &str = include_str!("templates/jurybox.pyi");
/// The stubs for TypeScript, and for JavaScript with comments that name types.
pub const TYPESCRIPT: &str = include_str!("templates/jurybox.d.ts");

/// Print the types of what metrics get and return, for editors and type checkers.
///
/// They cover the event document, the arguments of every convention, and the results. Save them beside the metrics; a
/// metric imports the types where nothing runs, as the comments at the top of the file show.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct TypesArgs {
    /// The language of the metrics
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    language: Language,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox types --language python > jurybox.pyi
  jurybox types --language typescript > jurybox.d.ts";

/// Languages with types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// A stub file (.pyi)
    Python,
    /// A declaration file (.d.ts)
    #[value(name = "typescript", alias = "javascript")]
    TypeScript,
}

/// Prints the types.
///
/// # Errors
/// When writing fails.
pub fn types(arguments: &TypesArgs) -> anyhow::Result<Exit> {
    let text = match arguments.language {
        Language::Python => PYTHON,
        Language::TypeScript => TYPESCRIPT,
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Success)
}
