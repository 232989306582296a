//! How large the values of enums can get.
//!
//! oxc computes the values of enums while it reads them. `enum E { a = "xx", b = a + a, c = b + b, ... }` doubles a text with
//! every line, and forty lines of it would take all memory of the host. So their lengths are added up first, roughly and from
//! above: a name stands for the longest member of that name so far.

use std::collections::HashMap;

use oxc::ast::ast::{Expression, Program, TSEnumDeclaration, TSEnumMemberName};
use oxc::ast_visit::{Visit, walk};

use super::survey::span;
use crate::diagnostic::{Diagnostic, Span, javascript};

/// Bytes that all values of all enums may take.
const LIMIT: usize = 4 << 20;
/// The longest text of a number.
const NUMBER: usize = 32;

/// Checks that the enums of a program can be computed.
///
/// # Errors
///
/// When they take too much.
pub fn check(program: &Program<'_>) -> Result<(), Box<Diagnostic>> {
    let mut sizes = Sizes::default();
    sizes.visit_program(program);
    match sizes.too_large {
        Some(place) => Err(Box::new(javascript::enum_too_large(place, LIMIT))),
        None => Ok(()),
    }
}

#[derive(Default)]
struct Sizes {
    /// By the name of the member, whatever its enum.
    members: HashMap<String, usize>,
    total: usize,
    too_large: Option<Span>,
}

impl<'a> Visit<'a> for Sizes {
    fn visit_ts_enum_declaration(&mut self, declaration: &TSEnumDeclaration<'a>) {
        for member in &declaration.body.members {
            if self.too_large.is_some() {
                return;
            }
            let size = member.initializer.as_ref().map_or(NUMBER, |value| self.size(value));
            self.total = self.total.saturating_add(size);
            if self.total > LIMIT {
                self.too_large = Some(span(member.span));
            }
            let name = match &member.id {
                TSEnumMemberName::Identifier(name) => name.name.as_str(),
                TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => name.value.as_str(),
                TSEnumMemberName::ComputedTemplateString(_) => continue,
            };
            let known = self.members.entry(name.to_owned()).or_default();
            *known = size.max(*known);
        }
        walk::walk_ts_enum_declaration(self, declaration);
    }
}

impl Sizes {
    fn size(&self, value: &Expression<'_>) -> usize {
        match value {
            Expression::Identifier(name) => self.known(&name.name),
            Expression::StaticMemberExpression(member) => self.known(&member.property.name),
            Expression::ComputedMemberExpression(member) => match &member.expression {
                Expression::StringLiteral(name) => self.known(&name.value),
                _ => NUMBER,
            },
            Expression::StringLiteral(text) => text.value.len().max(NUMBER),
            Expression::TemplateLiteral(template) => {
                let texts = template.quasis.iter().map(|quasi| quasi.value.raw.len());
                let values = template.expressions.iter().map(|value| self.size(value));
                texts.chain(values).fold(NUMBER, usize::saturating_add)
            }
            Expression::BinaryExpression(binary) => self.size(&binary.left).saturating_add(self.size(&binary.right)),
            Expression::UnaryExpression(unary) => self.size(&unary.argument),
            Expression::ParenthesizedExpression(inner) => self.size(&inner.expression),
            _ => NUMBER,
        }
    }

    fn known(&self, name: &str) -> usize {
        self.members.get(name).copied().unwrap_or_default().max(NUMBER)
    }
}
