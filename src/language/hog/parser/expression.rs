//! Expressions by operator precedence.

use num_bigint::BigInt;

use super::hint::looks_boolean;
use super::operator::{Infix, Power};
use super::{Attempt, Parser};
use crate::diagnostic::Span;
use crate::diagnostic::hog::{habit, scope, syntax};
use crate::language::hog::ast::{BinaryOperator, Expression, ExpressionKind, Name};
use crate::language::hog::token::{Keyword, Sign, TokenKind};

/// Chains of `and`, `or` longer than this become balanced trees: a metric may well look for hundreds of words, and the
/// operators give the same whichever way they are grouped.
const LONGEST_LEANING_CHAIN: usize = 16;

impl Parser<'_> {
    /// A whole expression.
    pub(super) fn expression(&mut self) -> Attempt<Expression> {
        self.expression_above(Power::Lowest)
    }

    /// An expression whose operators bind at least this tightly.
    pub(super) fn expression_above(&mut self, least: Power) -> Attempt<Expression> {
        self.enter()?;
        let result = self.prefix().and_then(|left| self.continue_expression(left, least));
        self.leave();
        result
    }

    /// What follows an expression: operators and their right sides. The height register holds the height of `left`.
    pub(super) fn continue_expression(&mut self, mut left: Expression, least: Power) -> Attempt<Expression> {
        while let Some((infix, length)) = self.infix() {
            if infix.power() < least {
                break;
            }
            left = self.infix_on(left, infix, length)?;
        }
        Ok(left)
    }

    fn infix_on(&mut self, left: Expression, infix: Infix, length: usize) -> Attempt<Expression> {
        match infix {
            Infix::Binary(operator @ (BinaryOperator::And | BinaryOperator::Or)) => self.logical(left, operator),
            Infix::Binary(operator) => self.binary(left, operator, length),
            Infix::Concat => self.concat(left),
            Infix::IsNull => self.is_null(left),
            Infix::Between { negated } => self.between(left, negated, length),
            Infix::Conditional => self.conditional(left),
            Infix::Call => self.call(left),
            Infix::Bracket => self.bracket(left, false),
            Infix::Property { nullish } => self.property(left, nullish),
            Infix::Cast => self.cast(left),
            Infix::Alias => {
                let span = self.next_span();
                self.fail(syntax::not_supported(
                    span,
                    "`value as name`",
                    "give the value a name with `let name := value`",
                ))
            }
        }
    }

    /// Builds a node above parts whose greatest height is given.
    fn node(&mut self, kind: ExpressionKind, span: Span, parts_height: u32) -> Attempt<Expression> {
        self.set_height(parts_height + 1)?;
        Ok(Expression { kind, span })
    }

    fn binary(&mut self, left: Expression, operator: BinaryOperator, length: usize) -> Attempt<Expression> {
        let left_height = self.height;
        let infix = Infix::Binary(operator);
        let sign = self.at;
        self.habits_of_operators(&left)?;
        if infix.is_comparison() {
            self.comparison_habits(&left);
        }
        for _ in 0..length {
            self.bump();
        }
        if matches!(operator, BinaryOperator::In | BinaryOperator::NotIn)
            && self.is_keyword(Keyword::Cohort)
            && (self.after_next().kind.is_name() || matches!(self.after_next().kind, TokenKind::Integer(_)))
        {
            let span = self.next_span();
            return self.fail(syntax::not_supported(
                span,
                "`in cohort`",
                "cohorts are not known here; compare properties",
            ));
        }
        let right = self.expression_above(infix.right_power())?;
        if operator == BinaryOperator::Subtract {
            self.hyphen_habit(&left, &right, sign);
        }
        let span = left.span.to(right.span);
        let height = left_height.max(self.height);
        let kind = ExpressionKind::Binary {
            operator,
            left: Box::new(left),
            right: Box::new(right),
        };
        self.node(kind, span, height)
    }

    /// `a and b and c`.
    fn logical(&mut self, left: Expression, operator: BinaryOperator) -> Attempt<Expression> {
        let infix = Infix::Binary(operator);
        let (operands, height) = self.chain(left, infix)?;
        let join = |left: Expression, right: Expression| Expression {
            span: left.span.to(right.span),
            kind: ExpressionKind::Binary {
                operator,
                left: Box::new(left),
                right: Box::new(right),
            },
        };
        let count = operands.len();
        let (tree, levels) = if count <= LONGEST_LEANING_CHAIN {
            (operands.into_iter().reduce(join), count)
        } else {
            (
                balanced(operands, &join),
                usize::BITS as usize - count.leading_zeros() as usize + 1,
            )
        };
        match tree {
            Some(tree) => {
                self.set_height(height + u32::try_from(levels).unwrap_or(u32::MAX))?;
                Ok(tree)
            }
            None => self.fail_expecting("a value"),
        }
    }

    /// `a || b || c`, which is one call of concat: all parts, left to right, nulls left out.
    fn concat(&mut self, left: Expression) -> Attempt<Expression> {
        let sign = self.next_span();
        self.habits_of_operators(&left)?;
        let (parts, height) = self.chain(left, Infix::Concat)?;
        if parts.iter().all(looks_boolean) {
            self.hints.add(habit::concat_as_or(sign));
        }
        let span = parts.iter().map(|part| part.span).reduce(Span::to).unwrap_or(sign);
        self.node(ExpressionKind::Template(parts), span, height)
    }

    /// The operands of a chain of the same operator, and the greatest height among them.
    fn chain(&mut self, left: Expression, infix: Infix) -> Attempt<(Vec<Expression>, u32)> {
        let mut height = self.height;
        let mut operands = vec![left];
        while self.infix().is_some_and(|(next, _)| next == infix) {
            if let Some(last) = operands.last() {
                self.habits_of_operators(last)?;
            }
            self.bump();
            operands.push(self.expression_above(infix.right_power())?);
            height = height.max(self.height);
        }
        Ok((operands, height))
    }

    fn is_null(&mut self, left: Expression) -> Attempt<Expression> {
        let height = self.height;
        let word = self.next_span();
        self.bump();
        let negated = self.eat_keyword(Keyword::Not);
        if !self.eat_keyword(Keyword::Null) {
            return self.fail(habit::is_without_null(word));
        }
        let span = left.span.to(self.last_span());
        self.node(
            ExpressionKind::IsNull {
                operand: Box::new(left),
                negated,
            },
            span,
            height,
        )
    }

    fn between(&mut self, left: Expression, negated: bool, length: usize) -> Attempt<Expression> {
        let mut height = self.height;
        for _ in 0..length {
            self.bump();
        }
        let low = self.expression_above(Power::AboveBetween)?;
        height = height.max(self.height);
        if !self.eat_keyword(Keyword::And) {
            return self.fail_expecting("`and` and the upper bound");
        }
        let high = self.expression_above(Power::AboveBetween)?;
        height = height.max(self.height);
        let span = left.span.to(high.span);
        let kind = ExpressionKind::Between {
            operand: Box::new(left),
            low: Box::new(low),
            high: Box::new(high),
            negated,
        };
        self.node(kind, span, height)
    }

    fn conditional(&mut self, condition: Expression) -> Attempt<Expression> {
        let mut height = self.height;
        self.bump();
        let then = self.expression()?;
        height = height.max(self.height);
        self.expect(Sign::Colon, "`:` and the other value")?;
        let otherwise = self.expression_above(Power::Conditional)?;
        height = height.max(self.height);
        let span = condition.span.to(otherwise.span);
        let kind = ExpressionKind::Conditional {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        self.node(kind, span, height)
    }

    fn call(&mut self, callee: Expression) -> Attempt<Expression> {
        let height = self.height;
        if matches!(&callee.kind, ExpressionKind::Name(name) if name == "sql")
            && self.after_next().kind == TokenKind::Keyword(Keyword::Select)
        {
            return self.fail(syntax::not_supported(
                callee.span,
                "SQL",
                "work with the event's own data",
            ));
        }
        self.bump();
        let (arguments, _) = self.values_until(Sign::CloseParen, "`,` or `)`")?;
        let span = callee.span.to(self.last_span());
        let height = height.max(self.height);
        self.node(
            ExpressionKind::Call {
                callee: Box::new(callee),
                arguments,
            },
            span,
            height,
        )
    }

    /// Values with commas between them, up to and over the closing sign, and whether a comma trails. The height register
    /// holds the greatest of their heights.
    pub(super) fn values_until(&mut self, close: Sign, what: &str) -> Attempt<(Vec<Expression>, bool)> {
        let mut values = Vec::new();
        let mut height = 0;
        let mut trailing = false;
        while !self.eat(close) {
            let start = self.at;
            let bare = self.lookahead.is_bare_lambda(start);
            let value = self.expression()?;
            height = height.max(self.height);
            if bare {
                self.bare_parameters_habit(&value, start);
            }
            if self.is(Sign::Assign) {
                let span = self.next_span();
                return self.fail(syntax::named_argument(span));
            }
            values.push(value);
            trailing = self.eat(Sign::Comma);
            if !trailing && !self.is(close) {
                return self.fail_expecting(what);
            }
        }
        self.height = height;
        Ok((values, trailing))
    }

    /// `[index]`, `[start:end]`.
    fn bracket(&mut self, object: Expression, nullish: bool) -> Attempt<Expression> {
        let mut height = self.height;
        self.bump();
        let start = if self.is(Sign::Colon) {
            None
        } else {
            Some(self.expression()?)
        };
        height = height.max(self.height);
        if !self.eat(Sign::Colon) {
            self.expect(Sign::CloseBracket, "`]`")?;
            return match start {
                Some(index) => self.index(object, index, nullish, height),
                None => self.fail_expecting("an index"),
            };
        }
        let end = if self.is(Sign::CloseBracket) {
            None
        } else {
            Some(self.expression()?)
        };
        height = height.max(self.height);
        self.expect(Sign::CloseBracket, "`]`")?;
        let span = object.span.to(self.last_span());
        let kind = ExpressionKind::Slice {
            object: Box::new(object),
            start: start.map(Box::new),
            end: end.map(Box::new),
        };
        self.node(kind, span, height)
    }

    fn index(&mut self, object: Expression, index: Expression, nullish: bool, height: u32) -> Attempt<Expression> {
        if matches!(&index.kind, ExpressionKind::Integer(number) if *number == BigInt::ZERO) {
            // Nothing is lost: the tree is sound, the program is not.
            self.report(syntax::index_zero(index.span));
        }
        let span = object.span.to(self.last_span());
        let kind = ExpressionKind::Index {
            object: Box::new(object),
            index: Box::new(index),
            nullish,
        };
        self.node(kind, span, height)
    }

    /// `.name`, `.1`, `?.name`, `?.1`, `?.[index]`.
    fn property(&mut self, object: Expression, nullish: bool) -> Attempt<Expression> {
        let height = self.height;
        self.bump();
        if nullish && self.is(Sign::OpenBracket) {
            return self.bracket(object, true);
        }
        let token = self.next();
        let span = token.span;
        if let TokenKind::Integer(number) = &token.kind {
            let index = Expression {
                kind: ExpressionKind::Integer(number.clone()),
                span,
            };
            self.bump();
            return self.index(object, index, nullish, height.max(1));
        }
        let name = self.name("the name of a property")?;
        let span = object.span.to(name.span);
        self.node(
            ExpressionKind::Property {
                object: Box::new(object),
                name,
                nullish,
            },
            span,
            height,
        )
    }

    fn cast(&mut self, operand: Expression) -> Attempt<Expression> {
        let height = self.height;
        self.bump();
        let type_name = self.name("the name of a type")?;
        let span = operand.span.to(type_name.span);
        self.node(
            ExpressionKind::Cast {
                operand: Box::new(operand),
                type_name,
            },
            span,
            height,
        )
    }

    /// Operators of other languages that begin like one of Hog's: `+=`, `++`, `===`, `=>`, `**`. The next token is the
    /// operator.
    fn habits_of_operators(&mut self, left: &Expression) -> Attempt<()> {
        let TokenKind::Sign(sign) = self.next().kind else {
            return Ok(());
        };
        let at = self.at;
        let span = self.next_span().to(self.after_next().span);
        let target = |parser: &Self| parser.text(left.span);
        match sign {
            Sign::Plus | Sign::Minus | Sign::Star | Sign::Slash | Sign::Percent | Sign::Concat | Sign::Coalesce
                if self.is_glued(at + 1, Sign::SingleEqual) =>
            {
                let target = target(self);
                self.fail(habit::compound_assignment(span, sign.text(), &target))
            }
            Sign::Plus if self.is_glued(at + 1, Sign::Plus) && !self.is_number(at + 2) => {
                let target = target(self);
                self.fail(habit::increment(span, &target))
            }
            Sign::Star if self.is_glued(at + 1, Sign::Star) => self.fail(habit::missing_operator(
                span,
                "**",
                "there is no power operator: multiply, as in `x * x`",
            )),
            Sign::Equal | Sign::NotEqual if self.is_glued(at + 1, Sign::SingleEqual) => {
                let operator = self.text(span);
                self.fail(habit::triple_equals(span, &operator))
            }
            Sign::SingleEqual if self.is_glued(at + 1, Sign::Greater) => self.fail(habit::fat_arrow(span)),
            _ => Ok(()),
        }
    }

    pub(super) fn is_number(&self, at: usize) -> bool {
        matches!(self.token_at(at).kind, TokenKind::Integer(_) | TokenKind::Float(_))
    }

    /// `x > 3 || y > 5` is `(x > (3 || y)) > 5`. The next token is the second comparison.
    fn comparison_habits(&mut self, left: &Expression) {
        let ExpressionKind::Binary { operator, right, .. } = &left.kind else {
            return;
        };
        let ExpressionKind::Template(parts) = &right.kind else {
            return;
        };
        // In parentheses it is meant.
        let is_bare = parts.first().is_some_and(|part| part.span.start == right.span.start);
        if let (true, true, Some(sign)) = (
            Infix::Binary(*operator).is_comparison(),
            is_bare,
            self.concat_sign(parts),
        ) {
            self.hints.add(habit::concat_as_or(sign));
        }
    }

    /// The first `||` of a chain; none if the parts are those of a template string.
    pub(super) fn concat_sign(&self, parts: &[Expression]) -> Option<Span> {
        let [first, second, ..] = parts else {
            return None;
        };
        let between = Span::new(first.span.end, second.span.start).text(self.source);
        let start = first.span.end + u32::try_from(between.find("||")?).ok()?;
        Some(Span::new(start, start + 2))
    }

    /// `properties.$ai-model`.
    fn hyphen_habit(&mut self, left: &Expression, right: &Expression, sign: usize) {
        let ExpressionKind::Property { object, name, .. } = &left.kind else {
            return;
        };
        let glued = self.touches(sign) && self.touches(sign + 1);
        let root = self.text(object.span);
        let of_event = name.text.starts_with('$') || root == "properties" || root.ends_with(".properties");
        if !glued || !of_event {
            return;
        }
        // `a.$b-c.d - 1`: the name goes on as far as names and hyphens do.
        let Some(first) = leftmost_name(right) else {
            return;
        };
        let property = format!("{}-{}", name.text, first.text);
        let span = name.span.to(first.span);
        self.hints
            .add_unless_declared(&first.text, scope::hyphenated_property(span, &root, &property));
    }

    /// `f(list, x -> x)`: `list` is a parameter. The value is the lambda that starts at this token.
    fn bare_parameters_habit(&mut self, value: &Expression, start: usize) {
        let ExpressionKind::Lambda { parameters, .. } = &value.kind else {
            return;
        };
        if parameters.len() < 2 {
            return;
        }
        let names: Vec<&str> = parameters.iter().map(|name| name.text.as_str()).collect();
        let end = parameters.last().map_or(value.span, |name| name.span);
        let span = self.token_at(start).span.to(end);
        self.hints.add(habit::bare_parameters(span, &names.join(", ")));
    }
}

/// The name that a value starts with.
fn leftmost_name(expression: &Expression) -> Option<Name> {
    match &expression.kind {
        ExpressionKind::Name(text) => Some(Name {
            text: text.clone(),
            span: expression.span,
        }),
        ExpressionKind::Property { object, .. } | ExpressionKind::Index { object, .. } => leftmost_name(object),
        _ => None,
    }
}

/// A tree of least height over the operands, in their order.
fn balanced<F: Fn(Expression, Expression) -> Expression>(operands: Vec<Expression>, join: &F) -> Option<Expression> {
    let mut level = operands;
    while level.len() > 1 {
        let mut joined = Vec::with_capacity(level.len().div_ceil(2));
        let mut rest = level.into_iter();
        while let Some(left) = rest.next() {
            joined.push(match rest.next() {
                Some(right) => join(left, right),
                None => left,
            });
        }
        level = joined;
    }
    level.pop()
}
