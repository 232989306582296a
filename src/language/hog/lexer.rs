//! From source text to tokens.
//!
//! One pass, linear in the source. It never stops at an error: it reports it, leaves a token that the parser knows to be
//! quiet about, and goes on.

mod number;
mod text;

use super::token::{Keyword, Sign, Token, TokenKind};
use crate::diagnostic::hog::{habit, syntax};
use crate::diagnostic::{Diagnostic, Span};

/// What the lexer makes of a source.
pub(super) struct Lexed {
    /// The tokens; the last one is always [`TokenKind::End`].
    pub tokens: Vec<Token>,
    /// Errors and warnings, in order of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether a text, name, template or comment runs to the end of the source, so that nothing can be said about the
    /// brackets in it.
    pub runs_off_the_end: bool,
}

/// Cuts a source into tokens.
pub(super) fn lex(source: &str) -> Lexed {
    let mut lexer = Lexer {
        source,
        at: 0,
        on_new_line: false,
        open: Vec::new(),
        lexed: Lexed {
            tokens: Vec::new(),
            diagnostics: Vec::new(),
            runs_off_the_end: false,
        },
    };
    lexer.run();
    lexer.lexed
}

/// What a `}` closes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Brace,
    /// A part of the template whose start is given.
    TemplatePart(Span),
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    on_new_line: bool,
    open: Vec<Open>,
    lexed: Lexed,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        while let Some(character) = self.peek() {
            match character {
                _ if is_whitespace(character) => self.bump(),
                '#' => self.line_comment(),
                'f' if self.rest().starts_with("f'") => self.template(),
                'F' if self.rest().starts_with("F'") => self.capital_template(),
                'a'..='z' | 'A'..='Z' | '_' | '$' => self.word(),
                '0'..='9' => self.number(),
                '.' if self.starts_exponent_fraction() => self.number(),
                '\'' => self.string(),
                '"' | '`' => self.quoted_name(character),
                _ => self.sign(character),
            }
        }
        // An open part means that the template's own end was never seen.
        if let Some(start) = self.open.iter().rev().find_map(|open| match open {
            Open::TemplatePart(start) => Some(*start),
            Open::Brace => None,
        }) {
            self.runs_off(syntax::unterminated_template(start));
        }
        let end = self.at;
        self.push(TokenKind::End, end);
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over one character.
    fn bump(&mut self) {
        if let Some(character) = self.peek() {
            self.on_new_line |= character == '\n';
            self.at += character.len_utf8();
        }
    }

    /// Steps over the characters that satisfy the condition.
    fn bump_while(&mut self, condition: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&condition) {
            self.bump();
        }
    }

    fn span_from(&self, start: usize) -> Span {
        span(start, self.at)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let token = Token {
            kind,
            span: self.span_from(start),
            on_new_line: self.on_new_line,
        };
        self.on_new_line = false;
        self.lexed.tokens.push(token);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.lexed.diagnostics.push(diagnostic);
    }

    /// Reports that something runs to the end of the source; only the first such report says anything.
    fn runs_off(&mut self, diagnostic: Diagnostic) {
        if !self.lexed.runs_off_the_end {
            self.lexed.runs_off_the_end = true;
            self.report(diagnostic);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        self.bump_while(is_word_character);
        let word = self.source.get(start..self.at).unwrap_or_default();
        self.push(Keyword::find(word).map_or(TokenKind::Name, TokenKind::Keyword), start);
    }

    fn sign(&mut self, character: char) {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with("//") {
            return self.line_comment();
        }
        if rest.starts_with("--") {
            return self.double_minus();
        }
        if rest.starts_with("/*") {
            return self.block_comment();
        }
        if character == '}' {
            return self.closing_brace();
        }
        if let Some(sign) = Sign::at_start_of(rest) {
            if sign == Sign::OpenBrace {
                self.open.push(Open::Brace);
            }
            self.at += sign.text().len();
            return self.push(TokenKind::Sign(sign), start);
        }
        self.unknown(character);
    }

    /// A character that starts no token. Where it is clear what is meant, the token that is meant stands in for it, so
    /// that one slip is one error.
    fn unknown(&mut self, character: char) {
        let start = self.at;
        match character {
            '&' => {
                self.bump();
                if self.peek() == Some('&') {
                    self.bump();
                }
                self.report(habit::ampersands(self.span_from(start)));
                self.push(TokenKind::Keyword(Keyword::And), start);
            }
            '!' => {
                self.bump();
                self.report(habit::exclamation_mark(self.span_from(start)));
                self.push(TokenKind::Keyword(Keyword::Not), start);
            }
            _ if character.is_alphabetic() => {
                // A whole word in another script is one mistake, not one per letter.
                self.bump_while(|c| c.is_alphanumeric() || is_word_character(c));
                self.report(syntax::unknown_character(self.span_from(start), character));
                self.push(TokenKind::Invalid, start);
            }
            _ => {
                self.bump_while(|c| c == character);
                self.report(syntax::unknown_character(self.span_from(start), character));
                self.push(TokenKind::Invalid, start);
            }
        }
    }

    fn closing_brace(&mut self) {
        let start = self.at;
        self.bump();
        match self.open.pop() {
            Some(Open::TemplatePart(template)) => {
                self.push(TokenKind::TemplateClose, start);
                self.template_text(template);
            }
            Some(Open::Brace) | None => self.push(TokenKind::Sign(Sign::CloseBrace), start),
        }
    }

    fn line_comment(&mut self) {
        self.bump_while(|c| c != '\n' && c != '\r');
    }

    /// `--` starts a comment, also where another language's author counts down.
    fn double_minus(&mut self) {
        let start = self.at;
        let follows_value = self.lexed.tokens.last().is_some_and(|token| {
            token.span.end as usize == start
                && (token.kind.is_name()
                    || matches!(
                        token.kind,
                        TokenKind::Integer(_)
                            | TokenKind::Float(_)
                            | TokenKind::Sign(Sign::CloseParen | Sign::CloseBracket)
                    ))
        });
        if follows_value {
            self.report(habit::decrement(span(start, start + 2)));
        }
        self.line_comment();
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let length = self.rest().get(2..).and_then(|body| body.find("*/"));
        let end = length.map_or(self.source.len(), |length| start + 2 + length + 2);
        self.on_new_line |= self
            .source
            .get(start..end)
            .is_some_and(|comment| comment.contains('\n'));
        self.at = end;
        if length.is_none() {
            self.runs_off(syntax::unterminated_comment(span(start, start + 2)));
        }
    }
}

/// A span from byte offsets. Sources are limited to far less than 4 GiB.
fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$')
}

/// Unicode's white space and the byte order mark.
fn is_whitespace(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

#[cfg(test)]
mod tests;
