//! What an author hands in.

use std::str::Utf8Error;

use serde::{Deserialize, Serialize};

/// The language of a snippet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Language {
    /// PostHog's Hog.
    #[default]
    Hog,
    /// Python 3.13 with its standard library.
    Python,
    /// JavaScript (ES2023).
    JavaScript,
    /// TypeScript: its types are stripped, not checked.
    TypeScript,
    /// A WebAssembly module or component, as a binary or in text form.
    Wasm,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Hog, Self::Python, Self::JavaScript, Self::TypeScript, Self::Wasm];

    /// The language of a file with this extension.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "hog" => Self::Hog,
            "py" => Self::Python,
            "js" | "mjs" | "cjs" => Self::JavaScript,
            "ts" | "mts" | "cts" => Self::TypeScript,
            "wasm" | "wat" => Self::Wasm,
            _ => return None,
        })
    }

    /// The extension of its files.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Hog => "hog",
            Self::Python => "py",
            Self::JavaScript => "js",
            Self::TypeScript => "ts",
            Self::Wasm => "wasm",
        }
    }

    /// The name as it is written in options and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hog => "hog",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Wasm => "wasm",
        }
    }
}

/// Whose calling habit a snippet follows: what it is given, and how its answer is read. The table is in
/// `docs/conventions.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Convention {
    /// The one that the snippet's names and parameters show; [`Convention::PostHog`] for Hog. The only one for
    /// WebAssembly, whose modules get the event document.
    #[default]
    Auto,
    /// A PostHog evaluation in Hog: the globals `input`, `output`, `properties`, `event`, `target` and
    /// `evaluation_events`; a returned boolean is the verdict, printed lines are the reasoning. Comparisons with null are
    /// false.
    PostHog,
    /// A plain Hog program: the event's own keys are the globals, any value may be returned. Comparisons are those of
    /// PostHog's virtual machine.
    Program,
    /// `HoneyHive`'s evaluators: one parameter `event`, or injected globals, or a variable `result`, or
    /// `evaluate(generation, metadata)`.
    HoneyHive,
    /// `OpenAI`'s and Foundry's graders: `grade(sample, item)`.
    OpenAi,
    /// `LangSmith`'s code evaluators: `perform_eval(run, example)`.
    LangSmith,
    /// Braintrust's scorers: `handler(input, output, expected, metadata)`.
    Braintrust,
    /// Phoenix' code evaluators: parameters named `output`, `reference`, `input`, `metadata`.
    Phoenix,
    /// Langfuse's evaluators: `evaluate(ctx)`.
    Langfuse,
    /// Vertex AI's custom metrics: `evaluate(instance)`.
    Vertex,
    /// promptfoo's assertions: `get_assert(output, context)`.
    Promptfoo,
}

impl Convention {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Auto,
        Self::PostHog,
        Self::Program,
        Self::HoneyHive,
        Self::OpenAi,
        Self::LangSmith,
        Self::Braintrust,
        Self::Phoenix,
        Self::Langfuse,
        Self::Vertex,
        Self::Promptfoo,
    ];

    /// The name as it is written in options and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::PostHog => "posthog",
            Self::Program => "program",
            Self::HoneyHive => "honeyhive",
            Self::OpenAi => "openai",
            Self::LangSmith => "langsmith",
            Self::Braintrust => "braintrust",
            Self::Phoenix => "phoenix",
            Self::Langfuse => "langfuse",
            Self::Vertex => "vertex",
            Self::Promptfoo => "promptfoo",
        }
    }

    /// The convention of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|convention| convention.name() == name)
    }

    /// Whether snippets of this language may follow it.
    #[must_use]
    pub fn is_for(self, language: Language) -> bool {
        match self {
            Self::Auto => true,
            Self::PostHog | Self::Program => language == Language::Hog,
            Self::HoneyHive
            | Self::OpenAi
            | Self::LangSmith
            | Self::Braintrust
            | Self::Phoenix
            | Self::Langfuse
            | Self::Vertex
            | Self::Promptfoo => matches!(language, Language::Python | Language::JavaScript | Language::TypeScript),
        }
    }
}

/// Source and how to understand it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Snippet {
    /// The source: text in UTF-8, or a WebAssembly binary.
    pub source: Vec<u8>,
    /// Its language.
    pub language: Language,
    /// Whose habit it follows.
    pub convention: Convention,
    /// The function to call; by default the one that the convention names or that stands out.
    pub entry: Option<String>,
    /// What tracebacks call the source; by default `metric` with the language's extension.
    pub file: Option<String>,
}

impl Snippet {
    /// A snippet whose convention shows.
    pub fn new(language: Language, source: impl Into<Vec<u8>>) -> Self {
        Self {
            source: source.into(),
            language,
            ..Self::default()
        }
    }

    /// A PostHog evaluation written in Hog.
    pub fn hog(source: impl Into<String>) -> Self {
        Self::new(Language::Hog, source.into()).with_convention(Convention::PostHog)
    }

    /// A plain Hog program.
    pub fn hog_program(source: impl Into<String>) -> Self {
        Self::new(Language::Hog, source.into()).with_convention(Convention::Program)
    }

    /// A metric in Python.
    pub fn python(source: impl Into<String>) -> Self {
        Self::new(Language::Python, source.into())
    }

    /// A metric in JavaScript.
    pub fn javascript(source: impl Into<String>) -> Self {
        Self::new(Language::JavaScript, source.into())
    }

    /// A metric in TypeScript.
    pub fn typescript(source: impl Into<String>) -> Self {
        Self::new(Language::TypeScript, source.into())
    }

    /// A WebAssembly module or component: a binary or its text form.
    pub fn wasm(source: impl Into<Vec<u8>>) -> Self {
        Self::new(Language::Wasm, source)
    }

    /// The same with this convention.
    #[must_use]
    pub fn with_convention(mut self, convention: Convention) -> Self {
        self.convention = convention;
        self
    }

    /// The same with this function as its entry.
    #[must_use]
    pub fn with_entry(mut self, entry: impl Into<String>) -> Self {
        self.entry = Some(entry.into());
        self
    }

    /// The same with this name in tracebacks.
    #[must_use]
    pub fn with_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// The source as text.
    ///
    /// # Errors
    ///
    /// When it is not UTF-8.
    pub fn text(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(&self.source)
    }

    /// What tracebacks call the source.
    #[must_use]
    pub fn file_name(&self) -> String {
        self.file
            .clone()
            .unwrap_or_else(|| format!("metric.{}", self.language.extension()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_json_agree() {
        for convention in Convention::ALL {
            let json = serde_json::to_value(convention).expect("a name");
            assert_eq!(json, convention.name());
            assert_eq!(Convention::from_name(convention.name()), Some(convention));
        }
        for language in Language::ALL {
            assert_eq!(serde_json::to_value(language).expect("a name"), language.name());
            assert_eq!(Language::from_extension(language.extension()), Some(language));
        }
    }
}
