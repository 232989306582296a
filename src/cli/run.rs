//! `jurybox run`: runs a plain program.

use std::io::{self, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use jurybox::{
    Convention, Diagnostic, EvaluationError, EvaluationOptions, Event, EventError, Position, Severity, Span, Status,
    render,
};

use super::compilation::{self, Compiler};
use super::engine::EngineArgs;
use super::exit::Exit;
use super::limits::LimitArgs;
use super::snippet::{SnippetArgs, SnippetFile};
use super::{complain, source, terminal, traceback};

/// What a program may print, and return, in bytes: more than a metric, which prints for a column of a table.
const OUTPUT_LIMIT: usize = 16 << 20;
/// The size of a file with globals in bytes.
const GLOBALS_LIMIT: usize = 64 << 20;

/// Run a plain Hog program, or a metric on one event.
///
/// Standard output receives what the program prints, a line for each `print`. An uncaught error goes to standard error,
/// with its place in the source. A Hog program finds the keys of the given object as globals; metrics in other languages
/// take the object for their event.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct RunArgs {
    /// A file with a Hog program, or with a metric in another language
    #[arg(value_name = "PROGRAM")]
    program: PathBuf,
    /// A file with a JSON object: the globals of the program, or the event of the metric
    #[arg(long, visible_alias = "event", value_name = "FILE")]
    globals: Option<PathBuf>,
    /// Write the returned value, too: as JSON, on the last line
    #[arg(long)]
    result: bool,
    #[command(flatten)]
    snippet: SnippetArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

const AFTER_HELP: &str = "\
Examples:
  jurybox run hello.hog
  jurybox run report.hog --globals customers.json --result
  jurybox run similar.py --event event.json --result
  jurybox run heavy.hog --fuel 50000000000 --memory 1GiB --deadline 1m

Exit codes:
  0  the program ended
  1  it failed or reached a limit
  2  it does not compile, or a file can't be read";

/// Runs a program.
///
/// # Errors
/// When a file can't be read, or writing fails.
pub fn run(engine: &EngineArgs, arguments: &RunArgs) -> anyhow::Result<Exit> {
    engine.check_single()?;
    let options = options(&arguments.limits)?;
    engine.check_workers(&options)?;
    let name = arguments.program.display().to_string();
    let file = arguments.snippet.read(&arguments.program, name, Convention::Program)?;
    let globals = match &arguments.globals {
        Some(path) => read_globals(path)?,
        None => Event::from_json("{}")?,
    };
    let file = std::slice::from_ref(&file);
    let Some(evaluators) = Compiler::new(engine, 1)?.compile_or_explain(file)? else {
        return Ok(Exit::Refused);
    };
    let (Some(evaluator), Some(file)) = (evaluators.first(), file.first()) else {
        bail!("there is no program");
    };
    compilation::show_warnings(evaluator.warnings(), file)?;

    let verdict = evaluator.evaluate_with(&globals, &options);
    print(&verdict.logs)?;
    match verdict.error {
        // The program ended; that its value is not representable matters to those who want it.
        Some(error) if error.kind != Status::InvalidResult || arguments.result => {
            show_error(&error, file)?;
            return Ok(Exit::Failure);
        }
        _ => {}
    }
    if arguments.result {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", terminal::harmless_json(&verdict.value.to_string()))?;
        out.flush()?;
    }
    Ok(Exit::Success)
}

fn options(limits: &LimitArgs) -> anyhow::Result<EvaluationOptions> {
    let mut options = limits.options()?;
    // There is no verdict to miss: a metric that returns nothing has run.
    options.allows_na = true;
    options.limits.logs = OUTPUT_LIMIT;
    options.limits.result = OUTPUT_LIMIT;
    options.limits.event = GLOBALS_LIMIT;
    Ok(options)
}

fn read_globals(path: &Path) -> anyhow::Result<Event> {
    let text = source::read_text(path, GLOBALS_LIMIT)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let path = path.display();
    Event::from_json(text).map_err(|error| match error {
        _ if text.trim().is_empty() => anyhow::anyhow!("{path}: the file is empty; the globals are a JSON object"),
        EventError::Syntax { message, line, column } => {
            anyhow::anyhow!("{path}: line {line}, column {column}: {message}")
        }
        EventError::NotAnObject(kind) => anyhow::anyhow!("{path}: the globals are a JSON object, not {kind}"),
        error => anyhow::anyhow!("{path}: {error}"),
    })
}

/// Writes what was printed: byte for byte, unless a terminal would obey it.
fn print(lines: &[String]) -> io::Result<()> {
    let stdout = io::stdout();
    let is_terminal = stdout.is_terminal();
    let mut out = io::BufWriter::new(stdout.lock());
    for line in lines {
        if is_terminal {
            writeln!(out, "{}", terminal::harmless(line))?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

/// Shows an error at its place in the source, if it has one.
fn show_error(error: &EvaluationError, file: &SnippetFile) -> io::Result<()> {
    let (Some(line), Some(column)) = (error.line, error.column) else {
        complain(&format!("{}: {}", file.shown, error.message));
        return Ok(());
    };
    let start = Position { line, column };
    let diagnostic = Diagnostic {
        severity: Severity::Error,
        code: error.kind.as_str().replace('_', "-"),
        message: error.message.clone(),
        span: span(file.text(), start),
        start,
        end: start,
        label: None,
        help: None,
        related: None,
    };
    let color = terminal::color(&io::stderr());
    let mut stderr = io::stderr().lock();
    write!(stderr, "{}", render(&diagnostic, file.text(), &file.shown, color))?;
    let calls = traceback::calls(error);
    // One call is where the error is, which has been shown.
    if calls.len() > 1 {
        writeln!(stderr, "calls:")?;
        for call in calls {
            writeln!(stderr, "  {}", terminal::first_line(call))?;
        }
    }
    Ok(())
}

/// The word or the character at a position.
fn span(source: &str, position: Position) -> Span {
    let line = (position.line as usize).saturating_sub(1);
    let line_start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = source.get(line_start..).unwrap_or_default();
    let column = (position.column as usize).saturating_sub(1);
    let offset = rest.char_indices().nth(column).map_or(rest.len(), |(offset, _)| offset);
    let tail = rest.get(offset..).unwrap_or_default();
    let word = tail
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(tail.len());
    let length = if word > 0 {
        word
    } else {
        tail.chars().next().map_or(0, char::len_utf8)
    };
    let bytes = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    Span::new(bytes(line_start + offset), bytes(line_start + offset + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_find_their_words() {
        let source = "let ü := 1\nthrow Error('x')\n+";
        for (line, column, expected) in [
            (1, 1, "let"),
            (1, 5, "ü"),
            (1, 7, ":"),
            (2, 1, "throw"),
            (3, 1, "+"),
            (9, 9, ""),
            (0, 0, "let"),
        ] {
            assert_eq!(
                span(source, Position { line, column }).text(source),
                expected,
                "{line}:{column}"
            );
        }
    }
}
