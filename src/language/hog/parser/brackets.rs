//! Which bracket closes which, before parsing: a missing one is reported where it was opened, not where the parser
//! finally stumbles.

use crate::diagnostic::hog::syntax;
use crate::diagnostic::{Diagnostic, Span};
use crate::language::hog::token::{Sign, Token, TokenKind};

/// What is known about the brackets of a source.
pub(super) struct Brackets {
    /// How many brackets are open around each token; a bracket stands outside of itself.
    pub depths: Vec<u32>,
    /// Brackets that are never closed or close nothing: the first of each, as the others mostly follow from it.
    pub errors: Vec<Diagnostic>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paren,
    Bracket,
    Brace,
    Template,
}

enum Side {
    Open(Kind),
    Close(Kind),
    Neither,
}

fn side(kind: &TokenKind) -> Side {
    match kind {
        TokenKind::Sign(Sign::OpenParen) => Side::Open(Kind::Paren),
        TokenKind::Sign(Sign::OpenBracket) => Side::Open(Kind::Bracket),
        TokenKind::Sign(Sign::OpenBrace) => Side::Open(Kind::Brace),
        TokenKind::TemplateOpen => Side::Open(Kind::Template),
        TokenKind::Sign(Sign::CloseParen) => Side::Close(Kind::Paren),
        TokenKind::Sign(Sign::CloseBracket) => Side::Close(Kind::Bracket),
        TokenKind::Sign(Sign::CloseBrace) => Side::Close(Kind::Brace),
        TokenKind::TemplateClose => Side::Close(Kind::Template),
        _ => Side::Neither,
    }
}

impl Kind {
    fn opener(self) -> &'static str {
        match self {
            Self::Paren => "(",
            Self::Bracket => "[",
            Self::Brace | Self::Template => "{",
        }
    }

    fn closer(self) -> &'static str {
        match self {
            Self::Paren => ")",
            Self::Bracket => "]",
            Self::Brace | Self::Template => "}",
        }
    }
}

impl Brackets {
    /// Pairs the brackets of the tokens; `complain` says whether mistakes are to be reported. Linear: a closing bracket
    /// looks back only over what it closes for good.
    pub fn of(tokens: &[Token], complain: bool) -> Self {
        let mut open: Vec<(Kind, Span)> = Vec::new();
        let mut depths = Vec::with_capacity(tokens.len());
        let mut unclosed: Option<Diagnostic> = None;
        let mut unmatched: Option<Diagnostic> = None;
        let mut counts = [0_usize; 4];
        let count_of = |kind: Kind| kind as usize;
        for token in tokens {
            if let Side::Close(kind) = side(&token.kind) {
                if counts.get(count_of(kind)).is_some_and(|count| *count > 0) {
                    while let Some((top, opener)) = open.pop() {
                        if let Some(count) = counts.get_mut(count_of(top)) {
                            *count -= 1;
                        }
                        if top == kind {
                            break;
                        }
                        unclosed.get_or_insert_with(|| syntax::unclosed_bracket(opener, top.opener(), token.span));
                    }
                } else {
                    unmatched.get_or_insert_with(|| syntax::unmatched_bracket(token.span, kind.closer()));
                }
            }
            depths.push(u32::try_from(open.len()).unwrap_or(u32::MAX));
            if let Side::Open(kind) = side(&token.kind) {
                open.push((kind, token.span));
                if let Some(count) = counts.get_mut(count_of(kind)) {
                    *count += 1;
                }
            }
        }
        if let (Some((kind, opener)), Some(end)) = (open.last(), tokens.last()) {
            unclosed.get_or_insert_with(|| syntax::unclosed_bracket(*opener, kind.opener(), end.span));
        }
        let errors = if complain {
            unclosed.into_iter().chain(unmatched).collect()
        } else {
            Vec::new()
        };
        Self { depths, errors }
    }
}
