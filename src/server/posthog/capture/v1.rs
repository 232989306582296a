//! `/i/v1/analytics/events`: the capture that PostHog's newer SDKs can be told to use. The key is in the headers, and the
//! answer says what became of each event.

use axum::extract::{Request, State};
use axum::response::Json;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::body::{self, Query};
use super::event;
use super::keep;
use super::pick::{elements, members, text};
use super::refusal::Refusal;
use super::time::Clocks;
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::NewEvent;

/// When the request was sent.
const SENT_AT: &str = "posthog-request-timestamp";

/// What became of the events, by their uuids.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Results {
    /// `{"result": "ok"}` or `{"result": "drop", "details": "..."}`
    #[schema(value_type = std::collections::HashMap<String, Fate>)]
    results: Map<String, Value>,
}

/// What became of an event.
#[derive(Debug, Serialize, ToSchema)]
struct Fate {
    /// `ok`, or `drop` for what will never be taken.
    result: &'static str,
    /// Why it is not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
}

/// Takes a batch of events. Those that are none are named in the answer, and the others kept.
#[utoipa::path(
    post,
    path = "/i/v1/analytics/events",
    tag = "capture",
    request_body(content = Value, description = "`{\"batch\": [event...]}`"),
    responses(
        (status = 200, description = "Every event that is not named with `drop` is on the disk", body = Results),
        (status = 400, description = "The body is no batch"),
        (status = 401, description = "No key, or one that is not valid"),
        (status = 403, description = "The key does not open this"),
        (status = 413, description = "The request is too large"),
    )
)]
pub async fn events(State(state): State<AppState>, request: Request) -> Result<Json<Results>, Problem> {
    let key = keep::key_in_headers(request.headers());
    let caller = keep::caller(&state, key.as_deref()).await?;
    let sent_at = request.headers().get(SENT_AT).and_then(|value| value.to_str().ok());
    let clocks = Clocks::now(sent_at);
    let bytes = keep::bytes(&state, request).await?;
    let limit = state.config.max_body;
    let size = bytes.len();
    let read = move || read(&body::json(bytes, &Query::default(), limit)?, &clocks);
    let (events, results) = keep::blocking(size, read).await??;
    keep::events(&state, &caller, events).await?;
    Ok(Json(results))
}

fn read(json: &str, clocks: &Clocks) -> Result<(Vec<NewEvent>, Results), Refusal> {
    let [batch] = members(json, ["batch"])?;
    let batch = batch.ok_or(Refusal::Empty)?;
    let mut events = Vec::new();
    let mut results = Results::default();
    for raw in elements(batch.get())? {
        let (uuid, fate) = match event::read(raw.get(), clocks) {
            Ok(captured) => {
                let uuid = captured.event.uuid.clone();
                events.push(captured.event);
                (
                    Some(uuid),
                    Fate {
                        result: "ok",
                        details: None,
                    },
                )
            }
            Err(refusal) => {
                let uuid = members(raw.get(), ["uuid"]).ok().and_then(|[uuid]| text(uuid?));
                let details = Some(refusal.to_string());
                (
                    uuid,
                    Fate {
                        result: "drop",
                        details,
                    },
                )
            }
        };
        if let Some(uuid) = uuid {
            let fate = serde_json::to_value(fate).map_err(Refusal::from)?;
            results.results.insert(uuid, fate);
        }
    }
    Ok((events, results))
}
