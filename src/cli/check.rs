//! `jurybox check`: does it compile?

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use jurybox::{CompileError, Convention, Diagnostic, Evaluator, Language, Severity};
use serde::Serialize;

use super::compilation::{self, Compiler};
use super::engine::EngineArgs;
use super::exit::Exit;
use super::snippet::{self, SnippetArgs, SnippetFile};
use super::terminal;
use super::test::remote::{self, Checked, ServerArgs};

/// Compile metrics and say what is wrong with them.
///
/// Errors and warnings go to standard error, each with its place in the source and what to write instead. Warnings do
/// not fail.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct CheckArgs {
    /// Files with metrics: Hog, Python, JavaScript, TypeScript, WebAssembly; `-` is standard input (see --language)
    #[arg(value_name = "METRIC", required = true)]
    metrics: Vec<PathBuf>,
    /// Write one JSON object per metric to standard output, with all diagnostics
    #[arg(long, conflicts_with = "emit")]
    json: bool,
    /// Write what the compiler makes of Hog: the syntax tree, or WebAssembly as text (also of a module)
    #[arg(long, value_name = "FORM", value_enum)]
    emit: Option<Form>,
    /// Take Hog for plain programs, as `jurybox run` does
    #[arg(long, conflicts_with = "convention")]
    program: bool,
    #[command(flatten)]
    snippets: SnippetArgs,
    #[command(flatten)]
    server: ServerArgs,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox check metrics/*.hog
  jurybox check concise.hog --json
  jurybox check concise.hog --emit wat | less
  jurybox check - --language python --json < buffer

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

impl Form {
    /// Checks that a file has this form.
    fn check(self, file: &SnippetFile) -> anyhow::Result<()> {
        match (self, file.snippet.language) {
            (_, Language::Hog) | (Self::Wat, Language::Wasm) => Ok(()),
            (_, language) => bail!(
                "{}: --emit shows what becomes of Hog, and this is {}",
                file.shown,
                snippet::title(language)
            ),
        }
    }
}

/// What `--json` writes for a metric.
#[derive(Serialize)]
struct Line<'a> {
    metric: &'a str,
    file: &'a str,
    language: Language,
    /// The one that was named or found; not there when the metric does not compile.
    #[serde(skip_serializing_if = "Option::is_none")]
    convention: Option<Convention>,
    compiles: bool,
    diagnostics: &'a [Diagnostic],
}

/// Compiles metrics.
///
/// # Errors
/// When a file can't be read, or writing fails.
pub fn check(engine: &EngineArgs, arguments: &CheckArgs) -> anyhow::Result<Exit> {
    engine.check_single()?;
    let hog = if arguments.program {
        Convention::Program
    } else {
        Convention::PostHog
    };
    let files = arguments.snippets.read_all(&arguments.metrics, hog)?;
    if let Some(form) = arguments.emit {
        for file in &files {
            form.check(file)?;
        }
    }
    let mut out = io::stdout().lock();
    let mut exit = Exit::Success;
    if let Some(service) = arguments.server.service(engine)? {
        anyhow::ensure!(
            arguments.emit.is_none(),
            "--emit shows what the compiler in this program makes; it can't be used with --server"
        );
        for (file, checked) in files.iter().zip(remote::check_all(&service, &files)?) {
            let opinion = Opinion::from(&checked);
            opinion.write(&mut out, arguments, file)?;
            exit = opinion.exit(exit);
        }
        out.flush()?;
        return Ok(exit);
    }
    for (file, compiled) in files.iter().zip(&Compiler::new(engine, 1)?.compile(&files)) {
        let opinion = Opinion::from(compiled);
        exit = opinion.exit(exit);
        match (arguments.emit, compiled) {
            (Some(form), compiled) => {
                // Diagnostics of one file belong together, also where both streams go to the same place.
                out.flush()?;
                compilation::show(opinion.diagnostics, file)?;
                if let Ok(evaluator) = compiled {
                    emit(&mut out, form, file, evaluator, files.len() > 1)?;
                }
            }
            (None, _) => opinion.write(&mut out, arguments, file)?,
        }
    }
    out.flush()?;
    Ok(exit)
}

/// What a compiler says about a metric, wherever it is.
struct Opinion<'a> {
    convention: Option<Convention>,
    compiles: bool,
    diagnostics: &'a [Diagnostic],
}

impl<'a> From<&'a Result<Evaluator, CompileError>> for Opinion<'a> {
    fn from(compiled: &'a Result<Evaluator, CompileError>) -> Self {
        Self {
            convention: compiled.as_ref().ok().map(Evaluator::convention),
            compiles: compiled.is_ok(),
            diagnostics: match compiled {
                Ok(evaluator) => evaluator.warnings(),
                Err(CompileError { diagnostics }) => diagnostics,
            },
        }
    }
}

impl<'a> From<&'a Checked> for Opinion<'a> {
    fn from(checked: &'a Checked) -> Self {
        Self {
            convention: checked.convention(),
            compiles: checked.ok,
            diagnostics: checked.diagnostics(),
        }
    }
}

impl Opinion<'_> {
    /// How the program ends, if nothing worse comes.
    fn exit(&self, before: Exit) -> Exit {
        if self.compiles { before } else { Exit::Refused }
    }

    /// Writes what is said about a metric.
    fn write(&self, out: &mut impl Write, arguments: &CheckArgs, file: &SnippetFile) -> anyhow::Result<()> {
        if arguments.json {
            let line = Line {
                metric: &file.name,
                file: &file.shown,
                language: file.snippet.language,
                convention: self.convention,
                compiles: self.compiles,
                diagnostics: self.diagnostics,
            };
            writeln!(out, "{}", terminal::harmless_json(&serde_json::to_string(&line)?))?;
            return Ok(());
        }
        // Diagnostics of one file belong together, also where both streams go to the same place.
        out.flush()?;
        compilation::show(self.diagnostics, file)?;
        // The convention is told where it was found rather than named or the only one.
        let is_found = file.snippet.convention == Convention::Auto && file.snippet.language != Language::Wasm;
        let tally = tally(self.diagnostics, self.convention.filter(|_| is_found));
        writeln!(out, "{}: {tally}", terminal::harmless(&file.shown))?;
        Ok(())
    }
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
        Form::Wat => {
            let wasm = match evaluator.wasm() {
                Some(wasm) => Cow::Borrowed(wasm),
                None => wat::parse_bytes(&file.snippet.source)?,
            };
            wasmprinter::print_bytes(&wasm)
                .with_context(|| format!("{}: the WebAssembly can't be shown", file.shown))?
        }
    };
    writeln!(out, "{}", text.trim_end())?;
    Ok(())
}

/// `ok`, `ok, 1 warning`, `ok (honeyhive)`, `1 error`, `2 errors, 1 warning`.
fn tally(diagnostics: &[Diagnostic], found: Option<Convention>) -> String {
    let ok = match found {
        Some(convention) => format!("ok ({})", convention.name()),
        None => "ok".to_owned(),
    };
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
        parts if parts.is_empty() => ok,
        parts if diagnostics.iter().any(Diagnostic::is_error) => parts,
        parts => format!("{ok}, {parts}"),
    }
}
