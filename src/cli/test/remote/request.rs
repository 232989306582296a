//! What a service is asked.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jurybox::{Convention, EvaluationOptions, Language, PassRule, ReturnType, Snippet};
use serde::Serialize;

use crate::cli::limits::LimitArgs;

/// A snippet, as a service wants it.
#[derive(Serialize)]
pub struct SnippetRequest<'a> {
    language: Language,
    source: Cow<'a, str>,
    convention: Convention,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
}

impl<'a> From<&'a Snippet> for SnippetRequest<'a> {
    fn from(snippet: &'a Snippet) -> Self {
        let is_binary = snippet.language == Language::Wasm && snippet.source.starts_with(b"\0asm");
        let source = match snippet.text() {
            Ok(text) if !is_binary => Cow::Borrowed(text),
            _ => Cow::Owned(STANDARD.encode(&snippet.source)),
        };
        Self {
            language: snippet.language,
            source,
            convention: snippet.convention,
            entry: snippet.entry.as_deref(),
            file: snippet.file.as_deref(),
        }
    }
}

/// The first line of a stream: what judges, and how.
#[derive(Serialize)]
pub struct Head<'a> {
    #[serde(flatten)]
    snippet: SnippetRequest<'a>,
    options: Options<'a>,
}

#[derive(Serialize)]
struct Options<'a> {
    allows_na: bool,
    needs_ground_truth: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pass_rule: Option<&'a PassRule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    returns: Option<&'a ReturnType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    limits: LimitsRequest,
}

/// Only what was asked for: the rest is as the service has it.
#[derive(Serialize)]
struct LimitsRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline_ms: Option<u64>,
}

impl<'a> Head<'a> {
    /// The head for a snippet; of the limits only those that were asked for.
    pub fn new(snippet: &'a Snippet, options: &'a EvaluationOptions, limits: &LimitArgs) -> Self {
        let deadline = limits.deadline.map(|deadline| {
            // Less than the unit is not none.
            u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX).max(1)
        });
        Self {
            snippet: snippet.into(),
            options: Options {
                allows_na: options.allows_na,
                needs_ground_truth: options.needs_ground_truth,
                pass_rule: options.pass_rule.as_ref(),
                returns: options.returns.as_ref(),
                now_ns: options.now_ns,
                seed: options.seed,
                limits: LimitsRequest {
                    fuel: limits.fuel,
                    memory: limits.memory,
                    deadline_ms: deadline,
                },
            },
        }
    }
}
