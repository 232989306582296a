//! What is wrong with a snippet, where, and what to write instead.
//!
//! A [`Diagnostic`] is data first (the server sends it as JSON, the page underlines its span) and text second:
//! [`render`] draws the code frame that the command line prints. Every kind of problem has one named constructor, so that
//! its wording lives in one place: those of Hog are in [`hog`].

pub mod hog;
pub mod interpreted;
pub mod javascript;
mod line_index;
pub mod module;
mod render;
pub mod snippet;
pub mod suggestion;

use serde::{Deserialize, Serialize};

pub use line_index::{LineIndex, Position};
pub use render::{Color, render};

/// A stretch of source: byte offsets, the end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The stretch from `start` to before `end`.
    #[must_use]
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The shortest stretch that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The source text of the stretch; empty if it does not fit the source.
    #[must_use]
    pub fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The snippet does not compile.
    Error,
    /// It compiles, and probably does something else than its author means.
    Warning,
    /// It does what it says; there is a clearer way to say it.
    Hint,
}

/// One problem of a snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Which kind of problem, in kebab-case; stable, for programs.
    pub code: String,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Where it starts, for people; filled in by [`Diagnostic::locate`].
    pub start: Position,
    /// Where it ends (exclusive), for people; filled in by [`Diagnostic::locate`].
    pub end: Position,
    /// A few words beside the caret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What to write instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Another place that explains this one: the opening bracket, the first declaration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related: Option<Related>,
}

/// A second place that a [`Diagnostic`] points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// Where it starts, for people; filled in by [`Diagnostic::locate`].
    pub start: Position,
    /// What is there.
    pub label: String,
}

impl Diagnostic {
    /// An error: the snippet does not compile.
    pub(crate) fn error(code: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message.into())
    }

    /// A warning: the snippet compiles, and probably does something else than meant.
    pub(crate) fn warning(code: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message.into())
    }

    /// A hint: there is a clearer way to write it.
    pub(crate) fn hint(code: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, span, message.into())
    }

    fn new(severity: Severity, code: &str, span: Span, message: String) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            message,
            span,
            start: Position::default(),
            end: Position::default(),
            label: None,
            help: None,
            related: None,
        }
    }

    /// With a few words beside the caret.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// With what to write instead.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With a second place that explains this one.
    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some(Related {
            span,
            start: Position::default(),
            label: label.into(),
        });
        self
    }

    /// Fills in lines and columns.
    #[must_use]
    pub fn locate(mut self, index: &LineIndex<'_>) -> Self {
        self.start = index.position(self.span.start);
        self.end = index.position(self.span.end);
        if let Some(related) = &mut self.related {
            related.start = index.position(related.span.start);
        }
        self
    }

    /// Whether it stops compilation.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
