//! Compiling snippets on the command line.

use std::io::{self, IsTerminal, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jurybox::{CompileError, Diagnostic, Engine, Evaluator, Language, render};

use super::engine::EngineArgs;
use super::snippet::{self, SnippetFile};
use super::terminal;

/// Silence that needs no explanation.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// An engine, and what it can say while it is busy.
pub struct Compiler {
    engine: Engine,
    keeps_code: bool,
}

impl Compiler {
    /// A compiler with the engine of these arguments, for so many evaluations at the same time.
    ///
    /// # Errors
    /// As [`EngineArgs::engine`].
    pub fn new(arguments: &EngineArgs, jobs: usize) -> Result<Self, jurybox::EngineError> {
        Ok(Self {
            engine: arguments.engine(jobs)?,
            keeps_code: !arguments.no_cache,
        })
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Compiles snippets. The first one of a language may take seconds, which is told on standard error.
    pub fn compile(&self, files: &[SnippetFile]) -> Vec<Result<Evaluator, CompileError>> {
        let compile = |file: &SnippetFile| {
            let compile = || self.engine.compile(&file.snippet);
            let explanation = match file.snippet.language {
                // A module brings its runtime along.
                Language::Wasm => format!("Compiling {}", terminal::harmless(&file.shown)),
                language if self.engine.is_ready(language) => return compile(),
                language => format!("Preparing {}", runtime(language)),
            };
            let how_often = if self.keeps_code {
                "for this machine (once)"
            } else {
                "(at every start, because of --no-cache)"
            };
            explain_waiting(&format!("{explanation} {how_often} ..."), compile)
        };
        files.iter().map(compile).collect()
    }

    /// Compiles snippets and shows the diagnostics of those that do not compile; `None` if there are such.
    ///
    /// # Errors
    /// When writing fails.
    pub fn compile_or_explain(&self, files: &[SnippetFile]) -> io::Result<Option<Vec<Evaluator>>> {
        let mut evaluators = Vec::with_capacity(files.len());
        for (file, compiled) in files.iter().zip(self.compile(files)) {
            match compiled {
                Ok(evaluator) => evaluators.push(evaluator),
                Err(error) => show(&error.diagnostics, file)?,
            }
        }
        Ok((evaluators.len() == files.len()).then_some(evaluators))
    }
}

/// Draws diagnostics on standard error. A binary has no lines to draw.
///
/// # Errors
/// When writing fails.
pub fn show(diagnostics: &[Diagnostic], file: &SnippetFile) -> io::Result<()> {
    let color = terminal::color(&io::stderr());
    let mut stderr = io::stderr().lock();
    for diagnostic in diagnostics {
        if file.is_binary() {
            let text = format!("error[{}]: {}: {}", diagnostic.code, file.shown, diagnostic.message);
            writeln!(stderr, "{}", terminal::harmless(&text))?;
        } else {
            writeln!(stderr, "{}", render(diagnostic, file.text(), &file.shown, color))?;
        }
    }
    Ok(())
}

/// Draws warnings on standard error for a person at a terminal; other readers ask `jurybox check`.
///
/// # Errors
/// When writing fails.
pub fn show_warnings(warnings: &[Diagnostic], file: &SnippetFile) -> io::Result<()> {
    if io::stderr().is_terminal() {
        show(warnings, file)
    } else {
        Ok(())
    }
}

/// What runs a language.
const fn runtime(language: Language) -> &'static str {
    match language {
        Language::TypeScript => snippet::title(Language::JavaScript),
        language => snippet::title(language),
    }
}

/// Says on standard error what is being waited for, once it has taken a while: to a person with a clock that runs, to
/// others in one line.
fn explain_waiting<T>(explanation: &str, work: impl FnOnce() -> T) -> T {
    let (done, waiting) = mpsc::channel::<()>();
    let explanation = explanation.to_owned();
    // Where no thread can be had, waiting goes unexplained.
    let watch = thread::Builder::new().spawn(move || {
        if waiting.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        if !io::stderr().is_terminal() {
            let _ = writeln!(io::stderr(), "{explanation}");
            return;
        }
        let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
        let spinner = ProgressBar::new_spinner()
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
            .with_message(explanation)
            .with_elapsed(PATIENCE);
        while waiting.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            spinner.tick();
        }
        spinner.finish_and_clear();
    });
    let result = work();
    drop(done);
    let _ = watch.map(thread::JoinHandle::join);
    result
}
