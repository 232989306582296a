//! The diagnostics of Hog, one constructor per kind.

pub mod habit;
pub mod scope;
pub mod syntax;

/// A character for a message: control characters and what looks like nothing are named by their number.
fn visible(character: char) -> String {
    if character.is_control() || (character.is_whitespace() && character != ' ') || character == '\u{feff}' {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    }
}

/// A stretch of source for a message: in backticks, on one line, not too long, without control characters.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if line.len() < text.len() || line.chars().filter(|c| !c.is_control()).count() > LONGEST {
        short.push('…');
    }
    format!("`{short}`")
}
