//! Versions of a metric: every save makes one that never changes again, and exactly one is in use.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::super::body::{Body, Fields};
use super::super::description::HoneyHiveVersion;
use super::super::{Answer, Failures};
use super::library::{self, Generation};
use super::{validation, view};
use crate::server::auth::Caller;
use crate::server::problem::Problem;
use crate::server::scopes::Scope;
use crate::server::state::AppState;
use crate::store::{Document, Kind, Listing, to_wire};

/// A version.
pub struct Version {
    metric_id: String,
    number: u64,
    message: String,
    date: Timestamp,
    generation: Generation,
    content: Map<String, Value>,
}

impl Version {
    /// A version that is made now.
    pub fn new(
        metric_id: &str,
        number: u64,
        message: &str,
        generation: Generation,
        content: Map<String, Value>,
    ) -> Self {
        Self {
            metric_id: metric_id.to_owned(),
            number,
            message: message.to_owned(),
            date: Timestamp::now(),
            generation,
            content,
        }
    }

    /// The document of the version. Its body has what only the version knows; its name is `v1` for the first.
    pub fn into_document(self) -> Document {
        let name = name(self.number);
        let body = json!({
            "number": self.number,
            "message": self.message,
            "date": to_wire(self.date),
            "generation": self.generation.name(),
            "content": self.content,
        });
        let mut document = Document::new(name.clone(), body);
        document.id = format!("{}/{name}", self.metric_id);
        document.parent = self.metric_id;
        document
    }
}

fn name(number: u64) -> String {
    format!("v{number}")
}

/// A version as clients see it.
fn shown(document: &Document, deployed: u64) -> Value {
    let get = |name: &str| document.body.get(name).cloned().unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(&document.id);
    hash.update(document.body.to_string());
    let sha: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "name": document.name,
        "full_sha": sha,
        "message": get("message"),
        "date": get("date"),
        "deployed": get("number").as_u64() == Some(deployed),
        "content": content(document).1,
    })
}

/// Of which generation the content of a version is, and the content as generation D has it.
fn content(document: &Document) -> (Generation, Map<String, Value>) {
    let generation = Generation::of(document.body.get("generation").and_then(Value::as_str));
    let content = document.body.get("content").and_then(Value::as_object);
    (
        generation,
        view::newer(generation, content.cloned().unwrap_or_default()),
    )
}

/// The versions of a metric, the newest first.
#[utoipa::path(get, path = "/v1/metrics/{metric_id}/versions", tag = "HoneyHive", params(("metric_id" = String, Path)),
    responses((status = 200, description = "`{success, data: [version]}`", body = Value), Failures))]
pub async fn list(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require(Scope::MetricRead)?;
    let project = caller.project.id;
    let metric = library::find(&state.store, project, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let listing = Listing {
        parent: Some(id),
        ..Listing::default()
    };
    let mut versions = state
        .store
        .list(project, Kind::MetricVersion, &listing)
        .await?
        .documents;
    versions.sort_by_key(|version| std::cmp::Reverse(version.body.get("number").and_then(Value::as_u64)));
    let data: Vec<Value> = versions.iter().map(|version| shown(version, metric.deployed)).collect();
    Ok(Json(json!({"success": true, "data": data})))
}

/// Makes a version: `{message, content, deploy_immediately?}`, the content a whole metric.
#[utoipa::path(post, path = "/v1/metrics/{metric_id}/versions", tag = "HoneyHive", params(("metric_id" = String, Path)),
    request_body(content = HoneyHiveVersion, description = "`{message, content, deploy_immediately?}`"),
    responses((status = 200, description = "`{success, data: version}`", body = Value), Failures))]
pub async fn create(State(state): State<AppState>, caller: Caller, Path(id): Path<String>, Body(body): Body) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let fields = Fields::of(&body);
    fields.closed(&["message", "content", "deploy_immediately"])?;
    let message = fields.text("message")?.ok_or_else(|| fields.required("message"))?;
    let content = fields.object("content")?.ok_or_else(|| fields.required("content"))?;
    let content = validation::version(content)?;
    let deploy = fields.boolean("deploy_immediately")?.unwrap_or_default();
    let made = library::add_version(&state, caller.project.id, &id, message, content, deploy).await?;
    let (metric, number) = made.ok_or_else(Problem::not_found)?;
    one(&state, &caller, &metric.id, &name(number), metric.deployed).await
}

/// Puts a version into use; the metric is then what the version says.
#[utoipa::path(post, path = "/v1/metrics/{metric_id}/versions/{version_name}/deploy", tag = "HoneyHive",
    params(("metric_id" = String, Path), ("version_name" = String, Path)),
    responses((status = 200, description = "`{success, data: version}`", body = Value), Failures))]
pub async fn deploy(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, version_name)): Path<(String, String)>,
) -> Answer {
    caller.require(Scope::MetricWrite)?;
    let project = caller.project.id;
    let version = state
        .store
        .get(project, Kind::MetricVersion, &format!("{id}/{version_name}"))
        .await?;
    let version = version.ok_or_else(Problem::not_found)?;
    let generation = content(&version).0;
    let content = version
        .body
        .get("content")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let number = version.body.get("number").and_then(Value::as_u64).unwrap_or_default();
    let deployed = library::change_own(&state, project, &id, |metric| {
        metric.deployed = number;
        metric.generation = generation;
        metric.metric = content;
        Ok(None)
    });
    let metric = deployed.await?.ok_or_else(Problem::not_found)?;
    one(&state, &caller, &id, &version_name, metric.deployed).await
}

async fn one(state: &AppState, caller: &Caller, metric: &str, version: &str, deployed: u64) -> Answer {
    let id = format!("{metric}/{version}");
    let version = state.store.get(caller.project.id, Kind::MetricVersion, &id).await?;
    let version = version.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({"success": true, "data": shown(&version, deployed)})))
}
