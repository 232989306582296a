//! From TypeScript to JavaScript: types go, and what only TypeScript has is rewritten.

use std::path::{Path, PathBuf};

use oxc::allocator::Allocator;
use oxc::ast::ast::{AccessorProperty, Decorator, Program, Statement};
use oxc::ast_visit::{Visit, walk};
use oxc::codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc::transformer::{DecoratorOptions, HelperLoaderMode, HelperLoaderOptions, TransformOptions, Transformer};

use super::parse::{Parsed, place};
use super::positions::{Map, Token};
use super::survey::span;
use crate::diagnostic::{Diagnostic, javascript};

/// What rewritten decorators call.
const HELPERS: &str = include_str!("helpers.js");

/// JavaScript that was made of TypeScript.
pub struct Stripped {
    /// The text.
    pub code: String,
    /// What has to run before it, in one line.
    pub prelude: Option<String>,
    /// Where the text comes from.
    pub map: Map,
}

/// Makes JavaScript of TypeScript.
///
/// # Errors
///
/// When something has no counterpart.
pub fn strip<'a>(allocator: &'a Allocator, source: &'a str, parsed: Parsed<'a>) -> Result<Stripped, Vec<Diagnostic>> {
    let Parsed { mut program, scoping } = parsed;
    let mut statements = program.body.iter();
    let has_export_assignment = statements.any(|statement| matches!(statement, Statement::TSExportAssignment(_)));
    let transformed =
        Transformer::new(allocator, Path::new("metric.ts"), &options()).build_with_scoping(scoping, &mut program);
    if !transformed.diagnostics.is_empty() {
        let diagnostics = transformed.diagnostics.iter().take(super::parse::MOST_DIAGNOSTICS);
        return Err(diagnostics
            .map(|diagnostic| {
                if diagnostic.message.starts_with("Namespaces exporting non-const") {
                    javascript::namespace_variable(place(diagnostic))
                } else {
                    javascript::not_rewritten(place(diagnostic), &diagnostic.message)
                }
            })
            .collect());
    }
    // Where all imports were of types, the transformer leaves `export {}` to say that it is a module. One with `export =`
    // runs as CommonJS, which has no such word.
    if has_export_assignment {
        program.body.retain(|statement| !is_empty_export(statement));
    }
    let remains = unsupported(&program);
    if !remains.is_empty() {
        return Err(remains);
    }
    let is_strict = program
        .directives
        .iter()
        .any(|directive| directive.directive == "use strict");
    let printed = Codegen::new()
        .with_options(CodegenOptions {
            comments: CommentOptions::disabled(),
            source_map_path: Some(PathBuf::from("metric.ts")),
            // Deep nesting would otherwise make the text grow with the square of it.
            indent_width: 0,
            ..CodegenOptions::default()
        })
        .build(&program);
    let tokens = printed.map.iter().flat_map(|map| {
        map.get_tokens().map(|token| Token {
            generated: (token.get_dst_line(), token.get_dst_col()),
            original: (token.get_src_line(), token.get_src_col()),
        })
    });
    let map = Map::new(&printed.code, source, tokens);
    let prelude = printed.code.contains("babelHelpers.").then(|| prelude(is_strict));
    Ok(Stripped {
        code: printed.code,
        prelude,
        map,
    })
}

/// The interpreter has the language of today, `using` included: only what is TypeScript's own is rewritten.
fn options() -> TransformOptions {
    TransformOptions {
        decorator: DecoratorOptions {
            legacy: true,
            ..DecoratorOptions::default()
        },
        helper_loader: HelperLoaderOptions {
            mode: HelperLoaderMode::External,
            ..HelperLoaderOptions::default()
        },
        ..TransformOptions::default()
    }
}

fn is_empty_export(statement: &Statement<'_>) -> bool {
    matches!(statement, Statement::ExportNamedDeclaration(export) if export.specifiers.is_empty())
}

/// The helpers in one line. A directive must stay the first thing in the program.
fn prelude(is_strict: bool) -> String {
    let line: Vec<_> = HELPERS.lines().map(str::trim).collect();
    let directive = if is_strict { "\"use strict\"; " } else { "" };
    format!("{directive}{}", line.join(" "))
}

/// Finds what the interpreter does not have: in JavaScript as it was written, or in what the transformer made.
#[must_use]
pub fn unsupported(program: &Program<'_>) -> Vec<Diagnostic> {
    let mut unsupported = Unsupported {
        is_typescript: program.source_type.is_typescript(),
        found: Vec::new(),
    };
    unsupported.visit_program(program);
    unsupported.found.truncate(super::parse::MOST_DIAGNOSTICS);
    unsupported.found
}

struct Unsupported {
    is_typescript: bool,
    found: Vec<Diagnostic>,
}

impl<'a> Visit<'a> for Unsupported {
    fn visit_accessor_property(&mut self, property: &AccessorProperty<'a>) {
        self.found.push(javascript::unsupported(
            span(property.span),
            "`accessor` fields",
            "write a field, or a pair of `get` and `set`",
        ));
        walk::walk_accessor_property(self, property);
    }

    fn visit_decorator(&mut self, decorator: &Decorator<'a>) {
        let (what, instead) = if self.is_typescript {
            (
                "decorators of classes without a name",
                "declare the class: `class Name { ... }`",
            )
        } else {
            (
                "decorators",
                "call the function: `decorate(Name)`; TypeScript's decorators work in a `.ts` file",
            )
        };
        self.found
            .push(javascript::unsupported(span(decorator.span), what, instead));
        walk::walk_decorator(self, decorator);
    }
}
