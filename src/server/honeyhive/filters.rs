//! `HoneyHive`'s filters: which events a metric judges, and which a search finds. Filters are ANDed.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::body::Fields;
use crate::server::problem::Problem;

/// One filter: `{field, operator, value, type}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The field, with dots for what is inside: `metadata.model`.
    pub field: String,
    /// What is asked.
    pub operator: Operator,
    /// What the field is compared with.
    pub value: Value,
    kind: Kind,
}

/// What a filter asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The field is there, and not null.
    Exists,
    /// It is not, or is null.
    NotExists,
    /// It is the value.
    Is,
    /// It is something else, or not there.
    IsNot,
    /// Its text, or an item of its list, contains the value.
    Contains,
    /// Neither.
    NotContains,
    /// It is more, or later.
    Greater,
    /// It is less, or earlier.
    Less,
}

/// What the compared values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    String,
    Number,
    Boolean,
    DateTime,
}

const OPERATORS: [(&str, Operator); 10] = [
    ("exists", Operator::Exists),
    ("not exists", Operator::NotExists),
    ("is", Operator::Is),
    ("is not", Operator::IsNot),
    ("contains", Operator::Contains),
    ("not contains", Operator::NotContains),
    ("greater than", Operator::Greater),
    ("less than", Operator::Less),
    ("after", Operator::Greater),
    ("before", Operator::Less),
];

const KINDS: [(&str, Kind); 4] = [
    ("string", Kind::String),
    ("number", Kind::Number),
    ("boolean", Kind::Boolean),
    ("datetime", Kind::DateTime),
];

impl Filter {
    /// Reads a filter. Without a type, the value's own counts.
    ///
    /// # Errors
    /// When something is missing or unknown.
    pub fn read(fields: Fields<'_>) -> Result<Self, Problem> {
        let operator = fields.required_text("operator")?;
        let operator = lookup(&OPERATORS, operator)
            .ok_or_else(|| fields.invalid("operator", format!("This must be one of {}.", names(&OPERATORS))))?;
        let value = fields.get("value").cloned().unwrap_or_default();
        if value.is_array() || value.is_object() {
            return Err(fields.invalid("value", "This must be a text, a number, a boolean or null."));
        }
        let kind = match fields.text("type")? {
            None if value.is_number() => Kind::Number,
            None if value.is_boolean() => Kind::Boolean,
            None => Kind::String,
            Some(name) => lookup(&KINDS, name)
                .ok_or_else(|| fields.invalid("type", format!("This must be one of {}.", names(&KINDS))))?,
        };
        Ok(Self {
            field: fields.required_text("field")?.to_owned(),
            operator,
            value,
            kind,
        })
    }

    /// Reads a list of filters.
    ///
    /// # Errors
    /// When one of them is not as it should be.
    pub fn read_all(list: &[&Map<String, Value>], prefix: &str) -> Result<Vec<Self>, Problem> {
        let filters = list.iter().enumerate();
        filters
            .map(|(index, filter)| Self::read(Fields::of_part(filter, &format!("{prefix}.{index}."))))
            .collect()
    }

    /// Whether an event passes.
    pub fn matches(&self, event: &Map<String, Value>) -> bool {
        let found = field(event, &self.field).filter(|value| !value.is_null());
        match self.operator {
            Operator::Exists => found.is_some(),
            Operator::NotExists => found.is_none(),
            Operator::Is => found.map_or(self.value.is_null(), |found| self.is(found)),
            Operator::IsNot => !found.map_or(self.value.is_null(), |found| self.is(found)),
            Operator::Contains => found.is_some_and(|found| self.is_in(found)),
            Operator::NotContains => !found.is_some_and(|found| self.is_in(found)),
            Operator::Greater => found.is_some_and(|found| self.compare(found) == Some(Ordering::Greater)),
            Operator::Less => found.is_some_and(|found| self.compare(found) == Some(Ordering::Less)),
        }
    }

    fn is(&self, found: &Value) -> bool {
        match self.kind {
            Kind::String => text(found) == text(&self.value),
            Kind::Boolean => text(found).eq_ignore_ascii_case(&text(&self.value)),
            Kind::Number | Kind::DateTime => self.compare(found) == Some(Ordering::Equal),
        }
    }

    fn is_in(&self, found: &Value) -> bool {
        match found {
            Value::Array(items) => items.iter().any(|item| self.is(item)),
            found => text(found).contains(&text(&self.value)),
        }
    }

    fn compare(&self, found: &Value) -> Option<Ordering> {
        match self.kind {
            Kind::String => Some(text(found).cmp(&text(&self.value))),
            Kind::Number => number(found)?.partial_cmp(&number(&self.value)?),
            Kind::Boolean => None,
            Kind::DateTime => Some(time(found)?.cmp(&time(&self.value)?)),
        }
    }
}

/// A field of an event. A name with dots is first looked for as it is, then step by step.
pub fn field<'a>(event: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = event.get(path) {
        return Some(value);
    }
    // Names may contain dots themselves: every dot may be where the next step begins.
    path.match_indices('.').find_map(|(dot, _)| {
        let (first, rest) = (path.get(..dot)?, path.get(dot + 1..)?);
        field(event.get(first)?.as_object()?, rest)
    })
}

/// A time as clients write it: ISO 8601 with or without a zone (UTC then), a date, or milliseconds since 1970.
pub fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => milliseconds(number.as_f64()?),
        Value::String(text) => text
            .parse()
            .ok()
            .or_else(|| {
                let local: jiff::civil::DateTime = text.parse().ok()?;
                Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
            })
            .or_else(|| milliseconds(text.parse().ok()?)),
        _ => None,
    }
}

/// A time in milliseconds since 1970.
pub fn milliseconds(milliseconds: f64) -> Option<Timestamp> {
    let micros = (milliseconds * 1000.0).round();
    // Casting a float saturates; times that jiff does not know are no times.
    micros
        .is_finite()
        .then(|| Timestamp::from_microsecond(micros as i64).ok())?
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn lookup<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    let found = table.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value)
}

fn names<T>(table: &[(&str, T)]) -> String {
    let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_match_what_they_say() {
        let event = json!({
            "event_name": "answer 1", "start_time": 1_795_348_998_070.5, "error": null, "inputs": {"a.b": 1, "n": 3},
            "metadata": {"model": "gpt-4o", "cost": 0.25, "tags": ["x", "y"], "ok": true, "when": "2026-11-22T10:00:00Z"},
        });
        let event = event.as_object().expect("an object");
        for (name, operator, value, kind, matches) in [
            ("event_name", "is", json!("answer 1"), "string", true),
            ("event_name", "is", json!("answer"), "string", false),
            ("event_name", "is not", json!("answer"), "string", true),
            ("nothing", "is not", json!("answer"), "string", true),
            ("nothing", "is", json!(null), "string", true),
            ("error", "exists", json!(null), "string", false),
            ("error", "not exists", json!(null), "string", true),
            ("metadata.model", "exists", json!(null), "string", true),
            ("metadata.model", "contains", json!("4o"), "string", true),
            ("metadata.model", "not contains", json!("4o"), "string", false),
            ("metadata.tags", "contains", json!("y"), "string", true),
            ("metadata.tags", "contains", json!("z"), "string", false),
            ("inputs.a.b", "is", json!(1), "number", true),
            ("inputs.n", "is", json!("3.0"), "number", true),
            ("metadata.cost", "greater than", json!(0.2), "number", true),
            ("metadata.cost", "less than", json!(0.2), "number", false),
            ("metadata.model", "greater than", json!(1), "number", false),
            ("metadata.ok", "is", json!(true), "boolean", true),
            ("metadata.ok", "is", json!("True"), "boolean", true),
            ("metadata.when", "after", json!("2026-11-22T09:59:59"), "datetime", true),
            ("metadata.when", "before", json!("2026-11-22"), "datetime", false),
            ("start_time", "after", json!("2026-11-01T00:00:00Z"), "datetime", true),
        ] {
            let filter = json!({"field": name, "operator": operator, "value": value, "type": kind});
            let filter = Filter::read(Fields::of(filter.as_object().expect("an object"))).expect("a filter");
            assert_eq!(filter.matches(event), matches, "{filter:?}");
        }
    }
}
