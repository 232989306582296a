//! The expressions of a program, sugar removed, and what names in them stand for.

use jurybox_hog_abi::library;

use super::Resolver;
use crate::diagnostic::Span;
use crate::diagnostic::hog::scope as diagnostic;
use crate::language::hog::ast::{self, BinaryOperator, LambdaBody, UnaryOperator};
use crate::language::hog::resolved::{Expression, ExpressionKind, FunctionId, Place, Statement};

impl Resolver<'_> {
    /// An expression as a value. Reading a global gives a copy (PostHog copies deeply), of no more than the part that
    /// is read.
    pub(super) fn expression(&mut self, expression: &ast::Expression) -> Expression {
        let resolved = self.in_place(expression);
        if is_global_path(&resolved) {
            let span = resolved.span;
            return Expression {
                kind: ExpressionKind::Copy(Box::new(resolved)),
                span,
            };
        }
        resolved
    }

    pub(super) fn boxed(&mut self, expression: &ast::Expression) -> Box<Expression> {
        Box::new(self.expression(expression))
    }

    pub(super) fn expressions(&mut self, expressions: &[ast::Expression]) -> Vec<Expression> {
        expressions
            .iter()
            .map(|expression| self.expression(expression))
            .collect()
    }

    /// An expression without the copy of a global at its root.
    pub(super) fn in_place(&mut self, expression: &ast::Expression) -> Expression {
        use ast::ExpressionKind as Ast;
        let span = expression.span;
        let kind = match &expression.kind {
            Ast::Null => ExpressionKind::Null,
            Ast::Bool(value) => ExpressionKind::Bool(*value),
            Ast::Integer(value) => ExpressionKind::Integer(value.clone()),
            Ast::Float(value) => ExpressionKind::Float(*value),
            Ast::String(value) => ExpressionKind::String(value.clone()),
            Ast::Template(parts) => concatenation(self.expressions(parts)),
            Ast::Name(name) => self.name(name, span),
            Ast::Array(items) => ExpressionKind::Array(self.expressions(items)),
            Ast::Tuple(items) => ExpressionKind::Tuple(self.expressions(items)),
            Ast::Object(entries) => ExpressionKind::Object(
                entries
                    .iter()
                    .map(|(key, value)| (self.expression(key), self.expression(value)))
                    .collect(),
            ),
            Ast::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => ExpressionKind::Not(self.boxed(operand)),
            Ast::Unary {
                operator: UnaryOperator::Negate,
                operand,
            } => ExpressionKind::Binary {
                operator: BinaryOperator::Subtract,
                left: Box::new(Expression {
                    kind: ExpressionKind::Integer(0.into()),
                    span,
                }),
                right: self.boxed(operand),
            },
            Ast::Binary {
                operator: BinaryOperator::Coalesce,
                left,
                right,
            } => ExpressionKind::Coalesce(self.boxed(left), self.boxed(right)),
            Ast::Binary { operator, left, right } => ExpressionKind::Binary {
                operator: *operator,
                left: self.boxed(left),
                right: self.boxed(right),
            },
            Ast::IsNull {
                operand,
                negated: false,
            } => ExpressionKind::IsNull(self.boxed(operand)),
            Ast::IsNull { operand, negated: true } => not(ExpressionKind::IsNull(self.boxed(operand)), span),
            Ast::Between {
                operand,
                low,
                high,
                negated,
            } => ExpressionKind::Between {
                operands: Box::new([self.expression(operand), self.expression(low), self.expression(high)]),
                negated: *negated,
            },
            Ast::Conditional {
                condition,
                then,
                otherwise,
            } => ExpressionKind::Choose {
                arms: vec![(self.expression(condition), self.expression(then))],
                otherwise: self.boxed(otherwise),
            },
            Ast::Case {
                operand,
                arms,
                otherwise,
            } => {
                let operand = operand.as_ref().map(|operand| self.boxed(operand));
                let arms = arms
                    .iter()
                    .map(|(test, value)| (self.expression(test), self.expression(value)))
                    .collect();
                let otherwise = Box::new(self.optional(otherwise.as_deref(), span));
                match operand {
                    Some(operand) => ExpressionKind::Switch {
                        operand,
                        arms,
                        otherwise,
                    },
                    None => ExpressionKind::Choose { arms, otherwise },
                }
            }
            Ast::Call { callee, arguments } => self.call(callee, arguments, span),
            Ast::Index { object, index, .. } => ExpressionKind::Get {
                object: Box::new(self.in_place(object)),
                key: self.boxed(index),
            },
            Ast::Property { object, name, .. } => ExpressionKind::Get {
                object: Box::new(self.in_place(object)),
                key: Box::new(text(&name.text, name.span)),
            },
            Ast::Slice { object, start, end } => ExpressionKind::Slice(Box::new([
                self.expression(object),
                self.optional(start.as_deref(), span),
                self.optional(end.as_deref(), span),
            ])),
            Ast::Cast { operand, type_name } => ExpressionKind::Cast {
                operand: self.boxed(operand),
                type_name: type_name.text.clone(),
            },
            Ast::Lambda { parameters, body } => {
                let id = self.closed(
                    "lambda",
                    self.open.last().is_some_and(|open| open.visible),
                    parameters,
                    |resolver| match body {
                        LambdaBody::Expression(value) => vec![Statement::Return(resolver.expression(value))],
                        LambdaBody::Block(statements) => resolver.block(statements),
                    },
                );
                ExpressionKind::Closure(id)
            }
        };
        Expression { kind, span }
    }

    pub(super) fn name(&mut self, name: &str, span: Span) -> ExpressionKind {
        if let Some((place, function)) = self.find(name) {
            return match function {
                Some(function) if self.needs_no_closure(function) => self.constant_closure(name, function, place),
                _ => ExpressionKind::Variable(place),
            };
        }
        if !self.surroundings.globals.contains(&name) {
            if let Some(number) = library::find(name) {
                return ExpressionKind::Library(number);
            }
            if let Some(function) = self.prelude(name) {
                return ExpressionKind::Closure(function);
            }
            if self.surroundings.complete {
                self.warn(|resolver| diagnostic::unknown_name(name, span, resolver.similar_variable(name).as_deref()));
            }
        }
        self.globals.insert(name.to_owned());
        ExpressionKind::Global(name.to_owned())
    }

    /// A function that never changes, as a value. Inside of itself its closure is the variable (which it then
    /// captures); elsewhere a new closure is as good as any.
    pub(super) fn constant_closure(&mut self, name: &str, function: FunctionId, place: Place) -> ExpressionKind {
        let is_open = self.functions[function.0].is_none();
        if !is_open {
            return ExpressionKind::Closure(function);
        }
        // Look the variable up from outside of the function's own view, which capturing does.
        let level = self.open.len() - 1;
        let owner = self.open[..level].iter().rposition(|open| {
            open.blocks
                .iter()
                .flat_map(|block| block.values())
                .any(|binding| binding.function == Some(function))
        });
        let (Some(owner), Place::Local(variable)) = (owner, place) else {
            return ExpressionKind::Global(name.to_owned());
        };
        self.open[owner].variables[variable.0].captured = true;
        let mut place = Place::Local(variable);
        for open in &mut self.open[owner + 1..] {
            place = Place::Capture(open.capture(place));
        }
        ExpressionKind::Variable(place)
    }
}

pub(super) fn text(value: &str, span: Span) -> Expression {
    Expression {
        kind: ExpressionKind::String(value.to_owned()),
        span,
    }
}

pub(super) fn not(kind: ExpressionKind, span: Span) -> ExpressionKind {
    ExpressionKind::Not(Box::new(Expression { kind, span }))
}

fn concatenation(arguments: Vec<Expression>) -> ExpressionKind {
    let number = library::find("concat").expect("concat is in the library");
    ExpressionKind::CallLibrary { number, arguments }
}

fn is_global_path(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Global(_) => true,
        ExpressionKind::Get { object, .. } => is_global_path(object),
        _ => false,
    }
}
