//! {{name}}: does the answer say what was expected, and say it briefly?

use jurybox_guest::{Event, Verdict, metric};

const MOST_WORDS: usize = 40;

/// Judges one event.
#[metric]
pub fn says_what_was_expected(event: &Event) -> Verdict {
    let answer = event.output_text().to_lowercase();
    let expected = event.expected_text().unwrap_or_default().to_lowercase();
    let words = answer.split_whitespace().count();
    let says_it = answer.contains(&expected);
    let how = if says_it { "with" } else { "without" };
    Verdict::score(if says_it { 1.0 } else { 0.0 })
        .passing(says_it && words <= MOST_WORDS)
        .because(format!("{words} words, {how} what was expected"))
}
