//! Calls: of the program's own functions, of the library, of what is lazy, of what does not exist.

use jurybox_hog_abi::library;

use super::Resolver;
use super::expression::not;
use crate::diagnostic::Span;
use crate::diagnostic::hog::scope as diagnostic;
use crate::diagnostic::suggestion::{self, Suggestion};
use crate::language::hog::ast::{self, StatementKind};
use crate::language::hog::parser;
use crate::language::hog::prelude;
use crate::language::hog::resolved::{Expression, ExpressionKind, FunctionId, Intrinsic, Place};

impl Resolver<'_> {
    pub(super) fn call(
        &mut self,
        callee: &ast::Expression,
        arguments: &[ast::Expression],
        span: Span,
    ) -> ExpressionKind {
        let ast::ExpressionKind::Name(name) = &callee.kind else {
            self.warn_of_method(callee);
            let arguments = self.expressions(arguments);
            return ExpressionKind::CallValue {
                callee: self.boxed(callee),
                arguments,
            };
        };
        if let Some((place, function)) = self.find(name) {
            let arguments = self.expressions(arguments);
            return match function {
                Some(function) => self.call_function(name, function, place, arguments, span),
                None => {
                    let callee = Expression {
                        kind: ExpressionKind::Variable(place),
                        span: callee.span,
                    };
                    ExpressionKind::CallValue {
                        callee: Box::new(callee),
                        arguments,
                    }
                }
            };
        }
        if let Some(intrinsic) = self.intrinsic(name) {
            return ExpressionKind::CallIntrinsic {
                intrinsic,
                arguments: self.expressions(arguments),
            };
        }
        let arguments = self.expressions(arguments);
        self.call_library(name, arguments, callee.span, span)
    }

    pub(super) fn call_function(
        &mut self,
        name: &str,
        function: FunctionId,
        place: Place,
        arguments: Vec<Expression>,
        span: Span,
    ) -> ExpressionKind {
        let parameters = match &self.functions[function.0] {
            Some(function) => function.parameters,
            None => {
                let open = self.open.iter().find(|open| open.id == function);
                open.map_or(0, |open| open.blocks[0].len())
            }
        };
        if arguments.len() > parameters {
            self.warn_of_arguments(name, arguments.len(), 0, u32::try_from(parameters).ok(), span);
            let message = format!("Too many arguments. Passed {}, expected {parameters}", arguments.len());
            return ExpressionKind::Fail { message, arguments };
        }
        let closure = (!self.needs_no_closure(function)).then_some(place);
        ExpressionKind::CallFunction {
            function,
            closure,
            arguments,
        }
    }

    pub(super) fn call_library(
        &mut self,
        name: &str,
        mut arguments: Vec<Expression>,
        name_span: Span,
        span: Span,
    ) -> ExpressionKind {
        match (name, arguments.len()) {
            ("if", 2 | 3) | ("multiIf", 2..) => return choose(arguments, span),
            ("ifNull", 2) => {
                if let (Some(second), Some(first)) = (arguments.pop(), arguments.pop()) {
                    return ExpressionKind::Coalesce(Box::new(first), Box::new(second));
                }
            }
            ("not", 1) => {
                if let Some(operand) = arguments.pop() {
                    return ExpressionKind::Not(Box::new(operand));
                }
            }
            ("isNull", 1) => {
                if let Some(operand) = arguments.pop() {
                    return ExpressionKind::IsNull(Box::new(operand));
                }
            }
            ("isNotNull", 1) => {
                if let Some(operand) = arguments.pop() {
                    return not(ExpressionKind::IsNull(Box::new(operand)), span);
                }
            }
            _ => {}
        }
        if let Some(number) = library::find(name) {
            self.check_arguments(&library::FUNCTIONS[number], arguments.len(), span);
            return ExpressionKind::CallLibrary { number, arguments };
        }
        if let Some(function) = self.prelude(name) {
            let expected = self.functions[function.0]
                .as_ref()
                .map_or(0, |function| function.parameters);
            if arguments.len() == expected {
                return ExpressionKind::CallFunction {
                    function,
                    closure: None,
                    arguments,
                };
            }
            let exact = u32::try_from(expected).unwrap_or(u32::MAX);
            self.warn_of_arguments(name, arguments.len(), exact, Some(exact), span);
            let message = format!("Function {name} requires exactly {expected} arguments");
            return ExpressionKind::Fail { message, arguments };
        }
        if !library::is_host_function(name) {
            self.warn(|resolver| {
                diagnostic::unknown_function(name, name_span, resolver.similar_function(name).as_ref())
            });
        }
        ExpressionKind::Fail {
            message: format!("Unsupported function call: {name}"),
            arguments,
        }
    }

    /// Warns of `text.toLowerCase()` and other methods that values of other languages have.
    pub(super) fn warn_of_method(&mut self, callee: &ast::Expression) {
        let ast::ExpressionKind::Property { object, name, .. } = &callee.kind else {
            return;
        };
        let object = match &object.kind {
            ast::ExpressionKind::Name(name) => name,
            _ => "",
        };
        if let Some(function) = suggestion::for_method(object, &name.text) {
            self.warn(|_| diagnostic::unknown_method(&name.text, name.span, function));
        }
    }

    pub(super) fn check_arguments(&mut self, function: &library::Function, passed: usize, span: Span) {
        let max = (function.max != library::ANY).then_some(function.max);
        let count = u32::try_from(passed).unwrap_or(u32::MAX);
        if count < function.min || max.is_some_and(|max| count > max) {
            self.warn_of_arguments(function.name, passed, function.min, max, span);
        }
    }

    /// The function of the prelude with this name, compiled into the program when it is first used.
    pub(super) fn prelude(&mut self, name: &str) -> Option<FunctionId> {
        let function = library::find_prelude(name)?;
        if let Some(id) = self.prelude.get(function.name) {
            return Some(*id);
        }
        let parsed = parser::parse(prelude::source(function.name)?).ok()?;
        let StatementKind::Function { parameters, body, .. } = &parsed.program.statements.first()?.kind else {
            return None;
        };
        // It must not see the author's variables.
        let open = std::mem::take(&mut self.open);
        let id = self.closed(function.name, false, parameters, |resolver| resolver.block(body));
        self.open = open;
        self.prelude.insert(function.name, id);
        Some(id)
    }

    pub(super) fn intrinsic(&self, name: &str) -> Option<Intrinsic> {
        if self.open.last().is_none_or(|open| open.visible) {
            return None;
        }
        match name {
            "__values" => Some(Intrinsic::Values),
            "__array" => Some(Intrinsic::Array),
            "__append" => Some(Intrinsic::Append),
            "__semver" => Some(Intrinsic::SortableSemver),
            _ => None,
        }
    }

    pub(super) fn similar_function(&self, name: &str) -> Option<Suggestion> {
        suggestion::for_function(name, self.names_in_scope())
    }

    pub(super) fn warn_of_arguments(&mut self, name: &str, passed: usize, min: u32, max: Option<u32>, span: Span) {
        self.warn(|_| diagnostic::wrong_argument_count(name, passed, min, max, span));
    }
}

/// `if` and `multiIf` as branches: pairs of condition and value, then perhaps a last value.
fn choose(arguments: Vec<Expression>, span: Span) -> ExpressionKind {
    let mut arms = Vec::new();
    let mut otherwise = Expression {
        kind: ExpressionKind::Null,
        span,
    };
    let mut arguments = arguments.into_iter();
    while let Some(first) = arguments.next() {
        match arguments.next() {
            Some(value) => arms.push((first, value)),
            None => otherwise = first,
        }
    }
    ExpressionKind::Choose {
        arms,
        otherwise: Box::new(otherwise),
    }
}
