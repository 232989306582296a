//! What authors write out of habit from other languages, and what Hog calls it.

use super::quoted;
use crate::diagnostic::{Diagnostic, Span};

/// `let x = 5`.
#[must_use]
pub fn equals_in_let(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("equals-in-let", span, "a variable gets its value with `:=`")
        .label("write `:=`")
        .help(format!("write `let {name} := ...`"))
}

/// `x = 5` as a statement.
#[must_use]
pub fn equals_as_statement(span: Span, target: &str) -> Diagnostic {
    Diagnostic::warning("equals-as-statement", span, "this compares and drops the result")
        .label("did you mean `:=`?")
        .help(format!("to assign, write {}", quoted(&format!("{target} := ..."))))
}

/// `===`, `!==`.
#[must_use]
pub fn triple_equals(span: Span, operator: &str) -> Diagnostic {
    let instead = if operator == "!==" { "!=" } else { "==" };
    Diagnostic::error("triple-equals", span, format!("there is no `{operator}`"))
        .label(format!("write `{instead}`"))
        .help(format!(
            "write `{instead}`: numbers and texts are compared by value, `1 == '1'` is true"
        ))
}

/// `&&`, `&`.
#[must_use]
pub fn ampersands(span: Span) -> Diagnostic {
    Diagnostic::error("ampersands", span, "there is no `&&`")
        .label("write `and`")
        .help("write `and` between conditions")
}

/// `!x`.
#[must_use]
pub fn exclamation_mark(span: Span) -> Diagnostic {
    Diagnostic::error("exclamation-mark", span, "there is no `!` for \"not\"")
        .label("write `not`")
        .help("write `not x`; mind that `not` is looser than `==`: `not x == y` is `not (x == y)`")
}

/// `a > 1 || b > 2`, `if (a || b)`.
#[must_use]
pub fn concat_as_or(span: Span) -> Diagnostic {
    Diagnostic::warning("concat-as-or", span, "`||` joins texts, it does not mean \"or\"")
        .label("joins two texts")
        .help("write `or` between conditions, or `concat(a, b)` if joining is meant")
}

/// `not (a) == b`.
#[must_use]
pub fn tight_not(span: Span) -> Diagnostic {
    Diagnostic::warning("tight-not", span, "`not (...)` is a call and ends with its parenthesis")
        .label("only this is negated")
        .help("to negate the comparison, put it into the parentheses: `not (a == b)`")
}

/// `"text"`.
#[must_use]
pub fn double_quotes(span: Span, name: &str) -> Diagnostic {
    Diagnostic::warning("double-quotes", span, "double quotes make a name, not a text")
        .label("read as the name of a variable")
        .help(format!(
            "write {} for a text",
            quoted(&format!("'{}'", name.replace('\'', "\\'")))
        ))
}

/// `f"..."`, `F'...'`.
#[must_use]
pub fn template_quotes(span: Span) -> Diagnostic {
    Diagnostic::error("template-quotes", span, "a template string starts with `f'`")
        .label("not the start of a template")
        .help("write a lower-case f and single quotes: `f'score: {score}'`")
}

/// `break`, `continue`.
#[must_use]
pub fn loop_jump(span: Span, word: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("loop-jump", span, format!("there is no `{word}`")).label("not a statement of Hog");
    if word.eq_ignore_ascii_case("break") {
        diagnostic.help("put the condition into the loop's head, or put the loop into a function and `return` from it")
    } else {
        diagnostic.help("put the rest of the loop's body into an `if`")
    }
}

/// `x++`, `++x`.
#[must_use]
pub fn increment(span: Span, target: &str) -> Diagnostic {
    let target = if target.is_empty() { "x" } else { target };
    Diagnostic::error("increment", span, "there is no `++`")
        .label("not an operator of Hog")
        .help(format!("write {}", quoted(&format!("{target} := {target} + 1"))))
}

/// `x--`, which is a comment.
#[must_use]
pub fn decrement(span: Span) -> Diagnostic {
    Diagnostic::warning("decrement", span, "`--` starts a comment")
        .label("the rest of the line is not read")
        .help("write `x := x - 1` to count down, `x - -1` to subtract a negative number")
}

/// `x += 1`.
#[must_use]
pub fn compound_assignment(span: Span, operator: &str, target: &str) -> Diagnostic {
    Diagnostic::error("compound-assignment", span, format!("there is no `{operator}=`"))
        .label("not an operator of Hog")
        .help(format!(
            "write {}",
            quoted(&format!("{target} := {target} {operator} ..."))
        ))
}

/// `function f() {}`, `def f():`.
#[must_use]
pub fn function_keyword(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(
        "function-keyword",
        span,
        format!("functions are not declared with `{word}`"),
    )
    .label("write `fun`")
    .help("write `fun name(a, b) { ... }`, or `(a, b) -> value` for a function without a name")
}

/// `const x`, `var x`.
#[must_use]
pub fn variable_keyword(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(
        "variable-keyword",
        span,
        format!("variables are not declared with `{word}`"),
    )
    .label("write `let`")
    .help("write `let x := 1`")
}

/// `elif`, `elseif`, `elsif`.
#[must_use]
pub fn else_if_keyword(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error("else-if-keyword", span, format!("there is no `{word}`"))
        .label("write `else if`")
        .help("write `else if (...) { ... }`")
}

/// `raise x`.
#[must_use]
pub fn raise_keyword(span: Span) -> Diagnostic {
    Diagnostic::error("raise-keyword", span, "errors are not thrown with `raise`")
        .label("write `throw`")
        .help("write `throw Error('what went wrong')`")
}

/// `class`, `switch`, `import` and other statements that Hog does not have.
#[must_use]
pub fn missing_statement(span: Span, word: &str, instead: &str) -> Diagnostic {
    Diagnostic::error("missing-statement", span, format!("there is no `{word}`"))
        .label("not a statement of Hog")
        .help(instead)
}

/// `for (x in y)`.
#[must_use]
pub fn for_without_let(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "for-without-let",
        span,
        "the variable of a `for` is declared with `let`",
    )
    .label("`let` is missing")
    .help(format!("write {}", quoted(&format!("for (let {name} in ...)"))))
}

/// `if x {`, `while x {`, `for x in y`.
#[must_use]
pub fn missing_parentheses(span: Span, word: &str) -> Diagnostic {
    let head = if word == "for" { "let x in list" } else { "condition" };
    Diagnostic::error("missing-parentheses", span, format!("`{word}` needs parentheses"))
        .label("`(` was expected here")
        .help(format!("write `{word} ({head}) {{ ... }}`"))
}

/// `if (x):`, `else:`, `try:`.
#[must_use]
pub fn colon_block(span: Span) -> Diagnostic {
    Diagnostic::error("colon-block", span, "a block does not start with `:`")
        .label("`{` was expected here")
        .help("put the statements into braces: `{ ... }`")
}

/// `None`, `undefined`, `nil`.
#[must_use]
pub fn other_null(span: Span, word: &str) -> Diagnostic {
    Diagnostic::warning("other-null", span, format!("`{word}` is not a value of Hog"))
        .label("write `null`")
        .help("write `null`")
}

/// `a is b`.
#[must_use]
pub fn is_without_null(span: Span) -> Diagnostic {
    Diagnostic::error("is-without-null", span, "`is` only goes with `null` and `not null`")
        .label("`null` was expected after this")
        .help("compare values with `==` and `!=`")
}

/// `+x`.
#[must_use]
pub fn unary_plus(span: Span) -> Diagnostic {
    Diagnostic::error(
        "unary-plus",
        span,
        "a `+` with nothing before it goes only with numbers",
    )
    .label("no value before it")
    .help("to make a number of a text, write `toFloat(x)` or `toInt(x)`; else take the `+` out")
}

/// `f(list, x -> x)`, where `list` becomes a parameter.
#[must_use]
pub fn bare_parameters(span: Span, parameters: &str) -> Diagnostic {
    Diagnostic::hint("bare-parameters", span, "this is one function with several parameters")
        .label("all of these are parameters")
        .help(format!(
            "write {} to make that visible; library functions take the function first: `arrayMap(x -> x, list)`",
            quoted(&format!("({parameters}) -> ..."))
        ))
}

/// A statement that computes a value and does nothing with it.
#[must_use]
pub fn unused_value(span: Span, is_last: bool) -> Diagnostic {
    let diagnostic =
        Diagnostic::warning("unused-value", span, "this value is computed and then dropped").label("not used");
    if is_last {
        diagnostic.help("the last value is not returned by itself: write `return` before it")
    } else {
        diagnostic.help("write `return` before it, assign it with `:=`, or take it out")
    }
}

/// `x => x + 1`.
#[must_use]
pub fn fat_arrow(span: Span) -> Diagnostic {
    Diagnostic::error("fat-arrow", span, "there is no `=>`")
        .label("write `->`")
        .help("write `x -> x + 1` or `(x, y) -> { ... }`")
}

/// An operator of another language.
#[must_use]
pub fn missing_operator(span: Span, operator: &str, instead: &str) -> Diagnostic {
    Diagnostic::error("missing-operator", span, format!("there is no `{operator}`"))
        .label("not an operator of Hog")
        .help(instead)
}
