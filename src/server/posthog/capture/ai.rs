//! `/i/v0/ai`: one event in parts, so that long inputs and outputs need not be escaped.

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::event;
use super::keep;
use super::refusal::Refusal;
use super::time::Clocks;
use crate::server::json;
use crate::server::problem::Problem;
use crate::server::state::AppState;

/// The part with the event itself.
const EVENT: &str = "event";
/// The part with its properties; parts with longer names are single properties.
const PROPERTIES: &str = "event.properties";

/// What was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// The parts, in the order in which they came.
    accepted_parts: Vec<Part>,
}

/// A part that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Part {
    /// Its name.
    name: String,
    /// Its bytes.
    length: usize,
    /// Its type, if it said one.
    content_type: Option<String>,
    /// Its encoding: none is known.
    content_encoding: Option<String>,
}

/// Takes one event in parts: `event`, `event.properties` and `event.properties.NAME` for single properties, which are kept
/// with the event.
#[utoipa::path(
    post,
    path = "/i/v0/ai",
    tag = "capture",
    request_body(content = Value, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The event is on the disk", body = Accepted),
        (status = 400, description = "The parts are no event"),
        (status = 401, description = "No key, or one that is not valid"),
        (status = 403, description = "The key does not open this"),
        (status = 413, description = "The request is too large"),
    )
)]
pub async fn ai(State(state): State<AppState>, request: Request) -> Result<Json<Accepted>, Problem> {
    let key = keep::key_in_headers(request.headers());
    let mut parts = Multipart::from_request(request, &state)
        .await
        .map_err(|rejection| Refusal::Encoding(rejection.body_text()))?;
    let mut accepted = Vec::new();
    let mut event = Map::new();
    let mut properties = Map::new();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let content_type = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(broken)?;
        accepted.push(Part {
            name: name.clone(),
            length: bytes.len(),
            content_type: content_type.clone(),
            content_encoding: None,
        });
        if name == EVENT {
            event.extend(object(&name, &bytes)?);
        } else if name == PROPERTIES {
            properties.extend(object(&name, &bytes)?);
        } else if let Some(property) = name.strip_prefix(PROPERTIES).and_then(|rest| rest.strip_prefix('.')) {
            properties.insert(property.to_owned(), value(&name, content_type.as_deref(), &bytes)?);
        } else {
            return Err(Refusal::Shape(format!("there is no part `{name}`")).into());
        }
    }
    if let Some(Value::Object(inner)) = event.remove("properties") {
        for (name, value) in inner {
            properties.entry(name).or_insert(value);
        }
    }
    event.insert("properties".to_owned(), Value::Object(properties));
    let sent_at = event.get("sent_at").and_then(Value::as_str).map(str::to_owned);
    let captured = event::read(&Value::Object(event).to_string(), &Clocks::now(sent_at.as_deref()))?;
    let caller = keep::caller(&state, key.or(captured.key).as_deref()).await?;
    keep::events(&state, &caller, vec![captured.event]).await?;
    Ok(Json(Accepted {
        accepted_parts: accepted,
    }))
}

fn broken(error: axum::extract::multipart::MultipartError) -> Refusal {
    match error.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        _ => Refusal::Encoding(error.body_text()),
    }
}

fn object(name: &str, bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    json::read(bytes).map_err(|error| Refusal::Shape(format!("part `{name}`: {error}")))
}

/// The value of a property: JSON, text, or anything else as a `data:` URL.
fn value(name: &str, content_type: Option<&str>, bytes: &[u8]) -> Result<Value, Refusal> {
    let kind = content_type.unwrap_or("text/plain");
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match kind {
        "application/json" => json::read(bytes).map_err(|error| Refusal::Shape(format!("part `{name}`: {error}"))),
        "text/plain" => std::str::from_utf8(bytes)
            .map(Value::from)
            .map_err(|error| Refusal::Encoding(format!("part `{name}`: {error}"))),
        _ => Ok(format!("data:{kind};base64,{}", STANDARD.encode(bytes)).into()),
    }
}
