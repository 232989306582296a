//! Numbers.

use num_bigint::BigInt;

use super::{Lexer, is_word_character};
use crate::diagnostic::hog::syntax;
use crate::language::hog::token::{Keyword, Sign, TokenKind};

/// The most digits of an integer literal. Reading a number takes time that grows with the square of its length.
const MOST_DIGITS: usize = 4300;

impl Lexer<'_> {
    /// Whether a dot starts a number like `.5e3`. A `.5` without exponent is a dot and an integer, here as in `x.5`: the
    /// parser knows which of the two it is.
    pub(super) fn starts_exponent_fraction(&self) -> bool {
        let Some(fraction) = self.rest().strip_prefix('.') else {
            return false;
        };
        let digits = digits(fraction);
        digits > 0 && exponent(fraction.get(digits..).unwrap_or_default(), 'e') > 0
    }

    pub(super) fn number(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let prefix = rest.get(..2).unwrap_or_default();
        let (length, kind) = match prefix {
            "0x" | "0X" => hexadecimal(rest),
            "0b" | "0B" => binary(rest),
            "0o" | "0O" => (0, None),
            _ => self.decimal(rest),
        };
        self.at += length;

        let suffix = self.source.get(self.at..).unwrap_or_default();
        let suffix = suffix
            .get(..suffix.find(|c| !is_word_character(c)).unwrap_or(suffix.len()))
            .unwrap_or_default();
        // `1and 2` is two tokens, `1day` may be; `1_000` and `12abc` are slips.
        let goes_on = length == 0 || (!suffix.is_empty() && !may_follow_number(suffix));
        if goes_on {
            self.at += suffix.len();
            let span = self.span_from(start);
            let diagnostic = match prefix {
                "0o" | "0O" => syntax::octal_number(span),
                _ => syntax::malformed_number(span, span.text(self.source)),
            };
            self.report(diagnostic);
            return self.push(TokenKind::Invalid, start);
        }
        let Some(kind) = kind else {
            self.report(syntax::number_too_long(self.span_from(start), MOST_DIGITS));
            return self.push(TokenKind::Invalid, start);
        };
        self.push(kind, start);
    }

    /// The length of a decimal number and its value.
    fn decimal(&self, text: &str) -> (usize, Option<TokenKind>) {
        let whole = digits(text);
        let after_dot = self
            .lexed
            .tokens
            .last()
            .is_some_and(|token| matches!(token.kind, TokenKind::Sign(Sign::Dot | Sign::NullishProperty)));
        let mut length = whole;
        // In `x.1.2` the `1.2` is two steps, not a number.
        if !after_dot {
            if text.get(whole..).is_some_and(|rest| rest.starts_with('.')) {
                length += 1;
                length += digits(text.get(length..).unwrap_or_default());
            }
            length += exponent(text.get(length..).unwrap_or_default(), 'e');
        }
        let text = text.get(..length).unwrap_or_default();
        if length == whole {
            (length, integer(text, 10))
        } else {
            (length, text.parse().ok().map(TokenKind::Float))
        }
    }
}

/// The integer that the digits say; none if there are too many.
fn integer(digits: &str, radix: u32) -> Option<TokenKind> {
    if digits.len() > MOST_DIGITS {
        return None;
    }
    BigInt::parse_bytes(digits.as_bytes(), radix).map(TokenKind::Integer)
}

/// Words that may follow a number without a space.
fn may_follow_number(word: &str) -> bool {
    use Keyword::{And, As, Between, Else, End, ILike, In, Is, Like, Not, Or, Then, When};
    Keyword::find(word).is_some_and(|keyword| {
        matches!(
            keyword,
            And | As | Between | Else | End | ILike | In | Is | Like | Not | Or | Then | When
        )
    })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of an exponent, 0 if there is none.
fn exponent(text: &str, letter: char) -> usize {
    let Some(after) = text.strip_prefix([letter, letter.to_ascii_uppercase()]) else {
        return 0;
    };
    let sign = usize::from(after.starts_with(['+', '-']));
    match digits(after.get(sign..).unwrap_or_default()) {
        0 => 0,
        digits => 1 + sign + digits,
    }
}

fn binary(text: &str) -> (usize, Option<TokenKind>) {
    let body = text.get(2..).unwrap_or_default();
    match body.bytes().take_while(|byte| matches!(byte, b'0' | b'1')).count() {
        0 => (0, None),
        digits => (2 + digits, integer(body.get(..digits).unwrap_or_default(), 2)),
    }
}

/// `0xFF`, and with a binary exponent `0x1.8p4`; the `e` of `0x1e5` is a digit.
fn hexadecimal(text: &str) -> (usize, Option<TokenKind>) {
    let hex_digits = |text: &str| text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let body = text.get(2..).unwrap_or_default();
    let whole = hex_digits(body);
    if whole == 0 {
        return (0, None);
    }
    let after = body.get(whole..).unwrap_or_default();
    let fraction = after.strip_prefix('.').map_or(0, |fraction| 1 + hex_digits(fraction));
    let power = exponent(after.get(fraction..).unwrap_or_default(), 'p');
    let digits = body.get(..whole).unwrap_or_default();
    if power == 0 {
        return (2 + whole, integer(digits, 16));
    }
    let fraction_digits = after.get(1..fraction.max(1)).unwrap_or_default();
    let power_text = after.get(fraction + 1..fraction + power).unwrap_or_default();
    (
        2 + whole + fraction + power,
        Some(TokenKind::Float(hexadecimal_float(digits, fraction_digits, power_text))),
    )
}

fn hexadecimal_float(whole: &str, fraction: &str, power: &str) -> f64 {
    let value = |digits: &str| {
        digits
            .chars()
            .filter_map(|digit| digit.to_digit(16))
            .fold(0.0, |value, digit| value * 16.0 + f64::from(digit))
    };
    let fraction_length = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
    let mantissa = value(whole) + value(fraction) * 2f64.powi(fraction_length.saturating_mul(-4));
    // Powers beyond what an integer holds are infinite or zero anyway.
    let beyond = if power.starts_with('-') {
        i32::MIN / 2
    } else {
        i32::MAX / 2
    };
    mantissa * 2f64.powi(power.parse().unwrap_or(beyond))
}
