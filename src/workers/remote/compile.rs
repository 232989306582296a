//! Compiling a snippet in a compile worker.

use super::{Workers, lease};
use super::exchange::{Allowance, Trouble, Wait};
use crate::diagnostic::{self, Diagnostic};
use crate::engine::CompileError;
use crate::engine::cache::Key;
use crate::snippet::{Language, Snippet};
use crate::workers::Project;
use crate::workers::protocol::message::{Compile, Compiled};
use crate::workers::protocol::{Request, trust};

impl Workers {
    /// What a compile worker makes of a snippet; from the cache, if this engine's cache has it.
    pub(super) fn compile(&self, snippet: &Snippet, project: &Project, key: Key) -> Result<Compiled, CompileError> {
        if let Some(stored) = self.code.load(&key)
            && let Ok(Ok(compiled)) = trust::compiled(&stored, snippet)
        {
            return Ok(*compiled);
        }
        let mut lease = lease(&self.compilers, project)
            .map_err(|error| refused(diagnostic::snippet::cannot_load(&error.to_string())))?;
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
        let mut stored = None;
        let answered = lease
            .process()
            .channel
            .queue(&request, &[])
            .map_err(|error| Trouble::Host(error.to_string()))
            .and_then(|()| {
                wait.answer(lease.process(), trust::max_compiled(snippet), |body| {
                    let compiled = trust::compiled(body, snippet)?;
                    if compiled.is_ok() {
                        stored = Some(body.to_vec());
                    }
                    Ok(compiled)
                })
            });
        match answered {
            Ok(Ok(compiled)) => {
                lease.state().note_evaluation();
                // The guest of Python compiles its source itself, so there is nothing to keep.
                if let Some(stored) = stored.filter(|_| snippet.language != Language::Python) {
                    self.code.store(&key, &stored);
                }
                Ok(*compiled)
            }
            Ok(Err(diagnostics)) => {
                lease.state().note_evaluation();
                Err(CompileError { diagnostics })
            }
            Err(trouble) => {
                lease.discard(trouble.reason());
                Err(refused(match trouble {
                    Trouble::Host(reason) => diagnostic::snippet::cannot_load(&reason),
                    Trouble::Late => diagnostic::snippet::compile_time(self.options.compile_time),
                    Trouble::Memory { .. } => diagnostic::snippet::compile_memory(self.options.compile_memory),
                    trouble => diagnostic::snippet::compiler_crashed(&trouble.to_string()),
                }))
            }
        }
    }
}

fn refused(diagnostic: Diagnostic) -> CompileError {
    CompileError {
        diagnostics: vec![diagnostic],
    }
}
