//! The settings of what decides: `evaluation_config`.

use jurybox::{Convention, Language};
use serde_json::{Map, Value, json};

use super::evaluation::EvaluationType;

/// The settings as they are kept. Other keys are left out, also the `bytecode` that PostHog adds: there is none here.
///
/// # Errors
/// With one sentence that names the key, to follow `Invalid config for hog/boolean: `.
pub fn read(evaluation_type: EvaluationType, config: &Value) -> Result<Map<String, Value>, String> {
    let Value::Object(config) = config else {
        return Err("Input should be a valid dictionary".to_owned());
    };
    let mut kept = Map::new();
    match evaluation_type {
        EvaluationType::LlmJudge => {
            let prompt = text(config, "prompt", "Prompt cannot be empty")?;
            kept.insert("prompt".to_owned(), json!(prompt.trim()));
        }
        EvaluationType::Sentiment => {
            if !matches!(config.get("source"), None | Some(Value::String(_)))
                || config.get("source").is_some_and(|source| source != "user_messages")
            {
                return Err("source: Input should be 'user_messages'".to_owned());
            }
            kept.insert("source".to_owned(), json!("user_messages"));
        }
        EvaluationType::Hog => {
            // White space at its beginning belongs to the source: positions count it.
            let source = text(config, "source", "Source code cannot be empty")?;
            kept.insert("source".to_owned(), json!(source));
        }
        EvaluationType::Python | EvaluationType::JavaScript | EvaluationType::TypeScript | EvaluationType::Wasm => {
            let source = text(config, "source", "Source code cannot be empty")?;
            kept.insert("source".to_owned(), json!(source));
            if let (Some(given), Some(language)) = (optional(config, "convention")?, evaluation_type.language()) {
                convention(given, language).map_err(|error| format!("convention: {error}"))?;
                kept.insert("convention".to_owned(), json!(given));
            }
            if let Some(entry) = optional(config, "entry")? {
                kept.insert("entry".to_owned(), json!(entry));
            }
        }
    }
    Ok(kept)
}

/// The convention of a name, if snippets of the language may follow it.
///
/// # Errors
/// With a sentence.
pub fn convention(name: &str, language: Language) -> Result<Convention, String> {
    let convention = Convention::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Convention::ALL.iter().filter(|known| known.is_for(language)).collect();
        let known: Vec<_> = known.iter().map(|known| format!("'{}'", known.name())).collect();
        format!("Input should be one of {}", known.join(", "))
    })?;
    if convention.is_for(language) {
        Ok(convention)
    } else {
        Err(format!("'{name}' is not for {}", language.name()))
    }
}

/// A text that must be there and say something.
fn text<'a>(config: &'a Map<String, Value>, name: &str, empty: &str) -> Result<&'a str, String> {
    match config.get(name) {
        None => Err(format!("{name}: Field required")),
        Some(Value::String(text)) if text.is_empty() => Err(format!("{name}: String should have at least 1 character")),
        Some(Value::String(text)) if text.trim().is_empty() => Err(format!("{name}: Value error, {empty}")),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(format!("{name}: Input should be a valid string")),
    }
}

fn optional<'a>(config: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match config.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(format!("{name}: Input should be a valid string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_as_their_type_knows_them() {
        use EvaluationType::{Hog, LlmJudge, Python, Sentiment};
        for (evaluation_type, given, kept) in [
            (
                LlmJudge,
                json!({"prompt": " Is it good? \n"}),
                json!({"prompt": "Is it good?"}),
            ),
            (
                Hog,
                json!({"source": "\n return true ", "bytecode": ["_H", 1], "x": 1}),
                json!({"source": "\n return true "}),
            ),
            (Sentiment, json!({}), json!({"source": "user_messages"})),
            (
                Python,
                json!({"source": "x", "convention": "braintrust", "entry": "f", "bytecode": []}),
                json!({"source": "x", "convention": "braintrust", "entry": "f"}),
            ),
            (
                Python,
                json!({"source": "x", "convention": null}),
                json!({"source": "x"}),
            ),
        ] {
            let read = read(evaluation_type, &given).map(Value::Object);
            assert_eq!(read, Ok(kept), "{given}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        use EvaluationType::{Hog, LlmJudge, Python, Sentiment};
        for (evaluation_type, given, error) in [
            (Hog, json!("return true"), "Input should be a valid dictionary"),
            (Hog, json!({}), "source: Field required"),
            (Hog, json!({"source": 1}), "source: Input should be a valid string"),
            (
                Hog,
                json!({"source": ""}),
                "source: String should have at least 1 character",
            ),
            (
                Hog,
                json!({"source": " \n"}),
                "source: Value error, Source code cannot be empty",
            ),
            (LlmJudge, json!({"source": "x"}), "prompt: Field required"),
            (
                LlmJudge,
                json!({"prompt": " "}),
                "prompt: Value error, Prompt cannot be empty",
            ),
            (
                Sentiment,
                json!({"source": "all"}),
                "source: Input should be 'user_messages'",
            ),
            (
                Python,
                json!({"source": "x", "convention": "posthog"}),
                "convention: 'posthog' is not for python",
            ),
            (
                Python,
                json!({"source": "x", "entry": ""}),
                "entry: Input should be a valid string",
            ),
        ] {
            assert_eq!(read(evaluation_type, &given), Err(error.to_owned()), "{given}");
        }
        let unknown = convention("mine", Language::Hog).expect_err("unknown");
        assert_eq!(unknown, "Input should be one of 'auto', 'posthog', 'program'");
    }
}
