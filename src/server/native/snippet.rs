//! Snippets in requests, and what is said of those that do not compile.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jurybox::{Color, CompileError, Convention, Diagnostic, Language, Snippet, render};
use serde_json::Value;

use crate::server::judging::JudgingError;
use crate::server::problem::Problem;

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
        let binary = (language == Language::Wasm).then(|| binary(source)).flatten();
        let source = binary.unwrap_or_else(|| source.as_bytes().to_vec());
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

/// A binary in base64. No module in text form is base64: it begins with a parenthesis or a comment.
fn binary(source: &str) -> Option<Vec<u8>> {
    let text: String = source.split_whitespace().collect();
    STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

/// Diagnostics as they are sent: with the frame that a terminal would show as text.
pub fn diagnostics(diagnostics: &[Diagnostic], snippet: &Snippet) -> Vec<Value> {
    let source = snippet.text().ok().filter(|source| !source.starts_with("\0asm"));
    let file = snippet.file_name();
    let sent = |diagnostic: &Diagnostic| {
        let mut sent = serde_json::to_value(diagnostic).unwrap_or_default();
        // A binary has no lines to draw.
        let frame = source.map_or_else(String::new, |source| render(diagnostic, source, &file, Color::Never));
        if let Value::Object(members) = &mut sent {
            members.insert("frame".to_owned(), Value::String(frame));
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

/// The first error in one sentence, with its place.
fn sentence(error: &CompileError) -> String {
    let first = error.diagnostics.iter().find(|diagnostic| diagnostic.is_error());
    match first {
        Some(first) if first.start.line > 0 => {
            format!("Line {}, column {}: {error}", first.start.line, first.start.column)
        }
        _ => error.to_string(),
    }
}
