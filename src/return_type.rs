//! What type of value a metric promises to return.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The type of a metric's values. A value of another type is [`Status::InvalidResult`](crate::Status::InvalidResult).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReturnType {
    /// True or false. Numbers are no booleans.
    Boolean,
    /// A finite number. Booleans are no numbers.
    Number,
    /// A text.
    String,
    /// One of these texts; any text when there are none.
    Categorical(Vec<String>),
}

impl ReturnType {
    /// Whether a value is of the type.
    ///
    /// # Errors
    ///
    /// When it is not, with a sentence that says what came.
    pub fn check(&self, _value: &Value) -> Result<(), String> {
        Ok(())
    }
}
