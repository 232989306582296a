//! What a built module says about the snippet that it was made from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use wasmparser::{Parser, Payload};

use crate::snippet::{Convention, Language};

/// The name of the custom section.
pub const NAME: &str = "jurybox:metric";

/// The content of the custom section [`NAME`] of a built module, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricSection {
    /// The language of the snippet.
    pub language: Language,
    /// The convention that it follows, whose rules for returned values apply.
    pub convention: Convention,
    /// The name and version of what built the module.
    pub built_with: String,
}

impl MetricSection {
    /// For a module that is built now.
    pub fn new(language: Language, convention: Convention) -> Self {
        Self {
            language,
            convention,
            built_with: concat!("jurybox ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Reads the section of a module, given as a binary; `None` if it has none, or not one that is understood.
    pub fn read(wasm: &[u8]) -> Option<Self> {
        Parser::new(0).parse_all(wasm).find_map(|payload| match payload {
            Ok(Payload::CustomSection(section)) if section.name() == NAME => {
                serde_json::from_slice(section.data()).ok()
            }
            _ => None,
        })
    }

    /// As it stands in the module.
    pub fn custom_section(&self) -> wasm_encoder::CustomSection<'static> {
        // Names and a text: there is nothing in it that JSON lacks.
        let json = serde_json::to_vec(self).unwrap_or_default();
        wasm_encoder::CustomSection {
            name: Cow::Borrowed(NAME),
            data: Cow::Owned(json),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let section = MetricSection::new(Language::Hog, Convention::PostHog);
        let mut module = wasm_encoder::Module::new();
        module.section(&section.custom_section());
        assert_eq!(MetricSection::read(&module.finish()), Some(section));
    }

    #[test]
    fn modules_without_it_say_nothing() {
        assert_eq!(MetricSection::read(&wasm_encoder::Module::new().finish()), None);
        assert_eq!(MetricSection::read(b"no module"), None);
        let mut module = wasm_encoder::Module::new();
        module.section(&wasm_encoder::CustomSection {
            name: NAME.into(),
            data: b"{}".into(),
        });
        assert_eq!(MetricSection::read(&module.finish()), None);
    }
}
