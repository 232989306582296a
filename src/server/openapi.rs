//! The description of the API, made from the code: `/openapi.json` for programs, `/docs` for people.

use std::collections::HashMap;

use axum::Router;
use axum::http::{HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa::openapi::content::Content;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::state::AppState;

/// What the browser lets the page with the description do: run the scripts of this server, and ask this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the description says besides the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "jurybox",
        description = "Judge events with metrics that strangers wrote, each in a clean sandbox: try a metric without \
                       saving it, keep evaluations, run them on live events. Speaks the APIs of PostHog's evaluations \
                       and of HoneyHive, and its own.",
    ),
    security(("bearer" = []), ("x-api-key" = [])),
    modifiers(&Keys),
)]
pub struct Description;

/// How keys are sent.
struct Keys;

impl utoipa::Modify for Keys {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        );
        components.add_security_scheme(
            "x-api-key",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-api-key"))),
        );
    }
}

/// The routes of the description itself.
pub fn router(mut description: utoipa::openapi::OpenApi) -> Router<AppState> {
    name_operations(&mut description);
    add_problems(&mut description);
    // By default the page would have a stranger's server check the description.
    let config = Config::default().try_it_out_enabled(true).validator_url("none");
    let page: Router<AppState> = SwaggerUi::new("/docs")
        .config(config)
        .url("/openapi.json", description)
        .into();
    page.layer(SetResponseHeaderLayer::overriding(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    ))
}

/// Gives operations whose names are the same (handlers of different routes may be called the same, and some serve several
/// routes) names of their own, made from method and path.
fn name_operations(description: &mut utoipa::openapi::OpenApi) {
    let mut seen = HashMap::<String, usize>::new();
    for (_, operation) in operations(description) {
        *seen
            .entry(operation.operation_id.clone().unwrap_or_default())
            .or_default() += 1;
    }
    for (route, operation) in operations(description) {
        let name = operation.operation_id.as_deref().unwrap_or_default();
        if name.is_empty() || seen.get(name).is_some_and(|count| *count > 1) {
            let words = route.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            operation.operation_id = Some(words.join("_"));
        }
    }
}

/// Adds what every route may answer: problems, in the envelope of the platform whose route it is.
fn add_problems(description: &mut utoipa::openapi::OpenApi) {
    let problem = |text| {
        let content = Content::new(Some(schema::empty()));
        ResponseBuilder::new()
            .description(text)
            .content("application/json", content)
            .build()
    };
    let client = problem("What is wrong with the request, in the envelope that the platform's clients know.");
    let busy = problem("The service has too much to do or is stopping. `Retry-After` says when to try again.");
    let keyless = problem("No key, or one that is not valid.");
    for (_, operation) in operations(description) {
        // Those that say nothing of keys ask for one, as all do by default.
        let asks_for_key = operation.security.is_none().then_some(("401", &keyless));
        for (status, response) in [("4XX", &client), ("503", &busy)].into_iter().chain(asks_for_key) {
            let responses = &mut operation.responses.responses;
            responses
                .entry(status.to_owned())
                .or_insert_with(|| response.clone().into());
        }
    }
}

/// All operations, with their methods and paths.
fn operations(description: &mut utoipa::openapi::OpenApi) -> impl Iterator<Item = (String, &mut Operation)> {
    description.paths.paths.iter_mut().flat_map(|(path, item)| {
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
            ("options", &mut item.options),
            ("head", &mut item.head),
        ];
        let named = operations.into_iter();
        named.filter_map(move |(method, operation)| Some((format!("{method} {path}"), operation.as_mut()?)))
    })
}
