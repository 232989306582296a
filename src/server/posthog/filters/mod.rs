//! Which events the conditions of an evaluation select. Sets of property filters: an event must pass every filter of one
//! set, of any set (PostHog's `conditions`).
//!
//! All of it is pure: what a filter says of an event depends on nothing else, but for dates relative to now. A broken
//! filter is no error; it matches nothing, as at PostHog.

mod compare;
mod date;
mod property;
mod rollout;

use jiff::Timestamp;
use jurybox::Event;
use serde_json::Value;

pub use date::instant;
use property::PropertyFilter;
pub use rollout::is_sampled;

/// Property filters that must all match: those of one condition set.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    properties: Vec<PropertyFilter>,
    broken: Option<String>,
}

/// Condition sets of which one must match. The default has no set.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    sets: Vec<ConditionSet>,
}

#[derive(Clone, Debug)]
struct ConditionSet {
    filter: Filter,
    /// Percent of the matching events that are taken.
    rollout: f64,
}

impl Filter {
    /// Compiles filters (`{key, value, operator, type}`), as PostHog's API has them. Without any, everything matches; if
    /// one is broken, nothing does, and [`Self::broken`] says why.
    pub fn compile(properties: &[Value]) -> Self {
        let mut filter = Self::default();
        for property in properties {
            match PropertyFilter::compile(property) {
                Ok(compiled) => filter.properties.push(compiled),
                Err(why) => filter.broken = Some(why),
            }
        }
        filter
    }

    /// What is wrong with the filters, as a sentence (PostHog's `bytecode_error`).
    fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// Whether there is nothing to pass, and nothing broken.
    fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.broken.is_none()
    }

    /// Whether the event passes all filters, for relative dates at this time.
    fn matches_at(&self, event: &Event, now: Timestamp) -> bool {
        self.broken.is_none() && self.properties.iter().all(|property| property.matches(event, now))
    }
}

impl Conditions {
    /// Compiles condition sets (`[{rollout_percentage, properties}]`), as PostHog's API has them. What is no list has no
    /// sets.
    pub fn compile(conditions: &Value) -> Self {
        let sets = conditions.as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            sets: sets.iter().map(ConditionSet::compile).collect(),
        }
    }

    /// What is wrong with the first broken filter, as a sentence.
    pub fn broken(&self) -> Option<&str> {
        self.sets.iter().find_map(|set| set.filter.broken())
    }

    /// Whether there is no set at all.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Whether an event is a sample for trying the evaluation (`test_hog`): the rollout plays no role, and without any set
    /// every event is one.
    pub fn matches(&self, event: &Event) -> bool {
        let now = Timestamp::now();
        self.is_empty() || self.sets.iter().any(|set| set.filter.matches_at(event, now))
    }

    /// Whether a new event is to be judged: some set matches, and has the event in its rollout. Without any set none is.
    /// The event is only asked for where a filter looks at it; one that can't be read (`None`) passes no filter.
    pub fn fire<'a>(&self, uuid: &str, event: impl Fn() -> Option<&'a Event>) -> bool {
        let now = Timestamp::now();
        // Sampling is asked first because it is the cheaper question; the answer is the same.
        let mut sampled = self.sets.iter().filter(|set| is_sampled(uuid, set.rollout));
        sampled.any(|set| {
            let filter = &set.filter;
            filter.is_empty() || event().is_some_and(|event| filter.matches_at(event, now))
        })
    }
}

impl ConditionSet {
    fn compile(set: &Value) -> Self {
        let broken = |why: &str| Filter {
            broken: Some(why.to_owned()),
            ..Filter::default()
        };
        let filter = match set.get("properties") {
            _ if !set.is_object() => broken("a condition set is an object"),
            Some(Value::Array(properties)) => Filter::compile(properties),
            None | Some(Value::Null) => Filter::default(),
            Some(_) => broken("`properties` is a list"),
        };
        Self {
            filter,
            rollout: set.get("rollout_percentage").and_then(Value::as_f64).unwrap_or(100.0),
        }
    }
}

#[cfg(test)]
mod tests;
