//! `POST /api/jurybox/evaluate`: judges events with a snippet or a saved evaluation.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jurybox::{Convention, Event, Language};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::options::OptionsRequest;
use super::piece::{Order, Piece};
use super::snippet::{self, Parts};
use super::{body, evaluations, stream};
use crate::server::auth::Caller;
use crate::server::judging::oversized;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;

/// JSON Lines.
pub const MEDIA_TYPE: &str = "application/x-ndjson";
/// Events that are judged in one request that is no stream.
const MOST_EVENTS: usize = 10_000;

/// What judges, and what is judged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JuryboxEvaluateRequest)]
pub struct EvaluateRequest {
    /// `hog` (the default), `python`, `javascript`, `typescript` or `wasm`.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    /// The source as text; a WebAssembly binary in base64.
    source: Option<String>,
    /// The id of a saved evaluation, or of a saved metric of HoneyHive, instead of a source.
    metric: Option<String>,
    /// Whose habit the snippet follows: `auto` (the default), `posthog`, `program`, `honeyhive`, `openai`, ...
    #[schema(value_type = Option<String>)]
    convention: Option<Convention>,
    /// The function to call, where it does not stand out.
    entry: Option<String>,
    /// What tracebacks call the source.
    file: Option<String>,
    /// The events, at most 10,000, in any shape: plain, PostHog's, HoneyHive's. In JSON Lines they are the lines after
    /// the first instead, any number of them.
    #[schema(value_type = Option<Vec<Object>>)]
    pub events: Option<Vec<Value>>,
    /// How they are judged.
    options: Option<OptionsRequest>,
    /// Whether each verdict comes with the trace id and the beginnings of input and output; by default it does in JSON and
    /// does not in JSON Lines.
    pub previews: Option<bool>,
}

impl EvaluateRequest {
    /// Compiles what is to judge.
    ///
    /// # Errors
    /// When the request is wrong, there is no such evaluation, the snippet does not compile or there is too much to do.
    pub async fn order(
        &self,
        state: &AppState,
        caller: &Caller,
        previews: bool,
        separator: u8,
    ) -> Result<Order, Problem> {
        let asked = self.options.clone().unwrap_or_default();
        let parts = Parts {
            language: self.language,
            source: self.source.as_deref(),
            convention: self.convention,
            entry: self.entry.as_deref(),
            file: self.file.as_deref(),
        };
        let (snippet, options) = match &self.metric {
            None => (parts.snippet()?, state.judging.options()),
            Some(_) if parts.is_any() => {
                let detail = "What is saved has its own source; send `metric` without the parts of a snippet.";
                return Err(Problem::invalid("metric", "invalid", detail));
            }
            Some(id) => evaluations::saved(state, caller, id).await?,
        };
        let options = asked.apply(options, state.judging.limits())?;
        let compiled = state.judging.compile(caller.project.id, snippet.clone()).await;
        let compiled = compiled.map_err(|error| snippet::problem(error, &snippet))?;
        Ok(Order::new(caller.project.id, compiled, options, previews, separator))
    }
}

/// Judge events with a snippet or a saved evaluation. The body is JSON, answered with all verdicts together, or JSON Lines
/// (`application/x-ndjson`), whose first line is the same object without events and whose other lines are the events: these
/// are judged while they come in, and answered with a verdict a line, in order.
#[utoipa::path(
    post,
    path = "/api/jurybox/evaluate",
    tag = "jurybox",
    request_body(content(
        (EvaluateRequest = "application/json"),
        (String = "application/x-ndjson"),
    )),
    responses(
        (status = 200, description = "`{\"verdicts\": [...]}`, or a verdict a line", content(
            (Value = "application/json"),
            (String = "application/x-ndjson"),
        )),
        (status = 400, description = "The request is wrong, or the snippet does not compile: then with `diagnostics`"),
        (status = 403, description = "The key does not open this"),
        (status = 404, description = "There is no such evaluation"),
        (status = 413, description = "The request is too large"),
        (status = 429, description = "Too much to do; try again"),
        (status = 503, description = "It took too long; send JSON Lines"),
    )
)]
pub async fn evaluate(State(state): State<AppState>, caller: Caller, request: Request) -> Result<Response, Problem> {
    caller.require(Scope::EvaluationRead)?;
    if is_lines(request.headers()) {
        return stream::evaluate(&state, &caller, request.into_body()).await;
    }
    let bytes = body::bytes(request, &state).await?;
    let mut asked: EvaluateRequest = body::read(&bytes)?;
    let events = events(asked.events.take())?;
    let order = asked
        .order(&state, &caller, asked.previews.unwrap_or(true), b',')
        .await?;
    let most = order.options.limits.event;
    if let Some(index) = oversized(&events, bytes.len(), most) {
        return Err(Problem {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Problem::invalid(
                format!("events.{index}"),
                "too_large",
                format!("The event is larger than the limit of {most} bytes."),
            )
        });
    }
    let mut answer = b"{\"verdicts\":[".to_vec();
    let take = |verdicts: Bytes| answer.extend_from_slice(&verdicts);
    Piece::of_events(events)
        .judge(&state.judging, &Arc::new(order), false, take)
        .await?;
    if answer.ends_with(b",") {
        answer.pop();
    }
    answer.extend_from_slice(b"]}");
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], Body::from(answer)).into_response())
}

/// Whether a request comes as JSON Lines.
pub fn is_lines(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
    ]
    .iter()
    .any(|known| media_type.eq_ignore_ascii_case(known))
}

/// The events of a request.
///
/// # Errors
/// 400, when there are none, too many, or one is broken.
fn events(values: Option<Vec<Value>>) -> Result<Vec<Event>, Problem> {
    let values = values.ok_or_else(|| Problem::required("events"))?;
    if values.len() > MOST_EVENTS {
        let detail = format!("At most {MOST_EVENTS} events are judged at once; send more as JSON Lines.");
        return Err(Problem::invalid("events", "max_length", detail));
    }
    let event = |(index, value)| {
        Event::from_value(value)
            .map_err(|error| Problem::invalid(format!("events.{index}"), "invalid_event", format!("{error}.")))
    };
    values.into_iter().enumerate().map(event).collect()
}
