//! The description of the API, made from the code: `/openapi.json` for programs, `/docs` for people.

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::state::AppState;

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
pub fn router(description: utoipa::openapi::OpenApi) -> Router<AppState> {
    SwaggerUi::new("/docs")
        .config(Config::default().try_it_out_enabled(true))
        .url("/openapi.json", description)
        .into()
}
