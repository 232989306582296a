//! From source text to the syntax tree.
//!
//! Statements by recursive descent, expressions by operator precedence ([`expression`]). Nothing is ever parsed twice:
//! what needs looking ahead (is this list of names the head of a lambda?) is answered by tables that one pass over the
//! tokens fills ([`lookahead`]), so that parsing takes time in proportion to the source, whatever the source is.
//!
//! After an error the parser goes on at the next statement, so that independent mistakes are reported together. Depth is
//! bounded twice: how deep the parser recurses, and how deep the tree is that it builds (a long `a + a + a` recurses
//! nowhere and is a deep tree all the same). Whoever walks the tree may therefore recurse.

mod brackets;
mod expression;
mod hint;
mod lookahead;
mod operator;
mod primary;
mod statement;

use self::brackets::Brackets;
use self::hint::Hints;
use self::lookahead::Lookahead;
use super::ast::{Name, Program};
use super::lexer::lex;
use super::token::{Keyword, Sign, Token, TokenKind};
use crate::diagnostic::hog::syntax;
use crate::diagnostic::{Diagnostic, LineIndex, Span};

/// How deep expressions and blocks may nest: both the parser's recursion and the height of the tree.
pub const MAX_DEPTH: u32 = 200;

/// How many errors are reported before the parser gives up.
pub const MAX_ERRORS: usize = 20;

/// How many warnings and hints are reported.
const MAX_WARNINGS: usize = 20;

/// A program that follows the grammar.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The syntax tree.
    pub program: Program,
    /// What is probably not what the author means, in order of the source.
    pub warnings: Vec<Diagnostic>,
}

/// Parses a program.
///
/// # Errors
///
/// Everything that is wrong with the source, in order of the source: at most [`MAX_ERRORS`] errors, and the warnings that
/// may help to understand them.
pub fn parse(source: &str) -> Result<Parsed, Vec<Diagnostic>> {
    let lexed = lex(source);
    // Nothing can be said about the brackets in what a missing quote has swallowed.
    let brackets = Brackets::of(&lexed.tokens, !lexed.runs_off_the_end);
    let mut parser = Parser {
        source,
        lookahead: Lookahead::of(&lexed.tokens),
        tokens: lexed.tokens,
        depths: brackets.depths,
        at: 0,
        depth: 0,
        height: 0,
        stopped: false,
        errors: Vec::new(),
        hints: Hints::default(),
    };
    let statements = parser.statements();
    parser.expect_end();

    // What the parser says after a wrong bracket or a missing quote is mostly fallout of it.
    let swallowed = lexed.diagnostics.iter().filter(|_| lexed.runs_off_the_end);
    let unreliable = brackets
        .errors
        .iter()
        .chain(swallowed.filter(|error| error.code.starts_with("unterminated")));
    let reliable = unreliable.map(|error| error.span.start).min().unwrap_or(u32::MAX);
    let mut errors = parser.errors;
    errors.retain(|error| error.span.start < reliable);
    let (hint_errors, mut warnings): (Vec<_>, Vec<_>) =
        parser.hints.settle().into_iter().partition(Diagnostic::is_error);
    let (lexer_errors, lexer_warnings): (Vec<_>, Vec<_>) =
        lexed.diagnostics.into_iter().partition(Diagnostic::is_error);
    errors.extend(brackets.errors);
    errors.extend(hint_errors);
    errors.extend(lexer_errors);
    warnings.extend(lexer_warnings);
    if !errors.is_empty() {
        // Half a statement often looks like a value that nothing is done with.
        warnings.retain(|warning| warning.code != "unused-value");
    }

    errors.sort_by_key(|error| error.span.start);
    errors.truncate(MAX_ERRORS);
    warnings.sort_by_key(|warning| warning.span.start);
    warnings.truncate(MAX_WARNINGS);
    let index = LineIndex::new(source);
    let locate = |diagnostics: Vec<Diagnostic>| -> Vec<Diagnostic> {
        diagnostics
            .into_iter()
            .map(|diagnostic| diagnostic.locate(&index))
            .collect()
    };
    if errors.is_empty() {
        return Ok(Parsed {
            program: Program { statements },
            warnings: locate(warnings),
        });
    }
    errors.extend(warnings);
    errors.sort_by_key(|diagnostic| diagnostic.span.start);
    Err(locate(errors))
}

/// The mark of a failure that has been reported.
#[derive(Debug)]
struct Failed;

type Attempt<T> = Result<T, Failed>;

struct Parser<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    lookahead: Lookahead,
    /// How many brackets are open around each token.
    depths: Vec<u32>,
    /// The next token.
    at: usize,
    /// How deep the parser has recursed.
    depth: u32,
    /// The height of the part of the tree that was built last.
    height: u32,
    /// Nothing more is parsed or reported.
    stopped: bool,
    errors: Vec<Diagnostic>,
    hints: Hints,
}

/// What stands in where the tokens end; the lexer always leaves an end, so that this is never seen.
const END: Token = Token {
    kind: TokenKind::End,
    span: Span { start: 0, end: 0 },
    on_new_line: false,
};

impl Parser<'_> {
    fn token_at(&self, at: usize) -> &Token {
        self.tokens.get(at).or(self.tokens.last()).unwrap_or(&END)
    }

    fn next(&self) -> &Token {
        self.token_at(self.at)
    }

    fn after_next(&self) -> &Token {
        self.token_at(self.at + 1)
    }

    /// The span of the next token.
    fn next_span(&self) -> Span {
        self.next().span
    }

    /// The span of the token before the next.
    fn last_span(&self) -> Span {
        self.at
            .checked_sub(1)
            .map_or(Span::default(), |at| self.token_at(at).span)
    }

    fn bump(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn is(&self, sign: Sign) -> bool {
        self.next().kind == TokenKind::Sign(sign)
    }

    fn is_keyword(&self, keyword: Keyword) -> bool {
        self.next().kind == TokenKind::Keyword(keyword)
    }

    fn is_end(&self) -> bool {
        self.next().kind == TokenKind::End
    }

    /// Takes the next token if it is this sign.
    fn eat(&mut self, sign: Sign) -> bool {
        let is = self.is(sign);
        if is {
            self.bump();
        }
        is
    }

    /// Takes the next token if it is this keyword.
    fn eat_keyword(&mut self, keyword: Keyword) -> bool {
        let is = self.is_keyword(keyword);
        if is {
            self.bump();
        }
        is
    }

    /// Takes this sign, or says that `what` was expected.
    fn expect(&mut self, sign: Sign, what: &str) -> Attempt<()> {
        if self.eat(sign) {
            Ok(())
        } else {
            self.fail_expecting(what)
        }
    }

    /// Whether the token at this index touches the one before.
    fn touches(&self, at: usize) -> bool {
        at.checked_sub(1)
            .is_some_and(|before| self.token_at(before).span.end == self.token_at(at).span.start)
    }

    /// Whether the token at this index is the sign and touches the one before: the `+` of `++`.
    fn is_glued(&self, at: usize, sign: Sign) -> bool {
        self.token_at(at).kind == TokenKind::Sign(sign) && self.touches(at)
    }

    fn text(&self, span: Span) -> String {
        span.text(self.source).to_owned()
    }

    fn report(&mut self, error: Diagnostic) {
        if self.stopped {
            return;
        }
        // The lexer has already said what is wrong with an invalid token.
        let at_invalid = self.next().kind == TokenKind::Invalid && self.next_span().start == error.span.start;
        if !at_invalid {
            self.errors.push(error);
        }
        if self.errors.len() >= MAX_ERRORS {
            self.stop();
        }
    }

    fn stop(&mut self) {
        self.stopped = true;
        self.at = self.tokens.len().saturating_sub(1);
    }

    fn fail<T>(&mut self, error: Diagnostic) -> Attempt<T> {
        self.report(error);
        Err(Failed)
    }

    fn fail_expecting<T>(&mut self, what: &str) -> Attempt<T> {
        let error = syntax::expected(self.next_span(), what, &self.found());
        self.fail(error)
    }

    /// The next token, for a message.
    fn found(&self) -> String {
        let token = self.next();
        match &token.kind {
            TokenKind::End => "the end of the source".to_owned(),
            TokenKind::String(_) => "a text".to_owned(),
            TokenKind::TemplateStart => "a template string".to_owned(),
            TokenKind::TemplateClose => "the end of the template's braces".to_owned(),
            TokenKind::TemplateEnd | TokenKind::TemplateText(_) => "the template's text".to_owned(),
            TokenKind::Integer(_) | TokenKind::Float(_) => {
                let text: String = token.span.text(self.source).chars().take(30).collect();
                format!("the number {text}")
            }
            _ => {
                let text: String = token.span.text(self.source).chars().take(30).collect();
                format!("`{text}`")
            }
        }
    }

    /// Takes a name.
    fn name(&mut self, what: &str) -> Attempt<Name> {
        let token = self.next();
        let span = token.span;
        let text = match &token.kind {
            TokenKind::QuotedName { name, .. } => name.clone(),
            kind if kind.is_name() => self.text(span),
            TokenKind::Keyword(_) => {
                let word = self.text(span);
                return self.fail(syntax::reserved_name(span, &word));
            }
            _ => return self.fail_expecting(what),
        };
        self.bump();
        Ok(Name { text, span })
    }

    /// Goes one level deeper; every level is left with [`Parser::leave`].
    fn enter(&mut self) -> Attempt<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.fail_too_deep()
        } else {
            Ok(())
        }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Notes the height of what was just built.
    fn set_height(&mut self, height: u32) -> Attempt<()> {
        self.height = height;
        if height > MAX_DEPTH {
            self.fail_too_deep()
        } else {
            Ok(())
        }
    }

    fn fail_too_deep<T>(&mut self) -> Attempt<T> {
        let span = self.next_span();
        self.report(syntax::nested_too_deeply(span, MAX_DEPTH));
        // There is no sense in what follows: the statement that is too deep may be the whole program.
        self.stop();
        Err(Failed)
    }

    fn expect_end(&mut self) {
        // `statements` stops only at the end and at a `}` that closes nothing, which the brackets have reported.
        while !self.is_end() && !self.stopped {
            self.bump();
            let _ = self.statements();
        }
    }

    /// After an error: goes to where the next statement probably starts. `start` is where the failed one started.
    fn recover(&mut self, start: usize) {
        let depth_at = |at: usize| self.depths.get(at).copied().unwrap_or_default();
        let depth = depth_at(start);
        let mut at = self.at.max(start);
        loop {
            let token = self.token_at(at);
            if token.kind == TokenKind::End || depth_at(at) < depth {
                break;
            }
            if depth_at(at) == depth && at > start {
                if token.kind == TokenKind::Sign(Sign::Semicolon) {
                    at += 1;
                    break;
                }
                if token.on_new_line && begins_statement(&token.kind) {
                    break;
                }
            }
            at += 1;
        }
        self.at = at.min(self.tokens.len().saturating_sub(1));
    }
}

/// Whether a new line that starts with this token starts a statement, rather than going on with the last.
fn begins_statement(kind: &TokenKind) -> bool {
    match kind {
        TokenKind::Keyword(keyword) => !matches!(
            keyword,
            Keyword::Else
                | Keyword::Catch
                | Keyword::Finally
                | Keyword::And
                | Keyword::Or
                | Keyword::In
                | Keyword::Is
                | Keyword::Like
                | Keyword::ILike
                | Keyword::Between
                | Keyword::Then
                | Keyword::When
                | Keyword::End
        ),
        TokenKind::Name
        | TokenKind::QuotedName { .. }
        | TokenKind::Integer(_)
        | TokenKind::Float(_)
        | TokenKind::String(_)
        | TokenKind::TemplateStart
        | TokenKind::Sign(Sign::OpenBrace | Sign::OpenParen) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
