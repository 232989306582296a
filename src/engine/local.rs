//! Everything that compiles and runs snippets in one process: the whole sandbox, where there are no workers, and what a
//! worker has of it.

use std::num::NonZeroUsize;
use std::sync::Arc;

#[cfg(target_os = "linux")]
use super::cache::Key;
use super::code::CodeCache;
use super::hog::{self, Hog};
use super::interpreter::{Guest, Hint, Interpreter, LoadError};
use super::module::Modules;
use super::product::{Prepared, Product};
use super::{CompileError, EngineError, Isolation, configuration, rewind};
use crate::diagnostic::{self, Diagnostic};
use crate::evaluator::Program;
use crate::language;
use crate::language::javascript::Positions;
use crate::limits::Limits;
use crate::snippet::{Convention, Language, Snippet};

/// How many compiled snippets are kept in memory when nobody holds them.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Of Hog and of JavaScript, each.
    pub snippets: NonZeroUsize,
    /// Of Python, where one takes about a MiB.
    pub python: NonZeroUsize,
}

impl Default for Kept {
    fn default() -> Self {
        const SNIPPETS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");
        const PYTHON: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");
        Self {
            snippets: SNIPPETS,
            python: PYTHON,
        }
    }
}

/// See the [module](self).
pub struct Local {
    rewinds: bool,
    hog: Hog,
    python: Interpreter,
    javascript: Interpreter,
    modules: Modules,
}

/// A loaded snippet, and what its interpreter said of it.
pub struct Linked {
    /// Ready to run.
    pub program: Program,
    /// The name of the convention that an interpreter found; empty for other languages.
    pub convention: String,
    /// What an interpreter noticed.
    pub hints: Vec<Hint>,
}

/// Why a product can't be loaded.
#[derive(Debug)]
pub enum LinkError {
    /// An interpreter says so, with positions in what it was given.
    Interpreter(LoadError),
    /// The sandbox refuses it.
    Refused(Box<Diagnostic>),
}

impl Local {
    /// Without the runtimes, which the first snippet of a language loads.
    pub fn new(isolation: Isolation, code: CodeCache, kept: Kept) -> Result<Self, EngineError> {
        let sandbox = |error: wasmtime::Error| EngineError::Sandbox(format!("{error:#}"));
        // Where address space is short (a limit on virtual memory), instances are mapped one by one.
        let wasmtime = wasmtime::Engine::new(&configuration::hog(true))
            .or_else(|_| wasmtime::Engine::new(&configuration::hog(false)))
            .map_err(sandbox)?;
        let rewinds = match isolation {
            Isolation::NewInstance => false,
            Isolation::Auto => rewind::is_available(),
            Isolation::Rewind if rewind::is_available() => true,
            Isolation::Rewind => return Err(EngineError::NoRewind),
        };
        Ok(Self {
            rewinds,
            hog: Hog::new(wasmtime, code.clone(), rewinds, kept.snippets),
            python: Interpreter::new(Guest::Python, code.clone(), rewinds, kept.python),
            javascript: Interpreter::new(Guest::JavaScript, code.clone(), rewinds, kept.snippets),
            modules: Modules::new(code),
        })
    }

    /// Checks a snippet and makes it ready to run.
    pub fn load(
        &self,
        snippet: &Snippet,
        limits: &Limits,
    ) -> Result<(Convention, Program, Vec<Diagnostic>), CompileError> {
        let Prepared {
            convention,
            product,
            warnings,
        } = self.prepare(snippet, limits)?;
        let positions = product.positions();
        let (program, linked) = match self.link(product, limits) {
            Ok(linked) => (Some(linked.program), Ok((linked.convention, linked.hints))),
            Err(error) => (None, Err(error)),
        };
        let (convention, warnings) = conclude(snippet, convention, warnings, &positions, linked)?;
        match program {
            Some(program) => Ok((convention, program, warnings)),
            None => Err(CompileError::new(diagnostic::snippet::cannot_load("it was not loaded"))),
        }
    }

    /// Reads and checks a snippet. None of it runs.
    pub fn prepare(&self, snippet: &Snippet, limits: &Limits) -> Result<Prepared, CompileError> {
        match snippet.language {
            Language::Hog => {
                let convention = match snippet.convention {
                    Convention::Auto => Convention::PostHog,
                    convention => convention,
                };
                let translated = language::hog::compile(text(snippet)?, convention)?;
                Ok(Prepared {
                    convention,
                    product: Product::Hog(translated.compiled),
                    warnings: translated.warnings,
                })
            }
            Language::Python => Ok(Prepared {
                convention: Convention::Auto,
                product: Product::Python {
                    request: language::python::request(snippet, text(snippet)?),
                },
                warnings: Vec::new(),
            }),
            Language::JavaScript | Language::TypeScript => {
                let prepared = language::javascript::prepare(snippet, text(snippet)?)?;
                Ok(Prepared {
                    convention: prepared.convention,
                    product: Product::JavaScript {
                        request: prepared.request,
                        positions: prepared.positions,
                    },
                    warnings: prepared.warnings,
                })
            }
            Language::Wasm => {
                let (module, convention) = self
                    .modules
                    .check(&snippet.source, limits)
                    .map_err(|refused| CompileError::new(*refused))?;
                Ok(Prepared {
                    convention,
                    product: Product::Module(module),
                    warnings: Vec::new(),
                })
            }
        }
    }

    /// Loads what was prepared, within these limits.
    pub fn link(&self, product: Product, limits: &Limits) -> Result<Linked, LinkError> {
        let refused =
            |error: wasmtime::Error| LinkError::Refused(diagnostic::snippet::cannot_load(&format!("{error:#}")).into());
        let silent = |program| Linked {
            program,
            convention: String::new(),
            hints: Vec::new(),
        };
        match product {
            Product::Hog(compiled) => self
                .hog
                .load(compiled)
                .map(|loaded| silent(Program::Hog(loaded)))
                .map_err(refused),
            Product::Python { request } => {
                let metric = self.python.load(&request, limits).map_err(LinkError::Interpreter)?;
                Ok(Linked {
                    convention: metric.convention.clone(),
                    hints: metric.hints.clone(),
                    program: Program::Python(metric),
                })
            }
            Product::JavaScript { request, positions } => {
                let metric = self.javascript.load(&request, limits).map_err(LinkError::Interpreter)?;
                Ok(Linked {
                    convention: String::new(),
                    hints: metric.hints.clone(),
                    program: Program::JavaScript {
                        metric,
                        positions: Arc::new(positions),
                    },
                })
            }
            Product::Module(module) => {
                let module = self.modules.load(&module).map_err(LinkError::Refused)?;
                Ok(silent(Program::Module(module)))
            }
        }
    }

    /// Makes all engines now, and opens what they need of the system.
    #[cfg(target_os = "linux")]
    pub fn open(&self) -> wasmtime::Result<()> {
        self.python.open()?;
        self.javascript.open()?;
        self.modules.open()
    }

    /// Whether the machine code for a language is at hand.
    pub fn is_ready(&self, language: Language) -> bool {
        match language {
            Language::Hog => self.hog.is_compiled(),
            Language::Python => self.python.is_compiled(),
            Language::JavaScript | Language::TypeScript => self.javascript.is_compiled(),
            Language::Wasm => true,
        }
    }

    /// What runs Hog.
    pub fn hog(&self) -> &Hog {
        &self.hog
    }

    /// What runs Python.
    pub fn python(&self) -> &Interpreter {
        &self.python
    }

    /// What runs JavaScript and TypeScript.
    pub fn javascript(&self) -> &Interpreter {
        &self.javascript
    }

    /// What runs authors' modules.
    pub fn modules(&self) -> &Modules {
        &self.modules
    }

    /// Whether instances are rewound.
    pub fn rewinds(&self) -> bool {
        self.rewinds
    }
}

impl Product {
    /// A hash of it, which the seeds of its runs are made from.
    #[cfg(target_os = "linux")]
    pub fn id(&self) -> u64 {
        match self {
            Self::Hog(compiled) => hog::key(compiled).short(),
            Self::Python { request } | Self::JavaScript { request, .. } => Key::of(&[request.as_bytes()]).short(),
            Self::Module(module) => module.id(),
        }
    }

    /// From what runs to what the author wrote; nothing to do for most languages.
    pub fn positions(&self) -> Positions {
        match self {
            Self::JavaScript { positions, .. } => positions.clone(),
            _ => Positions::default(),
        }
    }
}

/// What loading a snippet came to: its convention and all that is worth telling its author, or why it can't be loaded.
/// Wherever it was loaded, this is said here.
pub fn conclude(
    snippet: &Snippet,
    convention: Convention,
    mut warnings: Vec<Diagnostic>,
    positions: &Positions,
    linked: Result<(String, Vec<Hint>), LinkError>,
) -> Result<(Convention, Vec<Diagnostic>), CompileError> {
    let source = snippet.text().unwrap_or_default();
    let original = |position| positions.original(position);
    match linked {
        Ok((found, hints)) => {
            warnings.extend(diagnostic::interpreted::hints(&hints, source, original));
            let convention = match snippet.language {
                Language::Python => Convention::from_name(&found).unwrap_or_default(),
                _ => convention,
            };
            Ok((convention, warnings))
        }
        Err(LinkError::Interpreter(error)) => Err(CompileError::new(diagnostic::interpreted::load_error(
            &error, source, original,
        ))),
        Err(LinkError::Refused(diagnostic)) => Err(CompileError::new(*diagnostic)),
    }
}

fn text(snippet: &Snippet) -> Result<&str, CompileError> {
    snippet
        .text()
        .map_err(|error| CompileError::new(diagnostic::snippet::not_text(error.valid_up_to())))
}
