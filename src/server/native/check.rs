//! `POST /api/jurybox/check`: does it compile?

use axum::Json;
use axum::extract::State;
use jurybox::{Convention, Language};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::snippet::{self, Parts};
use crate::server::auth::Caller;
use crate::server::json::JsonBody;
use crate::server::judging::JudgingError;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// A snippet to compile.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JuryboxCheckRequest)]
pub struct CheckRequest {
    /// `hog` (the default), `python`, `javascript`, `typescript` or `wasm`.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    /// The source as text; a WebAssembly binary in base64.
    source: Option<String>,
    /// Whose habit the snippet follows: `auto` (the default), `posthog`, `program`, `honeyhive`, `openai`, ...
    #[schema(value_type = Option<String>)]
    convention: Option<Convention>,
    /// The function to call, where it does not stand out.
    entry: Option<String>,
    /// What tracebacks call the source.
    file: Option<String>,
}

/// What the compiler says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxCheck)]
pub struct CheckAnswer {
    /// Whether it compiles.
    ok: bool,
    /// Whose habit it follows, when it compiles.
    #[schema(value_type = Option<String>)]
    convention: Option<Convention>,
    /// Errors, warnings and hints.
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<Value>,
}

/// Compile a snippet, and say what is wrong with it.
#[utoipa::path(
    post,
    path = "/api/jurybox/check",
    tag = "jurybox",
    request_body = CheckRequest,
    responses(
        (status = 200, description = "What the compiler says", body = CheckAnswer),
        (status = 400, description = "The request is wrong"),
        (status = 403, description = "The key does not open this"),
        (status = 413, description = "The request is too large"),
        (status = 429, description = "Too much to do; try again"),
    )
)]
pub async fn check(
    State(state): State<AppState>,
    caller: Caller,
    JsonBody(request): JsonBody<CheckRequest>,
) -> Result<Json<CheckAnswer>, Problem> {
    caller.require(Scope::EvaluationRead)?;
    let parts = Parts {
        language: request.language,
        source: request.source.as_deref(),
        convention: request.convention,
        entry: request.entry.as_deref(),
        file: request.file.as_deref(),
    };
    let asked = parts.snippet()?;
    let answer = match state.judging.compile(caller.project.id, asked.clone()).await {
        Ok(compiled) => CheckAnswer {
            ok: true,
            convention: Some(compiled.evaluator.convention()),
            diagnostics: snippet::diagnostics(compiled.evaluator.warnings(), &asked),
        },
        Err(JudgingError::Compile(error)) => CheckAnswer {
            ok: false,
            convention: None,
            diagnostics: snippet::diagnostics(&error.diagnostics, &asked),
        },
        Err(JudgingError::Busy(busy)) => return Err(busy.into()),
    };
    Ok(Json(answer))
}
