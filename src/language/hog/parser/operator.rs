//! The operators between values and how tightly they bind.

use super::Parser;
use crate::language::hog::ast::BinaryOperator;
use crate::language::hog::token::{Keyword, Sign, TokenKind};

/// How tightly operators bind, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Power {
    /// Everything.
    Lowest,
    Conditional,
    Or,
    AboveOr,
    And,
    AboveAnd,
    Not,
    Between,
    AboveBetween,
    Coalesce,
    AboveCoalesce,
    IsNull,
    Compare,
    AboveCompare,
    Add,
    AboveAdd,
    Multiply,
    AboveMultiply,
    Negate,
    /// Calls, indexes, properties, casts.
    Postfix,
}

/// What an operator does with the value to its left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Infix {
    Binary(BinaryOperator),
    Concat,
    IsNull,
    Between { negated: bool },
    Conditional,
    Alias,
    Call,
    Bracket,
    Property { nullish: bool },
    Cast,
}

impl Infix {
    /// How tightly it binds the value to its left.
    pub fn power(self) -> Power {
        use BinaryOperator as B;
        match self {
            Self::Alias => Power::Lowest,
            Self::Conditional => Power::Conditional,
            Self::Between { .. } => Power::Between,
            Self::IsNull => Power::IsNull,
            Self::Concat => Power::Add,
            Self::Call | Self::Bracket | Self::Property { .. } | Self::Cast => Power::Postfix,
            Self::Binary(operator) => match operator {
                B::Or => Power::Or,
                B::And => Power::And,
                B::Coalesce => Power::Coalesce,
                B::Add | B::Subtract => Power::Add,
                B::Multiply | B::Divide | B::Remainder => Power::Multiply,
                _ => Power::Compare,
            },
        }
    }

    /// How tightly an operator in the value to its right must bind to belong to that value: for a left-associative
    /// operator, tighter than itself.
    pub fn right_power(self) -> Power {
        match self.power() {
            Power::Or => Power::AboveOr,
            Power::And => Power::AboveAnd,
            Power::Between => Power::AboveBetween,
            Power::Coalesce => Power::AboveCoalesce,
            Power::Compare => Power::AboveCompare,
            Power::Add => Power::AboveAdd,
            Power::Multiply => Power::AboveMultiply,
            power => power,
        }
    }

    /// Whether it compares, so that its value is true or false.
    pub fn is_comparison(self) -> bool {
        self.power() == Power::Compare
    }
}

impl Parser<'_> {
    /// The operator that comes next and how many tokens it is made of. A word is an operator only if it can be one here:
    /// `a not` may also be two statements.
    pub(super) fn infix(&self) -> Option<(Infix, usize)> {
        use BinaryOperator as B;
        let binary = |operator| Some((Infix::Binary(operator), 1));
        let keyword = match &self.next().kind {
            TokenKind::Sign(sign) => return infix_sign(*sign).map(|infix| (infix, 1)),
            TokenKind::Keyword(keyword) => *keyword,
            _ => return None,
        };
        // `and := 1`: a name after all.
        if self.after_next().kind == TokenKind::Sign(Sign::Assign) {
            return None;
        }
        match keyword {
            Keyword::And => binary(B::And),
            Keyword::Or => binary(B::Or),
            Keyword::In => binary(B::In),
            Keyword::Like => binary(B::Like),
            Keyword::ILike => binary(B::LikeInsensitive),
            Keyword::Is => Some((Infix::IsNull, 1)),
            Keyword::Between => Some((Infix::Between { negated: false }, 1)),
            Keyword::As if !self.next().on_new_line && self.after_next().kind.is_name() => Some((Infix::Alias, 1)),
            Keyword::Not => match self.after_next().kind {
                TokenKind::Keyword(Keyword::In) => Some((Infix::Binary(B::NotIn), 2)),
                TokenKind::Keyword(Keyword::Like) => Some((Infix::Binary(B::NotLike), 2)),
                TokenKind::Keyword(Keyword::ILike) => Some((Infix::Binary(B::NotLikeInsensitive), 2)),
                TokenKind::Keyword(Keyword::Between) => Some((Infix::Between { negated: true }, 2)),
                _ => None,
            },
            _ => None,
        }
    }
}

fn infix_sign(sign: Sign) -> Option<Infix> {
    use BinaryOperator as B;
    let binary = match sign {
        Sign::Plus => B::Add,
        Sign::Minus => B::Subtract,
        Sign::Star => B::Multiply,
        Sign::Slash => B::Divide,
        Sign::Percent => B::Remainder,
        Sign::SingleEqual | Sign::Equal => B::Equal,
        Sign::NotEqual | Sign::NotEqualSql => B::NotEqual,
        Sign::Less => B::Less,
        Sign::LessOrEqual => B::LessOrEqual,
        Sign::Greater => B::Greater,
        Sign::GreaterOrEqual => B::GreaterOrEqual,
        Sign::Match | Sign::Tilde => B::Match,
        Sign::NotMatch => B::NotMatch,
        Sign::MatchInsensitive | Sign::TildeInsensitive => B::MatchInsensitive,
        Sign::NotMatchInsensitive => B::NotMatchInsensitive,
        Sign::Coalesce => B::Coalesce,
        Sign::Concat => return Some(Infix::Concat),
        Sign::Question => return Some(Infix::Conditional),
        Sign::OpenParen => return Some(Infix::Call),
        Sign::OpenBracket => return Some(Infix::Bracket),
        Sign::Dot => return Some(Infix::Property { nullish: false }),
        Sign::NullishProperty => return Some(Infix::Property { nullish: true }),
        Sign::Cast => return Some(Infix::Cast),
        _ => return None,
    };
    Some(Infix::Binary(binary))
}
