//! What bodies of requests have, for the description of the API. Handlers read bodies field by field, so that what is not
//! described here is kept, too, or refused by its name.
#![expect(dead_code, reason = "only their schemas are used")]

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A metric of the newer API. There are no other fields.
#[derive(ToSchema)]
pub struct HoneyHiveMetric {
    /// Under which its values are written to events.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(rename = "type")]
    kind: HoneyHiveMetricType,
    /// The code, the prompt, or what people look at.
    #[schema(min_length = 1)]
    criteria: String,
    description: Option<String>,
    return_type: Option<HoneyHiveReturnType>,
    /// Whether it judges events as they are logged.
    enabled_in_prod: Option<bool>,
    needs_ground_truth: Option<bool>,
    #[schema(minimum = 0, maximum = 100)]
    sampling_percentage: Option<f64>,
    /// The largest value that it may have; metrics that say `return_type` float need one.
    #[schema(minimum = 1)]
    scale: Option<u32>,
    threshold: Option<HoneyHiveThreshold>,
    categories: Option<Vec<HoneyHiveCategory>>,
    filters: Option<HoneyHiveFilters>,
    model_provider: Option<String>,
    model_name: Option<String>,
    /// The language of the code, our own field: `python` (default), `javascript`, `typescript` or `hog`.
    language: Option<String>,
}

/// What a metric is.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
pub enum HoneyHiveMetricType {
    Python,
    Llm,
    Human,
    Composite,
}

/// The type of a metric's values.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum HoneyHiveReturnType {
    Boolean,
    Float,
    String,
    Categorical,
}

/// When a value passes.
#[derive(ToSchema)]
pub struct HoneyHiveThreshold {
    min: Option<f64>,
    max: Option<f64>,
    pass_when: Option<bool>,
    passing_categories: Option<Vec<String>>,
}

/// A text that a categorical metric may return.
#[derive(ToSchema)]
pub struct HoneyHiveCategory {
    #[schema(min_length = 1, max_length = 200)]
    category: String,
    score: Option<f64>,
}

/// Filters, which must all pass.
#[derive(ToSchema)]
#[expect(non_snake_case, reason = "it is called so")]
pub struct HoneyHiveFilters {
    filterArray: Vec<HoneyHiveFilter>,
}

/// What is asked of a field.
#[derive(ToSchema)]
pub struct HoneyHiveFilter {
    /// With dots for what is inside: `metadata.model`.
    #[schema(min_length = 1)]
    field: String,
    operator: HoneyHiveOperator,
    value: Option<String>,
}

/// What a filter asks.
#[derive(ToSchema)]
pub enum HoneyHiveOperator {
    #[schema(rename = "exists")]
    Exists,
    #[schema(rename = "not exists")]
    NotExists,
    #[schema(rename = "is")]
    Is,
    #[schema(rename = "is not")]
    IsNot,
    #[schema(rename = "contains")]
    Contains,
    #[schema(rename = "not contains")]
    NotContains,
    #[schema(rename = "greater than")]
    Greater,
    #[schema(rename = "less than")]
    Less,
    #[schema(rename = "after")]
    After,
    #[schema(rename = "before")]
    Before,
}

/// An event. Other fields are kept.
#[derive(ToSchema)]
pub struct HoneyHiveEvent {
    event_type: HoneyHiveEventType,
    inputs: Map<String, Value>,
    outputs: Option<Map<String, Value>>,
    event_name: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    event_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    session_id: Option<String>,
    source: Option<String>,
    config: Option<Map<String, Value>>,
    metadata: Option<Map<String, Value>>,
    /// What users said, and `ground_truth`.
    feedback: Option<Map<String, Value>>,
    metrics: Option<Map<String, Value>>,
    user_properties: Option<Map<String, Value>>,
    error: Option<String>,
    /// Milliseconds since 1970.
    start_time: Option<f64>,
    /// Milliseconds since 1970.
    end_time: Option<f64>,
    /// Milliseconds.
    duration: Option<f64>,
}

/// What an event is of.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum HoneyHiveEventType {
    Session,
    Model,
    Tool,
    Chain,
}

/// A metric to run on an event.
#[derive(ToSchema)]
pub struct HoneyHiveRunMetric {
    metric: HoneyHiveMetric,
    event: HoneyHiveTriedEvent,
}

/// An event that is not logged.
#[derive(ToSchema)]
pub struct HoneyHiveTriedEvent {
    event_type: Option<HoneyHiveEventType>,
    event_name: Option<String>,
    inputs: Option<Map<String, Value>>,
    outputs: Option<Map<String, Value>>,
    feedback: Option<Map<String, Value>>,
    metadata: Option<Map<String, Value>>,
}

/// Several events.
#[derive(ToSchema)]
pub struct HoneyHiveEvents {
    events: Vec<HoneyHiveEvent>,
    single_session: Option<bool>,
}

/// An event as older clients send it.
#[derive(ToSchema)]
pub struct HoneyHiveWrappedEvent {
    event: HoneyHiveEvent,
}

/// Which events to find.
#[derive(ToSchema)]
pub struct HoneyHiveSearch {
    filters: Option<Vec<HoneyHiveFilter>>,
    #[schema(minimum = 1)]
    limit: Option<u32>,
    #[schema(minimum = 1)]
    page: Option<u32>,
    projections: Option<Vec<String>>,
}

/// A snippet to try on a generated text.
#[derive(ToSchema)]
pub struct HoneyHiveCompute {
    generation: String,
    metric: HoneyHiveSnippet,
}

/// A snippet.
#[derive(ToSchema)]
pub struct HoneyHiveSnippet {
    name: Option<String>,
    #[schema(min_length = 1)]
    code_snippet: String,
    task: Option<String>,
}

/// A metric of the older API. Other fields are kept.
#[derive(ToSchema)]
pub struct HoneyHiveOlderMetric {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    task: Option<String>,
    description: Option<String>,
    code_snippet: Option<String>,
    prompt: Option<String>,
    criteria: Option<String>,
    return_type: Option<String>,
    enabled_in_prod: Option<bool>,
    needs_ground_truth: Option<bool>,
    pass_when: Option<bool>,
    threshold: Option<Map<String, Value>>,
}

/// A version of a metric.
#[derive(ToSchema)]
pub struct HoneyHiveVersion {
    message: String,
    content: HoneyHiveMetric,
    deploy_immediately: Option<bool>,
}

/// Rows for a dataset.
#[derive(ToSchema)]
pub struct HoneyHiveRows {
    data: Vec<Map<String, Value>>,
    mapping: HoneyHiveMapping,
}

/// Which columns are what.
#[derive(ToSchema)]
pub struct HoneyHiveMapping {
    inputs: Option<Vec<String>>,
    history: Option<Vec<String>>,
    ground_truth: Option<Vec<String>>,
}
