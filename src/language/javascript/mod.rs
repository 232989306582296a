//! JavaScript and TypeScript: from the author's source to what the JavaScript guest loads.
//!
//! The host parses the source, and with the tree it knows four things: what is wrong and where; which function is the metric and
//! what it is called with ([`detect`]); for TypeScript, the JavaScript to run ([`strip`]); and how positions in that lead
//! back ([`positions`]). The guest then runs what it is told to. JavaScript runs as it was written.
//!
//! Sources come from strangers, and the parser calls itself for whatever nests. [`depth`] refuses what nests deeper than the
//! stack of the thread that all of this runs on holds.

mod depth;
mod detect;
mod enums;
mod imports;
mod limits;
mod parse;
mod positions;
mod strip;
mod survey;
#[cfg(test)]
mod tests;

use std::panic::{self, AssertUnwindSafe};
use std::thread;

use oxc::allocator::Allocator;
use serde_json::json;

use crate::diagnostic::{Diagnostic, LineIndex, Span, javascript};
use crate::engine::CompileError;
use crate::snippet::{Convention, Language, Snippet};
use depth::TooDeep;
use detect::{Decision, Form, Wrap};
pub use positions::Positions;
use survey::{Survey, WRAPPED};

/// A snippet that the guest can load.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What the guest's `load` takes.
    pub request: String,
    /// Whose habit the snippet follows.
    pub convention: Convention,
    /// From what the guest runs to what the author wrote.
    pub positions: Positions,
    /// What is worth telling the author.
    pub warnings: Vec<Diagnostic>,
}

/// The stack that sources are read on. The deepest that [`depth`] lets through take 8 MiB of it; memory is taken only for
/// what is used.
const STACK: usize = 64 << 20;

/// Prepares a snippet.
///
/// # Errors
///
/// When it does not parse, or when it is unclear what to call.
pub fn prepare(snippet: &Snippet, source: &str) -> Result<Prepared, CompileError> {
    let has_types = snippet.language == Language::TypeScript;
    let prepared = match depth::check(source, has_types) {
        Ok(()) => on_large_stack(|| read(snippet, source)),
        Err(TooDeep::Nested(at)) => Err(vec![javascript::too_deep(character(source, at))]),
        Err(TooDeep::Unclear(at)) => Err(vec![javascript::unreadable(character(source, at))]),
    };
    prepared.map_err(|diagnostics| {
        let lines = LineIndex::new(source);
        CompileError {
            diagnostics: diagnostics
                .into_iter()
                .map(|diagnostic| diagnostic.locate(&lines))
                .collect(),
        }
    })
}

/// Calls the front end where it can't overflow the caller's stack. A panic in it is an error of ours in this one source; the
/// program goes on.
fn on_large_stack<T: Send>(read: impl FnOnce() -> Result<T, Vec<Diagnostic>> + Send) -> Result<T, Vec<Diagnostic>> {
    let failed = |reason: &str| vec![javascript::front_end_failed(reason)];
    thread::scope(|scope| {
        let reader = thread::Builder::new()
            .name("jurybox-javascript".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, || panic::catch_unwind(AssertUnwindSafe(read)));
        match reader {
            Ok(reader) => match reader.join() {
                Ok(Ok(result)) => result,
                Ok(Err(_)) | Err(_) => Err(failed("the parser has a bug that this source meets")),
            },
            Err(error) => Err(failed(&format!("there is no memory for its stack: {error}"))),
        }
    })
}

/// The character that this byte is part of.
fn character(source: &str, at: usize) -> Span {
    let start = source.floor_char_boundary(at);
    let end = source.ceil_char_boundary(start + 1);
    Span::new(
        u32::try_from(start).unwrap_or(u32::MAX),
        u32::try_from(end).unwrap_or(u32::MAX),
    )
}

fn read(snippet: &Snippet, source: &str) -> Result<Prepared, Vec<Diagnostic>> {
    let allocator = Allocator::default();
    let lines = LineIndex::new(source);
    let parsed = parse::parse(&allocator, source, snippet.language)?;
    let survey = Survey::of(&parsed.program, &parsed.scoping, &lines);
    let decision = detect::decide(snippet, &survey).map_err(|diagnostic| vec![*diagnostic])?;
    let warnings = warnings(&survey, &decision);
    let file = snippet.file_name();
    let (text, positions) = if snippet.language == Language::TypeScript {
        let stripped = strip::strip(&allocator, source, parsed)?;
        // One line at least: QuickJS counts the columns of some errors in the first line of a source from 0. JavaScript stays
        // as it is, so that an author who prints a stack sees the lines of the file.
        let mut before = vec![stripped.prelude.unwrap_or_default()];
        let text = wrap(&stripped.code, &decision, &survey, &mut before);
        let text = joined(&before, &text);
        (text, Positions::generated(&file, count(&before), stripped.map))
    } else {
        let unsupported = strip::unsupported(&parsed.program);
        if !unsupported.is_empty() {
            return Err(unsupported);
        }
        let mut before = Vec::new();
        let text = wrap(source, &decision, &survey, &mut before);
        let text = joined(&before, &text);
        (text, Positions::unchanged(&file, count(&before)))
    };
    let request = json!({
        "source": text,
        "file": file,
        "kind": kind(&survey, &decision),
        "runs": runs(&survey, &decision),
        "entry": decision.entry,
        "form": decision.form.name(),
        "parameters": decision.parameters,
        "convention": decision.convention,
    });
    Ok(Prepared {
        request: request.to_string(),
        convention: decision.convention,
        positions,
        warnings: warnings.into_iter().map(|warning| warning.locate(&lines)).collect(),
    })
}

/// Puts around a text what makes a function of it: in lines before it, so that its own lines only move down.
fn wrap(text: &str, decision: &Decision, survey: &Survey, before: &mut Vec<String>) -> String {
    let parameters = decision
        .parameters
        .iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let is_async = if survey.has_top_await { "async " } else { "" };
    match decision.wrap {
        None => text.to_owned(),
        Some(Wrap::Named) => {
            before.push(format!("var {WRAPPED} ="));
            text.to_owned()
        }
        Some(Wrap::Expression) => {
            before.push(format!("{is_async}function {WRAPPED}({parameters}) {{ return 0,"));
            format!("{text}\n}}")
        }
        Some(Wrap::Body) => {
            before.push(format!("{is_async}function {WRAPPED}({parameters}) {{"));
            format!("{text}\n}}")
        }
    }
}

/// The text after the lines that go before it.
fn joined(before: &[String], text: &str) -> String {
    if before.is_empty() {
        return text.to_owned();
    }
    // A line with `#!` may only be the first. As a comment it is as long.
    let text = match text.strip_prefix("#!") {
        Some(rest) => format!("//{rest}"),
        None => text.to_owned(),
    };
    format!("{}\n{text}", before.join("\n"))
}

fn count(lines: &[String]) -> u32 {
    u32::try_from(lines.len()).unwrap_or_default()
}

/// How the guest runs the source.
fn kind(survey: &Survey, decision: &Decision) -> &'static str {
    if decision.wrap.is_some() {
        "script"
    } else if survey.has_export_assignment {
        "commonjs"
    } else if survey.is_module {
        "module"
    } else if survey.is_commonjs {
        "commonjs"
    } else {
        "script"
    }
}

/// Whether code at the top runs once, or for every event.
fn runs(survey: &Survey, decision: &Decision) -> &'static str {
    let globals_are_set = matches!(decision.form, Form::Program | Form::Globals);
    let needs_globals = survey.uses_injected && decision.convention == Convention::HoneyHive && !globals_are_set;
    if survey.runs_on_event || needs_globals || decision.form == Form::Program {
        "event"
    } else {
        "load"
    }
}

fn warnings(survey: &Survey, decision: &Decision) -> Vec<Diagnostic> {
    let mut warnings: Vec<_> = survey.decorator.map(javascript::legacy_decorator).into_iter().collect();
    let Some(function) = decision.function.and_then(|index| survey.functions.get(index)) else {
        return warnings;
    };
    if !function.returns {
        warnings.push(javascript::missing_return(function.span, &function.signature()));
    }
    let regexes = function.constant_regexes.iter();
    warnings.extend(regexes.map(|place| javascript::regex_per_event(*place)));
    warnings
}
