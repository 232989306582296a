//! Checks of what workers answer (placeholder until the checks are written).

use super::Response;
use super::message::{Bounds, Compiled, LoadFailure, Loaded};
use crate::diagnostic::{self, Diagnostic};
use crate::snippet::Snippet;

/// Frame limits.
pub const MAX_LOADED: usize = 16 << 20;
/// Frame limits.
pub const MAX_CODE: usize = 1 << 30;
/// Frame limits.
pub const MAX_COMPILED: usize = 1 << 30;

/// Why an answer is not believed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Distrust(String);

/// Frame limits.
pub fn max_run(bounds: &Bounds) -> usize {
    bounds.result * 2 + bounds.logs * 2 + (1 << 20)
}

fn response(body: &[u8]) -> Result<Response, Distrust> {
    postcard::from_bytes(body).map_err(|error| Distrust(error.to_string()))
}

fn other<T>() -> Result<T, Distrust> {
    Err(Distrust("an answer to another question".to_owned()))
}

/// Of a load.
pub fn loaded(body: &[u8]) -> Result<Result<Loaded, LoadFailure>, Distrust> {
    match response(body)? {
        Response::Loaded(loaded) => Ok(loaded),
        _ => other(),
    }
}

/// Of a runtime.
pub fn code(body: &[u8]) -> Result<Result<Vec<u8>, String>, Distrust> {
    match response(body)? {
        Response::Code(code) => Ok(code.map(serde_bytes::ByteBuf::into_vec)),
        _ => other(),
    }
}

/// Of a snippet.
pub fn compiled(body: &[u8], _: &Snippet) -> Result<Result<Box<Compiled>, Vec<Diagnostic>>, Distrust> {
    match response(body)? {
        Response::Compiled(Ok(compiled)) => Ok(Ok(compiled)),
        Response::Compiled(Err(json)) => Ok(Err(
            serde_json::from_slice(&json).map_err(|error| Distrust(error.to_string()))?
        )),
        _ => other(),
    }
}

/// Of an event.
pub fn ran(body: &[u8], _: &Bounds, _: usize) -> Result<Response, Distrust> {
    response(body)
}

/// Of a refusal.
pub fn diagnostic(json: &[u8]) -> Diagnostic {
    serde_json::from_slice::<Vec<Diagnostic>>(json)
        .ok()
        .and_then(|list| list.into_iter().next())
        .unwrap_or_else(|| diagnostic::snippet::cannot_load("the worker gave no reason"))
}
