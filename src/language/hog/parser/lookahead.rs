//! Which tokens start the head of a lambda: answered for all tokens in one pass from the end, so that the parser need not
//! look ahead again and again.

use crate::language::hog::token::{Sign, Token, TokenKind};

/// The lambda heads of a source.
pub(super) struct Lookahead {
    heads: Vec<Head>,
}

#[derive(Clone, Copy, Default)]
struct Head {
    /// Names and commas that an arrow follows start here: `x, y ->`.
    bare: bool,
    /// Names and commas that `) ->` follows start here, or `) ->` itself.
    in_parentheses: bool,
    /// Names and commas that a colon follows start here: `x, y:`.
    before_colon: bool,
}

impl Lookahead {
    /// Reads the tokens once.
    pub fn of(tokens: &[Token]) -> Self {
        let mut heads = vec![Head::default(); tokens.len()];
        let is = |at: usize, sign: Sign| tokens.get(at).is_some_and(|token| token.kind == TokenKind::Sign(sign));
        let closes_head = |at: usize| is(at, Sign::CloseParen) && is(at + 1, Sign::Arrow);
        for at in (0..tokens.len()).rev() {
            let is_name = tokens.get(at).is_some_and(|token| token.kind.is_name());
            let rest = if is(at + 1, Sign::Comma) {
                heads.get(at + 2).copied().unwrap_or_default()
            } else {
                Head::default()
            };
            // A comma may trail.
            let end = at + 1 + usize::from(is(at + 1, Sign::Comma));
            let head = Head {
                bare: is_name && (is(end, Sign::Arrow) || rest.bare),
                in_parentheses: closes_head(at) || is_name && (closes_head(end) || rest.in_parentheses),
                before_colon: is_name && (is(at + 1, Sign::Colon) || rest.before_colon),
            };
            if let Some(slot) = heads.get_mut(at) {
                *slot = head;
            }
        }
        Self { heads }
    }

    fn head(&self, at: usize) -> Head {
        self.heads.get(at).copied().unwrap_or_default()
    }

    /// Whether `x, y ->` starts at this token.
    pub fn is_bare_lambda(&self, at: usize) -> bool {
        self.head(at).bare
    }

    /// Whether the `(` at this index starts `(x, y) ->`.
    pub fn is_lambda_parenthesis(&self, at: usize) -> bool {
        self.head(at + 1).in_parentheses
    }

    /// Whether `x, y:` starts at this token.
    pub fn is_names_before_colon(&self, at: usize) -> bool {
        self.head(at).before_colon
    }
}
