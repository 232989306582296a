//! Statements by recursive descent.

use super::hint::{has_effect, looks_boolean};
use super::operator::Power;
use super::{Attempt, Failed, Parser};
use crate::diagnostic::Span;
use crate::diagnostic::hog::{habit, syntax};
use crate::language::hog::ast::{BinaryOperator, Catch, Expression, ExpressionKind, Name, Statement, StatementKind};
use crate::language::hog::token::{Keyword, Sign, TokenKind};

/// What a pair of braces turns out to be.
pub(super) enum Braces {
    Block { statements: Vec<Statement>, span: Span },
    Object(Expression),
}

/// What starts a statement turns out to be.
enum Start {
    /// A whole statement.
    Statement(Statement),
    /// An expression that an assignment, a `;` or, in braces, a `:` may follow.
    Expression(Expression),
}

/// Statements of other languages and what to do instead.
const MISSING_STATEMENTS: &[(&str, &str)] = &[
    ("class", "write functions with `fun`, and objects: `{'name': value}`"),
    (
        "switch",
        "write `case x when 1 then 'a' else 'b' end`, or `if` and `else if`",
    ),
    (
        "match",
        "write `case x when 1 then 'a' else 'b' end`, or `if` and `else if`",
    ),
    ("do", "write `while (...) { ... }`"),
    ("foreach", "write `for (let x in list) { ... }`"),
    ("import", "there is nothing to import: the whole library is there"),
    ("from", "there is nothing to import: the whole library is there"),
    ("export", "leave it out: the program's `return` is its result"),
    ("async", "leave it out: everything runs in order"),
    ("with", "leave it out"),
    ("del", "set it to null: `x := null`"),
    ("global", "leave it out: functions see the variables around them"),
    ("nonlocal", "leave it out: functions see the variables around them"),
    ("assert", "write `if (not (...)) { throw Error('...') }`"),
    ("goto", "write a loop"),
];

impl Parser<'_> {
    /// Statements up to a `}` that closes nothing of theirs, or the end. The height register holds their height.
    pub(super) fn statements(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut height = 0;
        self.statements_into(&mut statements, &mut height);
        self.height = height;
        statements
    }

    fn statements_into(&mut self, statements: &mut Vec<Statement>, height: &mut u32) {
        while !self.stopped && !self.is_end() && !self.is(Sign::CloseBrace) {
            let start = self.at;
            match self.statement() {
                Ok(Statement {
                    kind: StatementKind::Empty,
                    ..
                }) => {}
                Ok(statement) => {
                    *height = self.height.max(*height);
                    statements.push(statement);
                }
                Err(Failed) => {
                    if !self.stopped {
                        self.recover(start);
                    }
                    if self.at == start {
                        self.bump();
                    }
                }
            }
        }
    }

    fn statement(&mut self) -> Attempt<Statement> {
        match self.start()? {
            Start::Statement(statement) => Ok(statement),
            Start::Expression(expression) => self.finish_expression_statement(expression),
        }
    }

    fn start(&mut self) -> Attempt<Start> {
        self.enter()?;
        let result = self.start_unguarded();
        self.leave();
        result
    }

    fn start_unguarded(&mut self) -> Attempt<Start> {
        let from = self.next_span();
        let after = self.after_next();
        let before_parenthesis = after.kind == TokenKind::Sign(Sign::OpenParen);
        let before_declaration = matches!(after.kind, TokenKind::Keyword(Keyword::Let));
        let before_name = (after.kind.is_name() || before_declaration) && !after.on_new_line;
        let kind = match &self.next().kind {
            TokenKind::Sign(Sign::Semicolon) => {
                self.bump();
                self.height = 1;
                StatementKind::Empty
            }
            TokenKind::Sign(Sign::OpenBrace) => return self.braces_statement(),
            TokenKind::Keyword(Keyword::Let) => self.variable_declaration(true)?,
            TokenKind::Keyword(Keyword::Fun | Keyword::Fn) => self.function()?,
            TokenKind::Keyword(Keyword::While) => self.while_loop()?,
            TokenKind::Keyword(Keyword::Throw) => self.throw()?,
            TokenKind::Keyword(Keyword::Try) => self.try_catch()?,
            TokenKind::Keyword(Keyword::Return) if self.is_return() => self.return_value()?,
            TokenKind::Keyword(Keyword::If) if before_parenthesis => return self.if_or_call(),
            TokenKind::Keyword(Keyword::For) if before_parenthesis => self.for_loop()?,
            TokenKind::Keyword(Keyword::If) if self.is_condition_without_parentheses() => {
                let span = self.after_next().span;
                return self.fail(habit::missing_parentheses(span, "if"));
            }
            TokenKind::Keyword(Keyword::For) if before_name => {
                let span = self.after_next().span;
                return self.fail(habit::missing_parentheses(span, "for"));
            }
            TokenKind::Keyword(Keyword::Else) if !self.is_target() => {
                return self.fail(syntax::stray_clause(from, "else", "if"));
            }
            TokenKind::Keyword(Keyword::Catch) => {
                return self.fail(syntax::stray_clause(from, "catch", "try"));
            }
            TokenKind::Keyword(Keyword::Finally) => {
                return self.fail(syntax::finally_not_supported(from));
            }
            TokenKind::Name => {
                self.statement_habits(from, before_parenthesis, before_name)?;
                return Ok(Start::Expression(self.expression()?));
            }
            _ => return Ok(Start::Expression(self.expression()?)),
        };
        Ok(Start::Statement(Statement {
            kind,
            span: from.to(self.last_span()),
        }))
    }

    /// Whether the word that comes next is assigned to, so that it is a name.
    fn is_target(&self) -> bool {
        matches!(
            self.after_next().kind,
            TokenKind::Sign(Sign::Assign | Sign::Dot | Sign::OpenBracket)
        )
    }

    /// Words that start statements in other languages.
    fn statement_habits(&mut self, span: Span, before_parenthesis: bool, before_name: bool) -> Attempt<()> {
        let word = self.text(span);
        let after = &self.after_next().kind;
        let before_brace = *after == TokenKind::Sign(Sign::OpenBrace) && !self.after_next().on_new_line;
        let before_value = before_name
            || !self.after_next().on_new_line
                && matches!(
                    after,
                    TokenKind::String(_) | TokenKind::TemplateStart | TokenKind::Keyword(_)
                );
        match word.as_str() {
            "const" | "var" | "local" if before_name => self.fail(habit::variable_keyword(span, &word)),
            "elif" | "elseif" | "elsif" if before_name || before_parenthesis => {
                self.fail(habit::else_if_keyword(span, &word))
            }
            "raise" if before_value => self.fail(habit::raise_keyword(span)),
            "pass" if self.after_next().on_new_line => self.fail(habit::missing_statement(
                span,
                "pass",
                "an empty block is written `{ }`",
            )),
            _ => {
                let missing = MISSING_STATEMENTS.iter().find(|(statement, _)| *statement == word);
                match missing {
                    Some((_, instead))
                        if before_value
                            || before_brace
                            || before_parenthesis && matches!(word.as_str(), "switch" | "foreach") =>
                    {
                        self.fail(habit::missing_statement(span, &word, instead))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// `let x := value`; the head of a `for` ends it with its own `;`.
    fn variable_declaration(&mut self, takes_semicolon: bool) -> Attempt<StatementKind> {
        self.bump();
        if let TokenKind::Sign(Sign::OpenBrace | Sign::OpenBracket | Sign::OpenParen) = self.next().kind {
            let span = self.next_span();
            return self.fail(syntax::destructuring(span));
        }
        let name = self.name("the name of the variable")?;
        self.hints.declare(&name.text);
        let span = self.next_span();
        let mut height = 0;
        let value = match self.next().kind {
            TokenKind::Sign(Sign::Assign) => {
                self.bump();
                let value = self.expression()?;
                height = self.height;
                if self.is(Sign::Assign) {
                    let span = self.next_span();
                    return self.fail(syntax::named_argument(span));
                }
                Some(value)
            }
            TokenKind::Sign(Sign::SingleEqual | Sign::Equal) => {
                return self.fail(habit::equals_in_let(span, &name.text));
            }
            TokenKind::Sign(Sign::Colon) => return self.fail(syntax::type_annotation(span)),
            TokenKind::Sign(Sign::Comma) => return self.fail(syntax::destructuring(span)),
            _ => None,
        };
        if takes_semicolon {
            self.eat(Sign::Semicolon);
        }
        self.set_height(height + 1)?;
        Ok(StatementKind::Let { name, value })
    }

    fn function(&mut self) -> Attempt<StatementKind> {
        let word = self.next_span();
        self.bump();
        if self.is(Sign::OpenParen) {
            return self.fail(syntax::anonymous_function(word));
        }
        let name = self.name("the name of the function")?;
        self.hints.declare(&name.text);
        self.expect(Sign::OpenParen, "`(` and the parameters")?;
        let parameters = self.names_until(Sign::CloseParen)?;
        let body = self.block()?;
        let height = self.height;
        self.set_height(height + 1)?;
        Ok(StatementKind::Function { name, parameters, body })
    }

    /// `{ ... }`, where nothing else can stand.
    fn block(&mut self) -> Attempt<Vec<Statement>> {
        self.no_colon()?;
        self.expect(Sign::OpenBrace, "`{`")?;
        let statements = self.statements();
        self.expect(Sign::CloseBrace, "`}`")?;
        Ok(statements)
    }

    /// Complains about the `:` that starts a block in Python.
    fn no_colon(&mut self) -> Attempt<()> {
        if self.is(Sign::Colon) {
            let span = self.next_span();
            return self.fail(habit::colon_block(span));
        }
        Ok(())
    }

    /// `{ ... }` at the start of a statement.
    fn braces_statement(&mut self) -> Attempt<Start> {
        match self.braces(false)? {
            Braces::Block { statements, span } => Ok(Start::Statement(Statement {
                kind: StatementKind::Block(statements),
                span,
            })),
            Braces::Object(object) => Ok(Start::Expression(self.continue_expression(object, Power::Lowest)?)),
        }
    }

    /// Braces that may hold statements or `key: value`: what follows the first expression decides. `{}` is an object
    /// where a value is wanted.
    pub(super) fn braces(&mut self, wants_value: bool) -> Attempt<Braces> {
        let open = self.next_span();
        self.bump();
        if self.eat(Sign::CloseBrace) {
            let span = open.to(self.last_span());
            self.set_height(1)?;
            // An operator makes a value of the braces: `{}.a`.
            let is_value = wants_value || self.is_continued();
            return Ok(if is_value {
                Braces::Object(Expression {
                    kind: ExpressionKind::Object(Vec::new()),
                    span,
                })
            } else {
                Braces::Block {
                    statements: Vec::new(),
                    span,
                }
            });
        }
        let mut statements = Vec::new();
        let mut height = 0;
        let start = self.at;
        match self.start() {
            Ok(Start::Expression(first)) if self.is(Sign::Colon) => {
                return Ok(Braces::Object(self.object_after_key(first, open)?));
            }
            Ok(Start::Expression(first)) if self.is(Sign::Comma) => {
                let span = first.span;
                return self.fail(syntax::object_without_value(span, ""));
            }
            Ok(Start::Expression(first)) => match self.finish_expression_statement(first) {
                Ok(statement) => {
                    height = self.height;
                    statements.push(statement);
                }
                Err(Failed) if self.stopped => return Err(Failed),
                Err(Failed) => self.recover(start),
            },
            Ok(Start::Statement(statement)) => {
                height = self.height;
                if statement.kind != StatementKind::Empty {
                    statements.push(statement);
                }
            }
            Err(Failed) if self.stopped => return Err(Failed),
            Err(Failed) => self.recover(start),
        }
        self.statements_into(&mut statements, &mut height);
        self.expect(Sign::CloseBrace, "`}`")?;
        self.set_height(height + 1)?;
        Ok(Braces::Block {
            statements,
            span: open.to(self.last_span()),
        })
    }

    fn while_loop(&mut self) -> Attempt<StatementKind> {
        self.bump();
        if !self.eat(Sign::OpenParen) {
            let span = self.next_span();
            return self.fail(habit::missing_parentheses(span, "while"));
        }
        let condition = self.condition()?;
        let height = self.height;
        self.expect(Sign::CloseParen, "`)`")?;
        let body = self.body()?;
        self.eat(Sign::Semicolon);
        let height = height.max(self.height);
        self.set_height(height + 1)?;
        Ok(StatementKind::While {
            condition,
            body: Box::new(body),
        })
    }

    fn condition(&mut self) -> Attempt<Expression> {
        let condition = self.expression()?;
        self.condition_habit(&condition);
        Ok(condition)
    }

    /// `if (a || b)`: texts that are joined are true unless both are empty, which no one means.
    fn condition_habit(&mut self, condition: &Expression) {
        if let ExpressionKind::Template(parts) = &condition.kind {
            let already_said = parts.iter().all(looks_boolean);
            if let (Some(sign), false) = (self.concat_sign(parts), already_said) {
                self.hints.add(habit::concat_as_or(sign));
            }
        }
    }

    /// The statement that a condition or a loop governs.
    fn body(&mut self) -> Attempt<Statement> {
        self.no_colon()?;
        if self.is_keyword(Keyword::Let) {
            let span = self.next_span();
            return self.fail(syntax::declaration_needs_block(span));
        }
        if self.is_end() || self.is(Sign::CloseBrace) {
            return self.fail_expecting("a statement or `{ ... }`");
        }
        self.statement()
    }

    /// `if (a) b else c`, or the call `if(a, b, c)`: a comma after the first value decides.
    fn if_or_call(&mut self) -> Attempt<Start> {
        let word = self.next_span();
        self.bump();
        self.bump();
        let first = self.expression()?;
        let mut height = self.height;
        if self.eat(Sign::Comma) {
            let (mut arguments, _) = self.values_until(Sign::CloseParen, "`,` or `)`")?;
            height = height.max(self.height);
            arguments.insert(0, first);
            self.set_height(height + 1)?;
            let callee = Expression {
                kind: ExpressionKind::Name(self.text(word)),
                span: word,
            };
            let kind = ExpressionKind::Call {
                callee: Box::new(callee),
                arguments,
            };
            let call = Expression {
                kind,
                span: word.to(self.last_span()),
            };
            return Ok(Start::Expression(self.continue_expression(call, Power::Lowest)?));
        }
        self.condition_habit(&first);
        self.expect(Sign::CloseParen, "`)`")?;
        let then = self.body()?;
        height = height.max(self.height);
        let otherwise = if self.eat_keyword(Keyword::Else) {
            let otherwise = self.body()?;
            height = height.max(self.height);
            Some(Box::new(otherwise))
        } else {
            None
        };
        self.set_height(height + 1)?;
        let kind = StatementKind::If {
            condition: first,
            then: Box::new(then),
            otherwise,
        };
        Ok(Start::Statement(Statement {
            kind,
            span: word.to(self.last_span()),
        }))
    }

    /// `if x > 1 {`, on one line.
    fn is_condition_without_parentheses(&self) -> bool {
        let after = self.after_next();
        !after.on_new_line
            && matches!(
                after.kind,
                TokenKind::Name
                    | TokenKind::QuotedName { .. }
                    | TokenKind::Integer(_)
                    | TokenKind::Float(_)
                    | TokenKind::String(_)
                    | TokenKind::Keyword(Keyword::Not | Keyword::True | Keyword::False | Keyword::Null)
            )
    }

    fn for_loop(&mut self) -> Attempt<StatementKind> {
        let word = self.next_span();
        self.bump();
        self.bump();
        let declares = self.is_keyword(Keyword::Let);
        let first = self.at + usize::from(declares);
        if self.is_for_in(first) {
            if !declares {
                let name = self.text(self.next_span());
                let span = self.next_span();
                return self.fail(habit::for_without_let(span, &name));
            }
            return self.for_in_loop();
        }
        let start = if self.is(Sign::Semicolon) {
            None
        } else {
            Some(Box::new(self.part_of_for()?))
        };
        let mut height = if start.is_some() { self.height } else { 0 };
        self.expect(Sign::Semicolon, "`;` and the condition of the loop")?;
        if self.is(Sign::Semicolon) {
            let span = self.next_span();
            return self.fail(syntax::missing_condition(word.to(span)));
        }
        let condition = self.condition()?;
        height = height.max(self.height);
        self.expect(Sign::Semicolon, "`;` and the step of the loop")?;
        let mut step = None;
        if !self.is(Sign::CloseParen) {
            step = Some(Box::new(self.part_of_for()?));
            height = height.max(self.height);
        }
        self.expect(Sign::CloseParen, "`)`")?;
        let body = self.body()?;
        height = height.max(self.height);
        self.eat(Sign::Semicolon);
        self.set_height(height + 1)?;
        Ok(StatementKind::For {
            start,
            condition,
            step,
            body: Box::new(body),
        })
    }

    /// Whether `x in`, `k, v in` (or the `of` of JavaScript) starts at this token.
    fn is_for_in(&self, first: usize) -> bool {
        let is_in = |at: usize| match &self.token_at(at).kind {
            TokenKind::Keyword(Keyword::In) => true,
            TokenKind::Name => self.token_at(at).span.text(self.source) == "of",
            _ => false,
        };
        self.token_at(first).kind.is_name()
            && (is_in(first + 1)
                || self.token_at(first + 1).kind == TokenKind::Sign(Sign::Comma)
                    && self.token_at(first + 2).kind.is_name()
                    && is_in(first + 3))
    }

    /// `let key, value in list) body`.
    fn for_in_loop(&mut self) -> Attempt<StatementKind> {
        self.bump();
        let mut value = self.name("the name of the variable")?;
        self.hints.declare(&value.text);
        let mut key = None;
        if self.eat(Sign::Comma) {
            key = Some(value);
            value = self.name("the name of the variable")?;
            self.hints.declare(&value.text);
        }
        if !self.eat_keyword(Keyword::In) {
            return self.fail_expecting("`in`");
        }
        let iterable = self.expression()?;
        let mut height = self.height;
        self.expect(Sign::CloseParen, "`)`")?;
        let body = self.body()?;
        height = height.max(self.height);
        self.eat(Sign::Semicolon);
        self.set_height(height + 1)?;
        Ok(StatementKind::ForIn {
            key,
            value,
            iterable,
            body: Box::new(body),
        })
    }

    /// The first and the last part of a `for`: a declaration, an assignment or an expression.
    fn part_of_for(&mut self) -> Attempt<Statement> {
        let start = self.next_span();
        let kind = if self.is_keyword(Keyword::Let) {
            self.variable_declaration(false)?
        } else {
            let expression = self.expression()?;
            self.assignment_or_value(expression)?
        };
        Ok(Statement {
            kind,
            span: start.to(self.last_span()),
        })
    }

    fn throw(&mut self) -> Attempt<StatementKind> {
        self.bump();
        let error = self.expression()?;
        let height = self.height;
        self.eat(Sign::Semicolon);
        self.set_height(height + 1)?;
        Ok(StatementKind::Throw(error))
    }

    fn try_catch(&mut self) -> Attempt<StatementKind> {
        let word = self.next_span();
        self.bump();
        let body = self.block()?;
        let mut height = self.height;
        let mut catches = Vec::new();
        while self.is_keyword(Keyword::Catch) {
            catches.push(self.catch()?);
            height = height.max(self.height);
        }
        if self.is_keyword(Keyword::Finally) {
            let span = self.next_span();
            return self.fail(syntax::finally_not_supported(span));
        }
        if catches.is_empty() {
            return self.fail(syntax::missing_catch(word));
        }
        self.set_height(height + 1)?;
        Ok(StatementKind::Try { body, catches })
    }

    fn catch(&mut self) -> Attempt<Catch> {
        let start = self.next_span();
        self.bump();
        let mut variable: Option<Name> = None;
        let mut error_type = None;
        if self.eat(Sign::OpenParen) {
            let name = self.name("the name of the error")?;
            self.hints.declare(&name.text);
            variable = Some(name);
            if self.eat(Sign::Colon) {
                error_type = Some(self.name("the type of the error")?);
            }
            self.expect(Sign::CloseParen, "`)`")?;
        } else {
            self.hints.declare("e");
        }
        let body = self.block()?;
        Ok(Catch {
            variable,
            error_type,
            body,
            span: start.to(self.last_span()),
        })
    }

    /// Whether the word `return` returns rather than being a name.
    fn is_return(&self) -> bool {
        match self.after_next().kind {
            TokenKind::Sign(Sign::Assign | Sign::Colon | Sign::Arrow | Sign::Comma | Sign::CloseParen) => false,
            TokenKind::Sign(Sign::Dot) => self.is_number(self.at + 2),
            _ => true,
        }
    }

    /// `return value`, where the value may stand on the next line.
    fn return_value(&mut self) -> Attempt<StatementKind> {
        self.bump();
        let is_absent = match &self.next().kind {
            TokenKind::End | TokenKind::Sign(Sign::Semicolon | Sign::CloseBrace) => true,
            TokenKind::Keyword(Keyword::For) => self.after_next().kind == TokenKind::Sign(Sign::OpenParen),
            TokenKind::Keyword(Keyword::Else) => !self.is_target(),
            TokenKind::Keyword(keyword) => {
                keyword.is_reserved()
                    && !matches!(keyword, Keyword::Null | Keyword::Nan | Keyword::Inf | Keyword::Infinity)
                    && !(matches!(keyword, Keyword::Fun | Keyword::Fn)
                        && self.after_next().kind == TokenKind::Sign(Sign::OpenParen))
            }
            _ => false,
        };
        let value = if is_absent { None } else { Some(self.expression()?) };
        let height = if value.is_some() { self.height } else { 0 };
        if self.is(Sign::Assign) {
            let span = self.next_span();
            return self.fail(syntax::named_argument(span));
        }
        self.eat(Sign::Semicolon);
        self.set_height(height + 1)?;
        Ok(StatementKind::Return(value))
    }

    /// What follows an expression that starts a statement: `:= value`, `;` or nothing.
    fn finish_expression_statement(&mut self, expression: Expression) -> Attempt<Statement> {
        let start = expression.span;
        let kind = self.assignment_or_value(expression)?;
        self.eat(Sign::Semicolon);
        if let StatementKind::Expression(value) = &kind {
            self.dropped_value_habits(value);
        }
        Ok(Statement {
            kind,
            span: start.to(self.last_span()),
        })
    }

    fn assignment_or_value(&mut self, expression: Expression) -> Attempt<StatementKind> {
        let mut height = self.height;
        if !self.is(Sign::Assign) {
            self.set_height(height + 1)?;
            return Ok(StatementKind::Expression(expression));
        }
        let target = expression;
        match &target.kind {
            ExpressionKind::Name(_) | ExpressionKind::Property { .. } | ExpressionKind::Index { .. } => {}
            ExpressionKind::Call { .. } => return self.fail(syntax::assign_to_call(target.span)),
            kind => {
                let is_list = matches!(kind, ExpressionKind::Tuple(_) | ExpressionKind::Array(_));
                return self.fail(syntax::assign_to_value(target.span, is_list));
            }
        }
        self.bump();
        let value = self.expression()?;
        height = height.max(self.height);
        if self.is(Sign::Assign) {
            let span = self.next_span();
            return self.fail(syntax::named_argument(span));
        }
        self.set_height(height + 1)?;
        Ok(StatementKind::Assign { target, value })
    }

    /// A value that nothing is done with is often something else in another language.
    fn dropped_value_habits(&mut self, value: &Expression) {
        let is_last = self.is_end() || self.is(Sign::CloseBrace);
        match &value.kind {
            ExpressionKind::Name(name) if matches!(name.to_ascii_lowercase().as_str(), "break" | "continue") => {
                self.hints.add_unless_declared(name, habit::loop_jump(value.span, name));
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::Equal,
                left,
                right,
            } if self.is_single_equals(left, right)
                && matches!(
                    left.kind,
                    ExpressionKind::Name(_) | ExpressionKind::Property { .. } | ExpressionKind::Index { .. }
                ) =>
            {
                let target = self.text(left.span);
                self.hints.add(habit::equals_as_statement(value.span, &target));
            }
            _ if !has_effect(value) => self.hints.add(habit::unused_value(value.span, is_last)),
            _ => {}
        }
    }

    /// Whether a comparison is written `=`.
    fn is_single_equals(&self, left: &Expression, right: &Expression) -> bool {
        let between = Span::new(left.span.end, right.span.start).text(self.source);
        between.contains('=') && !between.contains("==")
    }
}
