//! Running authors' own WebAssembly: core modules and components, each event in a new instance.

use std::sync::Arc;

use super::CompileError;
use super::code::CodeCache;
use super::run::{DocumentInput, Run};
use crate::diagnostic;
use crate::limits::Limits;
use crate::outcome::Failure;

/// Everything that runs authors' modules.
pub struct Modules {
    #[expect(dead_code, reason = "modules come next")]
    code: CodeCache,
}

/// A module that is ready to run.
pub struct LoadedModule {
    /// A hash of what was loaded.
    pub id: u64,
}

impl Modules {
    /// No modules yet.
    pub fn new(code: CodeCache) -> Self {
        Self { code }
    }

    /// Checks and compiles a module or component, given as a binary or in text form.
    pub fn load(&self, _source: &[u8], _limits: &Limits) -> Result<Arc<LoadedModule>, CompileError> {
        Err(CompileError::new(diagnostic::snippet::cannot_load("modules are not there yet")))
    }

    /// A place to run a module, for one event or many.
    pub fn session<'a>(&'a self, module: &'a LoadedModule) -> ModuleSession<'a> {
        ModuleSession { module }
    }
}

/// Runs a module on events, one after the other, each in a clean instance unless asked otherwise.
pub struct ModuleSession<'a> {
    module: &'a LoadedModule,
}

impl ModuleSession<'_> {
    /// Runs the module once.
    pub fn run(&mut self, _input: &DocumentInput<'_>) -> Run {
        Run::failed(Failure::crashed(format!("module {} can't run yet", self.module.id)))
    }
}
