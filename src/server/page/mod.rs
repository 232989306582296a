//! The page that people see at `/`. Its sources are in `web/`; what is built from them is in `assets/` and part of the
//! program, so that neither building nor running it needs anything else.

use std::fmt::Write as _;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

/// What the browser lets the page do: run the scripts and styles of this server, and ask this server. Nothing is inline
/// (the editor keeps its styles in constructed style sheets), no text becomes HTML or script (trusted types), nobody frames it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Ask each time whether it is still the same: the names of the files stay when the program is replaced.
const CACHE: &str = "no-cache";

/// One file of the page.
#[derive(Clone, Copy, Debug)]
struct Asset {
    path: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 6] = [
    Asset {
        path: "/",
        content_type: "text/html; charset=utf-8",
        bytes: include_bytes!("assets/index.html"),
    },
    Asset {
        path: "/assets/page.js",
        content_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("assets/page.js"),
    },
    Asset {
        path: "/assets/theme.js",
        content_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("assets/theme.js"),
    },
    Asset {
        path: "/assets/page.css",
        content_type: "text/css; charset=utf-8",
        bytes: include_bytes!("assets/page.css"),
    },
    Asset {
        path: "/assets/icon.svg",
        content_type: "image/svg+xml",
        bytes: include_bytes!("assets/icon.svg"),
    },
    Asset {
        path: "/assets/LICENSES.txt",
        content_type: "text/plain; charset=utf-8",
        bytes: include_bytes!("assets/LICENSES.txt"),
    },
];

/// The routes: the page and its files. They need no key: they say nothing about any project.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.into_iter().fold(Router::new(), |router, asset| {
        let tag = tag(asset.bytes);
        router.route(
            asset.path,
            get(async move |headers: HeaderMap| answer(asset, &tag, &headers)),
        )
    })
}

/// The file, or that the browser has it already.
fn answer(asset: Asset, tag: &str, request: &HeaderMap) -> Response {
    let headers: [(HeaderName, &str); 7] = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, CACHE),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    if has(request, tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, asset.bytes).into_response()
}

/// Whether the browser says that it has the file of this tag.
fn has(request: &HeaderMap, tag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| matches!(one.trim(), "*") || one.trim() == tag)
}

/// The entity tag of a file: a hash of it. A weak one, since the answer may be compressed on its way.
fn tag(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let mut tag = "W/\"".to_owned();
    for byte in hash.iter().take(16) {
        // Writing to a string does not fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str, tag: Option<&str>) -> Response {
        let mut request = Request::get(path);
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let request = request.body(Body::empty()).expect("a request");
        router::<()>().oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn each_file_is_served_and_then_known() {
        for asset in ASSETS {
            let first = get(asset.path, None).await;
            assert_eq!(first.status(), StatusCode::OK, "{}", asset.path);
            assert_eq!(first.headers()[header::CONTENT_TYPE], asset.content_type);
            assert_eq!(first.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            let tag = first.headers()[header::ETAG].to_str().expect("text").to_owned();
            let body = to_bytes(first.into_body(), usize::MAX).await.expect("a body");
            assert_eq!(body, asset.bytes);

            let again = get(asset.path, Some(&format!("\"other\", {tag}"))).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{}", asset.path);
            let other = get(asset.path, Some("\"other\"")).await;
            assert_eq!(other.status(), StatusCode::OK, "{}", asset.path);
        }
    }

    #[tokio::test]
    async fn the_page_is_held_to_this_server() {
        let page = get("/", None).await;
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let html = String::from_utf8(to_bytes(page.into_body(), usize::MAX).await.expect("a body").to_vec());
        let html = html.expect("text");
        for (attribute, rest) in html.match_indices("src=\"").chain(html.match_indices("href=\"")) {
            let target = html.get(attribute + rest.len()..).unwrap_or_default();
            assert!(
                target.starts_with("/assets/") || target.starts_with('#'),
                "{target:.40}"
            );
        }
        assert!(!html.contains("style=\""), "inline styles are refused by the policy");
    }
}
