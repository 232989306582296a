//! What every route may answer besides what it is for.

use std::collections::BTreeMap;

use utoipa::openapi::{Content, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema as _};

/// The refusals that all routes share, for the description of the API.
pub struct Failures;

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let refusal = |description: &str| {
            let body = Content::new(Some(serde_json::Value::schema()));
            let response = ResponseBuilder::new().description(description);
            RefOr::T(response.content("application/json", body).build())
        };
        BTreeMap::from([
            (
                "4XX".to_owned(),
                refusal(
                    "Refused: 400 and 404 for what is wrong with the request, 401 and 403 for the key, 409 for what \
                     exists already, 413 for what is too large, 429 when there is too much to do. `{message, errorCode}` \
                     under `/v1`, `{status, error}` for tasks and metrics without it.",
                ),
            ),
            (
                "503".to_owned(),
                refusal("There is too much to do, or the service is stopping."),
            ),
        ])
    }
}
