//! How Python writes JSON values: PostHog's evaluations run on Python, so the texts that metrics and people see are its
//! texts.

use std::fmt::Write as _;

use serde_json::Value;

/// The most digits an integer may have, as in CPython, whose `int()` refuses longer texts because reading them takes
/// quadratic time.
pub const MAX_INTEGER_DIGITS: usize = 4300;

/// A JSON number as Python's `json` module reads it: a point or an exponent makes it a float, else it is an integer of
/// any size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number<'a> {
    /// An integer that fits into 64 bits.
    Int(i64),
    /// The digits, with an optional minus sign, of any other integer of up to [`MAX_INTEGER_DIGITS`] digits.
    BigInt(&'a str),
    /// A float; infinite when the text is out of range.
    Float(f64),
}

impl<'a> Number<'a> {
    /// Reads a number. An integer of more than [`MAX_INTEGER_DIGITS`] digits becomes an infinite float; events that
    /// contain one are refused before they come here.
    #[must_use]
    pub fn of(number: &'a serde_json::Number) -> Self {
        let text = number.as_str();
        if let Ok(integer) = text.parse() {
            return Self::Int(integer);
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() <= MAX_INTEGER_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::BigInt(text);
        }
        Self::Float(text.parse().unwrap_or(f64::NAN))
    }
}

/// Whether Python's `bool(value)` is true: null, `false`, zeros and empty texts, lists and objects are not.
#[must_use]
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => match Number::of(number) {
            Number::Int(value) => value != 0,
            Number::BigInt(_) => true,
            Number::Float(value) => value != 0.0,
        },
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
    }
}

/// Python's `repr()` of a float, which is also its `str()`: the shortest digits that read back as the same number, with
/// an exponent below 1e-4 and from 1e16 on (`1.0`, `1e+16`, `5e-324`, `inf`, `nan`).
#[must_use]
pub fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}inf");
    }
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{exponent_sign}{:02}", exponent.unsigned_abs());
    }
    // Within this range Rust's plain notation has the same digits.
    let plain = format!("{value}");
    if plain.contains('.') { plain } else { plain + ".0" }
}

/// Python's `json.dumps(value)` with its defaults: `", "` and `": "` between items, everything beyond ASCII as `\uXXXX`
/// (pairs of surrogates beyond the basic plane), integers exact, floats as [`float_repr`] has them but `Infinity` and
/// `NaN` by these names.
///
/// Recurses once per level of nesting; events are at most [`crate::event::MAX_DEPTH`] levels deep.
#[must_use]
pub fn json_dumps(value: &Value) -> String {
    // Room for a short chat, so that the usual text does not move while it grows.
    let mut out = String::with_capacity(1024);
    write_json(value, &mut out);
    out
}

fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => match Number::of(number) {
            Number::Float(value) if value.is_nan() => out.push_str("NaN"),
            Number::Float(value) if value.is_infinite() => {
                out.push_str(if value < 0.0 { "-Infinity" } else { "Infinity" });
            }
            number => write_number(number, out),
        },
        Value::String(text) => write_json_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (position, (key, value)) in entries.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                write_json_string(key, out);
                out.push_str(": ");
                write_json(value, out);
            }
            out.push('}');
        }
    }
}

fn write_number(number: Number<'_>, out: &mut String) {
    match number {
        Number::Int(value) => {
            // Writing to a String can't fail.
            let _ = write!(out, "{value}");
        }
        Number::BigInt(digits) => out.push_str(digits),
        Number::Float(value) => out.push_str(&float_repr(value)),
    }
}

fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // Most text needs no escape: copy it in runs.
    loop {
        let (plain, special) = rest.split_at(plain_length(rest.as_bytes()));
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            // The one character that `json.dumps` leaves alone although it is not printable.
            Some('\u{7f}') => out.push('\u{7f}'),
            Some(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            None => break,
        }
        rest = characters.as_str();
    }
    out.push('"');
}

/// Length of the part before the first byte that needs an escape in JSON.
fn plain_length(bytes: &[u8]) -> usize {
    let is_special = |byte: &u8| !matches!(byte, b' '..=b'~') | (*byte == b'"') | (*byte == b'\\');
    // Whole blocks without a branch per byte, which the compiler turns into vector instructions: this is most of the
    // work of making the `input` and `output` of a chat.
    let is_plain = |block: &&[u8]| !block.iter().fold(false, |special, byte| special | is_special(byte));
    let blocks = bytes.chunks_exact(32).take_while(is_plain).count() * 32;
    let rest = bytes.get(blocks..).unwrap_or_default();
    blocks + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// Python's `str(value)`: `True`, `None`, `1.0`, `1e+21`, a text as it is; lists and dicts with the `repr` of what they
/// hold (`{'a': [1, None]}`).
///
/// Which characters of a nested text count as printable follows Unicode's categories closely, not exactly.
#[must_use]
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => {
            let mut out = String::new();
            write_repr(other, &mut out);
            out
        }
    }
}

/// The name of the type that Python's `json` reads the value as: `NoneType`, `bool`, `int`, `float`, `str`, `list`,
/// `dict`.
#[cfg(test)]
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) => match Number::of(number) {
            Number::Int(_) | Number::BigInt(_) => "int",
            Number::Float(_) => "float",
        },
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

fn write_repr(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => write_number(Number::of(number), out),
        Value::String(text) => write_string_repr(text, out),
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                write_repr(item, out);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (position, (key, value)) in entries.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                write_string_repr(key, out);
                out.push_str(": ");
                write_repr(value, out);
            }
            out.push('}');
        }
    }
}

fn write_string_repr(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => {
                out.push('\\');
                out.push(character);
            }
            _ if is_printable(character) => out.push(character),
            _ => {
                let code = u32::from(character);
                // Writing to a String can't fail.
                let _ = match code {
                    0..=0xFF => write!(out, "\\x{code:02x}"),
                    0x100..=0xFFFF => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

/// `str.isprintable()` for one character: no controls, formats, private use, noncharacters, nor spaces but `' '`.
fn is_printable(character: char) -> bool {
    match character {
        ' '..='~' => true,
        _ if character.is_control() || character.is_whitespace() => false,
        '\u{AD}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{180E}' | '\u{FEFF}' => false,
        '\u{600}'..='\u{605}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => false,
        '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFB}' => false,
        '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{10FFFF}' => false,
        _ => u32::from(character) & 0xFFFE != 0xFFFE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).expect("test JSON")
    }

    #[test]
    fn floats_read_as_in_python() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.3333333333333333"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.000_012_345, "1.2345e-05"),
            (123_456_789_012_345.6, "123456789012345.6"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(float_repr(value), expected);
        }
    }

    #[test]
    fn json_dumps_writes_what_python_writes() {
        for (source, expected) in [
            ("null", "null"),
            ("[true,false]", "[true, false]"),
            (r#"{"a":1,"b":[1.0,1e3,-0]}"#, r#"{"a": 1, "b": [1.0, 1000.0, 0]}"#),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("[1e400,-1e400]", "[Infinity, -Infinity]"),
            ("[]", "[]"),
            ("{}", "{}"),
            (
                r#""\"\\\/\b\f\n\r\t\u0001\u007f""#,
                "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u{7f}\"",
            ),
            ("\"é😀\u{2028}\"", r#""\u00e9\ud83d\ude00\u2028""#),
            ("{\"clé\":\"ы\"}", r#"{"cl\u00e9": "\u044b"}"#),
        ] {
            assert_eq!(json_dumps(&json(source)), expected, "{source}");
        }
    }

    #[test]
    fn text_is_what_str_returns() {
        for (source, expected) in [
            ("null", "None"),
            ("true", "True"),
            ("false", "False"),
            ("1", "1"),
            ("1.0", "1.0"),
            ("1e21", "1e+21"),
            ("1e400", "inf"),
            ("\"it's\"", "it's"),
            (r#"["it's", "\"", "'\"", "a\nb"]"#, r#"["it's", '"', '\'"', 'a\nb']"#),
            (r#"{"a": [1, null], "é": {}}"#, "{'a': [1, None], 'é': {}}"),
            (
                "[\"\\u0000\\u00a0\\u200b\\ue000\u{1F600}\"]",
                "['\\x00\\xa0\\u200b\\ue000😀']",
            ),
        ] {
            assert_eq!(text(&json(source)), expected, "{source}");
        }
    }

    #[test]
    fn truthiness_and_type_names() {
        for (source, truthy, name) in [
            ("null", false, "NoneType"),
            ("false", false, "bool"),
            ("true", true, "bool"),
            ("0", false, "int"),
            ("-0.0", false, "float"),
            ("0e9", false, "float"),
            ("1", true, "int"),
            ("99999999999999999999", true, "int"),
            ("\"\"", false, "str"),
            ("\"0\"", true, "str"),
            ("[]", false, "list"),
            ("[0]", true, "list"),
            ("{}", false, "dict"),
            (r#"{"a":null}"#, true, "dict"),
        ] {
            assert_eq!(
                (is_truthy(&json(source)), type_name(&json(source))),
                (truthy, name),
                "{source}"
            );
        }
    }

    #[test]
    fn integers_that_python_refuses_are_floats() {
        let digits = "9".repeat(MAX_INTEGER_DIGITS);
        assert!(matches!(&json(&digits), Value::Number(number) if matches!(Number::of(number), Number::BigInt(_))));
        let longer = json(&(digits + "9"));
        assert!(matches!(&longer, Value::Number(number) if Number::of(number) == Number::Float(f64::INFINITY)));
    }
}
