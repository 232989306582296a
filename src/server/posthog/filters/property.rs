//! One property filter.

use std::cmp::Ordering;

use jiff::Timestamp;
use jurybox::Event;
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use super::compare;
use super::date::{self, Date};

/// Bytes that a compiled regular expression may take.
const MAX_REGEX: usize = 1 << 20;

/// A compiled filter.
#[derive(Clone, Debug)]
pub struct PropertyFilter {
    source: Source,
    key: String,
    test: Test,
}

/// Where a property is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Among the properties of the event.
    Event,
    /// Among those of the person, as far as the event brings them.
    Person,
    /// In the envelope of the event.
    Envelope,
}

#[derive(Clone, Debug)]
enum Test {
    /// Everything passes: what PostHog makes of an empty list of values.
    Anything,
    IsSet(bool),
    /// Equals one of these, or none of them.
    Equals(Vec<Value>, Sense),
    /// Contains one of these, which are in lower case.
    Contains(Vec<String>, Sense),
    Matches(Vec<Regex>, Sense),
    Compares(Vec<Value>, fn(Ordering) -> bool),
    Before(Vec<Date>),
    After(Vec<Date>),
    On(Vec<Date>),
}

/// Whether a test is asked straight or negated. What is not there passes negated tests only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    Straight,
    Negated,
}

impl PropertyFilter {
    /// Compiles `{key, value, operator, type}`.
    ///
    /// # Errors
    /// When it is broken, with a sentence.
    pub fn compile(filter: &Value) -> Result<Self, String> {
        let text = |field| match filter.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(format!("`{field}` is a text")),
        };
        let key = text("key")?.ok_or("`key` is missing")?;
        let source = match text("type")?.unwrap_or("event") {
            "event" | "feature" => Source::Event,
            "person" => Source::Person,
            "event_metadata" => Source::Envelope,
            other => return Err(format!("filters of type {other} are not supported")),
        };
        let operator = text("operator")?.unwrap_or("exact");
        Ok(Self {
            source,
            key: key.to_owned(),
            test: Test::compile(operator, filter.get("value").unwrap_or(&Value::Null))?,
        })
    }

    /// Whether an event passes.
    pub fn matches(&self, event: &Event, now: Timestamp) -> bool {
        let value = match self.source {
            Source::Event => event.properties().get(&self.key),
            Source::Person => of_person(event, &self.key),
            Source::Envelope => event.get(&self.key),
        };
        self.test.passes(value.unwrap_or(&Value::Null), now)
    }
}

impl Test {
    fn compile(operator: &str, value: &Value) -> Result<Self, String> {
        match operator {
            "is_set" => return Ok(Self::IsSet(true)),
            "is_not_set" => return Ok(Self::IsSet(false)),
            _ if value.is_null() => return Err("`value` is missing".to_owned()),
            _ => {}
        }
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        if values.is_empty() && !matches!(operator, "in" | "not_in") {
            return Ok(Self::Anything);
        }
        let lower = || values.iter().map(|value| compare::text(value).to_lowercase()).collect();
        Ok(match operator {
            "exact" | "in" => Self::Equals(values.to_vec(), Sense::Straight),
            "is_not" | "not_in" => Self::Equals(values.to_vec(), Sense::Negated),
            "icontains" => Self::Contains(lower(), Sense::Straight),
            "not_icontains" => Self::Contains(lower(), Sense::Negated),
            "regex" => Self::Matches(regexes(values)?, Sense::Straight),
            "not_regex" => Self::Matches(regexes(values)?, Sense::Negated),
            "gt" => Self::Compares(values.to_vec(), Ordering::is_gt),
            "gte" => Self::Compares(values.to_vec(), Ordering::is_ge),
            "lt" => Self::Compares(values.to_vec(), Ordering::is_lt),
            "lte" => Self::Compares(values.to_vec(), Ordering::is_le),
            "is_date_before" => Self::Before(dates(values)?),
            "is_date_after" => Self::After(dates(values)?),
            "is_date_exact" => Self::On(dates(values)?),
            other => return Err(format!("there is no operator {other}")),
        })
    }

    fn passes(&self, value: &Value, now: Timestamp) -> bool {
        let is_there = !value.is_null();
        let moment = || date::instant(value);
        match self {
            Self::Anything => true,
            Self::IsSet(wanted) => is_there == *wanted,
            Self::Equals(values, sense) => sense.of(is_there, || values.iter().any(|one| compare::equal(value, one))),
            Self::Contains(parts, sense) => sense.of(is_there, || {
                let text = compare::text(value).to_lowercase();
                parts.iter().any(|part| text.contains(part))
            }),
            Self::Matches(regexes, sense) => sense.of(is_there, || {
                let text = compare::text(value);
                regexes.iter().any(|regex| regex.is_match(&text))
            }),
            Self::Compares(values, wanted) => {
                let orders = values.iter().filter_map(|one| compare::order(value, one));
                orders.into_iter().any(wanted)
            }
            Self::Before(dates) => moment().is_some_and(|at| resolved(dates, now).any(|date| at < date)),
            Self::After(dates) => moment().is_some_and(|at| resolved(dates, now).any(|date| at > date)),
            Self::On(dates) => moment().is_some_and(|at| dates.iter().any(|date| date.contains(at, now))),
        }
    }
}

impl Sense {
    fn of(self, is_there: bool, holds: impl FnOnce() -> bool) -> bool {
        match self {
            Self::Straight => is_there && holds(),
            Self::Negated => !is_there || !holds(),
        }
    }
}

fn resolved(dates: &[Date], now: Timestamp) -> impl Iterator<Item = Timestamp> {
    dates.iter().filter_map(move |date| date.resolve(now))
}

fn regexes(values: &[Value]) -> Result<Vec<Regex>, String> {
    let compile = |value| {
        RegexBuilder::new(&compare::text(value))
            .size_limit(MAX_REGEX)
            .dfa_size_limit(MAX_REGEX)
            .build()
            .map_err(|error| format!("the regular expression is not valid: {error}"))
    };
    values.iter().map(compile).collect()
}

fn dates(values: &[Value]) -> Result<Vec<Date>, String> {
    let parse = |value| Date::parse(value).ok_or_else(|| format!("{value} is no date"));
    values.iter().map(parse).collect()
}

/// A property of the person: as it stands on the event, or as the event sets it. What is set once counts least.
fn of_person<'a>(event: &'a Event, key: &str) -> Option<&'a Value> {
    let places: [Option<&'a Map<String, Value>>; 6] = [
        object(event.get("person").and_then(|person| person.get("properties"))),
        object(event.get("person_properties")),
        object(event.properties().get("$person_properties")),
        object(event.get("$set")),
        object(event.properties().get("$set")),
        object(event.properties().get("$set_once").or_else(|| event.get("$set_once"))),
    ];
    places.into_iter().flatten().find_map(|place| place.get(key))
}

fn object(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value?.as_object()
}
