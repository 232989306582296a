//! What a metric of generation D may say.

use serde_json::{Map, Value, json};

use super::super::body::{Fields, MAX_NAME, fill};
use super::super::filters::Filter;
use super::definition::LANGUAGES;
use crate::server::problem::Problem;

/// The fields of a metric; `child_metrics` is taken and means nothing, `language` is our own.
const FIELDS: [&str; 16] = [
    "name",
    "type",
    "criteria",
    "description",
    "return_type",
    "enabled_in_prod",
    "needs_ground_truth",
    "sampling_percentage",
    "model_provider",
    "model_name",
    "scale",
    "threshold",
    "categories",
    "child_metrics",
    "filters",
    "language",
];
/// The fields that a metric can't do without, when it is made and ever after.
const REQUIRED: [&str; 3] = ["name", "type", "criteria"];
const TYPES: [&str; 4] = ["PYTHON", "LLM", "HUMAN", "COMPOSITE"];
const RETURN_TYPES: [&str; 4] = ["boolean", "float", "string", "categorical"];

/// A metric to create: checked, with what was left out filled in.
///
/// # Errors
/// When a field is missing, unknown or wrong.
pub fn create(body: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    whole(body, "", json!(false))
}

/// The content of a version: as [`create`], but that metrics for people are enabled.
///
/// # Errors
/// When a field is missing, unknown or wrong.
pub fn version(content: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let is_human = content.get("type").and_then(Value::as_str) == Some("HUMAN");
    whole(content, "content.", json!(is_human))
}

/// A metric to run once, which needs no scale.
///
/// # Errors
/// When a field is missing, unknown or wrong.
pub fn run(metric: &Map<String, Value>) -> Result<(), Problem> {
    let fields = Fields::of_part(metric, "metric.");
    required(fields)?;
    check(fields)
}

/// Fields to change, and what they make of a metric. Null takes a field away, so it gets its default again, as in a metric
/// that is made without it; what a metric can't do without is not taken away.
///
/// # Errors
/// When a field is unknown or wrong.
pub fn update(changes: &Map<String, Value>, metric: &mut Map<String, Value>) -> Result<(), Problem> {
    let fields = Fields::of(changes);
    if let Some(name) = REQUIRED.iter().find(|name| changes.get(**name) == Some(&Value::Null)) {
        return Err(fields.required(name));
    }
    check(fields)?;
    for (name, value) in changes {
        metric.insert(name.clone(), value.clone());
    }
    complete(metric, json!(false));
    if fields.get("return_type").is_some() || changes.contains_key("scale") {
        check_scale(Fields::of(metric))?;
    }
    Ok(())
}

fn whole(metric: &Map<String, Value>, prefix: &str, enabled: Value) -> Result<Map<String, Value>, Problem> {
    let fields = Fields::of_part(metric, prefix);
    required(fields)?;
    check(fields)?;
    check_scale(fields)?;
    let mut metric = metric.clone();
    complete(&mut metric, enabled);
    Ok(metric)
}

/// Fills in what was left out, after what was given.
fn complete(metric: &mut Map<String, Value>, enabled: Value) {
    fill(metric, "description", || json!(""));
    fill(metric, "return_type", || json!("float"));
    fill(metric, "enabled_in_prod", || enabled);
    fill(metric, "needs_ground_truth", || json!(false));
    fill(metric, "sampling_percentage", || json!(10));
    fill(metric, "filters", || json!({"filterArray": []}));
}

fn required(fields: Fields<'_>) -> Result<(), Problem> {
    for name in REQUIRED {
        if fields.get(name).is_none() {
            return Err(fields.required(name));
        }
    }
    Ok(())
}

fn check_scale(fields: Fields<'_>) -> Result<(), Problem> {
    match fields.text("return_type")? {
        Some("float") if fields.get("scale").is_none() => Err(fields.invalid(
            "scale",
            "A metric with return_type float needs a scale: the largest value that it may have.",
        )),
        _ => Ok(()),
    }
}

/// Whether a metric may have this value in this field, by itself.
pub fn may_be(name: &str, value: &Value) -> bool {
    check(Fields::of(&of_one(name, value))).is_ok()
}

/// What of an object a metric may have as its threshold.
pub fn readable_threshold(threshold: &Map<String, Value>) -> Map<String, Value> {
    let is_readable = |(name, value): &(&String, &Value)| check_threshold(Fields::of(&of_one(name, value))).is_ok();
    let readable = threshold.iter().filter(is_readable);
    readable.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn of_one(name: &str, value: &Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.clone())])
}

fn check(fields: Fields<'_>) -> Result<(), Problem> {
    fields.closed(&FIELDS)?;
    fields.short_text("name")?;
    one_of(fields, "type", &TYPES)?;
    one_of(fields, "return_type", &RETURN_TYPES)?;
    one_of(fields, "language", &LANGUAGES.map(|language| language.name()))?;
    if fields.text("criteria")? == Some("") {
        return Err(fields.invalid("criteria", "This must not be empty."));
    }
    for name in ["description", "model_provider", "model_name"] {
        fields.text(name)?;
    }
    for name in ["enabled_in_prod", "needs_ground_truth"] {
        fields.boolean(name)?;
    }
    let in_percent = |percentage: &f64| (0.0..=100.0).contains(percentage);
    if fields
        .number("sampling_percentage")?
        .is_some_and(|percentage| !in_percent(&percentage))
    {
        return Err(fields.invalid("sampling_percentage", "This must be from 0 to 100."));
    }
    if fields
        .number("scale")?
        .is_some_and(|scale| scale.fract() != 0.0 || scale < 1.0)
    {
        return Err(fields.invalid("scale", "This must be a whole number from 1 on."));
    }
    fields.list("child_metrics")?;
    if let Some(threshold) = fields.object("threshold")? {
        check_threshold(Fields::of_part(threshold, "threshold."))?;
    }
    for category in fields.objects("categories")?.unwrap_or_default() {
        let category = Fields::of_part(category, "categories.");
        category.closed(&["category", "score"])?;
        category
            .short_text("category")?
            .ok_or_else(|| category.required("category"))?;
        category.number("score")?;
    }
    if let Some(filters) = fields.object("filters")? {
        let filters = Fields::of_part(filters, "filters.");
        filters.closed(&["filterArray"])?;
        let list = filters
            .objects("filterArray")?
            .ok_or_else(|| filters.required("filterArray"))?;
        Filter::read_all(&list, "filters.filterArray")?;
    }
    Ok(())
}

fn check_threshold(threshold: Fields<'_>) -> Result<(), Problem> {
    threshold.closed(&["min", "max", "pass_when", "passing_categories"])?;
    threshold.number("min")?;
    threshold.number("max")?;
    threshold.texts("passing_categories")?;
    match threshold.get("pass_when") {
        None | Some(Value::Bool(_) | Value::Number(_)) => Ok(()),
        Some(_) => Err(threshold.invalid("pass_when", "This must be a boolean or a number.")),
    }
}

fn one_of(fields: Fields<'_>, name: &str, known: &[&str]) -> Result<(), Problem> {
    match fields.text(name)? {
        Some(text) if !known.contains(&text) => {
            Err(fields.invalid(name, format!("This must be one of {}.", known.join(", "))))
        }
        _ => Ok(()),
    }
}

/// Checks the fields that a metric of generation B or C may have, which is only that they are of their types: whatever
/// else there is, is kept.
///
/// # Errors
/// When a field is wrong.
pub fn older(fields: Fields<'_>) -> Result<(), Problem> {
    for name in [
        "name",
        "task",
        "description",
        "code_snippet",
        "prompt",
        "criteria",
        "type",
        "return_type",
    ] {
        fields.text(name)?;
    }
    if fields.text("name")?.is_some_and(|name| name.chars().count() > MAX_NAME) {
        return Err(fields.invalid("name", format!("This may have at most {MAX_NAME} characters.")));
    }
    for name in ["enabled_in_prod", "needs_ground_truth", "pass_when"] {
        fields.boolean(name)?;
    }
    fields.object("threshold")?;
    one_of(fields, "language", &LANGUAGES.map(|language| language.name()))
}
