//! How Python's `str` and `repr` write the equivalent Python value: PostHog shows results of wrong types so.

use jurybox_hog_abi::layout::{
    CLOSURE_ARITY, CLOSURE_NAME, DATE_DAY, DATE_MONTH, DATE_YEAR, DATETIME_ZONE, ERROR_MESSAGE, ERROR_PAYLOAD,
    ERROR_TYPE,
};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{read_u32, read_u64};
use crate::text::{Builder, Text};
use crate::{dates, failure, list, number, object, print, text};

/// Appends `str(value)`.
pub fn write_str(value: Value, out: &mut Builder) {
    match text::of(value) {
        Some(text) => out.push(text),
        None => Writer { out, open: Vec::new() }.value(value),
    }
}

/// `str(value)` as a string.
pub fn to_text(value: Value) -> Value {
    if text::is(value) {
        return value;
    }
    let mut out = Builder::new();
    write_str(value, &mut out);
    out.finish()
}

struct Writer<'a> {
    out: &'a mut Builder,
    open: Vec<u32>,
}

impl Writer<'_> {
    fn value(&mut self, value: Value) {
        match value.unpack() {
            Unpacked::Null | Unpacked::Invalid => self.out.push("None"),
            Unpacked::Bool(bool) => self.out.push(if bool { "True" } else { "False" }),
            Unpacked::Int(int) => number::write_int(int, self.out),
            Unpacked::Float(float) => number::write_float(float, self.out),
            Unpacked::Ref(kind, address) => self.block(kind, address, value),
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
            Kind::Array => {
                if self.enter(address, "[...]") {
                    self.out.push_byte(b'[');
                    self.items(list::at(address));
                    self.out.push_byte(b']');
                    self.open.pop();
                }
            }
            Kind::Tuple => {
                if self.enter(address, "(...)") {
                    let items = list::at(address);
                    self.out.push_byte(b'(');
                    self.items(items);
                    self.out.push(if items.len() == 1 { ",)" } else { ")" });
                    self.open.pop();
                }
            }
            Kind::Object => {
                if self.enter(address, "{...}") {
                    self.out.push_byte(b'{');
                    for (number, entry) in object::at(address).iter().enumerate() {
                        self.separate(number);
                        self.value(entry.key);
                        self.out.push(": ");
                        self.value(entry.value);
                    }
                    self.out.push_byte(b'}');
                    self.open.pop();
                }
            }
            Kind::DateTime => {
                self.out.push("{'__hogDateTime__': True, 'dt': ");
                self.value(dates::number_at(address));
                self.out.push(", 'zone': ");
                self.value(word(DATETIME_ZONE));
                self.out.push_byte(b'}');
            }
            Kind::Date => {
                self.out.push("{'__hogDate__': True");
                for (name, offset) in [("year", DATE_YEAR), ("month", DATE_MONTH), ("day", DATE_DAY)] {
                    self.out.push(", '");
                    self.out.push(name);
                    self.out.push("': ");
                    number::write_int(i64::from(read_u32(address + offset) as i32), self.out);
                }
                self.out.push_byte(b'}');
            }
            Kind::Error => {
                if self.enter(address, "{...}") {
                    self.out.push("{'__hogError__': True, 'type': ");
                    self.value(word(ERROR_TYPE));
                    self.out.push(", 'message': ");
                    self.value(word(ERROR_MESSAGE));
                    self.out.push(", 'payload': ");
                    self.value(word(ERROR_PAYLOAD));
                    self.out.push_byte(b'}');
                    self.open.pop();
                }
            }
            Kind::Closure => {
                self.function(word(CLOSURE_NAME), "local", read_u32(address + CLOSURE_ARITY));
            }
            Kind::Library => {
                let (name, arity) = print::library_function(address);
                self.function(text::new(name), "stl", arity);
            }
            Kind::Cell => self.out.push("None"),
        }
    }

    /// What of a function can be said here: PostHog's dict also has positions in its bytecode.
    fn function(&mut self, name: Value, kind: &str, arity: u32) {
        self.out
            .push("{'__hogClosure__': True, 'callable': {'__hogCallable__': '");
        self.out.push(kind);
        self.out.push("', 'name': ");
        self.value(name);
        self.out.push(", 'argCount': ");
        number::write_int(i64::from(arity), self.out);
        self.out.push("}}");
    }

    fn items(&mut self, items: &[Value]) {
        for (number, item) in items.iter().enumerate() {
            self.separate(number);
            self.value(*item);
        }
    }

    fn separate(&mut self, number: usize) {
        if number != 0 {
            self.out.push(", ");
        }
    }

    fn enter(&mut self, address: u32, again: &str) -> bool {
        if self.open.len() >= failure::DEPTH_LIMIT as usize {
            failure::recursion();
        }
        if self.open.contains(&address) {
            self.out.push(again);
            return false;
        }
        self.open.push(address);
        true
    }
}

/// Appends `repr(text)`.
fn quote(text: &str, out: &mut Builder) {
    let mark = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push_char(mark);
    for character in text.chars() {
        match character {
            '\\' => out.push("\\\\"),
            '\n' => out.push("\\n"),
            '\r' => out.push("\\r"),
            '\t' => out.push("\\t"),
            _ if character == mark => {
                out.push_byte(b'\\');
                out.push_char(mark);
            }
            _ if is_printable(character) => out.push_char(character),
            _ => {
                let code = character as u32;
                let (letter, digits) = match code {
                    0..=0xFF => ('x', 2),
                    0x100..=0xFFFF => ('u', 4),
                    _ => ('U', 8),
                };
                out.push_byte(b'\\');
                out.push_char(letter);
                write_hex(code, digits, out);
            }
        }
    }
    out.push_char(mark);
}

/// Appends a number in lower-case hexadecimal with leading zeros.
pub fn write_hex(code: u32, digits: u32, out: &mut Builder) {
    for digit in (0..digits).rev() {
        out.push_byte(b"0123456789abcdef"[(code >> (digit * 4) & 15) as usize]);
    }
}

/// Close to Python's `str.isprintable`: Rust escapes the same classes of characters when debugging, and combining
/// marks besides, which Python prints.
fn is_printable(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\u{300}'..='\u{36F}' => true,
        '\u{AD}' => false,
        _ if character.is_whitespace() || character.is_control() => false,
        _ => {
            let escaped = character.escape_debug();
            escaped.len() == 1 || is_combining(character)
        }
    }
}

/// Whether the character is escaped only for being a combining mark: those are alphanumeric or join others.
fn is_combining(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}
