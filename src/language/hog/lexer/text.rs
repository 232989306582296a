//! Texts, quoted names and template strings.

use super::{Lexer, Open, span};
use crate::diagnostic::hog::{habit, syntax};
use crate::language::hog::token::TokenKind;

/// What ends a stretch of quoted characters.
enum Stop {
    /// The closing quote.
    Quote,
    /// The `{` of a template.
    Brace,
    /// The end of the source.
    EndOfSource,
}

/// What is being read, which decides what a backslash may precede.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    String,
    Template,
    DoubleName,
    BacktickName,
}

impl Quoting {
    fn quote(self) -> char {
        match self {
            Self::String | Self::Template => '\'',
            Self::DoubleName => '"',
            Self::BacktickName => '`',
        }
    }
}

impl Lexer<'_> {
    pub(super) fn string(&mut self) {
        let start = self.at;
        // A line break inside of a text is not one between tokens.
        let on_new_line = self.on_new_line;
        self.bump();
        let (text, stop) = self.quoted(Quoting::String);
        self.on_new_line = on_new_line;
        if matches!(stop, Stop::EndOfSource) {
            // Inside of a template the quote that was meant to end the template opened this text.
            let diagnostic = match self.open.iter().rev().find(|open| **open != Open::Brace) {
                Some(Open::TemplatePart(template)) => syntax::unterminated_template(*template),
                _ => syntax::unterminated_string(span(start, start + 1)),
            };
            self.runs_off(diagnostic);
            return self.push(TokenKind::Invalid, start);
        }
        self.push(TokenKind::String(text), start);
    }

    pub(super) fn quoted_name(&mut self, quote: char) {
        let start = self.at;
        let double = quote == '"';
        let on_new_line = self.on_new_line;
        let follows_f = double
            && self.lexed.tokens.last().is_some_and(|token| {
                token.kind == TokenKind::Name
                    && token.span.end as usize == start
                    && token.span.text(self.source).eq_ignore_ascii_case("f")
            });
        self.bump();
        let (name, stop) = self.quoted(if double {
            Quoting::DoubleName
        } else {
            Quoting::BacktickName
        });
        self.on_new_line = on_new_line;
        if matches!(stop, Stop::EndOfSource) {
            self.runs_off(syntax::unterminated_name(span(start, start + 1), quote));
            return self.push(TokenKind::Invalid, start);
        }
        if follows_f {
            self.report(habit::template_quotes(span(start - 1, start + 1)));
            self.lexed.tokens.pop();
            return self.push(TokenKind::String(name), start - 1);
        }
        self.push(TokenKind::QuotedName { name, double }, start);
    }

    /// `F'...'`: another mode of the original lexer, of no use here.
    pub(super) fn capital_template(&mut self) {
        self.report(habit::template_quotes(span(self.at, self.at + 2)));
        self.template();
    }

    pub(super) fn template(&mut self) {
        let start = self.at;
        self.at += 2;
        let opener = self.span_from(start);
        self.push(TokenKind::TemplateStart, start);
        self.template_text(opener);
    }

    /// Reads a template's text up to its next part or its end. `opener` is where the template starts.
    pub(super) fn template_text(&mut self, opener: crate::diagnostic::Span) {
        let start = self.at;
        let (text, stop) = self.quoted(Quoting::Template);
        self.on_new_line = false;
        let sign = self.at - usize::from(!matches!(stop, Stop::EndOfSource));
        if !text.is_empty() {
            let end = std::mem::replace(&mut self.at, sign);
            self.push(TokenKind::TemplateText(text), start);
            self.at = end;
        }
        match stop {
            Stop::Quote => self.push(TokenKind::TemplateEnd, sign),
            Stop::Brace => {
                self.open.push(Open::TemplatePart(opener));
                self.push(TokenKind::TemplateOpen, sign);
            }
            Stop::EndOfSource => {
                self.runs_off(syntax::unterminated_template(opener));
                self.push(TokenKind::Invalid, sign);
            }
        }
    }

    /// Reads up to and over what ends the quoting, and resolves escapes. A wrong escape is reported once per text.
    fn quoted(&mut self, quoting: Quoting) -> (String, Stop) {
        let mut text = String::new();
        let mut complained = false;
        while let Some(character) = self.peek() {
            let start = self.at;
            self.bump();
            match character {
                '\\' => {
                    if let Err(escape) = self.escape(quoting, &mut text)
                        && !std::mem::replace(&mut complained, true)
                    {
                        self.report(syntax::unknown_escape(self.span_from(start), &escape));
                    }
                }
                '{' if quoting == Quoting::Template => return (text, Stop::Brace),
                _ if character == quoting.quote() => {
                    if self.peek() != Some(character) {
                        return (text, Stop::Quote);
                    }
                    self.bump();
                    text.push(character);
                }
                _ => text.push(character),
            }
        }
        (text, Stop::EndOfSource)
    }

    /// Resolves the escape whose backslash was just read. The error is the escape as written.
    fn escape(&mut self, quoting: Quoting, text: &mut String) -> Result<(), String> {
        let Some(character) = self.peek() else {
            return Ok(());
        };
        let resolved = match character {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'r' => '\r',
            'n' => '\n',
            't' => '\t',
            'a' => '\u{7}',
            'v' => '\u{b}',
            '\\' => '\\',
            '{' if quoting == Quoting::Template => '{',
            '"' if quoting == Quoting::DoubleName => '"',
            '\'' if matches!(quoting, Quoting::String | Quoting::Template) => '\'',
            '0' => {
                // The original gives nothing for it.
                self.bump();
                return Ok(());
            }
            // Read as escapes and kept as written, like the original does.
            'B' | 'F' | 'R' | 'N' | 'T' | 'A' | 'V' => {
                self.bump();
                text.extend(['\\', character]);
                return Ok(());
            }
            '\'' if quoting == Quoting::BacktickName => {
                self.bump();
                text.push_str("\\'");
                return Ok(());
            }
            'x' | 'X' => return self.hexadecimal_escape(text),
            _ => {
                // The character itself may end the text, as in 'a\': only a letter belongs to the escape for sure.
                if character != quoting.quote() {
                    self.bump();
                }
                text.extend(['\\', character]);
                return Err(format!("\\{character}"));
            }
        };
        self.bump();
        text.push(resolved);
        Ok(())
    }

    /// `\x41` is read as an escape and kept as the four characters it is written with.
    fn hexadecimal_escape(&mut self, text: &mut String) -> Result<(), String> {
        let digits = self
            .rest()
            .bytes()
            .skip(1)
            .take(2)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let written = self.rest().get(..=digits).unwrap_or_default().to_owned();
        self.at += written.len();
        text.push('\\');
        text.push_str(&written);
        if digits == 2 {
            Ok(())
        } else {
            Err(format!("\\{written}"))
        }
    }
}
