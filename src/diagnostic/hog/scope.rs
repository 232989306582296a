//! What is wrong with names: declared twice, not at all, called with too much.

use super::quoted;
use crate::diagnostic::suggestion::Suggestion;
use crate::diagnostic::{Diagnostic, Span};

/// A second `let` of a name in the same scope.
#[must_use]
pub fn already_declared(name: &str, span: Span, previous: Span) -> Diagnostic {
    Diagnostic::error(
        "already-declared",
        span,
        format!("variable {} already declared in this scope", quoted(name)),
    )
    .label("declared again")
    .related(previous, "first declared here")
    .help(format!(
        "to change it, write {} without `let`",
        quoted(&format!("{name} := ..."))
    ))
}

/// An assignment to a name that was never declared.
#[must_use]
pub fn undeclared_assignment(name: &str, span: Span, suggestion: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "undeclared-assignment",
        span,
        format!("variable {} is not declared in this scope", quoted(name)),
    )
    .label("not declared");
    match suggestion {
        Some(suggestion) => diagnostic.help(format!("did you mean {}?", quoted(suggestion))),
        None => diagnostic.help(format!("declare it first: {}", quoted(&format!("let {name} := ...")))),
    }
}

/// An assignment to `input`, `output` and the like.
#[must_use]
pub fn assign_to_global(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "assign-to-global",
        span,
        format!("{} is given by the event and cannot be changed", quoted(name)),
    )
    .label("a global")
    .help(format!(
        "declare a variable of your own: {}",
        quoted(&format!("let my_{name} := {name}"))
    ))
}

/// A call of a function that does not exist.
#[must_use]
pub fn unknown_function(name: &str, span: Span, suggestion: Option<&Suggestion>) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        "unknown-function",
        span,
        format!("there is no function {}", quoted(name)),
    )
    .label("unknown function");
    match suggestion {
        Some(Suggestion::Name(suggestion)) => diagnostic.help(format!("did you mean {}?", quoted(suggestion))),
        Some(Suggestion::Advice(advice)) => diagnostic.help(*advice),
        None => diagnostic.help("functions must be declared before the code that calls them"),
    }
}

/// A call of a method that another language's objects have: `text.toLowerCase()`.
#[must_use]
pub fn unknown_method(method: &str, span: Span, function: &str) -> Diagnostic {
    Diagnostic::warning(
        "unknown-method",
        span,
        format!("values have no method {}", quoted(method)),
    )
    .label("null unless the object holds a function of this name")
    .help(format!("write `{function}(value)`"))
}

/// A call of a library function with too few or too many arguments. `max` is `None` where there is no bound. A
/// warning: PostHog looks when the call is reached, and so do we.
#[must_use]
pub fn wrong_argument_count(name: &str, passed: usize, min: u32, max: Option<u32>, span: Span) -> Diagnostic {
    let takes = match max {
        Some(max) if max == min => format!("exactly {min}"),
        Some(max) => format!("{min} to {max}"),
        None => format!("at least {min}"),
    };
    let plural = if max.unwrap_or(min) == 1 { "" } else { "s" };
    Diagnostic::warning(
        "wrong-argument-count",
        span,
        format!(
            "{} takes {takes} argument{plural}, and this passes {passed}",
            quoted(name)
        ),
    )
    .label(format!("{passed} passed"))
}

/// A name that is neither declared nor given by the event nor in the library.
#[must_use]
pub fn unknown_name(name: &str, span: Span, suggestion: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::warning("unknown-name", span, format!("nothing is called {} here", quoted(name)))
        .label("unknown name");
    match suggestion {
        Some(suggestion) => diagnostic.help(format!("did you mean {}?", quoted(suggestion))),
        None => diagnostic.help("declare it with `let`, or write a text in single quotes"),
    }
}

/// `properties.$ai-model`, which is a subtraction. `object` and `property` are as written.
#[must_use]
pub fn hyphenated_property(span: Span, object: &str, property: &str) -> Diagnostic {
    Diagnostic::error(
        "hyphenated-property",
        span,
        format!("{} is read as a subtraction", quoted(property)),
    )
    .label("`-` subtracts")
    .help(format!(
        "write {}; to subtract, put spaces around the `-`",
        quoted(&format!("{object}['{property}']"))
    ))
}
