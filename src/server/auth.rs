//! Who asks, and for which project.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{FromRequest as _, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::key;
use super::problem::Problem;
use super::scopes::{Scope, Scopes};
use super::state::AppState;
use crate::store::{Project, ProjectId};

/// For how long a key that was found valid is not looked up again: so long may a revoked one still work.
const TRUST: Duration = Duration::from_secs(1);
/// Keys that are remembered at most.
const REMEMBERED: usize = 4096;

/// Who asks: the owner of a key.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The project of the key.
    pub project: Project,
    /// What the key opens.
    pub scopes: Scopes,
    /// Whether nobody asked for a key at all (`--insecure-no-auth`).
    pub is_anonymous: bool,
}

impl Caller {
    /// Checks that the key opens this.
    ///
    /// # Errors
    /// 403, in the words of PostHog.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.allow(scope) {
            return Ok(());
        }
        Err(Problem::forbidden(format!("API key missing required scope '{scope}'")))
    }
}

/// Keys that were valid a moment ago.
#[derive(Default)]
pub struct RecentKeys {
    callers: Mutex<HashMap<String, (Instant, Caller)>>,
}

impl RecentKeys {
    fn get(&self, key: &str) -> Option<Caller> {
        let callers = self.callers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (since, caller) = callers.get(key)?;
        (since.elapsed() < TRUST).then(|| caller.clone())
    }

    fn put(&self, key: &str, caller: Caller) {
        let mut callers = self.callers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if callers.len() >= REMEMBERED {
            callers.retain(|_, (since, _)| since.elapsed() < TRUST);
        }
        if callers.len() < REMEMBERED {
            callers.insert(key.to_owned(), (Instant::now(), caller));
        }
    }
}

/// Finds out whose key this is.
///
/// # Errors
/// 401 when there is none, or it is not valid.
pub async fn authenticate(state: &AppState, key: Option<&str>) -> Result<Caller, Problem> {
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        return match state.anonymous().await? {
            Some(caller) => Ok(caller),
            None => Err(Problem::unauthenticated()),
        };
    };
    if let Some(caller) = state.recent_keys.get(key) {
        return Ok(caller);
    }
    match look_up(state, key).await? {
        Some(caller) => {
            state.recent_keys.put(key, caller.clone());
            Ok(caller)
        }
        // Without authentication, clients that must send some key may send any.
        None => state.anonymous().await?.ok_or_else(Problem::wrong_key),
    }
}

async fn look_up(state: &AppState, key: &str) -> Result<Option<Caller>, Problem> {
    let Some(id) = key::id(key) else { return Ok(None) };
    let Some(kept) = state.store.key(id).await? else {
        return Ok(None);
    };
    if !key::matches(key, &kept) || kept.revoked_at.is_some() {
        return Ok(None);
    }
    let Some(project) = state.store.project(kept.project).await? else {
        return Ok(None);
    };
    let scopes = Scopes::parse(kept.scopes.iter().map(String::as_str))
        .map_err(|name| Problem::internal(&format!("a key has the unknown scope {name}")))?;
    Ok(Some(Caller {
        project,
        scopes,
        is_anonymous: false,
    }))
}

/// A key that came in the body of a request.
#[derive(Clone)]
struct BodyKey(String);

/// The key as clients send it: `Authorization: Bearer`, `x-api-key`, or `personal_api_key` in the query or the body.
fn key_of(parts: &Parts) -> Option<String> {
    key_in_headers(&parts.headers)
        .or_else(|| key_in_query(parts.uri.query()))
        .or_else(|| parts.extensions.get::<BodyKey>().map(|key| key.0.clone()))
}

fn key_in_headers(headers: &HeaderMap) -> Option<String> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
    });
    let header = || Some(headers.get("x-api-key")?.to_str().ok()?.trim().to_owned());
    bearer.or_else(header)
}

fn key_in_query(query: Option<&str>) -> Option<String> {
    #[derive(Deserialize)]
    struct Query {
        personal_api_key: Option<String>,
    }
    let uri = format!("/?{}", query?).parse().ok()?;
    let axum::extract::Query(query) = axum::extract::Query::<Query>::try_from_uri(&uri).ok()?;
    query.personal_api_key
}

/// Finds the `personal_api_key` in the body of a request to PostHog's API that brings no other key.
pub async fn key_in_body(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_posthog = request.uri().path().starts_with("/api/") && !request.uri().path().starts_with("/api/jurybox");
    let has_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    if !is_posthog || !has_body || state.config.insecure_no_auth {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    if key_of(&parts).is_some() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    #[derive(Deserialize)]
    struct Keyed {
        personal_api_key: Option<String>,
    }
    // The extractor knows the limit of bodies, and a broken one from one that is too large.
    let request = Request::from_parts(parts.clone(), body);
    let bytes = match Bytes::from_request(request, &state).await {
        Ok(bytes) => bytes,
        Err(rejection) => return rejection.into_response(),
    };
    let keyed = serde_json::from_slice::<Keyed>(&bytes).ok();
    if let Some(key) = keyed.and_then(|keyed| keyed.personal_api_key) {
        parts.extensions.insert(BodyKey(key));
    }
    next.run(Request::from_parts(parts, bytes.into())).await
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        authenticate(state, key_of(parts).as_deref()).await
    }
}

/// Who asks about the project in the path: a [`Caller`] whose key is of that project.
#[derive(Clone, Debug)]
pub struct ProjectCaller(pub Caller);

impl ProjectCaller {
    /// The project.
    pub fn project(&self) -> ProjectId {
        self.0.project.id
    }

    /// Checks that the key opens this.
    ///
    /// # Errors
    /// 403, in the words of PostHog.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        self.0.require(scope)
    }
}

impl FromRequestParts<AppState> for ProjectCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let mut caller = Caller::from_request_parts(parts, state).await?;
        let path = axum::extract::RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let asked = path.iter().find(|(name, _)| *name == "project_id").map(|(_, id)| id);
        let asked = asked.unwrap_or("@current");
        if asked == "@current" || asked == caller.project.id.to_string() {
            return Ok(Self(caller));
        }
        if caller.is_anonymous
            && let Ok(id) = asked.parse()
            && let Some(project) = state.store.project(id).await?
        {
            caller.project = project;
            return Ok(Self(caller));
        }
        // Whether the project exists is nobody else's business.
        Err(Problem::forbidden("You don't have access to the project."))
    }
}
