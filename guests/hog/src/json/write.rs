//! Python's `json.dumps`, after PostHog's own pass over the value: containers inside of themselves become null,
//! functions become text.

use jurybox_hog_abi::layout::{
    CLOSURE_ARITY, CLOSURE_NAME, DATE_DAY, DATE_MONTH, DATE_YEAR, DATETIME_ZONE, ERROR_MESSAGE, ERROR_PAYLOAD,
    ERROR_TYPE,
};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{read_u32, read_u64};
use crate::number::{self, Number};
use crate::object::Entry;
use crate::python::write_hex;
use crate::text::{Builder, Text};
use crate::{dates, failure, list, object, print, text, types};

/// Appends a value as JSON, on one line or with an indentation of so many spaces per level.
pub fn write(value: Value, indent: Option<u32>, out: &mut Builder) {
    Writer {
        out,
        open: Vec::new(),
        indent,
    }
    .value(value);
}

/// The JSON text of a value.
pub fn to_text(value: Value, indent: Option<u32>) -> Value {
    let mut out = Builder::new();
    write(value, indent, &mut out);
    out.finish_ascii()
}

struct Writer<'a> {
    out: &'a mut Builder,
    open: Vec<u32>,
    indent: Option<u32>,
}

impl Writer<'_> {
    fn value(&mut self, value: Value) {
        match value.unpack() {
            Unpacked::Null | Unpacked::Invalid => self.out.push("null"),
            Unpacked::Bool(bool) => self.out.push(if bool { "true" } else { "false" }),
            Unpacked::Int(int) => number::write_int(int, self.out),
            Unpacked::Float(float) => self.float(float),
            Unpacked::Ref(kind, address) => self.block(kind, address, value),
        }
    }

    fn float(&mut self, float: f64) {
        if float.is_nan() {
            self.out.push("NaN");
        } else if float.is_infinite() {
            self.out.push(if float < 0.0 { "-Infinity" } else { "Infinity" });
        } else {
            number::write_float(float, self.out);
        }
    }

    fn block(&mut self, kind: Kind, address: u32, value: Value) {
        let word = |offset: u32| Value(read_u64(address + offset));
        match kind {
            Kind::String => quote(Text::at(address).text, self.out),
            Kind::BigInt => {
                if let Some(number) = number::of(value) {
                    number::write(&number, self.out);
                }
            }
            Kind::Array | Kind::Tuple => {
                if !self.enter(address) {
                    return;
                }
                let items = list::at(address);
                self.out.push_byte(b'[');
                for (number, item) in items.iter().enumerate() {
                    self.separate(number);
                    self.value(*item);
                }
                self.leave(items.is_empty(), b']');
            }
            Kind::Object => self.object(object::at(address), address),
            Kind::DateTime => self.record(
                address,
                "__hogDateTime__",
                &[("dt", dates::number_at(address)), ("zone", word(DATETIME_ZONE))],
            ),
            Kind::Date => {
                let part = |offset: u32| number::int(i64::from(read_u32(address + offset) as i32));
                self.record(
                    address,
                    "__hogDate__",
                    &[
                        ("year", part(DATE_YEAR)),
                        ("month", part(DATE_MONTH)),
                        ("day", part(DATE_DAY)),
                    ],
                );
            }
            Kind::Error => self.record(
                address,
                "__hogError__",
                &[
                    ("type", word(ERROR_TYPE)),
                    ("message", word(ERROR_MESSAGE)),
                    ("payload", word(ERROR_PAYLOAD)),
                ],
            ),
            Kind::Closure => {
                self.function(
                    text::of(word(CLOSURE_NAME)).unwrap_or("lambda"),
                    read_u32(address + CLOSURE_ARITY),
                );
            }
            Kind::Library => {
                let (name, arity) = print::library_function(address);
                self.function(name, arity);
            }
            Kind::Cell => self.out.push("null"),
        }
    }

    fn function(&mut self, name: &str, arity: u32) {
        quote(&format!("fn<{name}({arity})>"), self.out);
    }

    fn object(&mut self, entries: &[Entry], address: u32) {
        if !self.enter(address) {
            return;
        }
        self.out.push_byte(b'{');
        for (number, entry) in entries.iter().enumerate() {
            self.separate(number);
            self.key(entry.key);
            self.out.push(": ");
            self.value(entry.value);
        }
        self.leave(entries.is_empty(), b'}');
    }

    /// A value that PostHog's virtual machine holds as a dict with a mark.
    fn record(&mut self, address: u32, mark: &str, fields: &[(&str, Value)]) {
        if !self.enter(address) {
            return;
        }
        self.out.push_byte(b'{');
        self.separate(0);
        quote(mark, self.out);
        self.out.push(": true");
        for (number, (name, value)) in (1..).zip(fields) {
            self.separate(number);
            quote(name, self.out);
            self.out.push(": ");
            self.value(*value);
        }
        self.leave(false, b'}');
    }

    fn key(&mut self, key: Value) {
        match number::of(key) {
            _ if text::is(key) => return self.value(key),
            None if key != Value::NULL => failure::type_error(format_args!(
                "keys must be str, int, float, bool or None, not {}",
                types::python_name(key)
            )),
            _ => {}
        }
        self.out.push_byte(b'"');
        match number::of(key) {
            Some(Number::Float(float)) => self.float(float),
            _ => self.value(key),
        }
        self.out.push_byte(b'"');
    }

    fn separate(&mut self, number: usize) {
        match (self.indent, number) {
            (None, 0) => {}
            (None, _) => self.out.push(", "),
            (Some(_), number) => {
                if number != 0 {
                    self.out.push_byte(b',');
                }
                self.new_line();
            }
        }
    }

    fn new_line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push_byte(b'\n');
            (0..indent as usize * self.open.len()).for_each(|_| self.out.push_byte(b' '));
        }
    }

    fn enter(&mut self, address: u32) -> bool {
        if self.open.len() >= failure::DEPTH_LIMIT as usize {
            failure::recursion();
        }
        if self.open.contains(&address) {
            self.out.push("null");
            return false;
        }
        self.open.push(address);
        true
    }

    fn leave(&mut self, empty: bool, end: u8) {
        self.open.pop();
        if !empty {
            self.new_line();
        }
        self.out.push_byte(end);
    }
}

/// Appends text as a JSON string in ASCII.
fn quote(text: &str, out: &mut Builder) {
    out.push_byte(b'"');
    let mut done = 0;
    for (at, character) in text.char_indices() {
        if matches!(character, ' '..='~') && character != '"' && character != '\\' {
            continue;
        }
        out.push(&text[done..at]);
        done = at + character.len_utf8();
        match character {
            '"' => out.push("\\\""),
            '\\' => out.push("\\\\"),
            '\n' => out.push("\\n"),
            '\r' => out.push("\\r"),
            '\t' => out.push("\\t"),
            '\u{8}' => out.push("\\b"),
            '\u{C}' => out.push("\\f"),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.push("\\u");
                    write_hex(u32::from(*unit), 4, out);
                }
            }
        }
    }
    out.push(&text[done..]);
    out.push_byte(b'"');
}
