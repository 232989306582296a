//! Bodies with events in them.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::server::json;
use crate::server::problem::Problem;
use crate::server::state::AppState;

/// Reading more bytes than this takes so long that others should not wait for it.
const LARGE: usize = 256 << 10;

/// The whole body of a request.
///
/// # Errors
/// 413 when it is too large, 400 when it can't be read.
pub async fn bytes(request: Request, state: &AppState) -> Result<Bytes, Problem> {
    let bytes = Bytes::from_request(request, state).await;
    bytes.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The request is larger than the service takes; send events as JSON Lines.",
        ),
        _ => Problem::bad_request("The body of the request can't be read."),
    })
}

/// JSON that reads as a `T`, as [`json::read`] does.
///
/// # Errors
/// 400, with the place.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let read = if bytes.len() > LARGE {
        tokio::task::block_in_place(|| json::read(bytes))
    } else {
        json::read(bytes)
    };
    read.map_err(|error| json::wrong(&error))
}
