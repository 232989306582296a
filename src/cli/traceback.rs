//! The calls that led to an error, as each language writes them.

use jurybox::EvaluationError;

/// The lines of an error's traceback that are calls.
pub fn calls(error: &EvaluationError) -> &[String] {
    match error.traceback.split_last() {
        // Python ends with the error itself, which is said elsewhere.
        Some((last, calls)) if last.trim() == error.message => calls,
        _ => &error.traceback,
    }
}

/// At most so many of them: those nearest to the error.
pub fn innermost(error: &EvaluationError, most: usize) -> &[String] {
    let calls = calls(error);
    let kept = calls.len().min(most);
    // JavaScript begins with the innermost call (`at name (file:line:column)`), Python ends with it.
    if calls.first().is_some_and(|line| line.trim_start().starts_with("at ")) {
        &calls[..kept]
    } else {
        &calls[calls.len() - kept..]
    }
}

#[cfg(test)]
mod tests {
    use jurybox::Status;

    use super::*;

    #[test]
    fn the_calls_nearest_to_the_error_are_kept() {
        for (message, traceback, expected) in [
            (
                "KeyError: 'x'",
                &["line 9, in a", "line 5, in b", "line 1, in c", "KeyError: 'x'"][..],
                &["line 5, in b", "line 1, in c"][..],
            ),
            (
                "TypeError: x",
                &["at c (m.js:1:2)", "at b (m.js:5:1)", "at a (m.js:9:1)"],
                &["at c (m.js:1:2)", "at b (m.js:5:1)"],
            ),
            ("Error", &["line 1"], &["line 1"]),
            ("Error", &[], &[]),
        ] {
            let mut error = EvaluationError::new(Status::RuntimeError, None, message.to_owned(), None);
            error.traceback = traceback.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(innermost(&error, 2), expected);
        }
    }
}
