//! What holds for any source: an answer, soon, with a bounded tree, and never a panic.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::diagnostic::{Color, render};
use crate::language::hog::dump::dump;
use crate::language::hog::parser::{MAX_ERRORS, parse};

/// Parses, and looks at everything that comes out.
fn exercise(source: &str) {
    match parse(source) {
        Ok(parsed) => {
            let _ = dump(&parsed.program);
            for warning in &parsed.warnings {
                assert!(!warning.is_error());
                let _ = render(warning, source, "metric.hog", Color::Never);
            }
        }
        Err(diagnostics) => {
            let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
            assert!((1..=MAX_ERRORS).contains(&errors), "{errors} errors");
            for diagnostic in &diagnostics {
                assert!(diagnostic.span.start <= diagnostic.span.end, "{diagnostic:?}");
                assert!(diagnostic.span.end as usize <= source.len(), "{diagnostic:?}");
                let text = render(diagnostic, source, "metric.hog", Color::Never);
                assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
            }
        }
    }
}

const WORDS: &[&str] = &[
    "let", "fun", "fn", "while", "try", "catch", "throw", "finally", "null", "nan", "inf", "if", "else", "for", "in",
    "return", "and", "or", "not", "is", "like", "ilike", "between", "case", "when", "then", "end", "lambda",
    "interval", "day", "true", "as", "cohort", "select", "x", "y", "input", "break", "function", "const", "None", "1",
    "0", "2.5", ".5", "0xF", "'text'", "'\\d'", "\"name\"", "`n`", "f'a{", "f'", "'", "}'", "\"", "(", ")", "[", "]",
    "{", "}", ":=", "=", "==", "===", "!=", "!", "&&", "||", "->", "=>", "::", ":", ";", ",", ".", "?.", "?", "??",
    "+", "++", "+=", "-", "--", "*", "**", "/", "//", "/*", "*/", "%", "=~", "~*", "#", "\n", "\u{a0}", "é", "\u{1b}",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_is_answered(source in ".{0,200}") {
        exercise(&source);
    }

    #[test]
    fn any_sequence_of_tokens_is_answered(
        words in prop::collection::vec((prop::sample::select(WORDS), prop::bool::ANY), 0..60)
    ) {
        let source: String =
            words.into_iter().flat_map(|(word, spaced)| [word, if spaced { " " } else { "" }]).collect();
        exercise(&source);
    }
}

/// Sources that would be slow, or deep, for a parser that is not careful.
fn hostile(size: usize) -> Vec<(&'static str, String)> {
    let again = |text: &str| text.repeat(size / text.len());
    vec![
        ("parentheses", again("(")),
        ("brackets", again("[")),
        ("braces", again("{")),
        ("calls", again("f(")),
        (
            "closed parentheses",
            format!("{}1{}", "(".repeat(size / 2), ")".repeat(size / 2)),
        ),
        ("lambdas in braces", again("x -> {")),
        ("lambdas", again("x -> ")),
        ("bare parameters", again("a, ")),
        ("bare parameters in calls", again("f(a, ")),
        ("python lambdas", again("lambda a, ")),
        ("not", again("not ")),
        ("not calls", again("not (")),
        ("minus", again("- ")),
        ("sums", format!("1{}", again(" + 1"))),
        ("properties", format!("x{}", again(".a"))),
        ("indexes", format!("x{}", again("[1]"))),
        ("ors", format!("a{}", again(" or a"))),
        ("concats", format!("a{}", again(" || a"))),
        ("conditionals", again("a ? ")),
        ("templates", again("f'{")),
        ("objects", again("{a: ")),
        ("ifs", again("if (a) ")),
        ("else ifs", again("if (a) {} else ")),
        ("cases", again("case when ")),
        ("functions", again("fun f() { ")),
        ("digits", again("9")),
        ("quotes", again("'")),
        ("comment starts", again("/*")),
        ("bad characters", again("@ ")),
        ("closers", again("}")),
        ("mixed closers", again("(]")),
        ("newlines", again("\n")),
        ("statements", again("x := 1\n")),
        ("errors", again("x := )\n")),
        ("dropped", again("a == b\n")),
        (
            "spread over parentheses",
            format!("{}{}", "((((a) + 1) + 1) + 1)\n".repeat(size / 22), ""),
        ),
        (
            "leaning sums in parentheses",
            (0..150).fold("a".to_owned(), |inner, _| format!("({inner}{})", " + 1".repeat(100))),
        ),
    ]
}

#[test]
fn hostile_sources_are_answered_on_a_small_stack() {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        for (_, source) in hostile(20_000) {
            exercise(&source);
        }
    });
    assert!(thread.is_ok_and(|thread| thread.join().is_ok()));
}

#[test]
fn time_grows_with_the_source() {
    let time = |source: &str| {
        let start = Instant::now();
        let _ = parse(source);
        start.elapsed()
    };
    for ((name, small), (_, large)) in hostile(8_000).into_iter().zip(hostile(64_000)) {
        let (short, long) = (time(&small), time(&large));
        // 8 times the source; quadratic would be 64 times. Short runs are all noise.
        assert!(
            long < short * 30 + Duration::from_millis(200),
            "{name}: {short:?} and {long:?}"
        );
    }
}
