//! Python: the guest parses and compiles the source itself; the host only asks for it.

use serde_json::json;

use crate::snippet::{Convention, Snippet};

/// What the guest's `load` takes.
pub fn request(snippet: &Snippet, source: &str) -> String {
    let convention = Some(snippet.convention).filter(|convention| *convention != Convention::Auto);
    json!({
        "source": source,
        "file": snippet.file_name(),
        "convention": convention,
        "entry": snippet.entry,
    })
    .to_string()
}
