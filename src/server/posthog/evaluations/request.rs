//! The bodies of requests, for the description of the API. What reads them is [`Change`](super::change::Change), which
//! takes and refuses as PostHog does.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An evaluation to make, or to put in the place of another.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes")]
pub struct EvaluationRequest {
    #[schema(max_length = 400)]
    name: String,
    description: Option<String>,
    directory_id: Option<String>,
    enabled: Option<bool>,
    /// `hog`, `llm_judge`, `sentiment`, `python`, `javascript`, `typescript` or `wasm`.
    evaluation_type: String,
    /// `{source}` of code, `{prompt}` of a judge.
    #[schema(value_type = Option<Object>)]
    evaluation_config: Option<Map<String, Value>>,
    /// `boolean`, `numeric`, `categorical` or `sentiment`.
    output_type: String,
    /// What may be returned and what passes.
    #[schema(value_type = Option<Object>)]
    output_config: Option<Map<String, Value>>,
    /// Condition sets: `{id, rollout_percentage, properties}`.
    #[schema(value_type = Option<Vec<Object>>)]
    conditions: Option<Vec<Value>>,
    /// `generation`, `trace` or `session`.
    target: Option<String>,
    /// When a trace or session is complete.
    #[schema(value_type = Option<Object>)]
    target_config: Option<Map<String, Value>>,
    /// `{provider, model, provider_key_id}` of a judge.
    #[schema(value_type = Option<Object>)]
    model_configuration: Option<Map<String, Value>>,
    deleted: Option<bool>,
}

/// What to change of an evaluation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes")]
pub struct EvaluationPatch {
    #[schema(max_length = 400)]
    name: Option<String>,
    description: Option<String>,
    directory_id: Option<String>,
    enabled: Option<bool>,
    /// `hog`, `llm_judge`, `sentiment`, `python`, `javascript`, `typescript` or `wasm`.
    evaluation_type: Option<String>,
    /// `{source}` of code, `{prompt}` of a judge.
    #[schema(value_type = Option<Object>)]
    evaluation_config: Option<Map<String, Value>>,
    /// `boolean`, `numeric`, `categorical` or `sentiment`; to or from numbers and categories it can't be changed.
    output_type: Option<String>,
    /// What may be returned and what passes; keys that are left out stay as they are.
    #[schema(value_type = Option<Object>)]
    output_config: Option<Map<String, Value>>,
    /// Condition sets: `{id, rollout_percentage, properties}`.
    #[schema(value_type = Option<Vec<Object>>)]
    conditions: Option<Vec<Value>>,
    /// `generation`, `trace` or `session`.
    target: Option<String>,
    /// When a trace or session is complete.
    #[schema(value_type = Option<Object>)]
    target_config: Option<Map<String, Value>>,
    /// `{provider, model, provider_key_id}` of a judge.
    #[schema(value_type = Option<Object>)]
    model_configuration: Option<Map<String, Value>>,
    /// `true` deletes the evaluation, `false` brings it back.
    deleted: Option<bool>,
}
