//! Whether code compiles, and what PostHog's clients are told when it does not.

use axum::http::StatusCode;
use jurybox::{CompileError, Diagnostic, Language, Snippet};
use serde_json::{Value, json};

use crate::server::judging::JudgingError;
use crate::server::problem::Problem;
use crate::server::snippet::{frame, summary};
use crate::server::state::AppState;
use crate::store::ProjectId;

/// Our diagnostic of a name like `properties.$ai-model`, the only one of Hog's errors that PostHog tells the author.
const HYPHENATED: &str = "hyphenated-property";

/// Compiles the code of an evaluation that is to be saved.
///
/// # Errors
/// 400 about `evaluation_config` when it does not compile, with our diagnostics beside PostHog's keys; 429 when there is
/// too much to do.
pub async fn check(state: &AppState, project: ProjectId, snippet: Snippet) -> Result<(), Problem> {
    let error = match state.judging.compile(project, snippet.clone()).await {
        Ok(_) => return Ok(()),
        Err(JudgingError::Busy(busy)) => return Err(busy.into()),
        Err(JudgingError::Compile(error)) => error,
    };
    let detail = format!(
        "Failed to compile {} code: {}",
        language_name(snippet.language),
        sentence(&error)
    );
    Err(
        Problem::new(StatusCode::BAD_REQUEST, "invalid_input", detail.clone()).with_body(json!({
            "type": "validation_error",
            "code": "invalid_input",
            "detail": detail,
            "attr": "evaluation_config",
            "diagnostics": diagnostics(&error, &snippet),
        })),
    )
}

/// What `test_hog` answers for code that does not compile: PostHog's text, which for Hog hides what is wrong, and our
/// diagnostics.
pub fn refusal(error: &CompileError, snippet: &Snippet) -> Problem {
    let text = match snippet.language {
        Language::Hog => {
            let hyphenated = error
                .diagnostics
                .iter()
                .find(|diagnostic| diagnostic.code == HYPHENATED);
            let told = hyphenated.map_or_else(|| "Hog code has errors.".to_owned(), in_full);
            format!("{{'hog': ErrorDetail(string={}, code='invalid')}}", python_text(&told))
        }
        _ => sentence(error),
    };
    let text = format!("Compilation error: {text}");
    Problem::new(StatusCode::BAD_REQUEST, "compile_error", text.clone()).with_body(json!({
        "error": text,
        "diagnostics": diagnostics(error, snippet),
    }))
}

/// The problems of a snippet with line, column and a frame that shows them in its source.
pub fn diagnostics(error: &CompileError, snippet: &Snippet) -> Vec<Value> {
    let shown = error.diagnostics.iter().map(|diagnostic| {
        json!({
            "severity": diagnostic.severity,
            "code": diagnostic.code,
            "message": diagnostic.message,
            "help": diagnostic.help,
            "line": diagnostic.start.line,
            "column": diagnostic.start.column,
            "frame": frame(diagnostic, snippet),
        })
    });
    shown.collect()
}

/// What is wrong, and where.
fn sentence(error: &CompileError) -> String {
    match summary(error) {
        (sentence, Some((line, column))) => format!("{sentence} (line {line}, column {column})"),
        (sentence, None) => sentence,
    }
}

fn in_full(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}; {help}.", diagnostic.message),
        None => format!("{}.", diagnostic.message),
    }
}

/// A text as Python shows it: in single quotes, unless it has some of them and no double ones.
fn python_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut shown = String::from(quote);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\\' => shown.push_str("\\\\"),
            character if character == quote => shown.extend(['\\', character]),
            character => shown.push(character),
        }
    }
    shown.push(quote);
    shown
}

const fn language_name(language: Language) -> &'static str {
    match language {
        Language::Python => "Python",
        Language::JavaScript => "JavaScript",
        Language::TypeScript => "TypeScript",
        Language::Wasm => "WebAssembly",
        _ => "Hog",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_python_quotes_them() {
        for (text, shown) in [
            ("Hog code has errors.", "'Hog code has errors.'"),
            ("it's", "\"it's\""),
            ("it's \"so\"\n\\", "'it\\'s \"so\"\\n\\\\'"),
        ] {
            assert_eq!(python_text(text), shown);
        }
    }
}
