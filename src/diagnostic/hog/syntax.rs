//! What the grammar of Hog does not allow.

use super::{quoted, visible};
use crate::diagnostic::{Diagnostic, Span};

/// A character that no token starts with.
#[must_use]
pub fn unknown_character(span: Span, character: char) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-character",
        span,
        format!("unexpected character {}", visible(character)),
    );
    match character {
        '‘' | '’' | '“' | '”' | '„' => diagnostic.label("a typographic quote").help("write text in plain single quotes: 'text'"),
        '×' => diagnostic.help("write `*` to multiply"),
        '≤' => diagnostic.help("write `<=`"),
        '≥' => diagnostic.help("write `>=`"),
        '≠' => diagnostic.help("write `!=`"),
        '→' => diagnostic.help("write `->`"),
        '–' | '—' | '−' => diagnostic.label("not a minus sign").help("write `-`"),
        '^' => diagnostic.help("there is no power operator: multiply, as in `x * x`"),
        '@' => diagnostic.label("Hog has no decorators").help("take it out"),
        '\\' => diagnostic.help("a line needs nothing at its end to continue on the next: take the `\\` out"),
        '|' => diagnostic.help("write `or` between conditions, `||` to join texts"),
        _ if !character.is_ascii() => {
            diagnostic.help("outside of texts and comments only ASCII is allowed; a name with other letters goes into backticks: `größe`")
        }
        _ => diagnostic.help("take it out"),
    }
}

/// A text without its closing quote. `opener` is the opening quote.
#[must_use]
pub fn unterminated_string(opener: Span) -> Diagnostic {
    Diagnostic::error("unterminated-string", opener, "this text is never closed")
        .label("opened here")
        .help("close it with `'`; a quote inside of a text is written `\\'` or `''`")
}

/// A quoted name without its closing quote.
#[must_use]
pub fn unterminated_name(opener: Span, quote: char) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("unterminated-name", opener, "this quoted name is never closed").label("opened here");
    if quote == '"' {
        diagnostic.help("text is written in single quotes: 'text'; double quotes make a name and need a closing `\"`")
    } else {
        diagnostic.help("close it with a backtick; text is written in single quotes: 'text'")
    }
}

/// A template string without its closing quote, or whose `{` is never closed.
#[must_use]
pub fn unterminated_template(opener: Span) -> Diagnostic {
    Diagnostic::error("unterminated-template", opener, "this template string is never closed")
        .label("opened here")
        .help("close each `{` with `}` and the text with `'`; a brace that is just text is written `\\{`")
}

/// A `/*` without `*/`.
#[must_use]
pub fn unterminated_comment(opener: Span) -> Diagnostic {
    Diagnostic::error("unterminated-comment", opener, "this comment is never closed")
        .label("opened here")
        .help("close it with `*/`")
}

/// A backslash followed by something that is no escape.
#[must_use]
pub fn unknown_escape(span: Span, escape: &str) -> Diagnostic {
    Diagnostic::error(
        "unknown-escape",
        span,
        format!("{} is not an escape that Hog knows", quoted(escape)),
    )
    .label("unknown escape")
    .help(format!(
        "for a backslash write two: `\\{}`, also in regular expressions",
        quoted(escape).trim_matches('`')
    ))
}

/// `0o17`.
#[must_use]
pub fn octal_number(span: Span) -> Diagnostic {
    Diagnostic::error("octal-number", span, "octal numbers are not supported")
        .label("starts with 0o")
        .help("write it decimal (`15`) or hexadecimal (`0xF`)")
}

/// `12abc`, `1_000`, `0b2`, `0x`.
#[must_use]
pub fn malformed_number(span: Span, text: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("malformed-number", span, format!("{} is not a number", quoted(text)));
    if text.contains('_') {
        diagnostic.help(format!("write it without underscores: `{}`", text.replace('_', "")))
    } else {
        diagnostic
            .label("a number cannot go on like this")
            .help("if a name follows the number, put a space between them")
    }
}

/// An integer with more digits than the compiler reads.
#[must_use]
pub fn number_too_long(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(
        "number-too-long",
        span,
        format!("this number has more than {limit} digits"),
    )
    .label("too long")
    .help("write it as a text, or with an exponent: `1e300`")
}

/// A bracket that is never closed. `end` is where the compiler gave up looking.
#[must_use]
pub fn unclosed_bracket(opener: Span, bracket: &str, end: Span) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::error("unclosed-bracket", opener, format!("this `{bracket}` is never closed"))
        .label("opened here")
        .related(end, format!("`{closer}` was expected before this"))
        .help(format!("add the missing `{closer}`"))
}

fn closer(bracket: &str) -> &'static str {
    match bracket {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

/// A closing bracket without an opening one.
#[must_use]
pub fn unmatched_bracket(span: Span, bracket: &str) -> Diagnostic {
    Diagnostic::error(
        "unmatched-bracket",
        span,
        format!("nothing is open that this `{bracket}` could close"),
    )
    .label("too many")
    .help("take it out, or add the opening bracket")
}

/// Something else was needed here.
#[must_use]
pub fn expected(span: Span, what: &str, found: &str) -> Diagnostic {
    Diagnostic::error("unexpected-token", span, format!("expected {what}, found {found}"))
        .label(format!("expected {what}"))
}

/// A value was needed here.
#[must_use]
pub fn expected_expression(span: Span, found: &str) -> Diagnostic {
    Diagnostic::error("expected-value", span, format!("expected a value, found {found}"))
        .label("expected a value")
        .help("a value is a name, a number, a text in single quotes, a call, `[...]`, `{key: value}` or `(...)`")
}

/// A reserved word where a name was needed.
#[must_use]
pub fn reserved_name(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(
        "reserved-name",
        span,
        format!("{} is a word of the language and cannot be a name", quoted(word)),
    )
    .label("reserved")
    .help(format!("choose another name, or reach a property with `['{word}']`"))
}

/// Brackets, blocks or operators nested beyond the limit.
#[must_use]
pub fn nested_too_deeply(span: Span, limit: u32) -> Diagnostic {
    Diagnostic::error(
        "nested-too-deeply",
        span,
        format!("the code is nested more than {limit} levels deep"),
    )
    .label("too deep")
    .help("give parts of it a name with `let`, or move them into a function")
}

/// `[1, 2, 3][0]`.
#[must_use]
pub fn index_zero(span: Span) -> Diagnostic {
    Diagnostic::error("index-zero", span, "lists start at 1: there is no index 0")
        .label("always out of range")
        .help("write `[1]` for the first element and `[-1]` for the last")
}

/// `f(x) := 1`.
#[must_use]
pub fn assign_to_call(span: Span) -> Diagnostic {
    Diagnostic::error("assign-to-call", span, "the result of a call cannot be assigned to")
        .label("a call")
        .help("assign to a name, a property (`a.b := 1`) or an element (`a[1] := 2`)")
}

/// `1 := 2`, `a + b := c`, `(a, b) := c`.
#[must_use]
pub fn assign_to_value(span: Span, is_list: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "assign-to-value",
        span,
        "only names, properties and elements can be assigned to",
    )
    .label("not something that holds a value");
    if is_list {
        diagnostic.help("assign one by one: `a := values[1]`, then `b := values[2]`")
    } else {
        diagnostic.help("to compare, write `==`; to assign, put a name before the `:=`")
    }
}

/// `let {a, b} := c`.
#[must_use]
pub fn destructuring(span: Span) -> Diagnostic {
    Diagnostic::error("destructuring", span, "a `let` declares one name")
        .label("taking apart is not supported")
        .help("declare one by one: `let a := values.a`, then `let b := values.b`")
}

/// `f(a := 1)`.
#[must_use]
pub fn named_argument(span: Span) -> Diagnostic {
    Diagnostic::error(
        "named-argument",
        span,
        "an assignment is not a value, and arguments have no names",
    )
    .label("`:=` cannot stand here")
    .help("pass arguments by position; to compare, write `==`; to assign, make it a statement of its own")
}

/// `fun f(a := 1)`.
#[must_use]
pub fn default_argument(span: Span) -> Diagnostic {
    Diagnostic::error("default-argument", span, "parameters have no default values")
        .label("not supported")
        .help("missing arguments are null: write `let b := a ?? 1` in the body")
}

/// `let x: int := 1`, `fun f(a: int)`.
#[must_use]
pub fn type_annotation(span: Span) -> Diagnostic {
    Diagnostic::error("type-annotation", span, "names have no types in Hog")
        .label("not supported")
        .help("take the `: type` out")
}

/// `fun (x) { ... }`.
#[must_use]
pub fn anonymous_function(span: Span) -> Diagnostic {
    Diagnostic::error("anonymous-function", span, "a function needs a name")
        .label("a name was expected after this")
        .help("write `(x) -> { ... }` for a function without a name")
}

/// `try { }` alone.
#[must_use]
pub fn missing_catch(span: Span) -> Diagnostic {
    Diagnostic::error("missing-catch", span, "a `try` needs a `catch`")
        .label("no `catch` follows")
        .help("add `catch (e) { ... }`")
}

/// `finally`.
#[must_use]
pub fn finally_not_supported(span: Span) -> Diagnostic {
    Diagnostic::error("finally-not-supported", span, "finally blocks are not yet supported")
        .label("not supported")
        .help("put the statements after the `try`")
}

/// `catch` or `else` that belongs to nothing.
#[must_use]
pub fn stray_clause(span: Span, word: &str, owner: &str) -> Diagnostic {
    Diagnostic::error("stray-clause", span, format!("this `{word}` belongs to no `{owner}`"))
        .label(format!("no `{owner}` before it"))
        .help(format!(
            "it follows the `{owner}` directly, without a `;` or another statement between them"
        ))
}

/// `for (;;)`.
#[must_use]
pub fn missing_condition(span: Span) -> Diagnostic {
    Diagnostic::error("missing-condition", span, "this loop has no condition")
        .label("a condition was expected here")
        .help("write when it goes on: `for (let i := 1; i <= 3; i := i + 1)`")
}

/// `let x := {a}`.
#[must_use]
pub fn object_without_value(span: Span, key: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("object-without-value", span, "an object needs a value for each key")
        .label("`: value` was expected after this");
    if key.is_empty() {
        diagnostic.help("write `{'key': value}`")
    } else {
        diagnostic.help(format!("write `{{'{key}': {key}}}`"))
    }
}

/// `if (a) let x := 1`.
#[must_use]
pub fn declaration_needs_block(span: Span) -> Diagnostic {
    Diagnostic::error("declaration-needs-block", span, "a declaration cannot stand alone here")
        .label("would be forgotten at once")
        .help("declare the name before, or put the statements into `{ ... }`")
}

/// `()`.
#[must_use]
pub fn empty_parentheses(span: Span) -> Diagnostic {
    Diagnostic::error("empty-parentheses", span, "there is nothing in these parentheses")
        .label("a value was expected")
        .help("write `tuple()` for an empty tuple, `() -> value` for a function without parameters")
}

/// `f'{}'`.
#[must_use]
pub fn empty_template_part(span: Span) -> Diagnostic {
    Diagnostic::error("empty-template-part", span, "there is nothing in these braces")
        .label("a value was expected")
        .help("a brace that is just text is written `\\{`")
}

/// `interval 5 days`.
#[must_use]
pub fn interval_unit(span: Span, found: &str) -> Diagnostic {
    Diagnostic::error("interval-unit", span, format!("expected a unit of time, found {found}"))
        .label("expected a unit")
        .help("units are second, minute, hour, day, week, month, quarter and year, as in `interval 5 day`")
}

/// Something of the SQL side of the grammar, or of a newer Hog, that evaluations cannot use.
#[must_use]
pub fn not_supported(span: Span, what: &str, instead: &str) -> Diagnostic {
    Diagnostic::error("not-supported", span, format!("{what} is not supported"))
        .label("not supported")
        .help(instead)
}
