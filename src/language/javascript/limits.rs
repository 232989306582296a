//! Bounds of what a program may have of something, where the front end takes the square of its number.

use oxc::ast::ast::{FormalParameters, Program};
use oxc::ast_visit::{Visit, walk};

use super::survey::span;
use crate::diagnostic::{Diagnostic, snippet};

/// Parameters of one function. Those with the same name are compared with each other.
const MOST_PARAMETERS: usize = 1000;

/// Finds what a program has too much of.
#[must_use]
pub fn check(program: &Program<'_>) -> Option<Diagnostic> {
    let mut counts = Counts { too_many: None };
    counts.visit_program(program);
    counts.too_many
}

struct Counts {
    too_many: Option<Diagnostic>,
}

impl<'a> Visit<'a> for Counts {
    fn visit_formal_parameters(&mut self, parameters: &FormalParameters<'a>) {
        if parameters.items.len() > MOST_PARAMETERS {
            let mut diagnostic = snippet::too_many_parameters(MOST_PARAMETERS);
            diagnostic.span = span(parameters.span);
            self.too_many = Some(diagnostic);
        }
        walk::walk_formal_parameters(self, parameters);
    }
}
