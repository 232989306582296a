//! All routes together, and what is done for every request.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};
use axum::routing::IntoMakeService;
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
type Service = MapRequest<NormalizePath<Router>, fn(Request) -> Request>;

/// The service of one listener. A slash at the end of a path makes no difference.
pub fn service(state: AppState) -> IntoMakeService<Service> {
    let routes = NormalizePathLayer::trim_trailing_slash().layer(routes(state));
    axum::ServiceExt::<Request>::into_make_service(MapRequest::new(routes, page_of_docs))
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

/// What the log says of a request. Neither the query nor the headers: keys are sent there.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let path = key::hidden(request.uri().path());
    tracing::info_span!("request", method = %request.method(), path = &*path, id)
}
