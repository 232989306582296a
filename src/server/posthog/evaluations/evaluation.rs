//! An evaluation, as the service knows it: what a stored document says, and what running it needs.

use jiff::Timestamp;
use jurybox::{Convention, EvaluationOptions, Language, PassRule, ReturnType, Snippet};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::output::{CategoryRule, NumericOperator, NumericRule, Output, OutputType, SelectionMode};
use super::source;
use crate::server::problem::Problem;
use crate::store::Document;

/// The longest `status_reason_detail`, in characters (PostHog).
const MAX_DETAIL: usize = 2000;

/// What decides about events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationType {
    /// A model that is given a prompt.
    LlmJudge,
    /// Code in Hog.
    Hog,
    /// A classifier of sentiments.
    Sentiment,
    /// Code in Python; this and the following are our own.
    Python,
    /// Code in JavaScript.
    #[serde(rename = "javascript")]
    JavaScript,
    /// Code in TypeScript.
    #[serde(rename = "typescript")]
    TypeScript,
    /// A WebAssembly module.
    Wasm,
}

impl EvaluationType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::LlmJudge,
        Self::Hog,
        Self::Sentiment,
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::Wasm,
    ];

    /// The name as it is written in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LlmJudge => "llm_judge",
            Self::Hog => "hog",
            Self::Sentiment => "sentiment",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Wasm => "wasm",
        }
    }

    /// The language of the code, if code decides.
    pub const fn language(self) -> Option<Language> {
        match self {
            Self::LlmJudge | Self::Sentiment => None,
            Self::Hog => Some(Language::Hog),
            Self::Python => Some(Language::Python),
            Self::JavaScript => Some(Language::JavaScript),
            Self::TypeScript => Some(Language::TypeScript),
            Self::Wasm => Some(Language::Wasm),
        }
    }
}

/// What is evaluated as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EvaluationTarget)]
pub enum Target {
    /// One call of a model.
    #[default]
    Generation,
    /// All events of a trace.
    Trace,
    /// All events of a session.
    Session,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Generation, Self::Trace, Self::Session];

    /// The name as it is written in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generation => "generation",
            Self::Trace => "trace",
            Self::Session => "session",
        }
    }
}

/// Whether an evaluation runs on new events. It says the same as `enabled`, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationStatus {
    /// It runs: enabled, without a reason.
    Active,
    /// Its owner switched it off: disabled, without a reason.
    #[default]
    Paused,
    /// The service switched it off: disabled, with a reason.
    Error,
}

/// An evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Its id, a UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The directory that it is shown in.
    pub directory_id: Option<String>,
    /// Whether it runs on new events.
    pub enabled: bool,
    /// The same, with the case that the service switched it off.
    pub status: EvaluationStatus,
    /// Why the service switched it off, in `snake_case` (`hog_error`); never there otherwise.
    pub status_reason: Option<String>,
    /// The same in words.
    pub status_reason_detail: Option<String>,
    /// What decides.
    pub evaluation_type: EvaluationType,
    /// Its settings: `source` or `prompt`.
    pub evaluation_config: Map<String, Value>,
    /// What it gives.
    pub output: Output,
    /// Condition sets (`{id, rollout_percentage, properties}`): which events it runs on.
    pub conditions: Vec<Value>,
    /// What is evaluated as one.
    pub target: Target,
    /// When a trace or session is complete.
    pub target_config: Map<String, Value>,
    /// The model of an LLM judge: `{provider, model, provider_key_id}`.
    pub model_configuration: Option<Map<String, Value>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Who made it, as PostHog shows users.
    pub created_by: Option<Value>,
    /// Whether it counts as deleted.
    pub deleted: bool,
}

/// What the body of a document says about an evaluation; the rest is in the document itself.
#[derive(Serialize, Deserialize)]
struct Body {
    directory_id: Option<String>,
    status: EvaluationStatus,
    status_reason: Option<String>,
    status_reason_detail: Option<String>,
    evaluation_type: EvaluationType,
    evaluation_config: Map<String, Value>,
    output_type: OutputType,
    output_config: Map<String, Value>,
    conditions: Vec<Value>,
    target: Target,
    target_config: Map<String, Value>,
    model_configuration: Option<Map<String, Value>>,
    created_by: Option<Value>,
}

impl Evaluation {
    /// The evaluation that a document ([`Kind::Evaluation`](crate::store::Kind::Evaluation)) is.
    ///
    /// # Errors
    /// 500 when the document is nothing that [`Self::write`] wrote.
    pub fn read(document: &Document) -> Result<Self, Problem> {
        let corrupt =
            |error: &dyn std::fmt::Display| Problem::internal(&format!("evaluation {}: {error}", document.id));
        let body: Body = serde_json::from_value(document.body.clone()).map_err(|error| corrupt(&error))?;
        let output = Output::read(body.output_type, &body.output_config).map_err(|error| corrupt(&error))?;
        Ok(Self {
            id: document.id.clone(),
            name: document.name.clone(),
            description: document.description.clone(),
            directory_id: body.directory_id,
            enabled: document.enabled,
            status: body.status,
            status_reason: body.status_reason,
            status_reason_detail: body.status_reason_detail,
            evaluation_type: body.evaluation_type,
            evaluation_config: body.evaluation_config,
            output,
            conditions: body.conditions,
            target: body.target,
            target_config: body.target_config,
            model_configuration: body.model_configuration,
            created_at: document.created_at,
            updated_at: document.updated_at,
            created_by: body.created_by,
            deleted: document.deleted,
        })
    }

    /// Puts the evaluation into its document. The times and the id are the document's own business.
    ///
    /// # Errors
    /// 500 when it can't be written as JSON, which does not happen.
    pub fn write(&self, document: &mut Document) -> Result<(), Problem> {
        let body = Body {
            directory_id: self.directory_id.clone(),
            status: self.status,
            status_reason: self.status_reason.clone(),
            status_reason_detail: self.status_reason_detail.clone(),
            evaluation_type: self.evaluation_type,
            evaluation_config: self.evaluation_config.clone(),
            output_type: self.output.output_type(),
            output_config: self.output.config(),
            conditions: self.conditions.clone(),
            target: self.target,
            target_config: self.target_config.clone(),
            model_configuration: self.model_configuration.clone(),
            created_by: self.created_by.clone(),
        };
        document.body = serde_json::to_value(body).map_err(|error| Problem::internal(&error))?;
        document.name.clone_from(&self.name);
        document.description.clone_from(&self.description);
        document.enabled = self.enabled;
        document.deleted = self.deleted;
        Ok(())
    }

    /// Switches it on or off, as its owner does. Nothing changes when it is already so: what the service switched off stays
    /// marked, as at PostHog.
    pub fn set_enabled(&mut self, enabled: bool) {
        if self.enabled == enabled {
            return;
        }
        self.enabled = enabled;
        self.status = if enabled {
            EvaluationStatus::Active
        } else {
            EvaluationStatus::Paused
        };
        self.status_reason = None;
        self.status_reason_detail = None;
    }

    /// Switches it off, as the service does, for this reason (PostHog's `hog_error` and the like).
    pub fn set_error(&mut self, reason: &str, detail: Option<&str>) {
        self.enabled = false;
        self.status = EvaluationStatus::Error;
        self.status_reason = Some(reason.to_owned());
        self.status_reason_detail = detail.map(shortened);
    }
}

/// A detail in at most [`MAX_DETAIL`] characters: a longer one ends in `...`.
fn shortened(detail: &str) -> String {
    if detail.chars().count() <= MAX_DETAIL {
        return detail.to_owned();
    }
    let kept: String = detail.chars().take(MAX_DETAIL - 3).collect();
    format!("{kept}...")
}

/// The code of an evaluation; `None` where no code decides.
pub fn snippet(evaluation: &Evaluation) -> Option<Snippet> {
    let language = evaluation.evaluation_type.language()?;
    let text = |name: &str| evaluation.evaluation_config.get(name).and_then(Value::as_str);
    let convention = text("convention").and_then(Convention::from_name);
    Some(source::snippet(language, text("source")?, convention, text("entry")))
}

/// How an evaluation's code is judged: whether it may say "not applicable", what it must return and what passes. The rest
/// is as in `base`.
///
/// `passed` of a verdict then says: of a boolean, whether it is true (false with `true_is_failure`); of a number or of
/// categories, what the passing rule says, nothing if there is none.
pub fn judge_options(evaluation: &Evaluation, base: EvaluationOptions) -> EvaluationOptions {
    options_for(&evaluation.output, base)
}

/// [`judge_options`] for an output that no evaluation has yet.
pub fn options_for(output: &Output, mut base: EvaluationOptions) -> EvaluationOptions {
    match output {
        Output::Boolean {
            allows_na,
            true_is_failure,
        } => {
            base.allows_na = *allows_na;
            base.returns = Some(ReturnType::Boolean);
            base.pass_rule = Some(PassRule::Equals(!true_is_failure));
        }
        Output::Numeric {
            allows_na,
            min,
            max,
            passing_rule,
            ..
        } => {
            base.allows_na = *allows_na;
            base.returns = Some(ReturnType::NumberWithin { min: *min, max: *max });
            base.pass_rule = Some(numeric_rule(passing_rule.as_ref()));
        }
        Output::Categorical {
            allows_na,
            options,
            selection_mode,
            passing_rule,
        } => {
            let keys = options.iter().map(|option| option.key.clone()).collect();
            base.allows_na = *allows_na;
            base.returns = Some(match selection_mode {
                SelectionMode::Single => ReturnType::Category(keys),
                SelectionMode::Multiple => ReturnType::Categorical(keys),
            });
            base.pass_rule = Some(match passing_rule {
                Some(CategoryRule { categories }) => PassRule::OneOf(categories.clone()),
                None => PassRule::None,
            });
        }
        // No code gives sentiments.
        Output::Sentiment => {}
    }
    base
}

fn numeric_rule(rule: Option<&NumericRule>) -> PassRule {
    match rule {
        None => PassRule::None,
        Some(NumericRule { operator, threshold }) => match operator {
            NumericOperator::Gte => PassRule::Within {
                min: Some(*threshold),
                max: None,
            },
            NumericOperator::Lte => PassRule::Within {
                min: None,
                max: Some(*threshold),
            },
        },
    }
}

/// The keys of a categorical value, whether it is one or a list of them; `None` for any other value.
pub fn categories(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(key) => Some(vec![key.clone()]),
        Value::Array(keys) => keys.iter().map(|key| key.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn evaluation(output_type: OutputType, output_config: &Value) -> Evaluation {
        let config = output_config.as_object().expect("an object");
        Evaluation {
            id: "0199".to_owned(),
            name: "n".to_owned(),
            description: String::new(),
            directory_id: None,
            enabled: false,
            status: EvaluationStatus::Paused,
            status_reason: None,
            status_reason_detail: None,
            evaluation_type: EvaluationType::Hog,
            evaluation_config: Map::from_iter([("source".to_owned(), json!("return true"))]),
            output: Output::read(output_type, config).expect("an output"),
            conditions: vec![json!({"id": "a", "rollout_percentage": 12.5, "properties": []})],
            target: Target::Generation,
            target_config: Map::new(),
            model_configuration: None,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            created_by: None,
            deleted: false,
        }
    }

    #[test]
    fn documents_keep_all_of_an_evaluation() {
        let config = json!({"min": 0, "max": 1.5, "passing_rule": {"operator": "gte", "threshold": 0.5}});
        let mut written = evaluation(OutputType::Numeric, &config);
        written.set_error("hog_error", Some("Must return a number, got str: x"));
        written.deleted = true;
        let mut document = Document::new("", Value::Null);
        written.write(&mut document).expect("it is written");
        assert!(document.deleted && !document.enabled);
        written.id.clone_from(&document.id);
        written.created_at = document.created_at;
        written.updated_at = document.updated_at;
        assert_eq!(Evaluation::read(&document), Ok(written));
        document.body = json!({"status": "active"});
        assert!(Evaluation::read(&document).is_err());
    }

    #[test]
    fn status_follows_the_owner_and_the_service() {
        use EvaluationStatus::{Active, Error, Paused};
        let mut evaluation = evaluation(OutputType::Boolean, &json!({}));
        let state = |evaluation: &Evaluation| (evaluation.enabled, evaluation.status, evaluation.status_reason.clone());
        evaluation.set_enabled(true);
        assert_eq!(state(&evaluation), (true, Active, None));
        evaluation.set_error("hog_error", Some(&"ß".repeat(2001)));
        assert_eq!(state(&evaluation), (false, Error, Some("hog_error".to_owned())));
        let detail = evaluation.status_reason_detail.clone().expect("a detail");
        assert_eq!(detail.chars().count(), 2000);
        assert!(detail.ends_with("ß..."));
        // It is off already: the reason stays to be seen.
        evaluation.set_enabled(false);
        assert_eq!(evaluation.status, Error);
        evaluation.set_enabled(true);
        assert_eq!(state(&evaluation), (true, Active, None));
        evaluation.set_enabled(false);
        assert_eq!(state(&evaluation), (false, Paused, None));
    }

    #[test]
    fn outputs_say_what_is_returned_and_what_passes() {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let options = json!([{"key": "good", "label": "Good"}, {"key": "bad", "label": "Bad"}]);
        for (output_type, config, allows_na, returns, rule) in [
            (
                OutputType::Boolean,
                json!({"allows_na": true}),
                true,
                Some(ReturnType::Boolean),
                Some(PassRule::Equals(true)),
            ),
            (
                OutputType::Boolean,
                json!({"true_is_failure": true}),
                false,
                Some(ReturnType::Boolean),
                Some(PassRule::Equals(false)),
            ),
            (
                OutputType::Numeric,
                json!({"min": 1}),
                false,
                Some(ReturnType::NumberWithin {
                    min: Some(1.0),
                    max: None,
                }),
                Some(PassRule::None),
            ),
            (
                OutputType::Numeric,
                json!({"passing_rule": {"operator": "lte", "threshold": 3}}),
                false,
                Some(ReturnType::NumberWithin { min: None, max: None }),
                Some(PassRule::Within {
                    min: None,
                    max: Some(3.0),
                }),
            ),
            (
                OutputType::Categorical,
                json!({"options": options.clone()}),
                false,
                Some(ReturnType::Category(keys(&["good", "bad"]))),
                Some(PassRule::None),
            ),
            (
                OutputType::Categorical,
                json!({"options": options, "selection_mode": "multiple", "passing_rule": {"categories": ["good"]}}),
                false,
                Some(ReturnType::Categorical(keys(&["good", "bad"]))),
                Some(PassRule::OneOf(keys(&["good"]))),
            ),
            (OutputType::Sentiment, json!({}), false, None, None),
        ] {
            let judged = judge_options(&evaluation(output_type, &config), EvaluationOptions::default());
            assert_eq!(
                (judged.allows_na, judged.returns, judged.pass_rule),
                (allows_na, returns, rule),
                "{config}"
            );
        }
    }

    #[test]
    fn categories_are_one_or_several() {
        assert_eq!(categories(&json!("a")), Some(vec!["a".to_owned()]));
        assert_eq!(categories(&json!([])), Some(vec![]));
        assert_eq!(categories(&json!(["a", 1])), None);
        assert_eq!(categories(&Value::Null), None);
    }
}
