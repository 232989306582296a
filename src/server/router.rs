//! All routes together, and what is done for every request.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::{Router, middleware};
use tokio::sync::Semaphore;
use tower::util::{MapRequest, MapRequestLayer};
use tower::{Layer as _, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::{DecompressionBody, RequestDecompressionLayer};
use tower_http::normalize_path::{NormalizePath, NormalizePathLayer};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

use super::state::AppState;
use super::{auth, headers, health, honeyhive, key, limit, native, openapi, page, posthog, problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of a request's id, if its client gives it one.
const MAX_REQUEST_ID: usize = 128;

/// The routes behind what makes paths plain.
pub type Service = MapRequest<NormalizePath<Router>, fn(Request) -> Request>;

/// The service of one listener. A slash at the end of a path makes no difference.
pub fn service(state: AppState) -> Service {
    let routes = NormalizePathLayer::trim_trailing_slash().layer(routes(state));
    MapRequest::new(routes, page_of_docs)
}

/// The page with the description has its files beside it, so that it is sent from `/docs` to `/docs/`: there the slash
/// does make a difference.
fn page_of_docs(mut request: Request) -> Request {
    if request.uri().path() == "/docs/" {
        *request.uri_mut() = Uri::from_static("/docs/index.html");
    }
    request
}

fn routes(state: AppState) -> Router {
    let places = Arc::new(Semaphore::new(state.config.max_requests));
    let (routes, description) = OpenApiRouter::with_openapi(openapi::Description::openapi())
        .merge(health::router())
        .merge(posthog::router())
        .merge(honeyhive::router())
        .merge(native::router())
        .split_for_parts();
    let for_every_request = ServiceBuilder::new()
        .layer(MapRequestLayer::new(without_odd_id))
        .layer(MapRequestLayer::new(with_known_codings))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(middleware::from_fn(headers::secure))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(limit::count))
        .layer(middleware::from_fn(problem::envelope))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.config.max_body, limit::size))
        .layer(middleware::from_fn_with_state(places, limit::concurrency))
        .layer(middleware::from_fn_with_state(state.clone(), headers::local))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            state.config.request_timeout,
        ))
        .layer(RequestDecompressionLayer::new())
        .layer(MapRequestLayer::new(plain))
        .layer(DefaultBodyLimit::max(state.config.max_body))
        .layer(middleware::from_fn_with_state(state.clone(), auth::key_in_body));
    routes
        .merge(openapi::router(description))
        .merge(page::router())
        .layer(for_every_request)
        .with_state(state)
}

/// A request whose body is decompressed as it is read.
fn plain(request: Request<DecompressionBody<Body>>) -> Request {
    request.map(Body::new)
}

/// A request without its `x-request-id` if that is not a plain one: it is told again in the answer and in the log.
fn without_odd_id(mut request: Request) -> Request {
    let is_plain = |id: &HeaderValue| {
        let bytes = id.as_bytes();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte);
        (1..=MAX_REQUEST_ID).contains(&bytes.len()) && bytes.iter().all(plain)
    };
    if request.headers().get(REQUEST_ID).is_some_and(|id| !is_plain(id)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// A request whose codings are written as the layers below know them. Names of codings are the same in any case, and
/// `x-gzip` is `gzip` (RFC 9110). Who refuses codings gets an answer without any instead of a refusal: that would come when
/// the work is done.
fn with_known_codings(mut request: Request) -> Request {
    let headers = request.headers_mut();
    let lower = |value: &HeaderValue| value.to_str().ok().map(|text| text.trim().to_ascii_lowercase());
    if let Some(coding) = headers.get(header::CONTENT_ENCODING).and_then(lower) {
        let coding = if coding == "x-gzip" { "gzip" } else { &coding };
        if let Ok(coding) = HeaderValue::from_str(coding) {
            headers.insert(header::CONTENT_ENCODING, coding);
        }
    }
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(lower);
    let refuses = |coding: &str| match coding.split_once(';') {
        Some((name, weight)) => {
            let weight = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok());
            matches!(name.trim(), "identity" | "*") && weight == Some(0.0)
        }
        None => false,
    };
    if accepted.into_iter().any(|list| list.split(',').any(refuses)) {
        headers.remove(header::ACCEPT_ENCODING);
    }
    request
}

/// What the log says of a request. Neither the query nor the headers: keys are sent there.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let path = key::hidden(request.uri().path());
    tracing::info_span!("request", method = %request.method(), path = &*path, id)
}
