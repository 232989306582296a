//! A place to run a loaded snippet in this process, for one event or many.

use super::hog::{HogSession, LoadedSnippet};
use super::interpreter::InterpreterSession;
use super::local::Local;
use super::module::ModuleSession;
use super::run::{DocumentInput, Run};
use crate::evaluator::Program;
use crate::outcome::Failure;

/// See the [module](self).
pub enum LocalSession<'a> {
    /// Of a Hog program.
    Hog(&'a LoadedSnippet, HogSession<'a>),
    /// Of a metric in an interpreter.
    Interpreter(InterpreterSession<'a>),
    /// Of an author's module.
    Module(ModuleSession<'a>),
}

impl Local {
    /// A place to run a program; `None` if it is one for workers.
    pub fn session<'a>(&'a self, program: &'a Program) -> Option<LocalSession<'a>> {
        Some(match program {
            Program::Hog(snippet) => LocalSession::Hog(snippet, self.hog().session(snippet)),
            Program::Python(metric) => LocalSession::Interpreter(self.python().session(metric)),
            Program::JavaScript { metric, .. } => LocalSession::Interpreter(self.javascript().session(metric)),
            Program::Module(module) => LocalSession::Module(self.modules().session(module)),
            #[cfg(target_os = "linux")]
            Program::Remote(_) => return None,
        })
    }
}

impl LocalSession<'_> {
    /// Runs a metric that takes the event document.
    pub fn run_document(&mut self, input: &DocumentInput<'_>) -> Run {
        match self {
            Self::Hog(..) => Run::failed(Failure::crashed("a Hog program takes an image of the event")),
            Self::Interpreter(session) => session.run(input),
            Self::Module(session) => session.run(input),
        }
    }
}
