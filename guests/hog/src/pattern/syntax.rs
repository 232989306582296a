//! RE2's syntax, read into the intermediate form that the automata are made from.

mod class;

use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use class::{any_but_newline, literal, perl_class, posix_class, property};

/// RE2's limit of a counted repetition, and of the product of nested ones.
const REPEAT_LIMIT: u32 = 1000;
/// Deeper nesting is refused, since the automata's builders recurse.
const DEPTH_LIMIT: usize = 250;
/// What RE2 says of a pattern that takes more memory than it may have.
pub(super) const TOO_LARGE: &str = "pattern too large - compile failed";

/// A pattern, read.
pub(super) struct Parsed {
    /// What it matches, with its capture groups numbered from 1.
    pub(super) hir: Hir,
    /// How many capture groups it has.
    pub(super) groups: usize,
}

/// Reads a pattern; the error is RE2's message.
pub(super) fn parse(source: &str, insensitive: bool) -> Result<Parsed, String> {
    let flags = Flags {
        fold: insensitive,
        multi_line: false,
        dot_newline: false,
        ungreedy: false,
    };
    Parser {
        source,
        at: 0,
        flags,
        captures: 0,
        groups: Vec::new(),
        branches: Branches::default(),
    }
    .run()
}

#[derive(Clone, Copy)]
struct Flags {
    fold: bool,
    multi_line: bool,
    dot_newline: bool,
    ungreedy: bool,
}

/// A piece of a pattern.
struct Item {
    hir: Hir,
    /// The largest product of nested counted repetitions within.
    repeats: u32,
}

/// The alternatives of a group read so far.
#[derive(Default)]
struct Branches {
    done: Vec<Item>,
    current: Vec<Item>,
}

/// A group whose closing parenthesis is still to come.
struct Group {
    outside: Branches,
    flags: Flags,
    capture: Option<u32>,
}

struct Parser<'p> {
    source: &'p str,
    at: usize,
    flags: Flags,
    captures: u32,
    groups: Vec<Group>,
    branches: Branches,
}

impl<'p> Parser<'p> {
    fn run(mut self) -> Result<Parsed, String> {
        // Where the repetition operator just before this point began, if there is one.
        let mut last_operator: Option<usize> = None;
        while let Some(letter) = self.peek() {
            let start = self.at;
            let mut operator = None;
            match letter {
                '(' if self.rest().starts_with("(?") => self.flagged_group()?,
                '(' => {
                    self.at += 1;
                    self.open_capture()?;
                }
                ')' => self.close_group()?,
                '|' => {
                    self.at += 1;
                    self.branches.end_branch();
                }
                '^' => {
                    self.at += 1;
                    self.push(Hir::look(if self.flags.multi_line {
                        Look::StartLF
                    } else {
                        Look::Start
                    }));
                }
                '$' => {
                    self.at += 1;
                    self.push(Hir::look(if self.flags.multi_line { Look::EndLF } else { Look::End }));
                }
                '.' => {
                    self.at += 1;
                    self.push(class(if self.flags.dot_newline {
                        class::any()
                    } else {
                        any_but_newline()
                    }));
                }
                '[' => {
                    let set = self.bracket()?;
                    self.push(class(set));
                }
                '*' | '+' | '?' => {
                    self.at += 1;
                    let (low, high) = match letter {
                        '*' => (0, None),
                        '+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(start, last_operator, low, high)?;
                    operator = Some(last_operator.unwrap_or(start));
                }
                '{' => match self.counts() {
                    Some((low, high)) => {
                        self.repeat(start, last_operator, low, high)?;
                        operator = Some(last_operator.unwrap_or(start));
                    }
                    None => {
                        self.at += 1;
                        self.push_char('{');
                    }
                },
                '\\' => self.backslash()?,
                letter => {
                    self.at += letter.len_utf8();
                    self.push_char(letter);
                }
            }
            last_operator = operator;
        }
        if !self.groups.is_empty() {
            return Err(format!("missing ): {}", self.source));
        }
        Ok(Parsed {
            hir: self.branches.into_item().hir,
            groups: self.captures as usize,
        })
    }

    fn rest(&self) -> &'p str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    /// Steps over a text if it comes next.
    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn push(&mut self, hir: Hir) {
        self.branches.current.push(Item { hir, repeats: 1 });
    }

    fn push_char(&mut self, letter: char) {
        self.push(literal(letter, self.flags.fold));
    }

    fn since(&self, start: usize) -> &'p str {
        &self.source[start..self.at]
    }

    fn open(&mut self, capture: Option<u32>) -> Result<(), String> {
        if self.groups.len() >= DEPTH_LIMIT {
            return Err(TOO_LARGE.to_owned());
        }
        let outside = std::mem::take(&mut self.branches);
        self.groups.push(Group {
            outside,
            flags: self.flags,
            capture,
        });
        Ok(())
    }

    fn open_capture(&mut self) -> Result<(), String> {
        self.captures += 1;
        self.open(Some(self.captures))
    }

    fn close_group(&mut self) -> Result<(), String> {
        self.at += 1;
        let Some(group) = self.groups.pop() else {
            return Err(format!("unexpected ): {}", self.source));
        };
        let Item { hir, repeats } = std::mem::replace(&mut self.branches, group.outside).into_item();
        let hir = match group.capture {
            Some(index) => Hir::capture(Capture {
                index,
                name: None,
                sub: Box::new(hir),
            }),
            None => hir,
        };
        self.branches.current.push(Item { hir, repeats });
        self.flags = group.flags;
        Ok(())
    }

    /// Reads `(?flags)`, `(?flags:`, `(?P<name>` or `(?<name>`.
    fn flagged_group(&mut self) -> Result<(), String> {
        let start = self.at;
        let rest = self.rest();
        for assertion in ["(?=", "(?!", "(?<=", "(?<!"] {
            if rest.starts_with(assertion) {
                return Err(format!("invalid perl operator: {assertion}"));
            }
        }
        for opening in ["(?P<", "(?<"] {
            if let Some(named) = rest.strip_prefix(opening) {
                let Some(length) = named.find('>') else {
                    return Err(format!("invalid named capture group: {rest}"));
                };
                let name = &named[..length];
                self.at += opening.len() + length + 1;
                if name.is_empty() || !name.chars().all(|letter| letter == '_' || letter.is_alphanumeric()) {
                    return Err(format!("invalid named capture group: {}", self.since(start)));
                }
                return self.open_capture();
            }
        }
        self.at += "(?".len();
        let mut flags = self.flags;
        let mut set = true;
        let mut wanted = false;
        loop {
            let letter = self.next();
            match letter {
                Some('i') => flags.fold = set,
                Some('m') => flags.multi_line = set,
                Some('s') => flags.dot_newline = set,
                Some('U') => flags.ungreedy = set,
                Some('-') if set => {
                    set = false;
                    wanted = true;
                    continue;
                }
                Some(':') if !wanted => {
                    self.open(None)?;
                    break;
                }
                Some(')') if !wanted => break,
                _ => return Err(format!("invalid perl operator: {}", self.since(start))),
            }
            wanted = false;
        }
        self.flags = flags;
        Ok(())
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`; leaves anything else, which is literal text.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let start = self.at;
        let counts = self.counts_inside();
        if counts.is_none() {
            self.at = start;
        }
        counts
    }

    fn counts_inside(&mut self) -> Option<(u32, Option<u32>)> {
        self.eat("{");
        let low = self.integer()?;
        let high = if !self.eat(",") {
            Some(low)
        } else if self.rest().starts_with('}') {
            None
        } else {
            Some(self.integer()?)
        };
        self.eat("}").then_some((low, high))
    }

    fn integer(&mut self) -> Option<u32> {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = &rest[..length];
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        self.at += length;
        digits.parse().ok().filter(|&number| number < 100_000_000)
    }

    /// Applies the repetition operator that began at `start`, its lazy mark included.
    fn repeat(
        &mut self,
        start: usize,
        last_operator: Option<usize>,
        low: u32,
        high: Option<u32>,
    ) -> Result<(), String> {
        let lazy = self.eat("?");
        if let Some(first) = last_operator {
            return Err(format!("bad repetition operator: {}", self.since(first)));
        }
        let operator = self.since(start);
        let bad_size = || Err(format!("invalid repetition size: {operator}"));
        if high.is_some_and(|high| high < low || high > REPEAT_LIMIT) || low > REPEAT_LIMIT {
            return bad_size();
        }
        let Some(Item { hir, repeats }) = self.branches.current.pop() else {
            return Err(format!("no argument for repetition operator: {operator}"));
        };
        let counted = operator.starts_with('{');
        let times = if counted { high.unwrap_or(low).max(1) } else { 1 };
        let repeats = repeats.saturating_mul(times);
        if counted && low.max(high.unwrap_or(0)) >= 2 && repeats > REPEAT_LIMIT {
            return bad_size();
        }
        let greedy = lazy == self.flags.ungreedy;
        let hir = Hir::repetition(Repetition {
            min: low,
            max: high,
            greedy,
            sub: Box::new(hir),
        });
        self.branches.current.push(Item { hir, repeats });
        Ok(())
    }

    /// Reads what begins with a backslash outside of brackets.
    fn backslash(&mut self) -> Result<(), String> {
        if self.eat("\\Q") {
            while !self.rest().is_empty() && !self.eat("\\E") {
                if let Some(letter) = self.next() {
                    self.push_char(letter);
                }
            }
            return Ok(());
        }
        for (escape, look) in [
            ("\\b", Look::WordAscii),
            ("\\B", Look::WordAsciiNegate),
            ("\\A", Look::Start),
            ("\\z", Look::End),
        ] {
            if self.eat(escape) {
                self.push(Hir::look(look));
                return Ok(());
            }
        }
        match self.set_escape()? {
            Some(set) => self.push(class(set)),
            None => match self.escape()? {
                Some(letter) => self.push_char(letter),
                // A surrogate, which no text contains.
                None => self.push(Hir::fail()),
            },
        }
        Ok(())
    }

    /// Reads `\d`, `\pN`, `\p{Name}` and their kin, in brackets or out of them.
    fn set_escape(&mut self) -> Result<Option<ClassUnicode>, String> {
        let start = self.at;
        let mut letters = self.rest().chars();
        let (Some('\\'), Some(kind)) = (letters.next(), letters.next()) else {
            return Ok(None);
        };
        if let Some(set) = perl_class(kind.to_ascii_lowercase()) {
            self.at += 2;
            return Ok(Some(class::finish(set, kind.is_ascii_uppercase(), self.flags.fold)));
        }
        if kind != 'p' && kind != 'P' {
            return Ok(None);
        }
        self.at += 2;
        let mut negated = kind == 'P';
        let named = match self.next() {
            Some('{') => {
                let rest = self.rest();
                let length = rest.find('}');
                self.at += length.map_or(rest.len(), |length| length + 1);
                length.map_or("", |length| &rest[..length])
            }
            Some(_) => &self.source[start + 2..self.at],
            None => "",
        };
        let name = match named.strip_prefix('^') {
            Some(name) => {
                negated = !negated;
                name
            }
            None => named,
        };
        match property(name) {
            Some(set) => Ok(Some(class::finish(set, negated, self.flags.fold))),
            None => Err(format!("invalid character class range: {}", self.since(start))),
        }
    }

    /// Reads an escaped character; `None` for a surrogate.
    fn escape(&mut self) -> Result<Option<char>, String> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.next() else {
            return Err("trailing \\".to_owned());
        };
        let code = match letter {
            '0'..='7' => {
                let mut code = u32::from(letter) - u32::from('0');
                let mut more = 2;
                while let Some(digit @ '0'..='7') = self.peek().filter(|_| more > 0) {
                    code = code * 8 + u32::from(digit) - u32::from('0');
                    self.at += 1;
                    more -= 1;
                }
                // One digit other than zero would be a reference back to a group.
                (letter == '0' || more < 2).then_some(code)
            }
            'x' => self.hexadecimal(),
            'a' => Some(7),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            letter if letter.is_ascii() && !letter.is_ascii_alphanumeric() => Some(u32::from(letter)),
            _ => None,
        };
        match code {
            Some(code) => Ok(char::from_u32(code)),
            None => Err(format!("invalid escape sequence: {}", self.since(start))),
        }
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let first = self.next()?;
        if first != '{' {
            let second = self.next()?;
            return Some(first.to_digit(16)? * 16 + second.to_digit(16)?);
        }
        let mut code = None;
        loop {
            match self.next()? {
                '}' => return code,
                digit => {
                    let value = code.unwrap_or(0) * 16 + digit.to_digit(16)?;
                    code = Some(value);
                    if value > u32::from(char::MAX) {
                        return None;
                    }
                }
            }
        }
    }

    /// Reads a bracketed set.
    fn bracket(&mut self) -> Result<ClassUnicode, String> {
        let whole = self.rest();
        let missing = || format!("missing ]: {whole}");
        self.at += 1;
        let negated = self.eat("^");
        // Ranges fold by the flags, escapes have done so by themselves.
        let mut ranges = ClassUnicode::empty();
        let mut sets = ClassUnicode::empty();
        let mut first = true;
        loop {
            match self.peek() {
                None => return Err(missing()),
                Some(']') if !first => {
                    self.at += 1;
                    break;
                }
                Some(_) => {}
            }
            first = false;
            if let Some(end) = self.rest().strip_prefix("[:").and_then(|named| named.find(":]")) {
                let start = self.at;
                self.at += end + "[::]".len();
                let name = &self.since(start)[2..end + 2];
                let (name, negated) = match name.strip_prefix('^') {
                    Some(name) => (name, true),
                    None => (name, false),
                };
                let set =
                    posix_class(name).ok_or_else(|| format!("invalid character class range: {}", self.since(start)))?;
                sets.union(&class::finish(set, negated, self.flags.fold));
                continue;
            }
            if let Some(set) = self.set_escape()? {
                sets.union(&set);
                continue;
            }
            let start = self.at;
            let low = self.bracket_char(&missing)?;
            let mut high = low;
            if self.rest().starts_with('-')
                && self
                    .rest()
                    .get(1..)
                    .is_some_and(|rest| !rest.starts_with(']') && !rest.is_empty())
            {
                self.at += 1;
                high = self.bracket_char(&missing)?;
                if high < low {
                    return Err(format!("invalid character class range: {}", self.since(start)));
                }
            } else if self.rest() == "-" {
                return Err(missing());
            }
            if let Some(range) = class::range(low, high) {
                ranges.push(range);
            }
        }
        if self.flags.fold {
            // The case tables are built in.
            let _ = ranges.try_case_fold_simple();
        }
        ranges.union(&sets);
        if negated {
            ranges.negate();
        }
        Ok(ranges)
    }

    /// Reads one character of a bracketed set, as a number since RE2 lets surrogates bound a range.
    fn bracket_char(&mut self, missing: &dyn Fn() -> String) -> Result<u32, String> {
        match self.peek() {
            None => Err(missing()),
            Some('\\') => {
                let start = self.at;
                match self.escape()? {
                    Some(letter) => Ok(u32::from(letter)),
                    None => Ok(surrogate(self.since(start))),
                }
            }
            Some(letter) => {
                self.at += letter.len_utf8();
                Ok(u32::from(letter))
            }
        }
    }
}

impl Branches {
    fn end_branch(&mut self) {
        let items = std::mem::take(&mut self.current);
        let repeats = items.iter().map(|item| item.repeats).max().unwrap_or(1);
        let hir = Hir::concat(items.into_iter().map(|item| item.hir).collect());
        self.done.push(Item { hir, repeats });
    }

    fn into_item(mut self) -> Item {
        self.end_branch();
        let repeats = self.done.iter().map(|item| item.repeats).max().unwrap_or(1);
        let hir = Hir::alternation(self.done.into_iter().map(|item| item.hir).collect());
        Item { hir, repeats }
    }
}

fn class(set: ClassUnicode) -> Hir {
    Hir::class(Class::Unicode(set))
}

/// The number of a surrogate written as `\x{D800}`.
fn surrogate(escape: &str) -> u32 {
    let digits = escape.trim_start_matches("\\x").trim_matches(['{', '}']);
    u32::from_str_radix(digits, 16).unwrap_or(0xd800)
}

/// A range of a set, by its bounds.
fn bounds(low: char, high: char) -> ClassUnicodeRange {
    ClassUnicodeRange::new(low, high)
}
