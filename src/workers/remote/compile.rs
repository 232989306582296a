//! Compiling a snippet in a compile worker.

use super::exchange::{self, Allowance, Trouble, Wait};
use super::{Workers, lease};
use crate::diagnostic::{self, Diagnostic};
use crate::engine::CompileError;
use crate::engine::cache::Key;
use crate::snippet::{Language, Snippet};
use crate::workers::Project;
use crate::workers::protocol::message::{Compile, Compiled};
use crate::workers::protocol::{Request, trust};

/// Workers that may be killed from outside while they compile a snippet.
const MAX_KILLED: u32 = 3;

type Answer = Result<(Box<Compiled>, Vec<u8>), Vec<Diagnostic>>;

impl Workers {
    /// What a compile worker makes of a snippet; from the cache, if this engine's cache has it.
    pub(super) fn compile(&self, snippet: &Snippet, project: &Project, key: Key) -> Result<Compiled, CompileError> {
        if let Some(stored) = self.code.load(&key)
            && let Ok(Ok(compiled)) = trust::compiled(&stored, snippet)
        {
            return Ok(*compiled);
        }
        let mut killed = 0;
        let answered = loop {
            match self.compile_once(snippet, project) {
                // Somebody else's doing, most of the time.
                Err(Trouble::Killed) if killed < MAX_KILLED => killed += 1,
                answered => break answered,
            }
        };
        match answered {
            Ok(Ok((compiled, stored))) => {
                // The guest of Python compiles its source itself, so there is nothing to keep.
                if snippet.language != Language::Python {
                    self.code.store(&key, &stored);
                }
                Ok(*compiled)
            }
            Ok(Err(diagnostics)) => Err(CompileError { diagnostics }),
            Err(trouble) => Err(CompileError {
                diagnostics: vec![match trouble {
                    Trouble::Host(reason) => diagnostic::snippet::cannot_load(&reason),
                    Trouble::Late => diagnostic::snippet::compile_time(self.options.compile_time),
                    Trouble::Memory { .. } => diagnostic::snippet::compile_memory(self.options.compile_memory),
                    trouble => diagnostic::snippet::compiler_crashed(&trouble.to_string()),
                }],
            }),
        }
    }

    /// What one worker makes of a snippet, also as it says it, or what is wrong with the snippet.
    fn compile_once(&self, snippet: &Snippet, project: &Project) -> Result<Answer, Trouble> {
        let mut lease = lease(&self.compilers, project).map_err(|error| Trouble::Host(error.to_string()))?;
        let request = Request::Compile(Compile {
            source: &snippet.source,
            language: snippet.language,
            convention: snippet.convention,
            entry: snippet.entry.as_deref(),
            file: snippet.file.as_deref(),
            max_module: self.limits.module,
        });
        let allowance = Allowance {
            time: self.options.compile_time,
            memory: self.options.compile_memory,
        };
        let wait = Wait::new(lease.process(), allowance);
        let answered = exchange::queue(lease.process(), &request, &[]).and_then(|()| {
            wait.answer(lease.process(), trust::max_compiled(snippet), |body| {
                let compiled = trust::compiled(body, snippet)?;
                Ok(compiled.map(|compiled| (compiled, body.to_vec())))
            })
        });
        match &answered {
            Ok(_) => lease.state().note_evaluation(),
            Err(trouble) => lease.discard(trouble.reason()),
        }
        answered
    }
}
