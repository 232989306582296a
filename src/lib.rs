//! A WebAssembly sandbox for other people's metrics.
//!
//! A **snippet** (source that a stranger wrote) is compiled once into an **evaluator**. An evaluator judges **events**,
//! each in a clean WebAssembly instance under a fuel and a memory limit, and answers with a **verdict**: a status, a
//! value, whether it passed, the reasoning, the logs and the bill. The same snippet and event give the same verdict and
//! the same bill every time.
//!
//! ```
//! use jurybox::{Engine, EngineOptions, Event, Snippet, Status};
//!
//! let engine = Engine::new(EngineOptions::default())?;
//! let evaluator = engine.compile(&Snippet::hog(
//!     "let words := length(splitByString(' ', output))
//!      print(words, 'words')
//!      return words <= 5",
//! ))?;
//! let event = Event::from_json(r#"{"input": "How are you?", "output": "Fine, thanks."}"#)?;
//!
//! let verdict = evaluator.evaluate(&event);
//! assert_eq!(verdict.status, Status::Ok);
//! assert_eq!(verdict.passed, Some(true));
//! assert_eq!(verdict.reasoning, "2 words");
//! assert_eq!(verdict.usage.fuel, evaluator.evaluate(&event).usage.fuel);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything that a snippet does, it does inside: the guests get a clock that stands still, seeded random numbers and a
//! place for log lines, and nothing else. The library runs in the calling process; it knows no terminal and no network.

mod build;
mod diagnostic;
mod directories;
mod engine;
mod evaluator;
mod event;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod language;
mod limits;
mod outcome;
mod pass_rule;
mod posthog;
mod python;
mod return_type;
mod returned;
mod snippet;
mod verdict;
pub mod workers;

pub use build::MetricSection;
pub use diagnostic::{Color, Diagnostic, Position, Related, Severity, Span, render};
pub use directories::{Directories, DirectoryError};
pub use engine::{CodeStore, CompileError, Engine, EngineError, EngineOptions, Isolation};
pub use evaluator::{EvaluationOptions, Evaluator, Judge};
pub use event::{Event, EventError, mend_surrogates, reader};
pub use language::hog::{LibraryFunction, dump_ast, library_functions};
pub use limits::Limits;
pub use pass_rule::PassRule;
pub use return_type::ReturnType;
pub use snippet::{Convention, Language, Snippet};
pub use verdict::{EvaluationError, Replay, Status, Usage, Verdict};
