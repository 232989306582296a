//! The diagnostics of snippets in JavaScript and TypeScript.

use super::{Diagnostic, Span};
use crate::snippet::Convention;

/// What does not parse, in the words of the parser: places with what it says about them, the wrong one first.
#[must_use]
pub fn syntax_error(message: &str, places: &[(Span, Option<&str>)], help: Option<&str>) -> Diagnostic {
    let (span, label) = places.first().copied().unwrap_or_default();
    let mut diagnostic = Diagnostic::error("syntax-error", span, message.trim_end_matches('.'));
    if let Some(label) = label {
        diagnostic = diagnostic.label(label);
    }
    if let Some((related, label)) = places.get(1) {
        diagnostic = diagnostic.related(*related, label.unwrap_or("because of this"));
    }
    if let Some(help) = help {
        diagnostic = diagnostic.help(help);
    }
    diagnostic
}

/// TypeScript in what is called JavaScript.
#[must_use]
pub fn is_typescript(span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "this is TypeScript, not JavaScript")
        .label("JavaScript stops here")
        .help("give the file the extension `.ts`, or say `--language typescript`")
}

/// JSX.
#[must_use]
pub fn jsx(span: Span) -> Diagnostic {
    Diagnostic::error("jsx", span, "JSX is not supported")
        .label("an element of JSX")
        .help("a metric returns a value: a number, a boolean, a text, an object with `score`")
}

/// `import`, `export ... from`.
#[must_use]
pub fn import(span: Span, has_types: bool) -> Diagnostic {
    let types = if has_types { "; `import type` is fine" } else { "" };
    Diagnostic::error("import", span, "imports are not available in the sandbox")
        .label("nothing can be imported")
        .help(format!(
            "write what you need into the file. There is the language itself (`JSON`, `Math`, `RegExp`, `Map`, `Date` ...), \
             `console`, `structuredClone`, `TextEncoder` and `TextDecoder`, `crypto.randomUUID`{types}"
        ))
}

/// Too many brackets, operators or statements in each other.
#[must_use]
pub fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("too-deep", span, "the code nests too deeply")
        .label("too many brackets, operators or statements are open here")
        .help("move parts into variables and functions of their own, and long tables into arrays and objects")
}

/// A source whose regular expressions and divisions can't be told apart without more work than it is worth.
#[must_use]
pub fn unreadable(span: Span) -> Diagnostic {
    Diagnostic::error(
        "too-deep",
        span,
        "too many divisions here can also be read as regular expressions",
    )
    .label("may divide, or begin a regular expression")
    .help("put spaces and line breaks around divisions, and regular expressions into variables of their own")
}

/// Enums whose texts are joined over and over.
#[must_use]
pub fn enum_too_large(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(
        "enum-too-large",
        span,
        format!("the values of the enums take more than {limit} bytes"),
    )
    .label("this makes it too much")
    .help("join texts in a function, when they are needed")
}

/// Syntax that neither the interpreter has nor the front end rewrites.
#[must_use]
pub fn unsupported(span: Span, what: &str, instead: &str) -> Diagnostic {
    Diagnostic::error("unsupported-syntax", span, format!("{what} are not supported"))
        .label("not supported")
        .help(instead)
}

/// A `return` outside of functions, in a file that is more than the body of one.
#[must_use]
pub fn return_outside(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "a `return` outside of any function")
        .label("no function to return from")
        .help(format!(
            "a file that is nothing but the body of a function of `output` and `context` may do that, as in promptfoo; this one {reason}"
        ))
}

/// A variable that a namespace exports. Only constants can be rewritten.
#[must_use]
pub fn namespace_variable(span: Span) -> Diagnostic {
    Diagnostic::error(
        "unsupported-syntax",
        span,
        "variables that a namespace exports must be constants",
    )
    .label("not a constant")
    .help("write `export const`, or export functions that read and change the variable")
}

/// TypeScript that can't be rewritten, in the words of the transformer.
#[must_use]
pub fn not_rewritten(span: Span, message: &str) -> Diagnostic {
    Diagnostic::error("unsupported-syntax", span, message.trim_end_matches('.')).label("not supported")
}

/// No function that could be the metric.
#[must_use]
pub fn no_metric(span: Span) -> Diagnostic {
    Diagnostic::error("no-metric", span, "nothing here can be called to judge an event").help(
        "write a function at the top of the file, such as `function evaluate({ input, output, expected }) { return output === expected }` \
         or `export default (event) => event.outputs.content.length > 0`, or set a variable `result`",
    )
}

/// Several functions that could be the metric, each with its line.
#[must_use]
pub fn unclear(span: Span, first: Span, candidates: &[(String, u32)], example: &str) -> Diagnostic {
    const MOST: usize = 8;
    let mut named: Vec<_> = candidates
        .iter()
        .take(MOST)
        .map(|(candidate, line)| format!("{candidate} in line {line}"))
        .collect();
    if candidates.len() > MOST {
        named.push(format!("{} more", candidates.len() - MOST));
    }
    Diagnostic::error(
        "unclear-convention",
        span,
        format!("several functions could be the metric: {}", named.join(", ")),
    )
    .label("another candidate")
    .related(first, "the first candidate")
    .help(format!(
        "name the function with `--entry {example}`, or the platform whose habit it follows with `--convention NAME` ({})",
        conventions()
    ))
}

/// A function whose parameters fit no convention.
#[must_use]
pub fn unclear_parameters(span: Span, candidate: &str) -> Diagnostic {
    Diagnostic::error(
        "unclear-convention",
        span,
        format!("the parameters of {candidate} fit no convention"),
    )
    .label("what should these get?")
    .help(format!(
        "use names such as `input`, `output`, `expected` and `metadata`, take one object `({{ input, output, expected }})` \
         or one `event`, or name the platform whose habit it follows with `--convention NAME` ({})",
        conventions()
    ))
}

/// An exported value that a call made: it may be a function, and what it takes does not show.
#[must_use]
pub fn unseen_parameters(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "unclear-convention",
        span,
        format!("`{name}` is made when the file runs, so what it takes can't be seen"),
    )
    .label("a function, maybe")
    .help(format!(
        "name the platform whose habit it follows with `--convention NAME` ({}), or export a function that calls it",
        conventions()
    ))
}

/// The named function is not there.
#[must_use]
pub fn unknown_entry(name: &str, there: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-entry",
        Span::default(),
        format!("there is no function `{name}` at the top of the file"),
    );
    if there.is_empty() {
        diagnostic.help("functions are found that the file declares or exports itself, not those inside of others")
    } else {
        let there: Vec<_> = there.iter().map(|function| format!("`{function}`")).collect();
        diagnostic.help(format!("there is {}", there.join(", ")))
    }
}

/// The named entry can't be called.
#[must_use]
pub fn not_a_function(name: &str, span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        "unknown-entry",
        span,
        format!("`{name}` is {what}, not a function that can be called"),
    )
    .label("the entry")
    .help("name a function; async functions and arrow functions are fine")
}

/// A function that can't be called as the named convention does.
#[must_use]
pub fn unfit(span: Span, candidate: &str, convention: Convention, takes: &str) -> Diagnostic {
    Diagnostic::error(
        "unfit-parameters",
        span,
        format!("{candidate} can't be called as {} does", convention.name()),
    )
    .label(format!("{} passes {takes}", convention.name()))
    .help(format!(
        "change the parameters, or leave `--convention` out to have it recognised ({})",
        conventions()
    ))
}

/// A file that is a body or an expression, which only promptfoo has.
#[must_use]
pub fn only_promptfoo(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        "unfit-parameters",
        span,
        format!("{what} is given `output` and `context`, as promptfoo does"),
    )
    .help("write a function, or leave `--convention` and `--entry` out")
}

/// `new RegExp("...")` inside the metric.
#[must_use]
pub fn regex_per_event(span: Span) -> Diagnostic {
    Diagnostic::hint(
        "regex-per-event",
        span,
        "this regular expression is compiled again for every event",
    )
    .label("always the same")
    .help("write it as a literal `/.../`, or make it once, in a `const` at the top of the file")
}

/// A metric without `return`.
#[must_use]
pub fn missing_return(span: Span, name: &str) -> Diagnostic {
    Diagnostic::warning("missing-return", span, format!("{name} never returns a value"))
        .label("always gives `undefined`")
        .help("write `return` before the value; an arrow function with braces needs it, too")
}

/// A decorator, which may be meant to be one of TypeScript 5 and is none.
#[must_use]
pub fn legacy_decorator(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "legacy-decorator",
        span,
        "decorators run as with TypeScript's option `experimentalDecorators`",
    )
    .label("called with target, key and descriptor")
    .help("a decorator that expects (value, context), as TypeScript 5 has them, does something else here: call the function instead")
}

/// The front end failed.
#[must_use]
pub fn front_end_failed(reason: &str) -> Diagnostic {
    Diagnostic::error(
        "cannot-load",
        Span::default(),
        format!("the source can't be read: {reason}"),
    )
}

fn conventions() -> String {
    let named = Convention::ALL
        .into_iter()
        .filter(|convention| *convention != Convention::Auto && convention.is_for(crate::Language::JavaScript));
    named.map(Convention::name).collect::<Vec<_>>().join(", ")
}
