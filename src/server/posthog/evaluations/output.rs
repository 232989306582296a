//! What an evaluation gives: `output_type` and `output_config`.
//!
//! The sentences about what is wrong follow `Invalid config for hog/numeric: `. They name the key first, as PostHog does;
//! the rest of PostHog's sentences is that of its libraries.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// The most categories. PostHog has a bound that is not published.
const MAX_OPTIONS: usize = 100;
/// The longest key of a category, in characters (PostHog).
const MAX_KEY: usize = 128;
/// The longest label of a category, in characters (PostHog).
const MAX_LABEL: usize = 256;

/// The type of what an evaluation gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EvaluationOutputType)]
pub enum OutputType {
    /// True or false.
    #[default]
    Boolean,
    /// A number.
    Numeric,
    /// One category or several.
    Categorical,
    /// A sentiment.
    Sentiment,
}

impl OutputType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Boolean, Self::Sentiment, Self::Numeric, Self::Categorical];

    /// The name as it is written in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Numeric => "numeric",
            Self::Categorical => "categorical",
            Self::Sentiment => "sentiment",
        }
    }
}

/// What an evaluation gives, with its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// True or false.
    Boolean {
        /// Whether it may also be "not applicable".
        allows_na: bool,
        /// Whether true counts as a fail.
        true_is_failure: bool,
    },
    /// A number.
    Numeric {
        /// Whether it may also be "not applicable".
        allows_na: bool,
        /// The smallest number.
        min: Option<f64>,
        /// The largest number.
        max: Option<f64>,
        /// A hint for those who type in numbers; results are not rounded.
        step: Option<f64>,
        /// What passes.
        passing_rule: Option<NumericRule>,
    },
    /// Categories.
    Categorical {
        /// Whether it may also be "not applicable".
        allows_na: bool,
        /// The categories that there are.
        options: Vec<CategoryOption>,
        /// Whether it is one of them or several.
        selection_mode: SelectionMode,
        /// What passes.
        passing_rule: Option<CategoryRule>,
    },
    /// A sentiment.
    Sentiment,
}

/// What number passes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NumericRule {
    /// In which direction.
    pub operator: NumericOperator,
    /// From where on.
    pub threshold: f64,
}

/// In which direction numbers pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NumericOperator {
    /// The threshold and above.
    Gte,
    /// The threshold and below.
    Lte,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryOption {
    /// What code returns.
    pub key: String,
    /// What people see.
    pub label: String,
}

/// How many categories there are at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionMode {
    /// Exactly one.
    #[default]
    Single,
    /// Any number, also none.
    Multiple,
}

/// What categories pass: some, all of which are among these; or none, if there are none here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryRule {
    /// Their keys.
    pub categories: Vec<String>,
}

impl Output {
    /// Reads the settings of an output of a type. What is missing has its default. Keys that booleans and sentiments don't
    /// know are left out; with numbers and categories they are refused.
    ///
    /// # Errors
    /// With one sentence that names the key.
    pub fn read(output_type: OutputType, config: &Map<String, Value>) -> Result<Self, String> {
        match output_type {
            OutputType::Boolean => Ok(Self::Boolean {
                allows_na: flag(config, "allows_na")?,
                true_is_failure: flag(config, "true_is_failure")?,
            }),
            OutputType::Numeric => numeric(config),
            OutputType::Categorical => categorical(config),
            OutputType::Sentiment => Ok(Self::Sentiment),
        }
    }

    /// Its type.
    pub const fn output_type(&self) -> OutputType {
        match self {
            Self::Boolean { .. } => OutputType::Boolean,
            Self::Numeric { .. } => OutputType::Numeric,
            Self::Categorical { .. } => OutputType::Categorical,
            Self::Sentiment => OutputType::Sentiment,
        }
    }

    /// Its settings as they are stored and answered: with the defaults, without those that are not set.
    pub fn config(&self) -> Map<String, Value> {
        let config = match self {
            Self::Boolean {
                allows_na,
                true_is_failure,
            } => json!({"allows_na": allows_na, "true_is_failure": true_is_failure}),
            Self::Numeric {
                allows_na,
                min,
                max,
                step,
                passing_rule,
            } => json!({"allows_na": allows_na, "min": min, "max": max, "step": step, "passing_rule": passing_rule}),
            Self::Categorical {
                allows_na,
                options,
                selection_mode,
                passing_rule,
            } => json!({
                "allows_na": allows_na,
                "options": options,
                "selection_mode": selection_mode,
                "passing_rule": passing_rule,
            }),
            Self::Sentiment => Value::Null,
        };
        let Value::Object(config) = config else {
            return Map::new();
        };
        config.into_iter().filter(|(_, value)| !value.is_null()).collect()
    }
}

fn numeric(config: &Map<String, Value>) -> Result<Output, String> {
    only(config, &["allows_na", "min", "max", "step", "passing_rule"])?;
    let (min, max, step) = (number(config, "min")?, number(config, "max")?, number(config, "step")?);
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return Err("max: Input should be greater than or equal to min".to_owned());
    }
    if step.is_some_and(|step| step <= 0.0) {
        return Err("step: Input should be greater than 0".to_owned());
    }
    let passing_rule = match rule(config, &["operator", "threshold"])? {
        None => None,
        Some(rule) => {
            let operator = match rule.get("operator") {
                Some(Value::String(operator)) if operator == "gte" => NumericOperator::Gte,
                Some(Value::String(operator)) if operator == "lte" => NumericOperator::Lte,
                Some(_) => return Err("passing_rule.operator: Input should be 'gte' or 'lte'".to_owned()),
                None => return Err("passing_rule.operator: Field required".to_owned()),
            };
            let threshold = number(rule, "threshold").map_err(|error| format!("passing_rule.{error}"))?;
            let threshold = threshold.ok_or("passing_rule.threshold: Field required")?;
            if min.is_some_and(|min| threshold < min) || max.is_some_and(|max| threshold > max) {
                return Err("passing_rule.threshold: Input should be within min and max".to_owned());
            }
            Some(NumericRule { operator, threshold })
        }
    };
    Ok(Output::Numeric {
        allows_na: flag(config, "allows_na")?,
        min,
        max,
        step,
        passing_rule,
    })
}

fn categorical(config: &Map<String, Value>) -> Result<Output, String> {
    only(config, &["allows_na", "options", "selection_mode", "passing_rule"])?;
    let options = match config.get("options") {
        Some(Value::Array(options)) if options.is_empty() => {
            return Err("options: List should have at least 1 item".to_owned());
        }
        Some(Value::Array(options)) if options.len() > MAX_OPTIONS => {
            return Err(format!("options: List should have at most {MAX_OPTIONS} items"));
        }
        Some(Value::Array(options)) => options,
        Some(_) => return Err("options: Input should be a valid list".to_owned()),
        None => return Err("options: Field required".to_owned()),
    };
    let options = options
        .iter()
        .enumerate()
        .map(|(index, given)| option(given).map_err(|error| format!("options.{index}{error}")));
    let options: Vec<CategoryOption> = options.collect::<Result<_, _>>()?;
    let mut keys = HashSet::new();
    if let Some(twice) = options.iter().find(|option| !keys.insert(option.key.as_str())) {
        return Err(format!("options: '{}' is there twice", twice.key));
    }
    let selection_mode = match config.get("selection_mode") {
        None => SelectionMode::Single,
        Some(Value::String(mode)) if mode == "single" => SelectionMode::Single,
        Some(Value::String(mode)) if mode == "multiple" => SelectionMode::Multiple,
        Some(_) => return Err("selection_mode: Input should be 'single' or 'multiple'".to_owned()),
    };
    let passing_rule = match rule(config, &["categories"])? {
        None => None,
        Some(rule) => Some(category_rule(rule, &keys)?),
    };
    Ok(Output::Categorical {
        allows_na: flag(config, "allows_na")?,
        options,
        selection_mode,
        passing_rule,
    })
}

/// One of `options`. The error follows `options.0`.
fn option(given: &Value) -> Result<CategoryOption, String> {
    let given = given.as_object().ok_or(": Input should be a valid dictionary")?;
    only(given, &["key", "label"]).map_err(|error| format!(".{error}"))?;
    let text = |name: &str, max: usize| match given.get(name) {
        None => Err(format!(".{name}: Field required")),
        Some(Value::String(text)) if text.is_empty() => {
            Err(format!(".{name}: String should have at least 1 character"))
        }
        Some(Value::String(text)) if text.chars().count() > max => {
            Err(format!(".{name}: String should have at most {max} characters"))
        }
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!(".{name}: Input should be a valid string")),
    };
    let (key, label) = (text("key", MAX_KEY)?, text("label", MAX_LABEL)?);
    if !is_key(&key) {
        return Err(".key: String should match pattern '^[a-z0-9]+(?:[_-][a-z0-9]+)*$'".to_owned());
    }
    Ok(CategoryOption { key, label })
}

/// Whether a text is made of small letters and digits, with single `_` or `-` between.
fn is_key(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split(['_', '-']).all(is_word)
}

fn category_rule(rule: &Map<String, Value>, keys: &HashSet<&str>) -> Result<CategoryRule, String> {
    let given = match rule.get("categories") {
        Some(Value::Array(given)) => given,
        Some(_) => return Err("passing_rule.categories: Input should be a valid list".to_owned()),
        None => return Err("passing_rule.categories: Field required".to_owned()),
    };
    let mut categories: Vec<String> = Vec::with_capacity(given.len());
    for category in given {
        let category = category
            .as_str()
            .ok_or("passing_rule.categories: Input should be a valid string")?;
        if !keys.contains(category) {
            return Err(format!(
                "passing_rule.categories: '{category}' is not one of the options"
            ));
        }
        if categories.iter().any(|known| known == category) {
            return Err(format!("passing_rule.categories: '{category}' is there twice"));
        }
        categories.push(category.to_owned());
    }
    Ok(CategoryRule { categories })
}

/// The passing rule, if there is one; it has no other keys than these.
fn rule<'a>(config: &'a Map<String, Value>, keys: &[&str]) -> Result<Option<&'a Map<String, Value>>, String> {
    match config.get("passing_rule") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(rule)) => {
            only(rule, keys).map_err(|error| format!("passing_rule.{error}"))?;
            Ok(Some(rule))
        }
        Some(_) => Err("passing_rule: Input should be a valid dictionary".to_owned()),
    }
}

/// Refuses other keys. Those that are null count as not there.
fn only(config: &Map<String, Value>, keys: &[&str]) -> Result<(), String> {
    let other = config
        .iter()
        .find(|(key, value)| !value.is_null() && !keys.contains(&key.as_str()));
    match other {
        Some((key, _)) => Err(format!("{key}: Extra inputs are not permitted")),
        None => Ok(()),
    }
}

fn flag(config: &Map<String, Value>, name: &str) -> Result<bool, String> {
    match config.get(name) {
        None => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(format!("{name}: Input should be a valid boolean")),
    }
}

fn number(config: &Map<String, Value>, name: &str) -> Result<Option<f64>, String> {
    match config.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => match number.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(format!("{name}: Input should be a finite number")),
        },
        Some(_) => Err(format!("{name}: Input should be a valid number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output_type: OutputType, config: &Value) -> Result<Value, String> {
        let config = config.as_object().expect("an object");
        let output = Output::read(output_type, config)?;
        assert_eq!(output.output_type(), output_type);
        let written = output.config();
        assert_eq!(Output::read(output_type, &written), Ok(output));
        Ok(Value::Object(written))
    }

    #[test]
    fn settings_are_completed() {
        use OutputType::{Boolean, Categorical, Numeric, Sentiment};
        let options = json!([{"key": "a-1_b", "label": "A"}]);
        for (output_type, given, complete) in [
            (
                Boolean,
                json!({}),
                json!({"allows_na": false, "true_is_failure": false}),
            ),
            (
                Boolean,
                json!({"allows_na": true, "other": 1}),
                json!({"allows_na": true, "true_is_failure": false}),
            ),
            (Numeric, json!({}), json!({"allows_na": false})),
            (
                Numeric,
                json!({"min": 0, "max": null, "step": 0.5, "passing_rule": {"operator": "lte", "threshold": 0}}),
                json!({
                    "allows_na": false, "min": 0.0, "step": 0.5, "passing_rule": {"operator": "lte", "threshold": 0.0},
                }),
            ),
            (
                Categorical,
                json!({"options": options.clone(), "passing_rule": {"categories": []}}),
                json!({
                    "allows_na": false, "options": options, "selection_mode": "single",
                    "passing_rule": {"categories": []},
                }),
            ),
            (Sentiment, json!({"x": 1}), json!({})),
        ] {
            assert_eq!(read(output_type, &given), Ok(complete), "{given}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        use OutputType::{Boolean, Categorical, Numeric};
        let option = |key: &str| json!({"key": key, "label": "L"});
        for (output_type, given, error) in [
            (
                Boolean,
                json!({"allows_na": 1}),
                "allows_na: Input should be a valid boolean",
            ),
            (
                Boolean,
                json!({"allows_na": null}),
                "allows_na: Input should be a valid boolean",
            ),
            (
                Numeric,
                json!({"true_is_failure": true}),
                "true_is_failure: Extra inputs are not permitted",
            ),
            (Numeric, json!({"min": "0"}), "min: Input should be a valid number"),
            (
                Numeric,
                json!({"min": 2, "max": 1}),
                "max: Input should be greater than or equal to min",
            ),
            (Numeric, json!({"step": 0}), "step: Input should be greater than 0"),
            (
                Numeric,
                json!({"passing_rule": []}),
                "passing_rule: Input should be a valid dictionary",
            ),
            (
                Numeric,
                json!({"passing_rule": {}}),
                "passing_rule.operator: Field required",
            ),
            (
                Numeric,
                json!({"passing_rule": {"operator": "gt", "threshold": 1}}),
                "passing_rule.operator: Input should be 'gte' or 'lte'",
            ),
            (
                Numeric,
                json!({"passing_rule": {"operator": "gte"}}),
                "passing_rule.threshold: Field required",
            ),
            (
                Numeric,
                json!({"max": 1, "passing_rule": {"operator": "gte", "threshold": 1.5}}),
                "passing_rule.threshold: Input should be within min and max",
            ),
            (Categorical, json!({}), "options: Field required"),
            (
                Categorical,
                json!({"options": []}),
                "options: List should have at least 1 item",
            ),
            (
                Categorical,
                json!({"options": ["a"]}),
                "options.0: Input should be a valid dictionary",
            ),
            (
                Categorical,
                json!({"options": [option("a"), {"key": "b"}]}),
                "options.1.label: Field required",
            ),
            (
                Categorical,
                json!({"options": [option("A")]}),
                "options.0.key: String should match pattern '^[a-z0-9]+(?:[_-][a-z0-9]+)*$'",
            ),
            (
                Categorical,
                json!({"options": [option(&"a".repeat(129))]}),
                "options.0.key: String should have at most 128 characters",
            ),
            (
                Categorical,
                json!({"options": [option("a"), option("a")]}),
                "options: 'a' is there twice",
            ),
            (
                Categorical,
                json!({"options": [option("a")], "selection_mode": "both"}),
                "selection_mode: Input should be 'single' or 'multiple'",
            ),
            (
                Categorical,
                json!({"options": [option("a")], "passing_rule": {"categories": ["b"]}}),
                "passing_rule.categories: 'b' is not one of the options",
            ),
        ] {
            assert_eq!(read(output_type, &given), Err(error.to_owned()), "{given}");
        }
    }

    #[test]
    fn keys_are_words_with_single_marks_between() {
        for (text, expected) in [
            ("a", true),
            ("a1-b_c", true),
            ("a--b", false),
            ("-a", false),
            ("a_", false),
            ("A", false),
            ("ä", false),
        ] {
            assert_eq!(is_key(text), expected, "{text}");
        }
    }
}
