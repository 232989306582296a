//! `jurybox check`: does it compile?

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jurybox::{CompileError, Convention, Diagnostic, Evaluator, Severity};
use serde::Serialize;

use super::engine::EngineArgs;
use super::exit::Exit;
use super::source::{self, SnippetFile};
use super::{compilation, terminal};

/// Compile metrics and say what is wrong with them.
///
/// Errors and warnings go to standard error, each with its place in the source and what to write instead. Warnings do
/// not fail.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct CheckArgs {
    /// Files with metrics
    #[arg(value_name = "METRIC", required = true)]
    metrics: Vec<PathBuf>,
    /// Write one JSON object per metric to standard output, with all diagnostics
    #[arg(long, conflicts_with = "emit")]
    json: bool,
    /// Write what the compiler makes of it: the syntax tree, or WebAssembly as text
    #[arg(long, value_name = "FORM", value_enum)]
    emit: Option<Form>,
    /// Take the files for plain programs, as `jurybox run` does
    #[arg(long)]
    program: bool,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox check metrics/*.hog
  jurybox check concise.hog --json
  jurybox check concise.hog --emit wat | less

Exit codes:
  0  all compile
  2  some do not, or can't be read";

/// What `--emit` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The syntax tree
    Ast,
    /// WebAssembly as text
    Wat,
}

/// What `--json` writes for a metric.
#[derive(Serialize)]
struct Line<'a> {
    metric: &'a str,
    file: &'a str,
    compiles: bool,
    diagnostics: &'a [Diagnostic],
}

/// Compiles metrics.
///
/// # Errors
/// When a file can't be read, or writing fails.
pub fn check(engine: &EngineArgs, arguments: &CheckArgs) -> anyhow::Result<Exit> {
    let convention = if arguments.program {
        Convention::Program
    } else {
        Convention::PostHog
    };
    let files = source::read_snippets(&arguments.metrics, convention)?;
    let compiled = compilation::compile(&engine.engine()?, &files);

    let mut out = io::stdout().lock();
    let mut exit = Exit::Success;
    for (file, compiled) in files.iter().zip(&compiled) {
        if compiled.is_err() {
            exit = Exit::Refused;
        }
        let diagnostics = match compiled {
            Ok(evaluator) => evaluator.warnings(),
            Err(CompileError { diagnostics }) => diagnostics,
        };
        if arguments.json {
            let line = Line {
                metric: &file.name,
                file: &file.shown,
                compiles: compiled.is_ok(),
                diagnostics,
            };
            writeln!(out, "{}", terminal::harmless_json(&serde_json::to_string(&line)?))?;
            continue;
        }
        // Diagnostics of one file belong together, also where both streams go to the same place.
        out.flush()?;
        compilation::show(diagnostics, file)?;
        match (arguments.emit, compiled) {
            (Some(form), Ok(evaluator)) => emit(&mut out, form, file, evaluator, files.len() > 1)?,
            (Some(_), Err(_)) => {}
            (None, _) => writeln!(out, "{}: {}", terminal::harmless(&file.shown), tally(diagnostics))?,
        }
    }
    out.flush()?;
    Ok(exit)
}

/// Writes the form of a metric that was asked for; where there are several metrics, each under its name.
fn emit(
    out: &mut impl Write,
    form: Form,
    file: &SnippetFile,
    evaluator: &Evaluator,
    named: bool,
) -> anyhow::Result<()> {
    if named {
        writeln!(out, ";; {}", terminal::harmless(&file.shown))?;
    }
    let text = match form {
        Form::Ast => jurybox::dump_ast(file.text())?,
        Form::Wat => wasmprinter::print_bytes(evaluator.wasm().unwrap_or_default())
            .with_context(|| format!("{}: the WebAssembly can't be shown", file.shown))?,
    };
    writeln!(out, "{}", text.trim_end())?;
    Ok(())
}

/// `ok`, `1 error`, `2 errors, 1 warning`.
fn tally(diagnostics: &[Diagnostic]) -> String {
    let parts = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Hint, "hint"),
    ];
    let parts = parts.map(|(severity, name)| {
        match diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .count()
        {
            0 => String::new(),
            1 => format!("1 {name}"),
            count => format!("{count} {name}s"),
        }
    });
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match parts.join(", ") {
        parts if parts.is_empty() => "ok".to_owned(),
        parts if diagnostics.iter().any(Diagnostic::is_error) => parts,
        parts => format!("ok, {parts}"),
    }
}
