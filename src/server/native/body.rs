//! Bodies with events in them.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use axum::http::StatusCode;
use jurybox::Event;
use serde::de::DeserializeOwned;

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

/// JSON that reads as a `T`. Half of a surrogate pair in it (`"\ud83d"`), which browsers write where a text was cut, is read
/// as U+FFFD, as in every event.
///
/// # Errors
/// 400, with the place.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.len() > LARGE {
        return tokio::task::block_in_place(|| parse(bytes));
    }
    parse(bytes)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let error = match serde_json::from_slice(bytes) {
        Ok(read) => return Ok(read),
        Err(error) => error,
    };
    // The rare case is looked at when the common one has failed. Events know how to mend it.
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains("\\u"));
    let mended = text.and_then(|text| Event::from_json(text).ok());
    if let Some(read) = mended.and_then(|mended| T::deserialize(mended.value()).ok()) {
        return Ok(read);
    }
    Err(Problem::new(
        StatusCode::BAD_REQUEST,
        "parse_error",
        format!("JSON parse error - {error}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_texts_are_mended() {
        let read: Vec<(&str, Option<serde_json::Value>)> = [
            r#"{"a": "\ud83d", "n": 1.50}"#,
            r#"{"a": "\ud83d\ude00"}"#,
            r#"{"a": "\u12"}"#,
        ]
        .into_iter()
        .map(|text| (text, read(text.as_bytes()).ok()))
        .collect();
        let shown: Vec<String> = read.iter().map(|(_, value)| format!("{value:?}")).collect();
        assert!(shown[0].contains('\u{FFFD}'), "{shown:?}");
        assert!(shown[1].contains('\u{1F600}'), "{shown:?}");
        assert_eq!(shown[2], "None");
    }
}
