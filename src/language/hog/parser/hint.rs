//! Problems that depend on which names the program declares, and statements that do nothing.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::language::hog::ast::{BinaryOperator, Expression, ExpressionKind};

/// Collected while parsing, decided at the end: a program may well call a variable `None`.
#[derive(Default)]
pub(super) struct Hints {
    declared: HashSet<String>,
    settled: Vec<Diagnostic>,
    unless_declared: Vec<(String, Diagnostic)>,
}

/// More than this is not worth keeping; what is shown is far less.
const MOST_HINTS: usize = 1000;

impl Hints {
    /// The program declares this name somewhere.
    pub fn declare(&mut self, name: &str) {
        self.declared.insert(name.to_owned());
    }

    pub fn add(&mut self, diagnostic: Diagnostic) {
        if self.settled.len() < MOST_HINTS {
            self.settled.push(diagnostic);
        }
    }

    /// Holds unless the program declares the name.
    pub fn add_unless_declared(&mut self, name: &str, diagnostic: Diagnostic) {
        if self.unless_declared.len() < MOST_HINTS {
            self.unless_declared.push((name.to_owned(), diagnostic));
        }
    }

    /// What holds, now that all declarations are known.
    pub fn settle(self) -> Vec<Diagnostic> {
        let Self {
            declared,
            mut settled,
            unless_declared,
        } = self;
        settled.extend(
            unless_declared
                .into_iter()
                .filter(|(name, _)| !declared.contains(name))
                .map(|(_, hint)| hint),
        );
        settled
    }
}

/// Whether evaluating the expression can do anything but give a value.
pub(super) fn has_effect(expression: &Expression) -> bool {
    use ExpressionKind as Kind;
    match &expression.kind {
        Kind::Call { .. } => true,
        Kind::Null
        | Kind::Bool(_)
        | Kind::Integer(_)
        | Kind::Float(_)
        | Kind::String(_)
        | Kind::Name(_)
        | Kind::Lambda { .. } => false,
        Kind::Template(parts) | Kind::Array(parts) | Kind::Tuple(parts) => parts.iter().any(has_effect),
        Kind::Object(entries) => entries.iter().any(|(key, value)| has_effect(key) || has_effect(value)),
        Kind::Unary { operand, .. } | Kind::IsNull { operand, .. } | Kind::Cast { operand, .. } => has_effect(operand),
        Kind::Binary { left, right, .. } => has_effect(left) || has_effect(right),
        Kind::Between { operand, low, high, .. } => [operand, low, high].into_iter().any(|part| has_effect(part)),
        Kind::Conditional {
            condition,
            then,
            otherwise,
        } => [condition, then, otherwise].into_iter().any(|part| has_effect(part)),
        Kind::Case {
            operand,
            arms,
            otherwise,
        } => {
            operand.iter().chain(otherwise).any(|part| has_effect(part))
                || arms
                    .iter()
                    .any(|(condition, value)| has_effect(condition) || has_effect(value))
        }
        Kind::Index { object, index, .. } => has_effect(object) || has_effect(index),
        Kind::Property { object, .. } => has_effect(object),
        Kind::Slice { object, start, end } => {
            has_effect(object) || start.iter().chain(end).any(|part| has_effect(part))
        }
    }
}

/// Whether the value is true or false by the look of it.
pub(super) fn looks_boolean(expression: &Expression) -> bool {
    use BinaryOperator as B;
    match &expression.kind {
        ExpressionKind::Bool(_)
        | ExpressionKind::IsNull { .. }
        | ExpressionKind::Between { .. }
        | ExpressionKind::Unary {
            operator: crate::language::hog::ast::UnaryOperator::Not,
            ..
        } => true,
        ExpressionKind::Binary { operator, .. } => !matches!(
            operator,
            B::Add | B::Subtract | B::Multiply | B::Divide | B::Remainder | B::Coalesce
        ),
        _ => false,
    }
}
