//! How deeply a source may nest, found before anything recursive reads it.
//!
//! Parser, analysis, transformation and printer call themselves for whatever nests: brackets, but also `!!!!x`, `a + b + c`,
//! `a => b => c`, `if (a) if (b)`, types, nested groups of a regular expression. A stranger's source of a hundred thousand
//! exclamation marks would overflow their stack, which no program survives. So the nesting is bounded from above here, by a
//! loop over the bytes: it adds up, for every bracket that is open, the tokens since the statement or element began, each
//! of which can open one level of a syntax tree.
//!
//! Whether a `/` divides or opens a regular expression takes a parser to know in some places. There, both readings are
//! followed, and the deeper one counts: a bracket can't hide from the count in what only looks like a text or a comment.

/// Tokens that may be open at a time: far more than people write, and an eighth of what the front end's stack holds.
const MOST_OPEN: u32 = 3000;

/// `<` that may be open at a time in TypeScript. Each may begin type arguments, for which the parser looks ahead; together
/// that takes the product of the number of these and the length of the source.
const MOST_ANGLES: u32 = 100;

/// `infer T extends` that may be open at a time in TypeScript. The parser reads what follows twice.
const MOST_INFERRED: u32 = 10;

/// Readings of a source that are followed at the same time.
const MOST_READINGS: usize = 16;

/// Why a source is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooDeep {
    /// It nests too deeply; at this byte the limit is passed.
    Nested(usize),
    /// It has too many places that can be read in two ways.
    Unclear(usize),
}

/// Checks that no reading of the source nests deeper than the limits.
///
/// # Errors
///
/// When one does.
pub fn check(source: &str, has_types: bool) -> Result<(), TooDeep> {
    let bytes = source.as_bytes();
    let mut readings = vec![Reading::new(bytes)];
    let mut others = Vec::new();
    for at in 0..bytes.len() {
        let mut dead = false;
        for reading in &mut readings {
            if at < reading.resume {
                continue;
            }
            if let Some(other) = reading.step(bytes, at) {
                others.push(other);
            }
            let looks_ahead = has_types && (reading.angles > MOST_ANGLES || reading.inferred > MOST_INFERRED);
            if reading.weight > MOST_OPEN || looks_ahead {
                return Err(TooDeep::Nested(at));
            }
            dead |= reading.mode == Mode::Dead;
        }
        if dead {
            readings.retain(|reading| reading.mode != Mode::Dead);
        }
        if !others.is_empty() {
            readings.append(&mut others);
        }
        if readings.len() > 1 && (bytes[at] == b'\n' || readings.len() > MOST_READINGS / 2) {
            merge(&mut readings);
            if readings.len() > MOST_READINGS {
                return Err(TooDeep::Unclear(at));
            }
        }
    }
    Ok(())
}

/// Readings that go on alike become one, which is as deep as the deepest.
fn merge(readings: &mut Vec<Reading>) {
    let mut kept: Vec<Reading> = Vec::with_capacity(readings.len());
    for reading in readings.drain(..) {
        match kept.iter_mut().find(|other| other.goes_on_like(&reading)) {
            Some(other) => other.absorb(&reading),
            None => kept.push(reading),
        }
    }
    *readings = kept;
}

/// What the bytes are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Code,
    /// A name, keyword or number that started here.
    Word(usize),
    Text(u8),
    Template,
    Regex {
        class: bool,
    },
    LineComment,
    BlockComment,
    /// No program reads like this.
    Dead,
}

/// What the last token says about a `/` after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// A value: it divides, unless a line ended in between.
    Value,
    /// An operator, an opening bracket: it opens a regular expression.
    Operator,
    /// A comma, which is such an operator.
    Comma,
    /// A semicolon, which is such an operator, too.
    Semicolon,
    /// A block or an object: either, and a word on the next line begins a statement.
    Closed,
    /// Either.
    Unclear,
}

/// What is open: a bracket, or a template's `${`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Source,
    Round,
    Square,
    Curly,
    Substitution,
}

/// An open bracket and what has come in it since its last element or statement began.
#[derive(Clone, Copy, Debug)]
struct Level {
    bracket: Bracket,
    /// Tokens that a comma ends.
    tokens: u32,
    /// Beginnings of statements (`if`, labels): a semicolon ends them.
    prefixes: u32,
    /// `<`, which may open type arguments: a semicolon ends them as well.
    angles: u32,
    /// `infer T extends`, which a semicolon ends, too.
    inferred: u32,
    /// `else` and `do`: the next statement ends them.
    lasting: u32,
    /// Whether a comma came since the statement began: colons are then those of an object, not of labels.
    comma: bool,
    /// Whether it is the head of a statement, which goes on after it: `if (...)`.
    head: bool,
}

impl Level {
    fn new(bracket: Bracket) -> Self {
        Self {
            bracket,
            tokens: 0,
            prefixes: 0,
            angles: 0,
            inferred: 0,
            lasting: 0,
            comma: false,
            head: false,
        }
    }

    fn weight(&self) -> u32 {
        1 + self.tokens + self.prefixes + self.angles + self.lasting
    }
}

/// How much of `infer T extends` was just read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inference {
    None,
    Infer,
    Name,
}

/// One way to read the source up to a byte.
#[derive(Clone, Debug)]
struct Reading {
    mode: Mode,
    before: Before,
    /// Whether a line ended since the last token.
    new_line: bool,
    /// Whether the last token was `if` or the like.
    head: bool,
    levels: Vec<Level>,
    /// The sum over all levels, and the groups open in a regular expression.
    weight: u32,
    /// The sum over all levels.
    angles: u32,
    /// The sum over all levels.
    inferred: u32,
    /// How much of `infer T extends` was just read.
    inference: Inference,
    /// What the groups of the regular expression that is being read add.
    groups: u32,
    /// The next byte that is looked at: escapes and opening pairs take several.
    resume: usize,
}

impl Reading {
    fn new(bytes: &[u8]) -> Self {
        Self {
            mode: if bytes.starts_with(b"#!") {
                Mode::LineComment
            } else {
                Mode::Code
            },
            before: Before::Operator,
            new_line: true,
            head: false,
            levels: vec![Level::new(Bracket::Source)],
            weight: 1,
            angles: 0,
            inferred: 0,
            inference: Inference::None,
            groups: 0,
            resume: 0,
        }
    }

    fn goes_on_like(&self, other: &Self) -> bool {
        self.mode == other.mode
            && self.resume == other.resume
            && self.levels.len() == other.levels.len()
            && self
                .levels
                .iter()
                .zip(&other.levels)
                .all(|(a, b)| a.bracket == b.bracket)
    }

    fn absorb(&mut self, other: &Self) {
        if self.before != other.before {
            self.before = Before::Unclear;
        }
        self.new_line |= other.new_line;
        self.groups = self.groups.max(other.groups);
        for (level, other) in self.levels.iter_mut().zip(&other.levels) {
            level.tokens = level.tokens.max(other.tokens);
            level.prefixes = level.prefixes.max(other.prefixes);
            level.angles = level.angles.max(other.angles);
            level.inferred = level.inferred.max(other.inferred);
            level.lasting = level.lasting.max(other.lasting);
            level.comma &= other.comma;
            level.head |= other.head;
        }
        self.weight = self.groups + self.levels.iter().map(Level::weight).sum::<u32>();
        self.angles = self.levels.iter().map(|level| level.angles).sum();
        self.inferred = self.levels.iter().map(|level| level.inferred).sum();
        if self.inference != other.inference {
            // The one that counts more: what follows `extends` ends it.
            self.inference = Inference::Name;
        }
    }

    /// Reads a byte; gives the other reading when there are two.
    fn step(&mut self, bytes: &[u8], at: usize) -> Option<Self> {
        let byte = bytes[at];
        if let Mode::Word(start) = self.mode {
            if is_word(byte) && !is_separator(bytes, at) {
                return None;
            }
            self.end_word(bytes, start, at);
        }
        match self.mode {
            Mode::Code => return self.step_code(bytes, at),
            Mode::Text(quote) => match byte {
                b'\\' => self.resume = after_escape(bytes, at),
                b'\n' | b'\r' => self.mode = Mode::Dead,
                _ if byte == quote => self.end_value(),
                _ => {}
            },
            Mode::Template => match byte {
                b'\\' => self.resume = at + 2,
                b'`' => self.end_value(),
                b'$' if bytes.get(at + 1) == Some(&b'{') => {
                    self.resume = at + 2;
                    self.open(Bracket::Substitution);
                }
                _ => {}
            },
            Mode::Regex { class } => match byte {
                b'\\' if !matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r')) => self.resume = at + 2,
                _ if is_newline(bytes, at) => self.mode = Mode::Dead,
                b'/' if !class => {
                    self.weight -= self.groups;
                    self.groups = 0;
                    self.end_value();
                }
                b'[' | b'(' => {
                    self.mode = Mode::Regex {
                        class: class || byte == b'[',
                    };
                    self.groups += 1;
                    self.weight += 1;
                }
                b']' => self.mode = Mode::Regex { class: false },
                _ => {}
            },
            Mode::LineComment => {
                if is_newline(bytes, at) {
                    self.mode = Mode::Code;
                    self.new_line = true;
                }
            }
            Mode::BlockComment => {
                self.new_line |= is_newline(bytes, at);
                if byte == b'*' && bytes.get(at + 1) == Some(&b'/') {
                    self.mode = Mode::Code;
                    self.resume = at + 2;
                }
            }
            Mode::Word(_) | Mode::Dead => {}
        }
        None
    }

    fn step_code(&mut self, bytes: &[u8], at: usize) -> Option<Self> {
        let byte = bytes[at];
        let rest = &bytes[at + 1..];
        match byte {
            b' ' | b'\t' | 0x0b | 0x0c => {}
            _ if is_newline(bytes, at) => {
                self.new_line = true;
                if self.before != Before::Comma {
                    self.top().comma = false;
                }
                if byte == 0xe2 {
                    self.resume = at + 3;
                }
            }
            b'\'' | b'"' => {
                self.begin_value();
                self.mode = Mode::Text(byte);
            }
            b'`' => {
                self.begin_value();
                self.mode = Mode::Template;
            }
            b'/' => return self.slash(rest, at),
            b'(' => self.open_after_token(Bracket::Round),
            b'[' => self.open_after_token(Bracket::Square),
            b'{' => self.open_after_token(Bracket::Curly),
            b')' => self.close(Bracket::Round),
            b']' => self.close(Bracket::Square),
            b'}' => self.close(Bracket::Curly),
            b';' => {
                self.end_statement();
                self.punctuation(Before::Semicolon);
            }
            b',' => {
                let level = self.top();
                let ended = std::mem::take(&mut level.tokens);
                level.comma = true;
                self.weight -= ended;
                self.punctuation(Before::Comma);
            }
            b':' => {
                if self.top().comma {
                    self.token();
                } else {
                    self.prefix();
                }
                self.punctuation(Before::Operator);
            }
            b'<' => {
                self.top().angles += 1;
                self.angles += 1;
                self.weight += 1;
                self.punctuation(Before::Operator);
                // In sloppy scripts, `<!--` opens a comment.
                return rest.starts_with(b"!--").then(|| self.other(Mode::LineComment));
            }
            b'>' if at > 0 && bytes[at - 1] == b'=' => {
                self.token();
                self.punctuation(Before::Operator);
            }
            b'>' => {
                let level = self.top();
                if level.angles > 0 {
                    level.angles -= 1;
                    self.angles -= 1;
                    self.weight -= 1;
                }
                self.token();
                self.punctuation(Before::Unclear);
            }
            b'-' if self.new_line && rest.starts_with(b"->") => {
                let comment = self.other(Mode::LineComment);
                self.token();
                self.punctuation(Before::Operator);
                return Some(comment);
            }
            b'+' | b'-' => {
                let doubled = at > 0 && bytes[at - 1] == byte;
                self.token();
                self.punctuation(if doubled { Before::Unclear } else { Before::Operator });
            }
            b'!' | b'.' | b'?' | b'*' => {
                self.token();
                self.punctuation(Before::Unclear);
            }
            b'=' | b'%' | b'&' | b'|' | b'^' | b'~' => {
                self.token();
                self.punctuation(Before::Operator);
            }
            _ => self.mode = Mode::Word(at),
        }
        None
    }

    fn slash(&mut self, rest: &[u8], at: usize) -> Option<Self> {
        match rest.first() {
            Some(b'/') => {
                self.mode = Mode::LineComment;
                return None;
            }
            Some(b'*') => {
                self.mode = Mode::BlockComment;
                self.resume = at + 2;
                return None;
            }
            _ => {}
        }
        let before = self.before;
        let new_line = self.new_line;
        self.token();
        self.punctuation(Before::Operator);
        match before {
            Before::Operator | Before::Comma | Before::Semicolon => {
                self.mode = Mode::Regex { class: false };
                None
            }
            Before::Value if !new_line => None,
            Before::Value | Before::Closed | Before::Unclear => Some(self.other(Mode::Regex { class: false })),
        }
    }

    /// The same reading, except that this begins.
    fn other(&self, mode: Mode) -> Self {
        Self { mode, ..self.clone() }
    }

    fn top(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::new(Bracket::Source));
            self.weight += 1;
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn token(&mut self) {
        self.top().tokens += 1;
        self.weight += 1;
    }

    fn prefix(&mut self) {
        self.top().prefixes += 1;
        self.weight += 1;
    }

    fn end_statement(&mut self) {
        let level = self.top();
        let ended = *level;
        level.tokens = 0;
        level.prefixes = 0;
        level.angles = 0;
        level.inferred = 0;
        level.comma = false;
        self.weight -= ended.tokens + ended.prefixes + ended.angles;
        self.angles -= ended.angles;
        self.inferred -= ended.inferred;
    }

    fn punctuation(&mut self, before: Before) {
        self.before = before;
        self.new_line = false;
        self.head = false;
        self.inference = Inference::None;
    }

    fn begin_value(&mut self) {
        self.token();
        self.new_line = false;
    }

    fn end_value(&mut self) {
        self.mode = Mode::Code;
        self.punctuation(Before::Value);
    }

    fn open_after_token(&mut self, bracket: Bracket) {
        let head = self.head && bracket == Bracket::Round;
        self.token();
        self.open(bracket);
        self.top().head = head;
    }

    fn open(&mut self, bracket: Bracket) {
        self.levels.push(Level::new(bracket));
        self.weight += 1;
        self.mode = Mode::Code;
        self.punctuation(Before::Operator);
    }

    /// A closing bracket of another kind closes nothing: no program has one.
    fn close(&mut self, bracket: Bracket) {
        let Level {
            bracket: open, head, ..
        } = *self.top();
        let ends_substitution = bracket == Bracket::Curly && open == Bracket::Substitution;
        if open == bracket || ends_substitution {
            self.end_statement();
            self.weight -= self.top().weight();
            self.levels.pop();
        }
        if ends_substitution {
            self.mode = Mode::Template;
        } else {
            self.punctuation(match bracket {
                Bracket::Curly => Before::Closed,
                _ if head => Before::Unclear,
                _ => Before::Value,
            });
        }
    }

    fn end_word(&mut self, bytes: &[u8], start: usize, end: usize) {
        let word = &bytes[start..end];
        self.mode = Mode::Code;
        let continues = matches!(
            word,
            b"as"
                | b"assert"
                | b"catch"
                | b"else"
                | b"extends"
                | b"finally"
                | b"from"
                | b"implements"
                | b"in"
                | b"instanceof"
                | b"is"
                | b"of"
                | b"satisfies"
                | b"while"
                | b"with"
        );
        // A value, the end of a line and a word, or a semicolon and a word: a new statement begins.
        let begins = match self.before {
            Before::Semicolon => true,
            Before::Value | Before::Closed => self.new_line,
            _ => false,
        };
        if begins && !continues {
            self.end_statement();
            let ended = std::mem::take(&mut self.top().lasting);
            self.weight -= ended;
        }
        match word {
            b"else" | b"do" => {
                self.top().lasting += 1;
                self.weight += 1;
            }
            b"if" | b"for" | b"while" | b"with" => self.prefix(),
            _ => self.token(),
        }
        let inference = match (word, self.inference) {
            (b"extends", Inference::Name) => {
                self.top().inferred += 1;
                self.inferred += 1;
                Inference::None
            }
            (_, Inference::Infer) => Inference::Name,
            (b"infer", _) => Inference::Infer,
            _ => Inference::None,
        };
        let plain = word.is_ascii() && !word.contains(&b'\\');
        self.punctuation(match word {
            _ if OPERATORS.contains(&word) && !may_be_property(bytes, start) => Before::Operator,
            _ if plain && !OPERATORS.contains(&word) && !KEYWORDS.contains(&word) => Before::Value,
            _ => Before::Unclear,
        });
        self.inference = inference;
        self.head = matches!(
            word,
            b"if" | b"for" | b"while" | b"with" | b"await" | b"catch" | b"switch"
        );
    }
}

/// Reserved words that a value follows.
const OPERATORS: [&[u8]; 10] = [
    b"case",
    b"delete",
    b"else",
    b"in",
    b"instanceof",
    b"new",
    b"return",
    b"throw",
    b"typeof",
    b"void",
];

/// Whether a word may stand after a dot. A comment may be in between.
fn may_be_property(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default().trim_ascii_end();
    matches!(before.last(), Some(b'.' | b'/' | 0x0b | 0x80..))
}

/// Words after which a `/` may open a regular expression, or that are names in some places only.
const KEYWORDS: [&[u8]; 57] = [
    b"abstract",
    b"accessor",
    b"any",
    b"as",
    b"assert",
    b"asserts",
    b"async",
    b"await",
    b"break",
    b"catch",
    b"class",
    b"const",
    b"continue",
    b"debugger",
    b"declare",
    b"default",
    b"do",
    b"enum",
    b"export",
    b"extends",
    b"finally",
    b"for",
    b"from",
    b"function",
    b"get",
    b"global",
    b"if",
    b"implements",
    b"import",
    b"infer",
    b"interface",
    b"is",
    b"keyof",
    b"let",
    b"module",
    b"namespace",
    b"of",
    b"out",
    b"override",
    b"private",
    b"protected",
    b"public",
    b"readonly",
    b"satisfies",
    b"set",
    b"static",
    b"switch",
    b"try",
    b"type",
    b"unique",
    b"using",
    b"var",
    b"while",
    b"with",
    b"yield",
    b"require",
    b"never",
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@' | b'\\') || byte >= 0x80
}

/// Whether the line separators of Unicode end a word here.
fn is_separator(bytes: &[u8], at: usize) -> bool {
    bytes[at] == 0xe2 && is_newline(bytes, at)
}

fn is_newline(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\n' | b'\r' => true,
        0xe2 => matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])),
        _ => false,
    }
}

/// The byte after a backslash in a text and what it escapes: `\r\n` is one line end.
fn after_escape(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1..at + 3) {
        Some(b"\r\n") => at + 3,
        _ => at + 2,
    }
}
