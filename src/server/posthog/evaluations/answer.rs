//! An evaluation as PostHog's clients get it.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::evaluation::{Evaluation, EvaluationStatus, EvaluationType, Target};
use super::output::OutputType;
use crate::server::auth::ProjectCaller;
use crate::server::scopes::Scope;
use crate::store::to_wire;

/// What a list for PostHog's MCP server leaves out of each evaluation.
const HEAVY: [&str; 6] = [
    "evaluation_config",
    "output_config",
    "conditions",
    "model_configuration",
    "created_by",
    "deleted",
];

/// A saved evaluation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Evaluation)]
pub struct EvaluationAnswer {
    id: String,
    name: String,
    description: String,
    directory_id: Option<String>,
    /// Whether it runs on new events.
    enabled: bool,
    /// `error` when the service switched it off.
    status: EvaluationStatus,
    /// Why the service switched it off, for programs.
    status_reason: Option<String>,
    /// Why the service switched it off, for people.
    status_reason_detail: Option<String>,
    /// What decides; `python`, `javascript`, `typescript` and `wasm` are our own.
    evaluation_type: EvaluationType,
    /// `{source}` of code (in other languages than Hog with `convention` and `entry`, where given), `{prompt}` of a judge.
    #[schema(value_type = Object)]
    evaluation_config: Map<String, Value>,
    output_type: OutputType,
    /// What may be returned and what passes.
    #[schema(value_type = Object)]
    output_config: Map<String, Value>,
    /// Which events it runs on: those that any of these sets selects.
    #[schema(value_type = Vec<Object>)]
    conditions: Vec<Value>,
    target: Target,
    /// When a trace or session is complete.
    #[schema(value_type = Object)]
    target_config: Map<String, Value>,
    /// `{provider, model, provider_key_id, provider_key_name}` of a judge.
    #[schema(value_type = Option<Object>)]
    model_configuration: Option<Map<String, Value>>,
    created_at: String,
    updated_at: String,
    /// Who made it: `{id, uuid, distinct_id, first_name, last_name, email}`.
    #[schema(value_type = Option<Object>)]
    created_by: Option<Value>,
    /// Whether it counts as deleted.
    deleted: bool,
    /// `editor`, or `viewer` for a key that may not write.
    user_access_level: &'static str,
}

impl EvaluationAnswer {
    /// What this caller gets.
    pub fn new(evaluation: Evaluation, caller: &ProjectCaller) -> Self {
        let may_write = caller.require(Scope::EvaluationWrite).is_ok();
        Self {
            evaluation_type: evaluation.evaluation_type,
            output_type: evaluation.output.output_type(),
            output_config: evaluation.output.config(),
            target: evaluation.target,
            created_at: to_wire(evaluation.created_at),
            updated_at: to_wire(evaluation.updated_at),
            user_access_level: if may_write { "editor" } else { "viewer" },
            id: evaluation.id,
            name: evaluation.name,
            description: evaluation.description,
            directory_id: evaluation.directory_id,
            enabled: evaluation.enabled,
            status: evaluation.status,
            status_reason: evaluation.status_reason,
            status_reason_detail: evaluation.status_reason_detail,
            evaluation_config: evaluation.evaluation_config,
            conditions: evaluation.conditions,
            target_config: evaluation.target_config,
            model_configuration: evaluation.model_configuration,
            created_by: evaluation.created_by,
            deleted: evaluation.deleted,
        }
    }

    /// As an item of a list; `is_slim` leaves out what PostHog's MCP server does not want.
    pub fn item(&self, is_slim: bool) -> Value {
        let mut item = json!(self);
        if let (true, Value::Object(fields)) = (is_slim, &mut item) {
            fields.retain(|name, _| !HEAVY.contains(&name.as_str()));
        }
        item
    }
}
