//! Evaluates small expressions on the native runtime, so that tests are tables of text.
//!
//! An expression is a literal (`1`, `2.5`, `'text'`, `[1, 2]`, `{'k': 1}`, `null`, `true`) or a call: of a library
//! function by its name, or of an operator by the name in [`operator`].

use std::panic::{self, AssertUnwindSafe};

use jurybox_guest_hog::compare::Order;
use jurybox_guest_hog::host::Failed;
use jurybox_guest_hog::text::{Builder, Text};
use jurybox_guest_hog::{access, compare, copy, heap, library, list, number, object, patterns, print, semver, text};
use jurybox_hog_abi::failure::Failure;
use jurybox_hog_abi::{Value, library as names};

/// Memory limit of the tests.
pub const LIMIT: u32 = 64 << 20;

/// Runs code on a fresh heap; a failure is given back.
pub fn run<T>(code: impl FnOnce() -> T) -> Result<T, Failed> {
    heap::reset(LIMIT);
    panic::set_hook(Box::new(|info| {
        if info.payload().downcast_ref::<Failed>().is_none() {
            eprintln!("{info}");
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(code)).map_err(|payload| match payload.downcast::<Failed>() {
        Ok(failed) => *failed,
        Err(other) => panic::resume_unwind(other),
    })
}

/// The value of an expression as it prints inside of a container, or the failure as `Type: message`.
pub fn shown(expression: &str) -> String {
    let result = run(|| {
        let mut reader = Reader { rest: expression };
        let value = reader.value();
        assert_eq!(reader.rest.trim(), "", "what is left of {expression}");
        printed(value)
    });
    result.unwrap_or_else(|failed| match failed.class {
        Failure::Exception | Failure::Uncaught => format!("{}: {}", failed.kind, failed.message),
        class => format!("{class:?}: {}", failed.message),
    })
}

/// Checks a table of expressions and their results.
pub fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(expression, expected)| {
            let result = shown(expression);
            (result != *expected).then(|| format!("{expression}\n     is {result}\n not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The printed form of a value.
pub fn printed(value: Value) -> String {
    let mut out = Builder::new();
    print::write(value, &mut out);
    out.text().to_owned()
}

/// The value of an expression; the heap stays as it is.
pub fn value(expression: &str) -> Value {
    Reader { rest: expression }.value()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn items(&mut self, end: char) -> Vec<Value> {
        let mut items = Vec::new();
        while !self.eat(end) {
            items.push(self.value());
            self.eat(',');
            self.eat(':');
        }
        items
    }

    fn value(&mut self) -> Value {
        if self.eat('\'') {
            let mut content = String::new();
            let mut characters = self.rest.char_indices();
            while let Some((at, character)) = characters.next() {
                match character {
                    '\'' => {
                        self.rest = &self.rest[at + 1..];
                        return text::new(&content);
                    }
                    '\\' => content.extend(characters.next().map(|(_, escaped)| escaped)),
                    _ => content.push(character),
                }
            }
            panic!("an open string");
        }
        if self.eat('[') {
            return list::new_array(&self.items(']'));
        }
        if self.eat('{') {
            return object::from_pairs(&self.items('}'));
        }
        let end = self
            .rest
            .find([',', ':', '(', ')', ']', '}', ' '])
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if self.rest.starts_with('(') {
            self.eat('(');
            return operator(word, &self.items(')'));
        }
        match word {
            "null" => Value::NULL,
            "true" => Value::TRUE,
            "false" => Value::FALSE,
            "nan" | "inf" | "-inf" => Value::float(word.parse().expect("a float")),
            _ if word.contains(['.', 'e']) => Value::float(word.parse().expect("a float")),
            _ => number::parse_int(word).unwrap_or_else(|| panic!("what is {word}?")),
        }
    }
}

/// An operator of the language, or else a library function.
fn operator(name: &str, arguments: &[Value]) -> Value {
    let argument = |number: usize| arguments.get(number).copied().unwrap_or(Value::NULL);
    let (a, b) = (argument(0), argument(1));
    let ordered = |order| Value::bool(compare::ordered(order, a, b));
    match name {
        "add" => number::add(a, b),
        "sub" => number::sub(a, b),
        "mul" => number::mul(a, b),
        "div" => number::div(a, b),
        "rem" => number::rem(a, b),
        "eq" => Value::bool(compare::equals(a, b)),
        "lt" => ordered(Order::Less),
        "le" => ordered(Order::LessOrEqual),
        "gt" => ordered(Order::Greater),
        "ge" => ordered(Order::GreaterOrEqual),
        "truthy" => Value::bool(compare::truthy(a)),
        "contains" => Value::bool(access::contains(a, b)),
        "get" => access::get(a, b),
        "slice" => access::slice(a, b, argument(2)),
        "cast" => library::cast(a, b),
        "copy" => copy::copy(a),
        "sortableSemver" => semver::sortable(a),
        "library" => Value::reference(
            jurybox_hog_abi::Kind::Library,
            names::find(Text::of(a).expect("a name").text).expect("a function") as u32,
        ),
        "set" => {
            access::set(a, b, argument(2));
            a
        }
        "regex" => patterns::matches(a, b, compare::truthy(argument(2))).map_or(Value::NULL, Value::bool),
        _ => library::call(
            names::find(name).unwrap_or_else(|| panic!("what is {name}?")) as u32,
            arguments,
        ),
    }
}
