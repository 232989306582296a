//! What expressions are made of: literals, names, brackets, lambdas, `case`, `interval`, template strings.

use num_bigint::BigInt;

use super::operator::{Infix, Power};
use super::statement::Braces;
use super::{Attempt, Parser};
use crate::diagnostic::Span;
use crate::diagnostic::hog::{habit, syntax};
use crate::language::hog::ast::{Expression, ExpressionKind, LambdaBody, Name, UnaryOperator};
use crate::language::hog::token::{Keyword, Sign, TokenKind};

/// What an event gives; in double quotes these are meant as names.
const GLOBALS: &[&str] = &[
    "input",
    "output",
    "properties",
    "event",
    "target",
    "evaluation_events",
    "events",
    "trace",
];

/// Units that may follow `interval 1`, and the functions that make them.
const UNITS: &[(&str, &str)] = &[
    ("second", "toIntervalSecond"),
    ("minute", "toIntervalMinute"),
    ("hour", "toIntervalHour"),
    ("day", "toIntervalDay"),
    ("week", "toIntervalWeek"),
    ("month", "toIntervalMonth"),
    ("quarter", "toIntervalQuarter"),
    ("year", "toIntervalYear"),
];

impl Parser<'_> {
    /// The start of an expression: everything up to the first operator that needs a left side. The height register holds
    /// its height.
    pub(super) fn prefix(&mut self) -> Attempt<Expression> {
        if self.lookahead.is_bare_lambda(self.at) {
            return self.bare_lambda();
        }
        match &self.next().kind {
            TokenKind::Integer(_) | TokenKind::Float(_) | TokenKind::String(_) => self.literal(),
            TokenKind::TemplateStart => self.template(),
            TokenKind::Name | TokenKind::QuotedName { .. } => self.variable(),
            TokenKind::Keyword(keyword) => {
                let keyword = *keyword;
                self.keyword(keyword)
            }
            TokenKind::Sign(sign) => {
                let sign = *sign;
                self.sign(sign)
            }
            _ => self.fail_expecting_value(),
        }
    }

    pub(super) fn fail_expecting_value<T>(&mut self) -> Attempt<T> {
        let error = syntax::expected_expression(self.next_span(), &self.found());
        self.fail(error)
    }

    /// Takes the next token as a node without parts.
    fn leaf(&mut self, kind: ExpressionKind) -> Attempt<Expression> {
        let span = self.next_span();
        self.bump();
        self.set_height(1)?;
        Ok(Expression { kind, span })
    }

    fn literal(&mut self) -> Attempt<Expression> {
        let kind = match &self.next().kind {
            TokenKind::Integer(number) => ExpressionKind::Integer(number.clone()),
            TokenKind::Float(number) => ExpressionKind::Float(*number),
            TokenKind::String(text) => ExpressionKind::String(text.clone()),
            _ => return self.fail_expecting_value(),
        };
        self.leaf(kind)
    }

    fn variable(&mut self) -> Attempt<Expression> {
        let span = self.next_span();
        if let TokenKind::QuotedName { name, double } = &self.next().kind {
            let (name, double) = (name.clone(), *double);
            if double && !GLOBALS.contains(&name.as_str()) {
                self.hints.add_unless_declared(&name, habit::double_quotes(span, &name));
            }
            return self.leaf(ExpressionKind::Name(name));
        }
        let name = self.text(span);
        self.word_habits(&name, span)?;
        self.leaf(ExpressionKind::Name(name))
    }

    /// Words that mean something in other languages.
    fn word_habits(&mut self, word: &str, span: Span) -> Attempt<()> {
        let after = self.after_next();
        let before_name = after.kind.is_name() && !after.on_new_line;
        let before_parenthesis = after.kind == TokenKind::Sign(Sign::OpenParen);
        let before_text = matches!(after.kind, TokenKind::String(_)) && !after.on_new_line;
        match word {
            "None" | "undefined" | "nil" | "NULL" => {
                self.hints.add_unless_declared(word, habit::other_null(span, word));
                Ok(())
            }
            "function" | "def" if before_name || before_parenthesis => self.fail(habit::function_keyword(span, word)),
            "new" if before_name => self.fail(habit::missing_statement(
                span,
                word,
                "leave the `new` out and call the function: `Error('...')`",
            )),
            "await" | "async" | "yield" if before_name || before_parenthesis => self.fail(habit::missing_statement(
                span,
                word,
                "leave it out: everything runs in order",
            )),
            "typeof" if before_name => self.fail(habit::missing_statement(
                span,
                "typeof x",
                "it is a function: write `typeof(x)`",
            )),
            "date" | "timestamp" if before_text => self.fail(syntax::not_supported(
                span,
                &format!("`{word} '...'`"),
                "write `toDate('2024-01-31')` or `toDateTime('2024-01-31 12:00:00')`",
            )),
            "r" if before_text && self.touches(self.at + 1) => self.fail(syntax::not_supported(
                span,
                "`r'...'`",
                "leave the `r` out and write each backslash twice",
            )),
            _ => Ok(()),
        }
    }

    fn keyword(&mut self, keyword: Keyword) -> Attempt<Expression> {
        let span = self.next_span();
        match keyword {
            Keyword::Null => self.leaf(ExpressionKind::Null),
            Keyword::True => self.leaf(ExpressionKind::Bool(true)),
            Keyword::False => self.leaf(ExpressionKind::Bool(false)),
            Keyword::Inf | Keyword::Infinity => self.leaf(ExpressionKind::Float(f64::INFINITY)),
            Keyword::Nan => self.leaf(ExpressionKind::Float(f64::NAN)),
            Keyword::Not if self.is_operand(self.at + 1) => self.not(),
            Keyword::Case if self.is_case() => self.case(),
            Keyword::Interval if self.is_interval() => self.interval(),
            Keyword::Lambda if self.lookahead.is_names_before_colon(self.at + 1) => self.python_lambda(),
            Keyword::Fun | Keyword::Fn if self.after_next().kind == TokenKind::Sign(Sign::OpenParen) => {
                self.fail(syntax::anonymous_function(span))
            }
            _ if keyword.is_reserved() => self.fail_expecting_value(),
            _ => {
                let name = self.text(span);
                self.leaf(ExpressionKind::Name(name))
            }
        }
    }

    fn sign(&mut self, sign: Sign) -> Attempt<Expression> {
        match sign {
            Sign::Minus | Sign::Plus => self.signed(sign),
            Sign::Dot => self.fraction(),
            Sign::OpenParen => self.parentheses(),
            Sign::OpenBracket => self.array(),
            Sign::OpenBrace => self.object(),
            Sign::Less if self.after_next().kind.is_name() => {
                let span = self.next_span();
                self.fail(syntax::not_supported(
                    span,
                    "a tag like `<div />`",
                    "return a text instead",
                ))
            }
            _ => self.fail_expecting_value(),
        }
    }

    /// Whether a value can start at this token, as far as one token tells.
    fn is_operand(&self, at: usize) -> bool {
        match &self.token_at(at).kind {
            TokenKind::Name
            | TokenKind::QuotedName { .. }
            | TokenKind::Integer(_)
            | TokenKind::Float(_)
            | TokenKind::String(_)
            | TokenKind::TemplateStart
            | TokenKind::Keyword(_)
            | TokenKind::Invalid
            | TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket | Sign::OpenBrace | Sign::Minus | Sign::Plus) => true,
            TokenKind::Sign(Sign::Dot) => self.is_number(at + 1),
            _ => false,
        }
    }

    /// `not x`; `not (x)` is a call of the function `not`, which ends with its parenthesis.
    fn not(&mut self) -> Attempt<Expression> {
        let word = self.next_span();
        self.bump();
        if !self.is(Sign::OpenParen) || self.lookahead.is_lambda_parenthesis(self.at) {
            let operand = self.expression_above(Power::Not)?;
            return self.unary(UnaryOperator::Not, operand, word);
        }
        self.bump();
        let (mut arguments, _) = self.values_until(Sign::CloseParen, "`,` or `)`")?;
        let span = word.to(self.last_span());
        if self.infix().is_some_and(|(infix, _)| infix.is_comparison()) {
            self.hints.add(habit::tight_not(span));
        }
        let height = self.height;
        self.set_height(height + 1)?;
        let kind = match (arguments.pop(), arguments.is_empty()) {
            (Some(operand), true) => ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand: Box::new(operand),
            },
            (last, _) => {
                arguments.extend(last);
                let callee = Expression {
                    kind: ExpressionKind::Name("not".to_owned()),
                    span: word,
                };
                ExpressionKind::Call {
                    callee: Box::new(callee),
                    arguments,
                }
            }
        };
        Ok(Expression { kind, span })
    }

    fn unary(&mut self, operator: UnaryOperator, operand: Expression, sign: Span) -> Attempt<Expression> {
        let height = self.height;
        self.set_height(height + 1)?;
        let span = sign.to(operand.span);
        Ok(Expression {
            kind: ExpressionKind::Unary {
                operator,
                operand: Box::new(operand),
            },
            span,
        })
    }

    /// `-5` is a number, `-x` is `0 - x`, `+5` is a number, `+x` is nothing.
    fn signed(&mut self, sign: Sign) -> Attempt<Expression> {
        let span = self.next_span();
        let is_literal = match &self.after_next().kind {
            TokenKind::Integer(_)
            | TokenKind::Float(_)
            | TokenKind::Keyword(Keyword::Inf | Keyword::Infinity | Keyword::Nan) => true,
            TokenKind::Sign(Sign::Dot) => self.is_number(self.at + 2),
            _ => false,
        };
        if sign == Sign::Plus && self.is_glued(self.at + 1, Sign::Plus) {
            let target = self.text(self.token_at(self.at + 2).span);
            let span = span.to(self.after_next().span);
            return self.fail(habit::increment(span, &target));
        }
        if sign == Sign::Plus && !is_literal {
            return self.fail(habit::unary_plus(span));
        }
        self.bump();
        if !is_literal {
            let operand = self.expression_above(Power::Negate)?;
            return self.unary(UnaryOperator::Negate, operand, span);
        }
        let mut number = self.prefix()?;
        number.span = span.to(number.span);
        if sign == Sign::Minus {
            number.kind = match number.kind {
                ExpressionKind::Integer(value) => ExpressionKind::Integer(-value),
                ExpressionKind::Float(value) => ExpressionKind::Float(-value),
                other => other,
            };
        }
        Ok(number)
    }

    /// `.5`.
    fn fraction(&mut self) -> Attempt<Expression> {
        let dot = self.next_span();
        if self.is_glued(self.at + 1, Sign::Dot) {
            return self.fail(syntax::not_supported(
                dot,
                "`...`",
                "name each element, or join lists with `+`",
            ));
        }
        let digits = self.after_next();
        let number = dot.to(digits.span).text(self.source).parse();
        match (&digits.kind, number) {
            (TokenKind::Integer(_), Ok(number)) if self.touches(self.at + 1) => {
                self.bump();
                let mut number = self.leaf(ExpressionKind::Float(number))?;
                number.span = dot.to(number.span);
                Ok(number)
            }
            _ => self.fail_expecting_value(),
        }
    }

    /// `(a)`, `(a, b)`, `(x, y) -> ...`.
    fn parentheses(&mut self) -> Attempt<Expression> {
        if self.lookahead.is_lambda_parenthesis(self.at) {
            return self.lambda_with_parentheses();
        }
        let open = self.next_span();
        if self.after_next().kind == TokenKind::Keyword(Keyword::Select)
            && (self.is_operand(self.at + 2) || self.token_at(self.at + 2).kind == TokenKind::Sign(Sign::Star))
        {
            let span = self.after_next().span;
            return self.fail(syntax::not_supported(span, "SQL", "work with the event's own data"));
        }
        self.bump();
        let (mut values, trailing) = self.values_until(Sign::CloseParen, "`,` or `)`")?;
        let span = open.to(self.last_span());
        if values.is_empty() {
            let arrow = self.is(Sign::SingleEqual) && self.is_glued(self.at + 1, Sign::Greater);
            let arrow_span = self.next_span().to(self.after_next().span);
            return self.fail(if arrow {
                habit::fat_arrow(arrow_span)
            } else {
                syntax::empty_parentheses(span)
            });
        }
        if values.len() == 1
            && !trailing
            && let Some(mut value) = values.pop()
        {
            // With its parentheses, so that what stands around it is covered whole.
            value.span = span;
            return Ok(value);
        }
        let height = self.height;
        self.set_height(height + 1)?;
        Ok(Expression {
            kind: ExpressionKind::Tuple(values),
            span,
        })
    }

    fn array(&mut self) -> Attempt<Expression> {
        let open = self.next_span();
        self.bump();
        let (values, _) = self.values_until(Sign::CloseBracket, "`,` or `]`")?;
        let height = self.height;
        self.set_height(height + 1)?;
        Ok(Expression {
            kind: ExpressionKind::Array(values),
            span: open.to(self.last_span()),
        })
    }

    fn object(&mut self) -> Attempt<Expression> {
        let open = self.next_span();
        self.bump();
        if self.eat(Sign::CloseBrace) {
            self.set_height(1)?;
            return Ok(Expression {
                kind: ExpressionKind::Object(Vec::new()),
                span: open.to(self.last_span()),
            });
        }
        let key = self.expression()?;
        self.object_after_key(key, open)
    }

    /// The rest of an object whose first key has been read; the height register holds its height.
    pub(super) fn object_after_key(&mut self, first: Expression, open: Span) -> Attempt<Expression> {
        let mut height = self.height;
        let mut key = first;
        let mut entries = Vec::new();
        loop {
            if !self.eat(Sign::Colon) {
                if self.is(Sign::CloseBrace) || self.is(Sign::Comma) {
                    let name = match &key.kind {
                        ExpressionKind::Name(name) => name.as_str(),
                        _ => "",
                    };
                    let error = syntax::object_without_value(key.span, name);
                    return self.fail(error);
                }
                return self.fail_expecting("`:` and a value");
            }
            let value = self.expression()?;
            height = height.max(self.height);
            entries.push((key, value));
            let comma = self.eat(Sign::Comma);
            if self.eat(Sign::CloseBrace) {
                break;
            }
            if !comma {
                return self.fail_expecting("`,` or `}`");
            }
            key = self.expression()?;
            height = height.max(self.height);
        }
        self.set_height(height + 1)?;
        Ok(Expression {
            kind: ExpressionKind::Object(entries),
            span: open.to(self.last_span()),
        })
    }

    /// `x -> e`, `x, y -> e`.
    fn bare_lambda(&mut self) -> Attempt<Expression> {
        let start = self.next_span();
        let parameters = self.names_until(Sign::Arrow)?;
        self.lambda_body(parameters, start)
    }

    /// `(x, y) -> e`.
    fn lambda_with_parentheses(&mut self) -> Attempt<Expression> {
        let start = self.next_span();
        self.bump();
        let parameters = self.names_until(Sign::CloseParen)?;
        self.expect(Sign::Arrow, "`->`")?;
        self.lambda_body(parameters, start)
    }

    /// `lambda x, y: e`.
    fn python_lambda(&mut self) -> Attempt<Expression> {
        let start = self.next_span();
        self.bump();
        let parameters = self.names_until(Sign::Colon)?;
        self.lambda_body(parameters, start)
    }

    /// Names with commas between them, up to and over the closing sign.
    pub(super) fn names_until(&mut self, close: Sign) -> Attempt<Vec<Name>> {
        let mut names = Vec::new();
        while !self.eat(close) {
            let name = self.name("the name of a parameter")?;
            self.hints.declare(&name.text);
            names.push(name);
            if !self.eat(Sign::Comma) && !self.is(close) {
                let span = self.next_span();
                if self.is(Sign::Assign) || self.is(Sign::SingleEqual) {
                    return self.fail(syntax::default_argument(span));
                }
                if self.is(Sign::Colon) {
                    return self.fail(syntax::type_annotation(span));
                }
                return self.fail_expecting(&format!("`,` or `{}`", close.text()));
            }
        }
        Ok(names)
    }

    /// What a lambda does: the value to its right, or the statements in braces; `{}` and `{key: value}` are objects.
    fn lambda_body(&mut self, parameters: Vec<Name>, start: Span) -> Attempt<Expression> {
        let body = if self.is(Sign::OpenBrace) {
            match self.braces(true)? {
                Braces::Block { statements, .. } => LambdaBody::Block(statements),
                Braces::Object(object) => {
                    LambdaBody::Expression(Box::new(self.continue_expression(object, Power::Lowest)?))
                }
            }
        } else {
            LambdaBody::Expression(Box::new(self.expression()?))
        };
        let height = self.height;
        self.set_height(height + 1)?;
        let span = start.to(self.last_span());
        Ok(Expression {
            kind: ExpressionKind::Lambda { parameters, body },
            span,
        })
    }

    /// Whether the word `case` starts `case when ... end` rather than being a name.
    fn is_case(&self) -> bool {
        let at = self.at + 1;
        match &self.token_at(at).kind {
            TokenKind::Keyword(
                Keyword::In
                | Keyword::Is
                | Keyword::Like
                | Keyword::ILike
                | Keyword::And
                | Keyword::Or
                | Keyword::Between
                | Keyword::As,
            )
            | TokenKind::Sign(Sign::Plus) => false,
            TokenKind::Sign(Sign::Minus) => self.is_number(at + 1),
            _ => self.is_operand(at),
        }
    }

    fn case(&mut self) -> Attempt<Expression> {
        let start = self.next_span();
        self.bump();
        let mut height = 0;
        let mut operand = None;
        if !self.is_keyword(Keyword::When) {
            operand = Some(Box::new(self.expression()?));
            height = self.height;
        }
        let mut arms = Vec::new();
        while self.eat_keyword(Keyword::When) {
            let condition = self.expression()?;
            height = height.max(self.height);
            if !self.eat_keyword(Keyword::Then) {
                return self.fail_expecting("`then`");
            }
            let value = self.expression()?;
            height = height.max(self.height);
            arms.push((condition, value));
        }
        if arms.is_empty() {
            return self.fail_expecting("`when`");
        }
        let mut otherwise = None;
        if self.eat_keyword(Keyword::Else) {
            otherwise = Some(Box::new(self.expression()?));
            height = height.max(self.height);
        }
        if !self.eat_keyword(Keyword::End) {
            return self.fail_expecting("`when`, `else` or `end`");
        }
        self.set_height(height + 1)?;
        let span = start.to(self.last_span());
        Ok(Expression {
            kind: ExpressionKind::Case {
                operand,
                arms,
                otherwise,
            },
            span,
        })
    }

    /// Whether the word `interval` starts `interval 1 day` rather than being a name.
    fn is_interval(&self) -> bool {
        let after = self.after_next();
        match &after.kind {
            TokenKind::Integer(_) | TokenKind::Float(_) | TokenKind::String(_) => true,
            TokenKind::Name => !after.on_new_line,
            TokenKind::Sign(Sign::Minus) => {
                self.is_number(self.at + 2) && self.unit(self.token_at(self.at + 3).span).is_some()
            }
            _ => false,
        }
    }

    /// The function that makes an interval of the unit that stands here.
    fn unit(&self, span: Span) -> Option<&'static str> {
        let word = span.text(self.source);
        UNITS
            .iter()
            .find(|(unit, _)| unit.eq_ignore_ascii_case(word))
            .map(|(_, function)| *function)
    }

    /// `interval 1 day`, `interval '1 day'`: a call of `toIntervalDay`.
    fn interval(&mut self) -> Attempt<Expression> {
        let start = self.next_span();
        self.bump();
        if let TokenKind::String(text) = &self.next().kind
            && let Some((count, unit)) = text.trim().split_once(' ')
        {
            let unit = unit.trim();
            // Only in a text may the unit be a plural.
            let singular = unit.strip_suffix(['s', 'S']).unwrap_or(unit);
            let known = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(singular));
            let (Some((_, function)), Ok(count)) = (known, count.parse::<i64>()) else {
                let error = syntax::interval_unit(self.next_span(), &format!("`{unit}`"));
                return self.fail(error);
            };
            let count = self.leaf(ExpressionKind::Integer(BigInt::from(count)))?;
            return self.interval_call(function, count, start);
        }
        let count = self.expression()?;
        let Some(function) = self.unit(self.next_span()) else {
            let error = syntax::interval_unit(self.next_span(), &self.found());
            return self.fail(error);
        };
        self.bump();
        self.interval_call(function, count, start)
    }

    fn interval_call(&mut self, function: &str, count: Expression, start: Span) -> Attempt<Expression> {
        let height = self.height;
        self.set_height(height + 1)?;
        let callee = Expression {
            kind: ExpressionKind::Name(function.to_owned()),
            span: start,
        };
        let kind = ExpressionKind::Call {
            callee: Box::new(callee),
            arguments: vec![count],
        };
        Ok(Expression {
            kind,
            span: start.to(self.last_span()),
        })
    }

    /// `f'text {value} text'`; with a single part it is that part.
    fn template(&mut self) -> Attempt<Expression> {
        let start = self.next_span();
        self.bump();
        let mut parts = Vec::new();
        let mut height = 0;
        loop {
            let span = self.next_span();
            match &self.next().kind {
                TokenKind::TemplateText(text) => {
                    let text = ExpressionKind::String(text.clone());
                    parts.push(self.leaf(text)?);
                }
                TokenKind::TemplateOpen => {
                    self.bump();
                    if self.next().kind == TokenKind::TemplateClose {
                        let span = span.to(self.next_span());
                        return self.fail(syntax::empty_template_part(span));
                    }
                    parts.push(self.expression()?);
                    if self.next().kind != TokenKind::TemplateClose {
                        return self.fail_expecting("`}` and the rest of the template string");
                    }
                    self.bump();
                }
                TokenKind::TemplateEnd => {
                    self.bump();
                    break;
                }
                _ => return self.fail_expecting("the end of the template string"),
            }
            height = height.max(self.height);
        }
        let span = start.to(self.last_span());
        if parts.len() < 2 {
            let mut part = parts.pop().unwrap_or(Expression {
                kind: ExpressionKind::String(String::new()),
                span,
            });
            part.span = span;
            self.height = height.max(1);
            return Ok(part);
        }
        self.set_height(height + 1)?;
        Ok(Expression {
            kind: ExpressionKind::Template(parts),
            span,
        })
    }

    /// Whether an operator goes on with the expression that was just read.
    pub(super) fn is_continued(&self) -> bool {
        matches!(self.infix(), Some((infix, _)) if infix != Infix::Call && infix != Infix::Bracket)
    }
}
