//! From a request to events on the disk.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};

use super::body::{self, Query};
use super::payload::{self, Payload};
use super::refusal::Refusal;
use crate::server::auth::{self, Caller};
use crate::server::observe;
use crate::server::posthog::live;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{NewEvent, Platform};

/// Bodies from this size on are read on a thread of their own: it takes them milliseconds.
const LARGE: usize = 256 << 10;

/// Takes the events of a request in any shape and packing. The query is given back.
///
/// # Errors
/// When the request is not understood, its key does not open this, or the store fails: then nothing was kept.
pub async fn request(state: &AppState, request: Request) -> Result<Query, Problem> {
    let query = Query::read(request.uri().query());
    let header_key = key_in_headers(request.headers());
    let bytes = bytes(state, request).await?;
    let limit = state.config.max_body;
    let asked = query.clone();
    let mut payload = blocking(bytes.len(), move || read(bytes, &asked, limit)).await??;
    let key = payload.key.take().or(header_key);
    let caller = caller(state, key.as_deref()).await?;
    events(state, &caller, payload.events).await?;
    Ok(query)
}

fn read(bytes: Bytes, query: &Query, limit: usize) -> Result<Payload, Refusal> {
    let json = body::json(bytes, query, limit)?;
    payload::read(&json, query)
}

/// The body of a request.
///
/// # Errors
/// When it is too large, or breaks off.
pub async fn bytes(state: &AppState, request: Request) -> Result<Bytes, Problem> {
    let bytes = Bytes::from_request(request, state).await;
    let refusal = |status| match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        _ => Refusal::Encoding("the body can't be read".to_owned()),
    };
    bytes.map_err(|rejection| refusal(rejection.status()).into())
}

/// Does what takes long for a large body without holding up others.
///
/// # Errors
/// When it panics.
pub async fn blocking<T: Send + 'static>(size: usize, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    if size < LARGE {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::internal(&error))
}

/// The key as it stands in the headers.
pub fn key_in_headers(headers: &HeaderMap) -> Option<String> {
    let bearer = || {
        let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key)
    };
    let key = bearer().or_else(|| headers.get("x-api-key")?.to_str().ok())?;
    Some(key.trim().to_owned())
}

/// Whose key this is, if it opens capture.
///
/// # Errors
/// 401 and 403, in the words of PostHog's capture.
pub async fn caller(state: &AppState, key: Option<&str>) -> Result<Caller, Problem> {
    let caller = auth::authenticate(state, key).await.map_err(|problem| match key {
        _ if problem.status != StatusCode::UNAUTHORIZED => problem,
        None | Some("") => Refusal::NoKey.into(),
        Some(_) => Refusal::WrongKey.into(),
    })?;
    caller.require(Scope::EventWrite)?;
    Ok(caller)
}

/// Keeps events, and queues what is to be run on them; both are on the disk when this returns.
///
/// # Errors
/// When the store fails; then nothing was kept.
pub async fn events(state: &AppState, caller: &Caller, events: Vec<NewEvent>) -> Result<(), Problem> {
    let most = state.judging.limits().event;
    if events.iter().any(|event| event.body.len() > most) {
        return Err(Refusal::LargeEvent(most).into());
    }
    let project = caller.project.id;
    let selectors = live::selectors(state, project, &events).await?;
    // Without selectors the events are not read.
    let size: usize = if selectors.is_empty() {
        0
    } else {
        events.iter().map(|event| event.body.len()).sum()
    };
    let select = move || {
        let jobs = live::jobs(&selectors, &events);
        (events, jobs)
    };
    let (events, jobs) = blocking(size, select).await?;
    let ingested = state.store.ingest(project, events, jobs).await?;
    observe::ingested(Platform::PostHog.name(), ingested.events);
    if ingested.jobs > 0 {
        state.runner.wake();
    }
    Ok(())
}
