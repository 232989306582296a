//! What an author hands in.

use serde::{Deserialize, Serialize};

/// The language of a snippet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Language {
    /// PostHog's Hog.
    #[default]
    Hog,
}

impl Language {
    /// The language of a file with this extension.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        extension.eq_ignore_ascii_case("hog").then_some(Self::Hog)
    }
}

/// Whose calling habit a snippet follows: what it is given, and how its answer is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Convention {
    /// A PostHog evaluation: the globals `input`, `output`, `properties`, `event`, `target` and `evaluation_events`; a
    /// returned boolean is the verdict, printed lines are the reasoning. Comparisons with null are false.
    #[default]
    PostHog,
    /// A plain program: the event's own keys are the globals, any value may be returned. Comparisons are those of
    /// PostHog's virtual machine.
    Program,
}

/// Source text and how to understand it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Snippet {
    /// The source text.
    pub source: String,
    /// Its language.
    #[serde(default)]
    pub language: Language,
    /// Whose habit it follows.
    #[serde(default)]
    pub convention: Convention,
}

impl Snippet {
    /// A PostHog evaluation written in Hog.
    pub fn hog(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            language: Language::Hog,
            convention: Convention::PostHog,
        }
    }

    /// A plain Hog program.
    pub fn hog_program(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            language: Language::Hog,
            convention: Convention::Program,
        }
    }
}
