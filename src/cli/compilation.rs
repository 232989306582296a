//! Compiling snippets on the command line.

use std::io::{self, IsTerminal, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use jurybox::{CompileError, Diagnostic, Engine, Evaluator, render};

use super::source::SnippetFile;
use super::terminal;

/// Silence that needs no explanation.
const PATIENCE: Duration = Duration::from_millis(300);

/// Compiles snippets. Tells a person at a terminal what takes so long, when it does.
pub fn compile(engine: &Engine, files: &[SnippetFile]) -> Vec<Result<Evaluator, CompileError>> {
    let compile = || files.iter().map(|file| engine.compile(&file.snippet)).collect();
    explain_waiting(
        "Compiling the language runtime; the next start finds it in the cache (unless --no-cache) ...",
        compile,
    )
}

/// Compiles snippets and shows the diagnostics of those that do not compile; `None` if there are such.
pub fn compile_or_explain(engine: &Engine, files: &[SnippetFile]) -> io::Result<Option<Vec<Evaluator>>> {
    let mut evaluators = Vec::with_capacity(files.len());
    for (file, compiled) in files.iter().zip(compile(engine, files)) {
        match compiled {
            Ok(evaluator) => evaluators.push(evaluator),
            Err(error) => show(&error.diagnostics, file)?,
        }
    }
    Ok((evaluators.len() == files.len()).then_some(evaluators))
}

/// Draws diagnostics on standard error.
pub fn show(diagnostics: &[Diagnostic], file: &SnippetFile) -> io::Result<()> {
    let color = terminal::color(&io::stderr());
    let mut stderr = io::stderr().lock();
    for diagnostic in diagnostics {
        writeln!(
            stderr,
            "{}",
            render(diagnostic, file.text(), &file.shown, color)
        )?;
    }
    Ok(())
}

/// Draws warnings on standard error for a person at a terminal; other readers ask `jurybox check`.
pub fn show_warnings(warnings: &[Diagnostic], file: &SnippetFile) -> io::Result<()> {
    if io::stderr().is_terminal() {
        show(warnings, file)
    } else {
        Ok(())
    }
}

fn explain_waiting<T>(explanation: &'static str, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let _ = writeln!(io::stderr(), "{explanation}");
        }
    });
    let result = work();
    drop(done);
    let _ = watch.join();
    result
}
