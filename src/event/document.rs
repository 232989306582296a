//! The event document: an event of any platform in the one form that metrics in Python, JavaScript and WebAssembly get.
//! Its table is in `docs/conventions.md`.

use serde_json::Value;

use super::Event;

/// The document of an event, as compact JSON text.
pub fn document(event: &Event) -> String {
    event.json().to_owned()
}

/// The ground truth; `None` where it is missing or null.
pub fn expected(event: &Event) -> Option<&Value> {
    event.get("expected").filter(|value| !value.is_null())
}
