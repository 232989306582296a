//! Headers that keep browsers from doing what nobody meant: what answers say to them, and whom they may ask for.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use super::state::AppState;

/// What answers say if they say nothing else: that they are what their type says, are nobody's page, are kept by nobody,
/// and that nobody is told where a link was found.
const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// Adds the headers that an answer lacks.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in DEFAULTS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Where no key is asked for, refuses what a browser sends for a page of somebody else: a page under a name that was made
/// to lead here (the `Host` is not this machine's), or one that just sends (the `Origin` is not).
pub async fn local(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if state.config.insecure_no_auth && !is_from_here(request.headers(), request.uri()) {
        let sentence = "Without keys, the service answers only this machine's own pages and programs.";
        return Problem::forbidden(sentence).into_response();
    }
    next.run(request).await
}

fn is_from_here(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let is_local_host = |host: &HeaderValue| {
        let host = text(host).and_then(|host| host.parse::<Authority>().ok());
        host.is_some_and(|host| is_local(host.host()))
    };
    let is_local_origin = |origin: &HeaderValue| {
        let origin = text(origin).and_then(|origin| origin.parse::<Uri>().ok());
        origin.is_some_and(|origin| origin.host().is_some_and(is_local))
    };
    uri.host().is_none_or(is_local)
        && headers.get_all(header::HOST).iter().all(is_local_host)
        && headers.get_all(header::ORIGIN).iter().all(is_local_origin)
}

/// Whether a name can only mean this machine.
fn is_local(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_pages_send_is_not_from_here() {
        for (host, origin, expected) in [
            (Some("127.0.0.1:8080"), None, true),
            (Some("localhost"), Some("http://localhost:3000"), true),
            (Some("LOCALHOST:1"), Some("http://[::1]:3000"), true),
            (Some("[::1]:8080"), None, true),
            (None, None, true),
            (Some("evil.example"), None, false),
            (Some("127.0.0.1.evil.example"), None, false),
            (Some("user@127.0.0.1@evil.example"), None, false),
            (Some("127.0.0.1"), Some("https://evil.example"), false),
            (Some("127.0.0.1"), Some("null"), false),
            (Some("127.0.0.1"), Some("http://localhost.evil.example"), false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let uri = Uri::from_static("/api/jurybox/session");
            assert_eq!(is_from_here(&headers, &uri), expected, "{host:?} {origin:?}");
        }
    }
}
