//! `jurybox build`: one WebAssembly module from a metric.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::HumanBytes;
use jurybox::Convention;

use super::compilation::Compiler;
use super::engine::EngineArgs;
use super::exit::Exit;
use super::snippet::SnippetArgs;
use super::{compilation, terminal};

/// Build one WebAssembly module from a metric.
///
/// The module judges events wherever metrics in WebAssembly do, also here: it holds the metric, loaded, and all that it
/// runs on (for Python, the interpreter and its library). It takes the event as JSON and answers in JSON.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct BuildArgs {
    /// The file with the metric; `-` is standard input (see --language)
    #[arg(value_name = "METRIC")]
    metric: PathBuf,
    /// The module to write; one that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    snippet: SnippetArgs,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox build similar.py -o similar.wasm
  jurybox test similar.wasm --events events.jsonl

Exit codes:
  0  the module is written
  2  the metric does not compile, or a file can't be read or written";

/// Builds a module.
///
/// # Errors
/// When a file can't be read or written.
pub fn build(engine: &EngineArgs, arguments: &BuildArgs) -> anyhow::Result<Exit> {
    engine.check_single()?;
    if engine.uses_workers() {
        bail!("a module is built from what loading the metric leaves in memory; `jurybox build` can't use --workers");
    }
    let name = arguments.metric.display().to_string();
    let file = arguments.snippet.read(&arguments.metric, name, Convention::PostHog)?;
    let compiler = Compiler::new(engine, 1)?;
    let files = std::slice::from_ref(&file);
    // First as every metric is compiled, which says what it waits for.
    let Some(evaluators) = compiler.compile_or_explain(files)? else {
        return Ok(Exit::Refused);
    };
    for evaluator in &evaluators {
        compilation::show_warnings(evaluator.warnings(), &file)?;
    }
    let module = match compiler.engine().build(&file.snippet) {
        Ok(module) => module,
        Err(error) => {
            compilation::show(&error.diagnostics, &file)?;
            return Ok(Exit::Refused);
        }
    };
    let shown = arguments.output.display();
    write(&arguments.output, &module).with_context(|| format!("{shown}: can't be written"))?;
    let mut out = io::stdout().lock();
    let line = format!("{shown}: {}", HumanBytes(module.len() as u64));
    writeln!(out, "{}", terminal::harmless(&line))?;
    out.flush()?;
    Ok(Exit::Success)
}

/// Writes all of a file or nothing: whoever reads it meanwhile finds what was there before.
fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    if path.is_dir() {
        bail!("is a directory, not a file");
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file: the system takes away what the user's mask says.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
