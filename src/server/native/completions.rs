//! `GET /api/jurybox/completions`: the names that an editor offers.

use axum::Json;
use jurybox::library_functions;
use serde::Serialize;
use utoipa::ToSchema;

use crate::server::auth::Caller;

/// What metrics in Hog see, with a few words about it.
const FIELDS: [(&str, &str); 29] = [
    ("input", "what the model was given, as text"),
    ("output", "what the model answered, as text"),
    ("properties", "the properties of the event"),
    ("properties.$ai_input", "the messages that the model was given"),
    ("properties.$ai_output_choices", "the answers of the model"),
    ("properties.$ai_model", "the model"),
    ("properties.$ai_provider", "who runs the model"),
    ("properties.$ai_latency", "seconds until the answer was there"),
    ("properties.$ai_input_tokens", "tokens that the model was given"),
    ("properties.$ai_output_tokens", "tokens of the answer"),
    ("properties.$ai_total_cost_usd", "what the answer cost, in dollars"),
    ("properties.$ai_http_status", "the status of the provider's answer"),
    ("properties.$ai_is_error", "whether the call failed"),
    ("properties.$ai_error", "why the call failed"),
    ("properties.$ai_tools", "the tools that the model was offered"),
    ("properties.$ai_trace_id", "the trace that the event belongs to"),
    ("properties.$ai_session_id", "the session that the event belongs to"),
    ("properties.$ai_span_name", "the name of the step"),
    ("properties.expected", "the ground truth"),
    ("event", "the event without its properties"),
    ("event.uuid", "what identifies the event"),
    ("event.event", "the name of the event"),
    ("event.distinct_id", "whose event it is"),
    ("target", "what is judged"),
    ("target.type", "generation, trace or session"),
    ("target.id", "which one"),
    ("target.total_cost_usd", "what it cost, in dollars"),
    ("target.total_latency_seconds", "how long it took"),
    ("evaluation_events", "all events that are judged together"),
];

/// A name that an editor offers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxCompletion)]
struct Completion {
    name: String,
    /// How it is called: `replaceAll(a, b, c)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    /// A few words about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    info: Option<String>,
}

/// Names that an editor offers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JuryboxCompletions)]
pub struct Completions {
    /// The library of Hog.
    hog: Vec<Completion>,
    /// What a metric in Hog sees of the event, as paths.
    fields: Vec<Completion>,
}

/// Names that an editor offers.
#[utoipa::path(
    get,
    path = "/api/jurybox/completions",
    tag = "jurybox",
    responses(
        (status = 200, description = "The library of Hog, and what metrics see of an event", body = Completions),
    )
)]
pub async fn completions(_caller: Caller) -> Json<Completions> {
    let function = |function: jurybox::LibraryFunction| Completion {
        name: function.name.to_owned(),
        signature: Some(signature(&function)),
        info: None,
    };
    let field = |(name, info): (&str, &str)| Completion {
        name: name.to_owned(),
        signature: None,
        info: Some(info.to_owned()),
    };
    Json(Completions {
        hog: library_functions().map(function).collect(),
        fields: FIELDS.into_iter().map(field).collect(),
    })
}

/// `has(a, b)`, `round(a, [b])`, `concat(a, ...)`: what it takes, as far as the library says.
fn signature(function: &jurybox::LibraryFunction) -> String {
    const LETTERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let mut arguments: Vec<String> = Vec::new();
    let named = function.max_arguments.unwrap_or(function.min_arguments);
    for (index, letter) in (0..named).zip(LETTERS) {
        arguments.push(if index < function.min_arguments {
            letter.to_owned()
        } else {
            format!("[{letter}]")
        });
    }
    if function.max_arguments.is_none() {
        arguments.push("...".to_owned());
    }
    format!("{}({})", function.name, arguments.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_tell_what_is_optional() {
        let shown = |min_arguments, max_arguments| {
            signature(&jurybox::LibraryFunction {
                name: "f",
                min_arguments,
                max_arguments,
            })
        };
        assert_eq!(shown(0, Some(0)), "f()");
        assert_eq!(shown(1, Some(2)), "f(a, [b])");
        assert_eq!(shown(1, None), "f(a, ...)");
    }
}
