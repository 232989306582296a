//! Changes texts by their tokens, so that what comes out often still is of the language.

use jurybox_hog_abi::library;

/// Numbers that repeat: `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next one.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ bits >> 31
    }

    /// The next one, below a bound (0 where there is nothing below it).
    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() >> 33) as usize % bound.max(1)
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let index = self.below(words.len());
        words.get(index).copied().unwrap_or_default()
    }
}

/// A language to mutate texts of: its words and signs beyond those that the text itself has.
#[derive(Clone, Copy, Debug)]
pub enum Vocabulary {
    /// Hog.
    Hog,
    /// JavaScript and TypeScript.
    JavaScript,
    /// JSON, with the names that events and answers have.
    Json,
    /// Modules in text form.
    Wat,
}

#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    "0", "1", "-1", "2", "7", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296",
    "140737488355327", "140737488355328", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "1e999", "-0.0", "0.1", "1e-400", "1.5", "1e21", "123456789012345678901234567890",
];

#[rustfmt::skip]
const HOG: &[&str] = &[
    "let", "fun", "fn", "return", "if", "else", "while", "for", "in", "try", "catch", "finally", "throw", "null",
    "true", "false", "and", "or", "not", "like", "ilike", "is", "between", "case", "when", "then", "end", "as",
    "inf", "nan", "interval", ":=", "==", "!=", "<=", ">=", "=~", "!~", "=~*", "!~*", "??", "?.", "->", "||", "::",
    "<>", "?", ":", ";", ",", ".", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", "f'", "'", "\"", "`", "\\",
    "--", "//", "/*", "*/", "''", "'a'", "f'{1}'", "f'{'", "}'", "x -> x", "() -> {}", "(a, b) -> a", "[1, 2]",
    "{'a': 1}", "(1, 2)", "input", "output", "properties", "event", "target", "evaluation_events", "print(output)",
    "let x := 1;", "return x", "x := x + 1", "fun f(a) { return f(a) }", "while (true) {}",
    "for (let k, v in properties) {}", "try { throw Error('e') } catch (e) {}", "not in", "not like", "is not null",
    "between 1 and 2", "between x and", "$ai_latency", "\u{e9}", "\u{1F600}", "\0", "\n", "arrayMap", "arrayFilter",
    "arrayExists", "sortBy", "[1][2]", "?.[0]", "1..2", "0x1F", "1_000",
];

#[rustfmt::skip]
const JAVASCRIPT: &[&str] = &[
    "let", "const", "var", "function", "async", "await", "yield", "function*", "class", "extends", "super", "new",
    "this", "return", "if", "else", "while", "do", "for", "of", "in", "try", "catch", "finally", "throw", "switch",
    "case", "default", "break", "continue", "import", "export", "export default", "from", "static", "get", "set",
    "typeof", "void", "delete", "instanceof", "null", "undefined", "true", "false", "with", "debugger", "enum",
    "namespace", "module", "declare", "abstract", "interface", "type", "implements", "private", "public",
    "protected", "readonly", "override", "accessor", "satisfies", "as", "as const", "is", "asserts", "keyof",
    "infer", "unique symbol", "using", "require", "=>", "...", "?.", "??", "??=", "||=", "&&=", "**", "**=", ">>>",
    "<<", "===", "!==", "==", "!", "~", "?", ":", ";", ",", ".", "(", ")", "[", "]", "{", "}", "<", ">", "/", "/a/g",
    "/[/]\\/(?<n>x)/v", "`", "${", "`${1}`", "'", "\"", "'a'", "@", "@dec", "#x", "#!", "<!--", "-->", "/*", "*/",
    "//", "\\u0061", "\\", "\n", "\u{2028}", "\u{FEFF}", "\u{e9}", "\u{1F600}", "\0", "0n", "0x", "1_000", "0o7",
    "a?", "x!", "x: any", "<T>", "<T,>(x: T) => x", "(x): x is T => x", "function f(this: T) {}",
    "enum E { A, B = 'b', C = A << 1, D = `${B}x` }", "namespace N { export const a = 1; export let b }",
    "import a = b.c", "export = f", "export * as n from 'm'", "import type T from 't'",
    "class C { constructor(private a = 1) {} }",
    "class C { static { } #x = 1; @d m() {} [k] = 2; declare z; accessor w }", "input", "output", "expected",
    "metadata", "context", "event", "run", "example", "sample", "item", "ctx", "instance", "args", "evaluate",
    "grade", "handler", "perform_eval", "get_assert", "module.exports", "exports.", "result", "=", "=>{}",
    "if (a) return", "async () => await 1",
];

#[rustfmt::skip]
const JSON: &[&str] = &[
    "{", "}", "[", "]", ",", ":", "null", "true", "false", "{}", "[]", "\"\"", "\"a\":", "\"a\":1,", "\"\\ud83d\"",
    "\\ude00", "\"\\u0000\"", "\\", "\\\\", "\\u", "\"", "\"properties\":", "\"uuid\":", "\"event\":",
    "\"event_id\":", "\"id\":", "\"distinct_id\":", "\"timestamp\":", "\"$ai_generation\"", "\"$ai_input\":",
    "\"$ai_output\":", "\"$ai_output_choices\":", "\"$ai_input_state\":", "\"$ai_output_state\":",
    "\"$ai_latency\":", "\"$ai_total_cost_usd\":", "\"$ai_tools\":", "\"$ai_trace_id\":", "\"$ai_expected\":",
    "\"input\":", "\"output\":", "\"inputs\":", "\"outputs\":", "\"expected\":", "\"ground_truth\":",
    "\"feedback\":", "\"metadata\":", "\"model\":", "\"config\":", "\"tool_calls\":", "\"function\":", "\"name\":",
    "\"arguments\":", "\"choices\":", "\"message\":", "\"messages\":", "\"role\":", "\"content\":", "\"parts\":",
    "\"text\":", "\"type\":", "\"score\":", "\"value\":", "\"result\":", "\"pass\":", "\"passed\":", "\"label\":",
    "\"reason\":", "\"explanation\":", "\"comment\":", "\"results\":", "\"scores\":", "\"key\":", "\"dataType\":",
    "\"BOOLEAN\"", "\"NUMERIC\"", "\"$error\":", "\"$invalid\":", "{\"$error\":{", "{\"$invalid\":\"a\"}",
    "\"traceback\":", "\"line\":", "\"column\":", "\"MemoryError\"", "\"ok\":", "\"error\":", "\"kind\":",
    "\"syntax\"", "\"convention\":", "\"exception\"", "\"hints\":", "\"code\":", "\"help\":", "\"end_line\":",
    "\"end_column\":", "\"__hogDateTime__\":", "\u{e9}", "\u{1F600}", "\u{FEFF}", "NaN", "Infinity", "\n", "\r\n",
    "\0", " ", "$serde_json::private::Number",
];

#[rustfmt::skip]
const WAT: &[&str] = &[
    "(module", "(component", "(func", "(memory", "(table", "(global", "(export", "(import", "(data", "(elem",
    "(type", "(start", "(param", "(result", "(local", "i32", "i64", "f32", "f64", "v128", "funcref", "externref",
    "(mut i32)", "(i32.const", "(i64.const", "(call", "(call_indirect", "(loop", "(block", "(if", "(then", "(else",
    "(br", "(br_if", "(br_table", "(return)", "(drop", "(unreachable)", "(memory.grow", "(memory.copy",
    "(memory.fill", "(table.grow", "(i32.load", "(i32.store", "(i64.or", "(local.get", "(local.set", "(global.get",
    "\"alloc\"", "\"evaluate\"", "\"memory\"", "\"_initialize\"", "\"jurybox\"", "\"log\"", "\"now\"", "\"random\"",
    "\"fail\"", "\"wasi_snapshot_preview1\"", "\"fd_write\"", "\"proc_exit\"", "\"path_open\"", "\"random_get\"",
    "\"fd_readdir\"", "\"env\"", "\"abort\"", ")", "(", "$f", "\"\\00\"", "\"{\\22$error\\22:\"", "(;", ";)", ";;",
];

/// A text that differs from this one in a few places. The result may be longer, and no text at all if this one is none.
#[must_use]
pub fn mutate(source: &[u8], vocabulary: Vocabulary, numbers: &mut Numbers) -> Vec<u8> {
    let mut tokens: Vec<&[u8]> = tokens(source);
    for _ in 0..=numbers.below(4) {
        edit(&mut tokens, vocabulary, numbers);
    }
    tokens.concat()
}

fn word(vocabulary: Vocabulary, numbers: &mut Numbers) -> &'static [u8] {
    let words = match vocabulary {
        Vocabulary::Hog if numbers.below(4) == 0 => {
            let index = numbers.below(library::FUNCTIONS.len());
            return library::FUNCTIONS
                .get(index)
                .map_or(b"print", |function| function.name.as_bytes());
        }
        _ if numbers.below(8) == 0 => NUMBERS,
        Vocabulary::Hog => HOG,
        Vocabulary::JavaScript => JAVASCRIPT,
        Vocabulary::Json => JSON,
        Vocabulary::Wat => WAT,
    };
    numbers.pick(words).as_bytes()
}

fn edit(tokens: &mut Vec<&[u8]>, vocabulary: Vocabulary, numbers: &mut Numbers) {
    let at = numbers.below(tokens.len());
    let some = at..(at + 1 + numbers.below(6)).min(tokens.len());
    match numbers.below(12) {
        0 | 1 => tokens.insert(at.min(tokens.len()), word(vocabulary, numbers)),
        2 if !tokens.is_empty() => tokens[at] = word(vocabulary, numbers),
        3 => drop(tokens.drain(some)),
        4 => {
            // Tokens from here, there.
            let copied: Vec<_> = tokens.get(some).unwrap_or_default().to_vec();
            let to = numbers.below(tokens.len() + 1);
            tokens.splice(to..to, copied);
        }
        5 if !tokens.is_empty() => {
            let other = numbers.below(tokens.len());
            tokens.swap(at, other);
        }
        6 | 7 => {
            // What is in one pair of brackets, in place of what is in another.
            let (Some(from), Some(to)) = (group(tokens, numbers), group(tokens, numbers)) else {
                return;
            };
            let copied: Vec<_> = tokens.get(from).unwrap_or_default().to_vec();
            tokens.splice(to, copied);
        }
        8 => {
            let Some(group) = group(tokens, numbers) else { return };
            let removed = numbers.below(2) == 0;
            // Without its brackets, or without what is between them.
            if removed && group.len() >= 2 {
                tokens.drain(group.start + 1..group.end - 1);
            } else {
                tokens.remove(group.end - 1);
                tokens.remove(group.start);
            }
        }
        9 => {
            // Many brackets around it, or the same many times in a row.
            let many = 1 << numbers.below(10);
            let group = group(tokens, numbers).unwrap_or(some);
            let inside: Vec<_> = tokens.get(group.clone()).unwrap_or_default().to_vec();
            let brackets: [(&[u8], &[u8]); 6] = [
                (b"(", b")"),
                (b"[", b"]"),
                (b"{", b"}"),
                (b"-", b""),
                (b"f'{", b"}'"),
                (b"`${", b"}`"),
            ];
            let (open, close) = brackets[numbers.below(brackets.len())];
            let new = if numbers.below(2) == 0 {
                [vec![open; many], inside, vec![close; many]].concat()
            } else {
                inside.repeat(many.min(4096 / inside.len().max(1)))
            };
            tokens.splice(group, new);
        }
        10 if !tokens.is_empty() => {
            // A name in place of another.
            let names: Vec<usize> = (0..tokens.len())
                .filter(|at| tokens[*at].first().is_some_and(u8::is_ascii_alphabetic))
                .collect();
            if names.len() > 1 {
                let (from, to) = (names[numbers.below(names.len())], names[numbers.below(names.len())]);
                tokens[to] = tokens[from];
            }
        }
        _ => {
            let number = numbers.pick(NUMBERS).as_bytes();
            match tokens
                .iter_mut()
                .filter(|token| token.first().is_some_and(u8::is_ascii_digit))
                .nth(numbers.below(4))
            {
                Some(token) => *token = number,
                None => tokens.push(word(vocabulary, numbers)),
            }
        }
    }
}

/// A stretch of tokens from a bracket to the one that closes it.
fn group(tokens: &[&[u8]], numbers: &mut Numbers) -> Option<std::ops::Range<usize>> {
    let opening: Vec<usize> = (0..tokens.len())
        .filter(|at| matches!(tokens[*at], b"(" | b"[" | b"{"))
        .collect();
    let start = *opening.get(numbers.below(opening.len()))?;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match *token {
            b"(" | b"[" | b"{" => depth += 1,
            b")" | b"]" | b"}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(start..at + 1);
        }
    }
    None
}

/// Words, numbers, white space, texts of one line; any other byte by itself.
fn tokens(source: &[u8]) -> Vec<&[u8]> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.first().copied() {
        let run = |is_part: fn(&u8) -> bool| rest.iter().take_while(|byte| is_part(byte)).count();
        let length = match first {
            _ if is_word(&first) => run(is_word),
            _ if first.is_ascii_whitespace() => run(u8::is_ascii_whitespace),
            b'\'' | b'"' => {
                let end = rest.iter().skip(1).position(|byte| *byte == first || *byte == b'\n');
                end.filter(|end| rest[end + 1] == first).map_or(1, |end| end + 2)
            }
            _ => 1,
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80
}
