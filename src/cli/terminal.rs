//! What a terminal needs: colour or none, a width, and protection from what strangers print.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::IsTerminal;

use jurybox::Color;

/// The width that is assumed where there is no terminal, as in a file or the log of a build.
const DEFAULT_WIDTH: u16 = 120;
/// Below this width nothing lines up any more; lines then wrap.
const MIN_WIDTH: u16 = 60;

/// Whether to write colours to a stream: only to a terminal that understands them, and not when `NO_COLOR` is set.
pub fn color(stream: &impl IsTerminal) -> Color {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if stream.is_terminal() && !is_dumb && !is_set("NO_COLOR") {
        Color::Always
    } else {
        Color::Never
    }
}

/// The width of standard output in columns. `COLUMNS` decides where there is no terminal.
pub fn width() -> u16 {
    let columns = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    comfy_table::Table::new()
        .width()
        .or_else(columns)
        .unwrap_or(DEFAULT_WIDTH)
        .max(MIN_WIDTH)
}

/// The text with every character escaped that a terminal might obey instead of show, line breaks and tabs aside.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let is_odd = |character: char| is_harmful(character) && !matches!(character, '\n' | '\t');
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_odd(character) {
            let _ = write!(shown, "{}", character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// JSON text with such characters written as JSON's own escapes, which changes nothing for those who parse it.
pub fn harmless_json(json: &str) -> Cow<'_, str> {
    if !json.contains(is_harmful) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 8);
    for character in json.chars() {
        if is_harmful(character) {
            // All of them have four digits at most.
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and those that reorder or hide the text around them.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// The first line of a text, made harmless; what follows is hinted at with `…`.
pub fn first_line(text: &str) -> String {
    let text = text.trim();
    let (line, more) = text
        .split_once('\n')
        .map_or((text, false), |(line, _)| (line.trim_end(), true));
    // A line of megabytes is not worth measuring to the end.
    let end = line.char_indices().nth(1000).map(|(end, _)| end);
    let mut shown = harmless(&line[..end.unwrap_or(line.len())]).replace('\t', " ");
    if more || end.is_some() {
        shown.push_str(" …");
    }
    shown
}

/// The text in so many characters, cut with `…` if need be.
pub fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters.saturating_sub(1)) {
        Some((end, character)) if end + character.len_utf8() < text.len() => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// The text in so many characters, with `…` in its middle if need be: ids often differ only at their ends.
pub fn cut_middle(text: &str, characters: usize) -> String {
    let count = text.chars().count();
    if count <= characters {
        return text.to_owned();
    }
    let tail = characters * 2 / 3;
    let head = characters.saturating_sub(tail + 1);
    text.chars()
        .take(head)
        .chain(['…'])
        .chain(text.chars().skip(count - tail))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(harmless("plain ü\tand\nlines"), "plain ü\tand\nlines");
        assert_eq!(
            harmless("\u{1b}[2J\u{7}\r\u{9b}31m\u{202e}"),
            "\\u{1b}[2J\\u{7}\\u{d}\\u{9b}31m\\u{202e}"
        );
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!("\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{feff} ü\n");
        let text = value.to_string();
        let shown = harmless_json(&text);
        assert!(!shown.contains(is_harmful), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).ok(), Some(value));
    }

    #[test]
    fn one_line_is_shown_of_many() {
        assert_eq!(first_line("\n one \ntwo"), "one …");
        assert_eq!(first_line("one\r\n"), "one");
        assert_eq!(first_line("a\tb"), "a b");
        assert_eq!(first_line(""), "");
        assert_eq!(first_line(&"ü".repeat(2000)).chars().count(), 1002);
    }

    #[test]
    fn long_names_are_cut() {
        for (text, characters, expected) in [
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("üüü", 3, "üüü"),
            ("üüüü", 3, "üü…"),
            ("", 3, ""),
        ] {
            assert_eq!(cut(text, characters), expected);
        }
        for (text, characters, expected) in [
            ("short", 5, "short"),
            ("0198f3a1-7c52-2f8e5b6c7d80", 12, "019…5b6c7d80"),
            ("üöäß", 3, "…äß"),
            ("", 3, ""),
        ] {
            assert_eq!(cut_middle(text, characters), expected);
        }
    }
}
