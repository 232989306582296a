//! Python's `json.loads`, straight to values.
//!
//! Values wait on one stack until their container closes and copies them, so that nothing is allocated per value but
//! the value itself, and nesting costs no recursion.

use jurybox_hog_abi::Value;

use crate::calendar::Date;
use crate::text::{Builder, Text};
use crate::{dates, errors, failure, list, number, object, text};

/// Why a text is not JSON, in Python's words, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    message: &'static str,
    offset: usize,
}

impl Error {
    /// Fails the evaluation as Python does.
    pub fn raise(self, text: &str) -> ! {
        let before = &text[..self.offset];
        let line = before.matches('\n').count() + 1;
        let column = before[before.rfind('\n').map_or(0, |newline| newline + 1)..]
            .chars()
            .count()
            + 1;
        let position = before.chars().count();
        failure::exception(
            "JSONDecodeError",
            format_args!("{}: line {line} column {column} (char {position})", self.message),
        )
    }
}

/// Parses a JSON text.
pub fn parse(text: Text) -> Result<Value, Error> {
    let mut parser = Parser {
        text: text.text,
        bytes: text.text.as_bytes(),
        at: 0,
        marked: false,
        values: Vec::with_capacity(ROOM),
        open: Vec::with_capacity(16),
    };
    parser.document()
}

/// Values that the stack holds at first: as many as fit into a small block of the heap.
const ROOM: usize = 62;

/// An open container.
#[derive(Clone, Copy)]
struct Open {
    /// Where its values start on the stack: elements, or keys and values in turn.
    start: usize,
    is_object: bool,
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// A key was seen that marks dates and errors.
    marked: bool,
    values: Vec<Value>,
    open: Vec<Open>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<Value, Error> {
        if self.text.starts_with('\u{FEFF}') {
            return Err(self.error("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
        }
        self.space();
        loop {
            // A value is expected here.
            let value = match self.peek() {
                b'"' => self.string()?,
                b'{' => {
                    self.begin(true);
                    self.space();
                    if self.peek() != b'}' {
                        self.key()?;
                        continue;
                    }
                    self.at += 1;
                    self.end()
                }
                b'[' => {
                    self.begin(false);
                    self.space();
                    if self.peek() != b']' {
                        continue;
                    }
                    self.at += 1;
                    self.end()
                }
                _ => self.scalar()?,
            };
            let mut value = value;
            // The value is complete: close what it completes, up to where another value is expected.
            loop {
                self.space();
                let Some(open) = self.open.last() else {
                    if self.at != self.bytes.len() {
                        return Err(self.error("Extra data", self.at));
                    }
                    return Ok(value);
                };
                self.values.push(value);
                let end = if open.is_object { b'}' } else { b']' };
                let byte = self.peek();
                if byte == b',' {
                    let is_object = open.is_object;
                    self.at += 1;
                    self.space();
                    if is_object {
                        self.key()?;
                    }
                    break;
                }
                if byte != end {
                    return Err(self.error("Expecting ',' delimiter", self.at));
                }
                self.at += 1;
                value = self.end();
            }
        }
    }

    fn error(&self, message: &'static str, offset: usize) -> Error {
        Error { message, offset }
    }

    /// The next byte, 0 at the end (a zero byte in the text is nowhere allowed either).
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn begin(&mut self, is_object: bool) {
        if self.open.len() >= failure::DEPTH_LIMIT as usize {
            failure::recursion();
        }
        self.at += 1;
        self.open.push(Open {
            start: self.values.len(),
            is_object,
        });
    }

    /// Makes the innermost container from its values.
    fn end(&mut self) -> Value {
        let Some(open) = self.open.pop() else {
            return Value::NULL;
        };
        let values = &self.values[open.start..];
        let value = if open.is_object {
            self.special(values).unwrap_or_else(|| object::from_pairs(values))
        } else {
            list::new_array(values)
        };
        self.values.truncate(open.start);
        value
    }

    /// The date or error that `jsonStringify` wrote so: an object with the keys that the reference tells them by.
    fn special(&self, pairs: &[Value]) -> Option<Value> {
        if !self.marked {
            return None;
        }
        let field = |name: &str| {
            let is_it = |pair: &&[Value]| text::of(pair[0]) == Some(name);
            pairs.rchunks_exact(2).find(is_it).map(|pair| pair[1])
        };
        if field("__hogDateTime__").is_some() {
            let (seconds, zone) = (field("dt")?, field("zone")?);
            number::approximate(seconds)?;
            let zone = if zone == Value::NULL { text::ascii("UTC") } else { zone };
            return Some(dates::datetime_of_number(seconds, zone));
        }
        if field("__hogDate__").is_some() {
            let part = |name: &str| i32::try_from(number::index(field(name)?)?).ok();
            return Some(dates::new_date(Date {
                year: part("year")?,
                month: part("month")?,
                day: part("day")?,
            }));
        }
        field("__hogError__")?;
        Some(errors::new(
            field("type")?,
            field("message")?,
            field("payload").unwrap_or(Value::NULL),
        ))
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<(), Error> {
        if self.peek() != b'"' {
            return Err(self.error("Expecting property name enclosed in double quotes", self.at));
        }
        if self.bytes.get(self.at + 1) == Some(&b'_') {
            self.marked |= self.bytes[self.at..].starts_with(b"\"__hog");
        }
        let key = self.string()?;
        self.space();
        if self.peek() != b':' {
            return Err(self.error("Expecting ':' delimiter", self.at));
        }
        self.at += 1;
        self.space();
        self.values.push(key);
        Ok(())
    }

    fn scalar(&mut self) -> Result<Value, Error> {
        let words = [
            ("null", Value::NULL),
            ("true", Value::TRUE),
            ("false", Value::FALSE),
            ("NaN", Value::float(f64::NAN)),
            ("Infinity", Value::float(f64::INFINITY)),
            ("-Infinity", Value::float(f64::NEG_INFINITY)),
        ];
        if self.peek().is_ascii_digit() || self.peek() == b'-' && self.digit(self.at + 1) {
            return Ok(self.number());
        }
        for (word, value) in words {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.error("Expecting value", self.at))
    }

    fn digit(&self, at: usize) -> bool {
        self.bytes.get(at).is_some_and(u8::is_ascii_digit)
    }

    fn skip_digits(&mut self) {
        while self.digit(self.at) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Value {
        let start = self.at;
        let negative = self.peek() == b'-';
        self.at += usize::from(negative);
        let digits = self.at;
        // A leading zero stands alone; what follows it is an error of the surroundings.
        if self.peek() == b'0' {
            self.at += 1;
        } else {
            self.skip_digits();
        }
        let whole = self.at;
        if self.peek() == b'.' && self.digit(self.at + 1) {
            self.at += 1;
            self.skip_digits();
        }
        if matches!(self.peek(), b'e' | b'E') {
            let sign = usize::from(matches!(self.bytes.get(self.at + 1), Some(b'+' | b'-')));
            if self.digit(self.at + 1 + sign) {
                self.at += 1 + sign;
                self.skip_digits();
            }
        }
        if self.at == whole {
            return number::parse_digits(negative, &self.text[digits..whole]);
        }
        Value::float(self.text[start..self.at].parse().unwrap_or(f64::NAN))
    }

    fn string(&mut self) -> Result<Value, Error> {
        let start = self.at + 1;
        let (end, ascii) = plain_run(self.bytes, start);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            let part = &self.text[start..end];
            return Ok(if ascii { text::ascii(part) } else { text::new(part) });
        }
        self.at = end;
        self.escaped_string(start)
    }

    /// The rest of a string that has escapes or an error.
    fn escaped_string(&mut self, start: usize) -> Result<Value, Error> {
        let mut out = Builder::with_capacity((self.at - start) as u32 + 32);
        let mut done = start;
        loop {
            let (end, _) = plain_run(self.bytes, self.at);
            out.push(&self.text[done..end]);
            self.at = end + 1;
            match self.bytes.get(end) {
                Some(b'"') => return Ok(out.finish()),
                Some(b'\\') => {}
                Some(_) => return Err(self.error("Invalid control character at", end)),
                None => return Err(self.error("Unterminated string starting at", start - 1)),
            }
            let Some(escape) = self.bytes.get(self.at) else {
                return Err(self.error("Unterminated string starting at", start - 1));
            };
            self.at += 1;
            match escape {
                b'"' | b'\\' | b'/' => out.push_byte(*escape),
                b'b' => out.push_byte(8),
                b'f' => out.push_byte(12),
                b'n' => out.push_byte(b'\n'),
                b'r' => out.push_byte(b'\r'),
                b't' => out.push_byte(b'\t'),
                b'u' => out.push_char(self.unicode_escape()?),
                _ => return Err(self.error("Invalid \\escape", end)),
            }
            done = self.at;
        }
    }

    /// The character after `\u`; half a pair becomes the replacement character.
    fn unicode_escape(&mut self) -> Result<char, Error> {
        // Python wants something behind the digits, were it only the quotation mark.
        let Some(first) = self.hex(self.at).filter(|_| self.at + 4 < self.bytes.len()) else {
            return Err(self.error("Invalid \\uXXXX escape", self.at - 1));
        };
        self.at += 4;
        if (0xD800..0xDC00).contains(&first)
            && self.bytes[self.at..].starts_with(b"\\u")
            && self.at + 6 < self.bytes.len()
            && let Some(second @ 0xDC00..0xE000) = self.hex(self.at + 2)
        {
            self.at += 6;
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits
            .iter()
            .try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
    }
}

/// Where a run of characters that stand for themselves ends, and whether all of it is ASCII.
#[inline]
fn plain_run(bytes: &[u8], start: usize) -> (usize, bool) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const QUOTES: u64 = ONES * b'"' as u64;
    const BACKSLASHES: u64 = ONES * b'\\' as u64;
    let mut at = start;
    let mut seen = 0u64;
    while let Some(word) = bytes.get(at..at + 8) {
        let mut buffer = [0; 8];
        buffer.copy_from_slice(word);
        let word = u64::from_le_bytes(buffer);
        let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word & HIGH;
        let special = below(word ^ QUOTES, 1) | below(word ^ BACKSLASHES, 1) | below(word, 0x20);
        if special != 0 {
            break;
        }
        seen |= word;
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..=0x1F) {
            break;
        }
        seen |= u64::from(*byte);
        at += 1;
    }
    (at, seen & HIGH == 0)
}
