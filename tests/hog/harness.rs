//! Runs programs and says what came out in one line of text.

use std::sync::LazyLock;

use jurybox::{EvaluationOptions, Event, Isolation, Snippet, Verdict};

use super::engine::Engine;

/// One engine for all tests; its compiled code is kept between runs.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Isolation::Auto, "code"));

/// The verdict of a snippet on an event.
pub fn judge(snippet: &Snippet, event: &str, options: &EvaluationOptions) -> Verdict {
    let evaluator = ENGINE
        .compile(snippet)
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&snippet.source)));
    let event = Event::from_json(event).expect("an event");
    evaluator.evaluate_with(&event, options)
}

/// What a plain program does: its printed lines, then its value or `! error at line:column`.
pub fn run(source: &str) -> String {
    let verdict = judge(&Snippet::hog_program(source), "{}", &EvaluationOptions::default());
    let mut lines = verdict.logs;
    match verdict.error {
        None if verdict.value.is_null() => {}
        None => lines.push(format!("= {}", verdict.value)),
        Some(error) => {
            let position = match (error.line, error.column) {
                (Some(line), Some(column)) => format!(" at {line}:{column}"),
                _ => String::new(),
            };
            lines.push(format!("! {}{position}", error.message));
        }
    }
    lines.join("\n")
}

/// Checks programs against what they do.
#[track_caller]
pub fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        assert_eq!(run(source), *expected, "\n{source}");
    }
}

/// Checks expressions against what `print` makes of them.
#[track_caller]
pub fn check_values(table: &[(&str, &str)]) {
    for (source, expected) in table {
        assert_eq!(run(&format!("print({source})")), *expected, "\n{source}");
    }
}
