//! The bodies of requests, for the description of the API. What reads them is [`Change`](super::change::Change), which
//! takes and refuses as PostHog does.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::evaluation::{EvaluationType, Target};
use super::output::OutputType;

/// An evaluation to make, or to put in the place of another.
#[derive(ToSchema)]
#[schema(example = json!({
    "name": "Says something",
    "enabled": true,
    "evaluation_type": "hog",
    "evaluation_config": {"source": "return length(output) > 0"},
    "output_type": "boolean",
    "output_config": {"allows_na": false},
    "conditions": [{"id": "all", "rollout_percentage": 100, "properties": []}],
}))]
#[expect(dead_code, reason = "it describes")]
pub struct EvaluationRequest {
    #[schema(max_length = 400)]
    name: String,
    #[schema(nullable = false)]
    description: Option<String>,
    directory_id: Option<String>,
    #[schema(nullable = false)]
    enabled: Option<bool>,
    evaluation_type: EvaluationType,
    /// `{source}` of code, `{prompt}` of a judge.
    #[schema(value_type = Option<Object>, nullable = false)]
    evaluation_config: Option<Map<String, Value>>,
    output_type: OutputType,
    /// What may be returned and what passes.
    #[schema(value_type = Option<Object>, nullable = false)]
    output_config: Option<Map<String, Value>>,
    /// Condition sets: `{id, rollout_percentage, properties}`.
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    conditions: Option<Vec<Value>>,
    #[schema(nullable = false)]
    target: Option<Target>,
    /// When a trace or session is complete.
    #[schema(value_type = Option<Object>, nullable = false)]
    target_config: Option<Map<String, Value>>,
    /// `{provider, model, provider_key_id}` of a judge.
    #[schema(value_type = Option<Object>)]
    model_configuration: Option<Map<String, Value>>,
    #[schema(nullable = false)]
    deleted: Option<bool>,
}

/// What to change of an evaluation.
#[derive(ToSchema)]
#[schema(example = json!({"enabled": false}))]
#[expect(dead_code, reason = "it describes")]
pub struct EvaluationPatch {
    #[schema(max_length = 400, nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    description: Option<String>,
    directory_id: Option<String>,
    #[schema(nullable = false)]
    enabled: Option<bool>,
    #[schema(nullable = false)]
    evaluation_type: Option<EvaluationType>,
    /// `{source}` of code, `{prompt}` of a judge.
    #[schema(value_type = Option<Object>, nullable = false)]
    evaluation_config: Option<Map<String, Value>>,
    /// To or from numbers and categories it can't be changed.
    #[schema(nullable = false)]
    output_type: Option<OutputType>,
    /// What may be returned and what passes; keys that are left out stay as they are.
    #[schema(value_type = Option<Object>, nullable = false)]
    output_config: Option<Map<String, Value>>,
    /// Condition sets: `{id, rollout_percentage, properties}`.
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    conditions: Option<Vec<Value>>,
    #[schema(nullable = false)]
    target: Option<Target>,
    /// When a trace or session is complete.
    #[schema(value_type = Option<Object>, nullable = false)]
    target_config: Option<Map<String, Value>>,
    /// `{provider, model, provider_key_id}` of a judge.
    #[schema(value_type = Option<Object>)]
    model_configuration: Option<Map<String, Value>>,
    /// `true` deletes the evaluation, `false` brings it back.
    #[schema(nullable = false)]
    deleted: Option<bool>,
}
