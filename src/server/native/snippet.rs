//! Snippets in requests, and what is said of those that do not compile.

use axum::http::StatusCode;
use jurybox::{CompileError, Convention, Diagnostic, Language, Snippet};
use serde_json::Value;

use crate::server::judging::JudgingError;
use crate::server::problem::Problem;
use crate::server::snippet::{frame, source as source_of, summary};

/// The parts of a snippet, as a request has them.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// Its language; Hog by default.
    pub language: Option<Language>,
    /// Its source as text; of a WebAssembly binary, in base64.
    pub source: Option<&'a str>,
    /// Whose habit it follows; by default the one that shows, PostHog's for Hog.
    pub convention: Option<Convention>,
    /// The function to call.
    pub entry: Option<&'a str>,
    /// What tracebacks call the source.
    pub file: Option<&'a str>,
}

impl Parts<'_> {
    /// Whether there is any of them.
    pub fn is_any(&self) -> bool {
        let texts = [self.source, self.entry, self.file];
        self.language.is_some() || self.convention.is_some() || texts.iter().any(Option::is_some)
    }

    /// The snippet.
    ///
    /// # Errors
    /// 400, when there is no source, or the parts don't go together.
    pub fn snippet(self) -> Result<Snippet, Problem> {
        let language = self.language.unwrap_or_default();
        let source = self.source.ok_or_else(|| Problem::required("source"))?;
        let source = source_of(language, source);
        let convention = match (self.convention.unwrap_or_default(), language) {
            (Convention::Auto, Language::Hog) => Convention::PostHog,
            (convention, language) if convention.is_for(language) => convention,
            (convention, language) => {
                let detail = format!(
                    "Metrics in {} don't follow the convention {}.",
                    language.name(),
                    convention.name()
                );
                return Err(Problem::invalid("convention", "invalid", detail));
            }
        };
        let mut snippet = Snippet::new(language, source).with_convention(convention);
        if let Some(entry) = self.entry {
            if matches!(language, Language::Hog | Language::Wasm) {
                let detail = "It names a function in Python, JavaScript or TypeScript.";
                return Err(Problem::invalid("entry", "invalid", detail));
            }
            snippet = snippet.with_entry(entry);
        }
        if let Some(file) = self.file {
            snippet = snippet.with_file(file);
        }
        Ok(snippet)
    }
}

/// Diagnostics as they are sent: with the frame that a terminal would show as text.
pub fn diagnostics(diagnostics: &[Diagnostic], snippet: &Snippet) -> Vec<Value> {
    let sent = |diagnostic: &Diagnostic| {
        let mut sent = serde_json::to_value(diagnostic).unwrap_or_default();
        if let Value::Object(members) = &mut sent {
            members.insert("frame".to_owned(), Value::String(frame(diagnostic, snippet)));
        }
        sent
    };
    diagnostics.iter().map(sent).collect()
}

/// What a request is told whose snippet has no evaluator: 400 with diagnostics, or 429.
pub fn problem(error: JudgingError, snippet: &Snippet) -> Problem {
    match error {
        JudgingError::Busy(busy) => busy.into(),
        JudgingError::Compile(error) => Problem {
            diagnostics: diagnostics(&error.diagnostics, snippet),
            ..Problem::new(StatusCode::BAD_REQUEST, "compile_error", sentence(&error))
        },
    }
}

/// Where the first error is, and what is wrong.
fn sentence(error: &CompileError) -> String {
    match summary(error) {
        (sentence, Some((line, column))) => format!("Line {line}, column {column}: {sentence}"),
        (sentence, None) => sentence,
    }
}
