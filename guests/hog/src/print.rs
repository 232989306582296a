//! How `print`, `toString` and f-strings write a value.

use jurybox_hog_abi::layout::{
    CLOSURE_ARITY, CLOSURE_NAME, DATE_DAY, DATE_MONTH, DATE_YEAR, DATETIME_ZONE, ERROR_MESSAGE, ERROR_PAYLOAD,
    ERROR_TYPE,
};
use jurybox_hog_abi::{Kind, Unpacked, Value, library};

use crate::heap::{read_u32, read_u64};
use crate::text::{Builder, Text};
use crate::{dates, failure, list, number, object, text};

/// Writes values, and remembers which containers it is inside of.
pub struct Printer<'a> {
    out: &'a mut Builder,
    open: Vec<u32>,
}

/// Appends a value as one argument of `print`: strings as they are, everything else as [`write`] does.
#[inline]
pub fn write_plain(value: Value, out: &mut Builder) {
    match value.unpack() {
        Unpacked::Ref(Kind::String, address) => out.push(Text::at(address).text),
        Unpacked::Int(int) => number::write_int(int, out),
        _ => write(value, out),
    }
}

/// Appends a value as it stands inside of a container.
pub fn write(value: Value, out: &mut Builder) {
    Printer { out, open: Vec::new() }.value(value);
}

/// The printed form as a string; strings are themselves.
pub fn to_text(value: Value) -> Value {
    if text::is(value) {
        return value;
    }
    let mut out = Builder::new();
    write_plain(value, &mut out);
    out.finish()
}

impl Printer<'_> {
    fn value(&mut self, value: Value) {
        match value.unpack() {
            Unpacked::Null | Unpacked::Invalid => self.out.push("null"),
            Unpacked::Bool(bool) => self.out.push(if bool { "true" } else { "false" }),
            Unpacked::Int(int) => number::write_int(int, self.out),
            Unpacked::Float(float) => number::write_float(float, self.out),
            Unpacked::Ref(kind, address) => self.block(kind, address, value),
        }
    }

    fn block(&mut self, kind: Kind, address: u32, value: Value) {
        let word = |offset: u32| Value(read_u64(address + offset));
        match kind {
            Kind::String => quote(Text::at(address).text, '\'', self.out),
            Kind::BigInt => {
                if let Some(number) = number::of(value) {
                    number::write(&number, self.out);
                }
            }
            Kind::Array => self.list("[", list::at(address), "]", address),
            Kind::Tuple => {
                let items = list::at(address);
                self.list(if items.len() < 2 { "tuple(" } else { "(" }, items, ")", address);
            }
            Kind::Object => {
                if !self.enter(address) {
                    return;
                }
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
            Kind::DateTime => {
                self.out.push("DateTime(");
                number::write_float(dates::seconds_at(address), self.out);
                self.out.push(", ");
                self.value(word(DATETIME_ZONE));
                self.out.push_byte(b')');
            }
            Kind::Date => {
                self.out.push("Date(");
                number::write_int(i64::from(read_u32(address + DATE_YEAR) as i32), self.out);
                self.out.push(", ");
                number::write_int(i64::from(read_u32(address + DATE_MONTH)), self.out);
                self.out.push(", ");
                number::write_int(i64::from(read_u32(address + DATE_DAY)), self.out);
                self.out.push_byte(b')');
            }
            Kind::Error => {
                if !self.enter(address) {
                    return;
                }
                write_plain(word(ERROR_TYPE), self.out);
                self.out.push_byte(b'(');
                self.value(word(ERROR_MESSAGE));
                if word(ERROR_PAYLOAD) != Value::NULL {
                    self.out.push(", ");
                    self.value(word(ERROR_PAYLOAD));
                }
                self.out.push_byte(b')');
                self.open.pop();
            }
            Kind::Closure => {
                let name = text::of(word(CLOSURE_NAME)).unwrap_or("lambda");
                write_function(name, read_u32(address + CLOSURE_ARITY), self.out);
            }
            Kind::Library => {
                let (name, arity) = library_function(address);
                write_function(name, arity, self.out);
            }
            Kind::Cell => self.out.push("null"),
        }
    }

    fn list(&mut self, start: &str, items: &[Value], end: &str, address: u32) {
        if !self.enter(address) {
            return;
        }
        self.out.push(start);
        for (number, item) in items.iter().enumerate() {
            self.separate(number);
            self.value(*item);
        }
        self.out.push(end);
        self.open.pop();
    }

    fn separate(&mut self, number: usize) {
        if number != 0 {
            self.out.push(", ");
        }
    }

    /// Steps into a container, or writes null for one that is being written already.
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
}

/// Name and greatest number of arguments (0 for any number) of a library function as a value.
pub fn library_function(number: u32) -> (&'static str, u32) {
    let Some(function) = library::FUNCTIONS.get(number as usize) else {
        return ("lambda", 0);
    };
    (
        function.name,
        if function.max == library::ANY { 0 } else { function.max },
    )
}

fn write_function(name: &str, arity: u32, out: &mut Builder) {
    out.push("fn<");
    let mut bytes = name.bytes();
    let plain = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'))
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    if plain {
        out.push(name);
    } else {
        quote(name, '`', out);
    }
    out.push_byte(b'(');
    number::write_int(i64::from(arity), out);
    out.push(")>");
}

/// Appends text in quotation marks, with backslashes before what needs them.
fn quote(text: &str, mark: char, out: &mut Builder) {
    out.push_char(mark);
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'\\' => '\\',
            8 => 'b',
            12 => 'f',
            b'\r' => 'r',
            b'\n' => 'n',
            b'\t' => 't',
            0 => '0',
            7 => 'a',
            11 => 'v',
            byte if byte == mark as u8 => mark,
            _ => continue,
        };
        out.push(&text[done..at]);
        out.push_byte(b'\\');
        out.push_char(escape);
        done = at + 1;
    }
    out.push(&text[done..]);
    out.push_char(mark);
}
