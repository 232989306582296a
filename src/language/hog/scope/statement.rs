//! The statements of a program: declarations, assignments, branches, loops, functions, handlers.

use super::Resolver;
use super::expression::text;
use crate::diagnostic::Span;
use crate::diagnostic::hog::scope as diagnostic;
use crate::language::hog::ast::{self, StatementKind};
use crate::language::hog::resolved::{Catch, Expression, ExpressionKind, FunctionId, Statement};

impl Resolver<'_> {
    pub(super) fn statements(&mut self, statements: &[ast::Statement]) -> Vec<Statement> {
        statements
            .iter()
            .filter_map(|statement| self.statement(statement))
            .collect()
    }

    pub(super) fn block(&mut self, statements: &[ast::Statement]) -> Vec<Statement> {
        self.scoped(|resolver| resolver.statements(statements))
    }

    /// A statement in a position of its own, such as the branch of an `if`.
    pub(super) fn branch(&mut self, statement: &ast::Statement) -> Vec<Statement> {
        self.block(std::slice::from_ref(statement))
    }

    pub(super) fn statement(&mut self, statement: &ast::Statement) -> Option<Statement> {
        let span = statement.span;
        Some(match &statement.kind {
            StatementKind::Empty => return None,
            StatementKind::Let { name, value } => self.declaration(name, value.as_ref(), span),
            StatementKind::Assign { target, value } => self.assignment(target, value, span)?,
            StatementKind::Expression(expression) => Statement::Expression(self.expression(expression)),
            StatementKind::Return(value) => Statement::Return(self.optional(value.as_ref(), span)),
            StatementKind::If {
                condition,
                then,
                otherwise,
            } => Statement::If {
                condition: self.expression(condition),
                then: self.branch(then),
                otherwise: otherwise.as_ref().map(|branch| self.branch(branch)).unwrap_or_default(),
            },
            StatementKind::While { condition, body } => Statement::Loop {
                condition: self.expression(condition),
                body: self.branch(body),
                step: Vec::new(),
            },
            StatementKind::For {
                start,
                condition,
                step,
                body,
            } => Statement::Block(self.scoped(|resolver| {
                let mut statements: Vec<_> = start.iter().filter_map(|start| resolver.statement(start)).collect();
                let condition = resolver.expression(condition);
                let body = resolver.branch(body);
                let step = step.iter().filter_map(|step| resolver.statement(step)).collect();
                statements.push(Statement::Loop { condition, body, step });
                statements
            })),
            StatementKind::ForIn {
                key,
                value,
                iterable,
                body,
            } => {
                let iterable = self.expression(iterable);
                self.scoped(|resolver| {
                    let hidden = [resolver.hidden("values"), resolver.hidden("keys")];
                    let key = key.as_ref().map(|key| resolver.declare(key));
                    let value = resolver.declare(value);
                    let body = resolver.branch(body);
                    Statement::Each {
                        key,
                        value,
                        iterable,
                        hidden,
                        body,
                    }
                })
            }
            StatementKind::Function { name, parameters, body } => return self.function(name, parameters, body, span),
            StatementKind::Throw(error) => Statement::Throw {
                error: self.expression(error),
                span,
            },
            StatementKind::Try { body, catches } => {
                let error = self.hidden("error");
                let body = self.block(body);
                let catches = catches.iter().map(|catch| self.catch(catch)).collect();
                Statement::Try { body, catches, error }
            }
            StatementKind::Block(statements) => Statement::Block(self.block(statements)),
        })
    }

    pub(super) fn declaration(&mut self, name: &ast::Name, value: Option<&ast::Expression>, span: Span) -> Statement {
        // A lambda may call itself by the name it is given; any other value still sees the outer name.
        let ahead = value.is_some_and(|value| matches!(value.kind, ast::ExpressionKind::Lambda { .. }));
        if ahead {
            let variable = self.declare(name);
            return Statement::Declare {
                variable,
                value: self.optional(value, span),
                ahead,
            };
        }
        let value = self.optional(value, span);
        Statement::Declare {
            variable: self.declare(name),
            value,
            ahead,
        }
    }

    pub(super) fn optional(&mut self, value: Option<&ast::Expression>, span: Span) -> Expression {
        match value {
            Some(value) => self.expression(value),
            None => Expression {
                kind: ExpressionKind::Null,
                span,
            },
        }
    }

    pub(super) fn assignment(
        &mut self,
        target: &ast::Expression,
        value: &ast::Expression,
        span: Span,
    ) -> Option<Statement> {
        match &target.kind {
            ast::ExpressionKind::Name(name) => {
                let value = self.expression(value);
                if let Some((place, _)) = self.find(name) {
                    return Some(Statement::Assign { place, value });
                }
                self.refuse_assignment(name, target.span);
                None
            }
            ast::ExpressionKind::Property { object, name, .. } => {
                if let Some((root, span)) = path_root(target)
                    && self.find(root).is_none()
                {
                    self.refuse_assignment(root, span);
                    return None;
                }
                let key = text(&name.text, name.span);
                self.set(object, key, value, span)
            }
            ast::ExpressionKind::Index { object, index, .. } => {
                let key = self.expression(index);
                self.set(object, key, value, span)
            }
            // The parser lets nothing else through.
            _ => None,
        }
    }

    /// Reports an assignment to a name that is no variable.
    pub(super) fn refuse_assignment(&mut self, name: &str, span: Span) {
        self.refuse(|resolver| {
            if resolver.surroundings.globals.contains(&name) {
                diagnostic::assign_to_global(name, span)
            } else {
                diagnostic::undeclared_assignment(name, span, resolver.similar_variable(name).as_deref())
            }
        });
    }

    pub(super) fn set(
        &mut self,
        object: &ast::Expression,
        key: Expression,
        value: &ast::Expression,
        span: Span,
    ) -> Option<Statement> {
        self.mutates = true;
        let object = self.expression(object);
        let value = self.expression(value);
        Some(Statement::Set {
            object,
            key,
            value,
            span,
        })
    }

    pub(super) fn function(
        &mut self,
        name: &ast::Name,
        parameters: &[ast::Name],
        body: &[ast::Statement],
        span: Span,
    ) -> Option<Statement> {
        let variable = self.declare(name);
        let constant = !self.assigned.contains(&name.text);
        let id = FunctionId(self.functions.len());
        let block = self.current().blocks.last_mut();
        if constant && let Some(binding) = block.and_then(|block| block.get_mut(&name.text)) {
            binding.function = Some(id);
        }
        self.closed(&name.text, true, parameters, |resolver| resolver.block(body));
        if constant && self.needs_no_closure(id) {
            return None;
        }
        let value = Expression {
            kind: ExpressionKind::Closure(id),
            span,
        };
        Some(Statement::Declare {
            variable,
            value,
            ahead: true,
        })
    }

    /// Resolves a function of its own.
    pub(super) fn closed(
        &mut self,
        name: &str,
        visible: bool,
        parameters: &[ast::Name],
        body: impl FnOnce(&mut Self) -> Vec<Statement>,
    ) -> FunctionId {
        let id = self.begin_function(name, visible);
        for parameter in parameters {
            self.declare(parameter);
        }
        let body = body(self);
        self.end_function(id, parameters.len(), body);
        id
    }

    pub(super) fn catch(&mut self, catch: &ast::Catch) -> Catch {
        self.scoped(|resolver| {
            let default = ast::Name {
                text: "e".to_owned(),
                span: catch.span,
            };
            let variable = resolver.declare(catch.variable.as_ref().unwrap_or(&default));
            let error_type = catch
                .error_type
                .as_ref()
                .map(|name| name.text.clone())
                .filter(|name| name != "Error");
            Catch {
                variable,
                error_type,
                body: resolver.block(&catch.body),
            }
        })
    }
}

/// The name that a path of names starts with: `a` in `a.b.c`.
fn path_root(expression: &ast::Expression) -> Option<(&str, Span)> {
    match &expression.kind {
        ast::ExpressionKind::Name(name) => Some((name, expression.span)),
        ast::ExpressionKind::Property {
            object, nullish: false, ..
        } => path_root(object),
        _ => None,
    }
}
