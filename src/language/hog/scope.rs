//! Resolves names: from the syntax tree to a [`Resolved`] program.
//!
//! A name is, in this order: a variable of the function, a variable of an enclosing function (which is then captured),
//! a global, a library function. PostHog compiles in one pass, so a function is known only after its declaration.

use std::collections::{BTreeSet, HashMap, HashSet};

use jurybox_hog_abi::library;

use super::ast::{self, BinaryOperator, LambdaBody, StatementKind, UnaryOperator};
use super::lexer;
use super::parser;
use super::prelude;
use super::resolved::{
    Catch, Expression, ExpressionKind, Function, FunctionId, Intrinsic, Place, Resolved, Statement, Variable,
    VariableId,
};
use super::token::{Sign, TokenKind};
use crate::diagnostic::hog::scope as diagnostic;
use crate::diagnostic::suggestion::{self, Suggestion};
use crate::diagnostic::{Diagnostic, Span};

/// What the surroundings of a program know about it.
#[derive(Clone, Debug, Default)]
pub struct Surroundings<'a> {
    /// The names of globals that exist for sure; they hide library functions.
    pub globals: &'a [&'a str],
    /// Whether these are all: then another name deserves a warning.
    pub complete: bool,
}

/// Resolves the names of a parsed program.
///
/// # Errors
///
/// All errors that need scopes: redeclared names, assignments to undeclared names and to globals.
pub fn resolve(
    source: &str,
    program: &ast::Program,
    surroundings: &Surroundings<'_>,
) -> Result<Resolved, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        surroundings,
        functions: Vec::new(),
        open: Vec::new(),
        assigned: assigned_names(source),
        prelude: HashMap::new(),
        globals: BTreeSet::new(),
        mutates: false,
        errors: Vec::new(),
        warnings: Vec::new(),
    };
    let main = resolver.begin_function("", true);
    let body = resolver.statements(&program.statements);
    resolver.end_function(main, 0, body);
    if !resolver.errors.is_empty() {
        return Err(resolver.errors);
    }
    Ok(Resolved {
        functions: resolver.functions.into_iter().flatten().collect(),
        globals: resolver.globals,
        mutates: resolver.mutates,
        warnings: resolver.warnings,
    })
}

/// All names that stand before a `:=` anywhere. A `fun` whose name is not among them is never replaced, so that calls
/// of it need not look at a variable. (A superset is fine: it costs speed, not correctness.)
fn assigned_names(source: &str) -> HashSet<String> {
    let tokens = lexer::lex(source).tokens;
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    pairs
        .filter(|(_, next)| next.kind == TokenKind::Sign(Sign::Assign))
        .map(|(name, _)| match &name.kind {
            TokenKind::QuotedName { name, .. } => name.clone(),
            _ => name.span.text(source).to_owned(),
        })
        .collect()
}

/// A name in scope.
#[derive(Clone)]
struct Binding {
    name: String,
    span: Span,
    variable: VariableId,
    /// The function that the name stands for at all times, if it is a `fun` that nobody replaces.
    function: Option<FunctionId>,
}

/// A function whose body is being resolved.
struct OpenFunction {
    id: FunctionId,
    name: String,
    visible: bool,
    variables: Vec<Variable>,
    captures: Vec<Place>,
    /// Innermost last.
    blocks: Vec<Vec<Binding>>,
}

struct Resolver<'a> {
    surroundings: &'a Surroundings<'a>,
    functions: Vec<Option<Function>>,
    open: Vec<OpenFunction>,
    assigned: HashSet<String>,
    prelude: HashMap<&'static str, FunctionId>,
    globals: BTreeSet<String>,
    mutates: bool,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn begin_function(&mut self, name: &str, visible: bool) -> FunctionId {
        let id = FunctionId(self.functions.len());
        self.functions.push(None);
        self.open.push(OpenFunction {
            id,
            name: name.to_owned(),
            visible,
            variables: Vec::new(),
            captures: Vec::new(),
            blocks: vec![Vec::new()],
        });
        id
    }

    fn end_function(&mut self, id: FunctionId, parameters: usize, body: Vec<Statement>) {
        if let Some(open) = self.open.pop() {
            self.functions[id.0] = Some(Function {
                name: open.name,
                parameters,
                variables: open.variables,
                captures: open.captures,
                body,
                visible: open.visible,
            });
        }
    }

    fn current(&mut self) -> &mut OpenFunction {
        self.open.last_mut().expect("the program itself is open until the end")
    }

    fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.current().blocks.push(Vec::new());
        let result = work(self);
        self.current().blocks.pop();
        result
    }

    /// A variable that no name refers to.
    fn hidden(&mut self, name: &str) -> VariableId {
        let variables = &mut self.current().variables;
        variables.push(Variable {
            name: name.to_owned(),
            captured: false,
        });
        VariableId(variables.len() - 1)
    }

    fn declare(&mut self, name: &ast::Name) -> VariableId {
        let variable = self.hidden(&name.text);
        let block = self
            .current()
            .blocks
            .last_mut()
            .expect("a function has at least one block");
        let previous = block
            .iter()
            .find(|binding| binding.name == name.text)
            .map(|binding| binding.span);
        block.push(Binding {
            name: name.text.clone(),
            span: name.span,
            variable,
            function: None,
        });
        if let Some(previous) = previous {
            self.errors
                .push(diagnostic::already_declared(&name.text, name.span, previous));
        }
        variable
    }

    /// Finds a variable, capturing it through all functions in between.
    fn find(&mut self, name: &str) -> Option<(Place, Option<FunctionId>)> {
        let depth = self.open.len() - 1;
        let (owner, binding) = self.open.iter().enumerate().rev().find_map(|(level, function)| {
            let binding = function
                .blocks
                .iter()
                .rev()
                .flat_map(|block| block.iter().rev())
                .find(|b| b.name == name)?;
            Some((level, binding.clone()))
        })?;
        if let Some(function) = binding.function {
            let innermost = self.open[depth].id == function;
            let captures_nothing = self.functions[function.0]
                .as_ref()
                .is_some_and(|function| function.captures.is_empty());
            if innermost || captures_nothing {
                // The place is not used: the function is called directly.
                return Some((Place::Local(binding.variable), Some(function)));
            }
        }
        if owner == depth {
            return Some((Place::Local(binding.variable), binding.function));
        }
        self.open[owner].variables[binding.variable.0].captured = true;
        let mut place = Place::Local(binding.variable);
        for function in &mut self.open[owner + 1..] {
            let captures = &mut function.captures;
            let index = captures
                .iter()
                .position(|capture| *capture == place)
                .unwrap_or_else(|| {
                    captures.push(place);
                    captures.len() - 1
                });
            place = Place::Capture(index);
        }
        Some((place, binding.function))
    }

    /// Whether the function needs no closure where it is used now.
    fn needs_no_closure(&self, function: FunctionId) -> bool {
        self.open.last().is_some_and(|open| open.id == function)
            || self.functions[function.0]
                .as_ref()
                .is_some_and(|function| function.captures.is_empty())
    }

    fn statements(&mut self, statements: &[ast::Statement]) -> Vec<Statement> {
        statements
            .iter()
            .filter_map(|statement| self.statement(statement))
            .collect()
    }

    fn block(&mut self, statements: &[ast::Statement]) -> Vec<Statement> {
        self.scoped(|resolver| resolver.statements(statements))
    }

    /// A statement in a position of its own, such as the branch of an `if`.
    fn branch(&mut self, statement: &ast::Statement) -> Vec<Statement> {
        self.block(std::slice::from_ref(statement))
    }

    fn statement(&mut self, statement: &ast::Statement) -> Option<Statement> {
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

    fn declaration(&mut self, name: &ast::Name, value: Option<&ast::Expression>, span: Span) -> Statement {
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

    fn optional(&mut self, value: Option<&ast::Expression>, span: Span) -> Expression {
        match value {
            Some(value) => self.expression(value),
            None => Expression {
                kind: ExpressionKind::Null,
                span,
            },
        }
    }

    fn assignment(&mut self, target: &ast::Expression, value: &ast::Expression, span: Span) -> Option<Statement> {
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
    fn refuse_assignment(&mut self, name: &str, span: Span) {
        let error = if self.surroundings.globals.contains(&name) {
            diagnostic::assign_to_global(name, span)
        } else {
            let suggestion = self.similar_variable(name);
            diagnostic::undeclared_assignment(name, span, suggestion.as_deref())
        };
        self.errors.push(error);
    }

    fn set(
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

    fn function(
        &mut self,
        name: &ast::Name,
        parameters: &[ast::Name],
        body: &[ast::Statement],
        span: Span,
    ) -> Option<Statement> {
        let variable = self.declare(name);
        let constant = !self.assigned.contains(&name.text);
        let id = FunctionId(self.functions.len());
        if constant && let Some(binding) = self.current().blocks.last_mut().and_then(|block| block.last_mut()) {
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
    fn closed(
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

    fn catch(&mut self, catch: &ast::Catch) -> Catch {
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

    /// An expression as a value. Reading a global gives a copy (PostHog copies deeply), of no more than the part that
    /// is read.
    fn expression(&mut self, expression: &ast::Expression) -> Expression {
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

    fn boxed(&mut self, expression: &ast::Expression) -> Box<Expression> {
        Box::new(self.expression(expression))
    }

    fn expressions(&mut self, expressions: &[ast::Expression]) -> Vec<Expression> {
        expressions
            .iter()
            .map(|expression| self.expression(expression))
            .collect()
    }

    /// An expression without the copy of a global at its root.
    fn in_place(&mut self, expression: &ast::Expression) -> Expression {
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

    fn name(&mut self, name: &str, span: Span) -> ExpressionKind {
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
                let suggestion = self.similar_variable(name);
                self.warnings
                    .push(diagnostic::unknown_name(name, span, suggestion.as_deref()));
            }
        }
        self.globals.insert(name.to_owned());
        ExpressionKind::Global(name.to_owned())
    }

    /// A function that never changes, as a value. Inside of itself its closure is the variable (which it then
    /// captures); elsewhere a new closure is as good as any.
    fn constant_closure(&mut self, name: &str, function: FunctionId, place: Place) -> ExpressionKind {
        let is_open = self.functions[function.0].is_none();
        if !is_open {
            return ExpressionKind::Closure(function);
        }
        // Look the variable up from outside of the function's own view, which capturing does.
        let level = self.open.len() - 1;
        let owner = self.open[..level].iter().rposition(|open| {
            open.blocks
                .iter()
                .flatten()
                .any(|binding| binding.function == Some(function))
        });
        let (Some(owner), Place::Local(variable)) = (owner, place) else {
            return ExpressionKind::Global(name.to_owned());
        };
        self.open[owner].variables[variable.0].captured = true;
        let mut place = Place::Local(variable);
        for open in &mut self.open[owner + 1..] {
            let captures = &mut open.captures;
            let index = captures
                .iter()
                .position(|capture| *capture == place)
                .unwrap_or_else(|| {
                    captures.push(place);
                    captures.len() - 1
                });
            place = Place::Capture(index);
        }
        ExpressionKind::Variable(place)
    }

    fn call(&mut self, callee: &ast::Expression, arguments: &[ast::Expression], span: Span) -> ExpressionKind {
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

    fn call_function(
        &mut self,
        name: &str,
        function: FunctionId,
        place: Place,
        mut arguments: Vec<Expression>,
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
        arguments.resize_with(parameters, || Expression {
            kind: ExpressionKind::Null,
            span,
        });
        let closure = (!self.needs_no_closure(function)).then_some(place);
        ExpressionKind::CallFunction {
            function,
            closure,
            arguments,
        }
    }

    fn call_library(
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
            let suggestion = self.similar_function(name);
            self.warnings
                .push(diagnostic::unknown_function(name, name_span, suggestion.as_ref()));
        }
        ExpressionKind::Fail {
            message: format!("Unsupported function call: {name}"),
            arguments,
        }
    }

    /// Warns of `text.toLowerCase()` and other methods that values of other languages have.
    fn warn_of_method(&mut self, callee: &ast::Expression) {
        let ast::ExpressionKind::Property { object, name, .. } = &callee.kind else {
            return;
        };
        let object = match &object.kind {
            ast::ExpressionKind::Name(name) => name,
            _ => "",
        };
        if let Some(function) = suggestion::for_method(object, &name.text) {
            self.warnings
                .push(diagnostic::unknown_method(&name.text, name.span, function));
        }
    }

    fn check_arguments(&mut self, function: &library::Function, passed: usize, span: Span) {
        let max = (function.max != library::ANY).then_some(function.max);
        let count = u32::try_from(passed).unwrap_or(u32::MAX);
        if count < function.min || max.is_some_and(|max| count > max) {
            self.warn_of_arguments(function.name, passed, function.min, max, span);
        }
    }

    /// The function of the prelude with this name, compiled into the program when it is first used.
    fn prelude(&mut self, name: &str) -> Option<FunctionId> {
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

    fn intrinsic(&self, name: &str) -> Option<Intrinsic> {
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

    /// A name in scope that is spelt alike.
    fn similar_variable(&self, name: &str) -> Option<String> {
        let variables = self.names_in_scope().chain(self.surroundings.globals.iter().copied());
        suggestion::nearest(name, variables).map(str::to_owned)
    }

    fn similar_function(&self, name: &str) -> Option<Suggestion> {
        suggestion::for_function(name, self.names_in_scope())
    }

    fn names_in_scope(&self) -> impl Iterator<Item = &str> {
        self.open
            .iter()
            .flat_map(|open| open.blocks.iter().flatten())
            .map(|binding| binding.name.as_str())
    }

    fn warn_of_arguments(&mut self, name: &str, passed: usize, min: u32, max: Option<u32>, span: Span) {
        self.warnings
            .push(diagnostic::wrong_argument_count(name, passed, min, max, span));
    }
}

fn text(value: &str, span: Span) -> Expression {
    Expression {
        kind: ExpressionKind::String(value.to_owned()),
        span,
    }
}

fn not(kind: ExpressionKind, span: Span) -> ExpressionKind {
    ExpressionKind::Not(Box::new(Expression { kind, span }))
}

fn concatenation(arguments: Vec<Expression>) -> ExpressionKind {
    let number = library::find("concat").expect("concat is in the library");
    ExpressionKind::CallLibrary { number, arguments }
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

fn is_global_path(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Global(_) => true,
        ExpressionKind::Get { object, .. } => is_global_path(object),
        _ => false,
    }
}
