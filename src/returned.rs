//! What metrics return, read as a verdict: the table "What a metric returns" of `docs/conventions.md`.

use serde_json::Value;

use crate::pass_rule::PassRule;

/// A returned value as a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value.
    pub value: Value,
    /// What the metric itself said about passing.
    passed: Option<bool>,
    /// Why, in the metric's words; empty if it gave no reason.
    pub reasoning: String,
    /// What it returned as `metadata`.
    pub metadata: Option<Value>,
}

impl Reading {
    /// Reads a returned value that is not null. The error completes "the metric returned ...".
    pub fn of(returned: Value) -> Result<Self, String> {
        Ok(Self {
            value: returned,
            passed: None,
            reasoning: String::new(),
            metadata: None,
        })
    }

    /// Whether it passes: by the rule if there is one, else as the metric said, else if it is true.
    pub fn passed(&self, rule: Option<&PassRule>) -> Option<bool> {
        match rule {
            Some(rule) => rule.passed(&self.value),
            None => self.passed.or_else(|| PassRule::Equals(true).passed(&self.value)),
        }
    }
}
