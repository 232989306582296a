//! From text to a syntax tree, with every problem that can be told without running it.

use oxc::allocator::Allocator;
use oxc::ast::ast::Program;
use oxc::diagnostics::{Diagnostics, OxcDiagnostic, Severity};
use oxc::parser::{ParseOptions, Parser, ParserReturn};
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::span::SourceType;

use super::survey::span;
use super::{depth, enums, imports, limits};
use crate::diagnostic::{Diagnostic, Span, javascript};
use crate::snippet::Language;

/// Problems that are reported at most.
pub const MOST_DIAGNOSTICS: usize = 20;

/// A program and what its names refer to.
pub struct Parsed<'a> {
    /// The syntax tree.
    pub program: Program<'a>,
    /// Scopes, variables and references.
    pub scoping: Scoping,
}

/// Parses a source. Whether it is a module shows in it.
///
/// # Errors
///
/// Everything that is wrong with its syntax, and imports.
pub fn parse<'a>(allocator: &'a Allocator, source: &'a str, language: Language) -> Result<Parsed<'a>, Vec<Diagnostic>> {
    let source_type = match language {
        Language::TypeScript => SourceType::ts(),
        _ => SourceType::unambiguous(),
    };
    let parsed = parse_as(allocator, source, source_type);
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return Err(explain(source, source_type, &parsed.diagnostics));
    }
    let program = parsed.program;
    if let Some(diagnostic) = limits::check(&program) {
        return Err(vec![diagnostic]);
    }
    if source_type.is_typescript()
        && let Err(diagnostic) = enums::check(&program)
    {
        return Err(vec![*diagnostic]);
    }
    let analysed = SemanticBuilder::new()
        .with_check_syntax_error(true)
        .with_enum_eval(source_type.is_typescript())
        // The transformer adds to what is there.
        .with_excess_capacity(if source_type.is_typescript() { 1.0 } else { 0.0 })
        .build(&program);
    if analysed.diagnostics.has_errors() {
        return Err(convert(&analysed.diagnostics));
    }
    let scoping = analysed.semantic.into_scoping();
    let imports = imports::check(&program, &scoping);
    if !imports.is_empty() {
        return Err(imports);
    }
    Ok(Parsed { program, scoping })
}

fn parse_as<'a>(allocator: &'a Allocator, source: &'a str, source_type: SourceType) -> ParserReturn<'a> {
    let options = ParseOptions {
        parse_regular_expression: true,
        // A file may be the body of a function; see `detect`.
        allow_return_outside_function: true,
        ..ParseOptions::default()
    };
    Parser::new(allocator, source, source_type)
        .with_options(options)
        .parse()
}

/// What is wrong with a source: that it is in another language, if it is, or else what the parser says.
fn explain(source: &str, source_type: SourceType, found: &Diagnostics) -> Vec<Diagnostic> {
    let reads_as = |source_type: SourceType| {
        // What only nests in another language passed the check for this one.
        if depth::check(source, true).is_err() {
            return false;
        }
        let allocator = Allocator::default();
        let parsed = parse_as(&allocator, source, source_type);
        !parsed.panicked && !parsed.diagnostics.has_errors()
    };
    let diagnostics = convert(found);
    let first = diagnostics.first().map_or_else(Span::default, |first| first.span);
    if source_type.is_javascript() && reads_as(SourceType::ts()) {
        vec![javascript::is_typescript(first)]
    } else if reads_as(source_type.with_jsx(true)) {
        vec![javascript::jsx(first)]
    } else {
        diagnostics
    }
}

/// The errors of oxc in our form, in the order of the source.
pub fn convert(found: &Diagnostics) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = found
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| {
            let labels = diagnostic.labels.iter();
            let mut places: Vec<_> = labels.map(|label| (span(label.span()), label.label())).collect();
            if diagnostic.message.ends_with("has already been declared") {
                // The parser names the first declaration first; the second is the one too many.
                places.reverse();
            }
            javascript::syntax_error(&diagnostic.message, &places, diagnostic.help.as_deref())
        })
        .collect();
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    diagnostics.dedup();
    diagnostics.truncate(MOST_DIAGNOSTICS);
    if diagnostics.is_empty() {
        diagnostics.push(javascript::front_end_failed("the parser gave up and does not say why"));
    }
    diagnostics
}

/// Where a diagnostic of oxc points to.
pub fn place(diagnostic: &OxcDiagnostic) -> Span {
    let label = diagnostic.labels.first();
    label.map_or_else(Span::default, |label| span(label.span()))
}
