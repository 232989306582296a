//! Draws a diagnostic for the terminal.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};

use super::{Diagnostic, Severity, Span};

/// Whether the text carries ANSI colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Plain text.
    Never,
    /// ANSI escape codes.
    Always,
}

/// Draws a diagnostic with its code frame: severity, message, file name, line and column, the source with a caret, label
/// and help. The text ends with a newline.
///
/// Source, file name and message may come from strangers: control characters in them are replaced by visible ones and
/// never reach the terminal.
#[must_use]
pub fn render(diagnostic: &Diagnostic, source: &str, file_name: &str, color: Color) -> String {
    let renderer = match color {
        Color::Never => Renderer::plain(),
        Color::Always => Renderer::styled(),
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    };
    let message = harmless(&diagnostic.message);
    let label = diagnostic.label.as_deref().map(harmless);
    let help = diagnostic.help.as_deref().map(harmless);
    let file_name = harmless(file_name);
    let source = &*without_c1(source);

    let primary = AnnotationKind::Primary
        .span(range(diagnostic.span, source))
        .label(label);
    let related = diagnostic.related.as_ref().map(|related| {
        AnnotationKind::Context
            .span(range(related.span, source))
            .label(harmless(&related.label))
    });
    let snippet = Snippet::source(source)
        .path(file_name)
        .annotation(primary)
        .annotations(related);
    let frame = level
        .primary_title(message)
        .id(diagnostic.code.as_str())
        .element(snippet);
    let help = help.map(|help| Group::with_title(Level::HELP.secondary_title(help)));
    let report: Vec<Group<'_>> = std::iter::once(frame).chain(help).collect();
    let mut text = renderer.render(&report);
    text.push('\n');
    text
}

/// Text without control characters.
fn harmless(text: &str) -> String {
    normalize_untrusted_str(&without_c1(text))
}

/// The text with a middle dot for each of the control characters U+0080 to U+009F: some terminals obey them, and the
/// renderer replaces only the others. The dot has as many bytes, so that offsets stay what they are.
fn without_c1(text: &str) -> Cow<'_, str> {
    if text.contains(is_c1) {
        Cow::Owned(text.replace(is_c1, "\u{b7}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn is_c1(character: char) -> bool {
    ('\u{80}'..='\u{9f}').contains(&character)
}

/// The span as the renderer needs it: inside the source, on character boundaries, not backwards.
fn range(span: Span, source: &str) -> Range<usize> {
    let start = source.floor_char_boundary(span.start as usize);
    let end = source.ceil_char_boundary(span.end as usize).max(start);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(message: &str, span: Span) -> Diagnostic {
        Diagnostic::error("sample", span, message)
            .label("here")
            .help("do something else")
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let source = "let x := '\u{1b}[31mred\u{7}\r\u{202e}\u{9b}' ü\t!\n";
        let diagnostic = sample("odd \u{1b}[2J name", Span::new(9, 12));
        let text = render(&diagnostic, source, "a\u{1b}b.hog", Color::Never);
        assert!(
            !text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'),
            "{text:?}"
        );
    }

    #[test]
    fn colour_is_only_there_when_asked_for() {
        let diagnostic = sample("wrong", Span::new(0, 3));
        assert!(render(&diagnostic, "let", "a.hog", Color::Always).contains('\u{1b}'));
        assert!(!render(&diagnostic, "let", "a.hog", Color::Never).contains('\u{1b}'));
    }

    #[test]
    fn spans_that_do_not_fit_are_drawn_anyway() {
        for (start, end) in [(0, 0), (1, 2), (5, 3), (2, 99), (99, 100)] {
            let _ = render(&sample("wrong", Span::new(start, end)), "üü\nx", "a.hog", Color::Never);
        }
        let _ = render(&sample("wrong", Span::new(0, 0)), "", "a.hog", Color::Never);
    }
}
