//! What PostHog's SDKs ask for besides capture: feature flags and settings, of which there are none here. Without an
//! answer some of them log errors, and some ask again.

use axum::response::Json;
use serde_json::{Value, json};

/// No feature flags.
#[utoipa::path(
    post,
    path = "/flags",
    tag = "capture",
    security(()),
    responses((status = 200, description = "No feature flags", body = Value))
)]
pub async fn flags() -> Json<Value> {
    Json(no_flags())
}

/// No feature flags, for older SDKs.
#[utoipa::path(
    post,
    path = "/decide",
    tag = "capture",
    security(()),
    responses((status = 200, description = "No feature flags", body = Value))
)]
pub async fn decide() -> Json<Value> {
    Json(no_flags())
}

/// No definitions of feature flags, for SDKs that evaluate them themselves.
#[utoipa::path(
    get,
    path = "/flags/definitions",
    tag = "capture",
    security(()),
    responses((status = 200, description = "No feature flags", body = Value))
)]
pub async fn definitions() -> Json<Value> {
    Json(json!({"flags": [], "group_type_mapping": {}, "cohorts": {}}))
}

/// Settings of the SDK for browsers: everything that is not capture is off.
#[utoipa::path(
    get,
    path = "/array/{token}/config",
    tag = "capture",
    security(()),
    params(("token" = String, Path, description = "A key; it is not looked at")),
    responses((status = 200, description = "Settings", body = Value))
)]
pub async fn config() -> Json<Value> {
    Json(json!({
        "supportedCompression": ["gzip", "gzip-js", "base64"],
        "analytics": {"endpoint": "/i/v0/e/"},
        "autocapture_opt_out": true,
        "autocaptureExceptions": false,
        "captureDeadClicks": false,
        "capturePerformance": false,
        "defaultIdentifiedOnly": true,
        "elementsChainAsString": true,
        "hasFeatureFlags": false,
        "heatmaps": false,
        "sessionRecording": false,
        "siteApps": [],
        "surveys": false,
    }))
}

/// The answers of both generations at once.
fn no_flags() -> Value {
    json!({
        "flags": {},
        "featureFlags": {},
        "featureFlagPayloads": {},
        "errorsWhileComputingFlags": false,
        "requestId": uuid::Uuid::now_v7(),
        "supportedCompression": ["gzip", "gzip-js", "base64"],
        "sessionRecording": false,
        "config": {},
        "toolbarParams": {},
        "isAuthenticated": false,
    })
}
