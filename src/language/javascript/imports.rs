//! Imports: there is nothing to import from.

use oxc::ast::ast::{
    Declaration, ImportDeclaration, ImportDeclarationSpecifier, Program, Statement, TSImportEqualsDeclaration,
    TSModuleReference,
};
use oxc::semantic::{Scoping, SymbolId};

use super::survey::span;
use crate::diagnostic::{Diagnostic, javascript};

/// Finds the imports that would be there when the program runs. TypeScript drops those of which only types are used.
#[must_use]
pub fn check(program: &Program<'_>, scoping: &Scoping) -> Vec<Diagnostic> {
    let drops_types = program.source_type.is_typescript();
    let remain = program.body.iter().filter_map(|statement| match statement {
        Statement::ImportDeclaration(import) if !(drops_types && is_for_types(import, scoping)) => Some(import.span),
        Statement::ExportAllDeclaration(export) if export.export_kind.is_value() => Some(export.span),
        Statement::ExportFromDeclaration(export) if export.export_kind.is_value() => Some(export.span),
        Statement::TSImportEqualsDeclaration(import) => required(import, scoping, false),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::TSImportEqualsDeclaration(import) => required(import, scoping, true),
            _ => None,
        },
        _ => None,
    });
    remain
        .map(|place| javascript::import(span(place), drops_types))
        .collect()
}

fn is_for_types(import: &ImportDeclaration<'_>, scoping: &Scoping) -> bool {
    if import.import_kind.is_type() {
        return true;
    }
    let Some(specifiers) = &import.specifiers else {
        return false;
    };
    specifiers.iter().all(|specifier| {
        let (is_type, local) = match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(named) => (named.import_kind.is_type(), &named.local),
            ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => (false, &default.local),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(all) => (false, &all.local),
        };
        is_type
            || local
                .symbol_id
                .get()
                .is_some_and(|symbol| is_type_only(symbol, scoping))
    })
}

fn is_type_only(symbol: SymbolId, scoping: &Scoping) -> bool {
    scoping
        .get_resolved_references(symbol)
        .all(|reference| !reference.is_value())
}

/// `import x = require("x")`.
fn required(import: &TSImportEqualsDeclaration<'_>, scoping: &Scoping, is_exported: bool) -> Option<oxc::span::Span> {
    let is_external = matches!(import.module_reference, TSModuleReference::ExternalModuleReference(_));
    let symbol = import.id.symbol_id.get();
    let is_dropped =
        import.import_kind.is_type() || (!is_exported && symbol.is_some_and(|symbol| is_type_only(symbol, scoping)));
    (is_external && !is_dropped).then_some(import.span)
}
