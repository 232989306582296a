//! A metric of one generation, as clients of another see it.

use serde_json::{Map, Value, json};

use super::definition::Kind;
use super::library::{Generation, Kept};
use super::validation;
use crate::store::to_wire;

/// Fields that say which metric it is and when it was made, not what it is.
const ENVELOPE: [&str; 5] = ["id", "_id", "created_at", "updated_at", "metric_id"];
/// Makes a value.
type Default = fn() -> Value;
/// Fields of generation D, with the value that they have where nothing is said.
const DEFAULTS: [(&str, Default); 6] = [
    ("description", || json!("")),
    ("return_type", || json!("float")),
    ("enabled_in_prod", || json!(false)),
    ("needs_ground_truth", || json!(false)),
    ("sampling_percentage", || json!(100)),
    ("filters", || json!({"filterArray": []})),
];

/// Fields of generation D that need not be there.
const OPTIONAL: [&str; 5] = ["model_provider", "model_name", "scale", "categories", "language"];
/// Fields of generation C that narrow what a metric judges, and that generation D has filters for: they are texts.
const NARROWING: [&str; 2] = ["event_type", "event_name"];

/// A metric's object with the fields of generation D. An older one holds whatever it was given, and clients of generation D
/// can't read a list in which a single value is not of its type: such values are left out, or give way to the default.
pub fn newer(generation: Generation, mut metric: Map<String, Value>) -> Map<String, Value> {
    ENVELOPE.iter().for_each(|name| {
        metric.shift_remove(*name);
    });
    if generation == Generation::Newer {
        return metric;
    }
    let kind = Kind::of(&metric);
    let mut newer = Map::new();
    let text = |name| metric.get(name).and_then(Value::as_str).unwrap_or_default();
    newer.insert("name".to_owned(), text("name").into());
    newer.insert("type".to_owned(), kind.name().into());
    let criteria = match &kind {
        Kind::Code(_, code) => code.as_str(),
        Kind::Llm => text("prompt"),
        Kind::Human | Kind::Composite => text("criteria"),
    };
    newer.insert("criteria".to_owned(), criteria.into());
    for (name, default) in DEFAULTS {
        let given = metric.get(name).filter(|value| !value.is_null());
        let given = given.filter(|value| validation::may_be(name, value));
        newer.insert(name.to_owned(), given.cloned().unwrap_or_else(default));
    }
    let threshold = metric.get("threshold").and_then(Value::as_object);
    let mut threshold = threshold.map(validation::readable_threshold);
    if let Some(pass_when @ Value::Bool(_)) = metric.get("pass_when") {
        let threshold = threshold.get_or_insert_default();
        threshold.entry("pass_when").or_insert_with(|| pass_when.clone());
    }
    if let Some(threshold) = threshold {
        newer.insert("threshold".to_owned(), Value::Object(threshold));
    }
    for name in OPTIONAL {
        if let Some(value) = metric.get(name).filter(|value| validation::may_be(name, value)) {
            newer.insert(name.to_owned(), value.clone());
        }
    }
    for name in NARROWING {
        if let Some(value @ Value::String(_)) = metric.get(name) {
            newer.insert(name.to_owned(), value.clone());
        }
    }
    newer
}

/// A metric's object with the fields of generation B and C.
pub fn older(generation: Generation, metric: Map<String, Value>) -> Map<String, Value> {
    if generation == Generation::Older {
        return metric;
    }
    let kind = Kind::of(&metric);
    let body = match kind {
        Kind::Code(..) => "code_snippet",
        Kind::Llm => "prompt",
        Kind::Human | Kind::Composite => "criteria",
    };
    let pass_when = metric
        .get("threshold")
        .and_then(|threshold| threshold.get("pass_when"))
        .cloned();
    let mut older = Map::new();
    for (name, value) in metric {
        match name.as_str() {
            "type" => older.insert(name, kind.older_name().into()),
            "criteria" => older.insert(body.to_owned(), value),
            _ => older.insert(name, value),
        };
    }
    if let Some(pass_when @ Value::Bool(_)) = pass_when {
        older.entry("pass_when").or_insert(pass_when);
    }
    older
}

/// A metric as `GET /v1/metrics` lists it.
pub fn item(kept: Kept) -> Value {
    let mut item = newer(kept.generation, kept.metric);
    item.insert("id".to_owned(), kept.id.into());
    item.insert("created_at".to_owned(), to_wire(kept.created_at).into());
    item.insert("updated_at".to_owned(), to_wire(kept.updated_at).into());
    Value::Object(item)
}

/// A metric as `GET /metrics` lists it: as it came, with the ids under which either generation looks for them.
pub fn older_item(kept: Kept) -> Map<String, Value> {
    let mut item = older(kept.generation, kept.metric);
    item.insert("id".to_owned(), kept.id.clone().into());
    item.insert("_id".to_owned(), kept.id.into());
    item.entry("created_at")
        .or_insert_with(|| to_wire(kept.created_at).into());
    item.entry("updated_at")
        .or_insert_with(|| to_wire(kept.updated_at).into());
    item
}

/// [`older_item`] for clients of generation C, which take no null and only some types.
pub fn strict_older_item(kept: Kept, project: &str) -> Map<String, Value> {
    let kind = Kind::of(&kept.metric).older_name();
    let mut item = older_item(kept);
    for (name, default) in [("name", ""), ("task", project), ("description", "")] {
        if !item.get(name).is_some_and(Value::is_string) {
            item.insert(name.to_owned(), default.into());
        }
    }
    item.insert("type".to_owned(), kind.into());
    let known = item.get("return_type").and_then(Value::as_str);
    let return_type = match known {
        Some(known @ ("boolean" | "float" | "string")) => known,
        Some("categorical") => "string",
        _ => "float",
    };
    let return_type = return_type.into();
    item.insert("return_type".to_owned(), return_type);
    item.retain(|_, value| !value.is_null());
    item
}
