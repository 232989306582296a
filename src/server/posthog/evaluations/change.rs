//! What a request wants an evaluation to be.

use serde_json::{Map, Value, json};

use super::evaluation::{Evaluation, EvaluationStatus, EvaluationType, Target};
use super::output::{Output, OutputType};
use super::{config, target};
use crate::server::posthog::fields::{self, Choice, Read, Wrong};
use crate::server::problem::Problem;
use crate::store::Document;

/// The longest name, in characters (PostHog).
const MAX_NAME: usize = 400;
/// The longest id of a condition set, in characters (PostHog).
const MAX_CONDITION_ID: usize = 100;
/// The longest name of a model, in characters (PostHog).
const MAX_MODEL: usize = 100;
/// The providers of models that PostHog knows.
const PROVIDERS: [&str; 10] = [
    "openai",
    "anthropic",
    "gemini",
    "openrouter",
    "fireworks",
    "azure_openai",
    "together_ai",
    "minimax",
    "zeabur",
    "system_one",
];

impl Choice for EvaluationType {
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

impl Choice for OutputType {
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

impl Choice for Target {
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

/// The fields that a request has; those that clients can't write, and unknown ones, are passed over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    is_partial: bool,
    name: Option<String>,
    description: Option<String>,
    directory_id: Option<Option<String>>,
    enabled: Option<bool>,
    evaluation_type: Option<EvaluationType>,
    evaluation_config: Option<Value>,
    output_type: Option<OutputType>,
    output_config: Option<Map<String, Value>>,
    conditions: Option<Vec<Value>>,
    target: Option<Target>,
    target_config: Option<Value>,
    model_configuration: Option<Option<Map<String, Value>>>,
    deleted: Option<bool>,
}

impl Change {
    /// Reads the body of a request. What must be there when an evaluation is made or replaced may be missing in a partial
    /// change.
    ///
    /// # Errors
    /// About the first field, in PostHog's order, that is wrong.
    pub fn read(body: &Map<String, Value>, is_partial: bool) -> Result<Self, Problem> {
        let fields = Fields { body, is_partial };
        Ok(Self {
            is_partial,
            name: fields.required("name", |value| fields::text(value, false, Some(MAX_NAME)))?,
            description: fields.optional("description", |value| fields::text(value, true, None))?,
            directory_id: fields.optional("directory_id", fields::uuid_or_null)?,
            enabled: fields.optional("enabled", fields::boolean)?,
            evaluation_type: fields.required("evaluation_type", fields::choice)?,
            evaluation_config: fields.optional("evaluation_config", |value| fields::not_null(value).cloned())?,
            output_type: fields.required("output_type", fields::choice)?,
            output_config: fields.optional("output_config", |value| fields::dictionary(value).cloned())?,
            conditions: fields.optional("conditions", conditions)?,
            target: fields.optional("target", fields::choice)?,
            target_config: fields.optional("target_config", |value| fields::not_null(value).cloned())?,
            model_configuration: fields.optional("model_configuration", model_configuration)?,
            deleted: fields.optional("deleted", fields::boolean)?,
        })
    }

    /// Whether it may change what code runs, or begins to run it.
    pub fn concerns_code(&self) -> bool {
        self.evaluation_type.is_some() || self.evaluation_config.is_some() || self.enabled == Some(true)
    }

    /// A new evaluation, not yet in a document.
    ///
    /// # Errors
    /// When its fields don't fit together.
    pub fn create(&self, document: &Document, created_by: Value) -> Result<Evaluation, Problem> {
        let evaluation_type = self
            .evaluation_type
            .ok_or_else(|| Problem::required("evaluation_type"))?;
        let output_type = self.output_type.ok_or_else(|| Problem::required("output_type"))?;
        let empty = Map::new();
        let output_config = self.output_config.as_ref().unwrap_or(&empty);
        let blank = Evaluation {
            id: document.id.clone(),
            name: String::new(),
            description: String::new(),
            directory_id: None,
            enabled: false,
            status: EvaluationStatus::Paused,
            status_reason: None,
            status_reason_detail: None,
            evaluation_type,
            evaluation_config: Map::new(),
            output: Output::Sentiment,
            conditions: Vec::new(),
            target: Target::Generation,
            target_config: Map::new(),
            model_configuration: None,
            created_at: document.created_at,
            updated_at: document.updated_at,
            created_by: Some(created_by),
            deleted: false,
        };
        self.finish(blank, None, output_type, output_config)
    }

    /// The evaluation as it is after the change.
    ///
    /// # Errors
    /// When its fields don't fit together.
    pub fn apply(&self, evaluation: &Evaluation) -> Result<Evaluation, Problem> {
        let before = evaluation.output.output_type();
        let output_type = self.output_type.unwrap_or(before);
        let is_kind = |output_type| matches!(output_type, OutputType::Numeric | OutputType::Categorical);
        if output_type != before && (is_kind(output_type) || is_kind(before)) {
            return Err(Problem::invalid(
                "output_type",
                "invalid_input",
                "Create a new evaluation to change its output type.",
            ));
        }
        // A partial change keeps the settings that it does not name.
        let mut output_config = match (&self.output_config, self.is_partial) {
            (None, _) | (Some(_), true) => evaluation.output.config(),
            (Some(_), false) => Map::new(),
        };
        for (name, value) in self.output_config.iter().flatten() {
            output_config.insert(name.clone(), value.clone());
        }
        self.finish(evaluation.clone(), Some(evaluation), output_type, &output_config)
    }

    /// Puts the fields in, and holds them against each other in PostHog's order.
    fn finish(
        &self,
        mut evaluation: Evaluation,
        before: Option<&Evaluation>,
        output_type: OutputType,
        output_config: &Map<String, Value>,
    ) -> Result<Evaluation, Problem> {
        set(&mut evaluation.name, self.name.as_ref());
        set(&mut evaluation.description, self.description.as_ref());
        set(&mut evaluation.directory_id, self.directory_id.as_ref());
        set(&mut evaluation.evaluation_type, self.evaluation_type.as_ref());
        set(&mut evaluation.conditions, self.conditions.as_ref());
        set(&mut evaluation.model_configuration, self.model_configuration.as_ref());
        set(&mut evaluation.deleted, self.deleted.as_ref());
        let evaluation_type = evaluation.evaluation_type;
        let invalid = |attr: &str, detail: &str| Problem::invalid(attr, "invalid_input", detail);

        if evaluation_type != EvaluationType::LlmJudge && evaluation.model_configuration.is_some() {
            let detail = "This evaluation type does not use model configuration.";
            return Err(invalid("model_configuration", detail));
        }
        let changes_config = self.evaluation_type.is_some()
            || self.output_type.is_some()
            || self.evaluation_config.is_some()
            || self.output_config.is_some();
        if before.is_none() || changes_config {
            if !fits(evaluation_type, output_type) {
                let pair = format!("{} + {}", evaluation_type.name(), output_type.name());
                return Err(invalid("config", &format!("Unsupported combination: {pair}")));
            }
            let wrong = |error: String| {
                let pair = format!("{}/{}", evaluation_type.name(), output_type.name());
                invalid("config", &format!("Invalid config for {pair}: {error}"))
            };
            let kept = Value::Object(evaluation.evaluation_config);
            let given = self.evaluation_config.as_ref().unwrap_or(&kept);
            evaluation.evaluation_config = config::read(evaluation_type, given).map_err(wrong)?;
            evaluation.output = Output::read(output_type, output_config).map_err(wrong)?;
        }
        self.set_target(&mut evaluation, before)?;
        if let Some(enabled) = self.enabled {
            evaluation.set_enabled(enabled);
        }
        Ok(evaluation)
    }

    fn set_target(&self, evaluation: &mut Evaluation, before: Option<&Evaluation>) -> Result<(), Problem> {
        set(&mut evaluation.target, self.target.as_ref());
        if evaluation.evaluation_type == EvaluationType::Sentiment && evaluation.target != Target::Generation {
            let detail = "Sentiment evaluations can only target each generation. Choose the 'generation' target.";
            return Err(Problem::invalid("target", "invalid_input", detail));
        }
        if self.target.is_none() && self.target_config.is_none() {
            return Ok(());
        }
        // The settings of one target mean nothing to another.
        let kept = before.filter(|before| before.target == evaluation.target);
        let kept = kept.map_or_else(|| json!({}), |before| json!(before.target_config));
        let given = self.target_config.as_ref().unwrap_or(&kept);
        evaluation.target_config = target::read(evaluation.target, given)
            .map_err(|error| Problem::invalid("target_config", "invalid_input", error))?;
        Ok(())
    }
}

fn set<T: Clone>(place: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        place.clone_from(value);
    }
}

/// Whether such an evaluation may give such an output. PostHog's pairs, and for code in other languages those of Hog.
fn fits(evaluation_type: EvaluationType, output_type: OutputType) -> bool {
    (evaluation_type == EvaluationType::Sentiment) == (output_type == OutputType::Sentiment)
}

/// The fields of a request.
struct Fields<'a> {
    body: &'a Map<String, Value>,
    is_partial: bool,
}

impl Fields<'_> {
    fn optional<T>(&self, name: &str, read: impl Fn(&Value) -> Read<T>) -> Result<Option<T>, Problem> {
        let value = self.body.get(name).map(read).transpose();
        value.map_err(|wrong| wrong.problem(name))
    }

    fn required<T>(&self, name: &str, read: impl Fn(&Value) -> Read<T>) -> Result<Option<T>, Problem> {
        if self.body.contains_key(name) || self.is_partial {
            self.optional(name, read)
        } else {
            Err(Problem::required(name))
        }
    }
}

/// Condition sets, each with its three keys and no others.
fn conditions(value: &Value) -> Read<Vec<Value>> {
    let sets = fields::list(value)?.iter().enumerate();
    sets.map(|(index, set)| condition(set).map_err(|wrong| wrong.inside(index.to_string())))
        .collect()
}

fn condition(set: &Value) -> Read<Value> {
    let set = fields::object(set)?;
    let id = match set.get("id") {
        None => Err(Wrong::required()),
        Some(id) => fields::text(id, false, Some(MAX_CONDITION_ID)),
    };
    let id = id.map_err(|wrong| wrong.inside("id"))?;
    let rollout = set
        .get("rollout_percentage")
        .map(|given| fields::number(given, 0, 100))
        .transpose();
    let rollout = rollout.map_err(|wrong| wrong.inside("rollout_percentage"))?;
    let properties = set.get("properties").map(properties).transpose();
    let properties = properties.map_err(|wrong| wrong.inside("properties"))?;
    Ok(json!({
        "id": id,
        "rollout_percentage": rollout.unwrap_or_else(|| 100.into()),
        "properties": properties.unwrap_or_default(),
    }))
}

/// A list of objects.
pub fn properties(value: &Value) -> Read<Vec<Value>> {
    let items = fields::list(value)?.iter().enumerate();
    items
        .map(|(index, item)| match fields::dictionary(item) {
            Ok(_) => Ok(item.clone()),
            Err(wrong) => Err(wrong.inside(index.to_string())),
        })
        .collect()
}

/// The model of a judge. Keys to providers are kept outside of this service, so that any id of one is taken.
fn model_configuration(value: &Value) -> Read<Option<Map<String, Value>>> {
    if value.is_null() {
        return Ok(None);
    }
    let given = fields::object(value)?;
    let field = |name: &str| given.get(name).ok_or_else(|| Wrong::required().inside(name));
    let provider = field("provider")?;
    if !provider.as_str().is_some_and(|name| PROVIDERS.contains(&name)) {
        let shown = provider.as_str().map_or_else(|| provider.to_string(), str::to_owned);
        let wrong = Wrong::new("invalid_choice", format!("\"{shown}\" is not a valid choice."));
        return Err(wrong.inside("provider"));
    }
    let model = fields::text(field("model")?, false, Some(MAX_MODEL)).map_err(|wrong| wrong.inside("model"))?;
    let key = given.get("provider_key_id").map(fields::uuid_or_null).transpose();
    let key = key.map_err(|wrong| wrong.inside("provider_key_id"))?.flatten();
    let kept = [
        ("provider", provider.clone()),
        ("model", model.into()),
        ("provider_key_id", key.into()),
        ("provider_key_name", Value::Null),
    ];
    Ok(Some(
        kept.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
    ))
}
