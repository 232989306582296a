//! Whether the tool calls of the answer can be carried out: known tools, with arguments that are JSON objects.

use jurybox_guest::{Event, EventError, Verdict, metric};
use serde::Deserialize;

/// The parts of the event document that matter here.
#[derive(Deserialize)]
struct Document {
    output: Output,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    tool_calls: Vec<ToolCall>,
}

#[derive(Deserialize)]
struct ToolCall {
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    /// JSON text, as OpenAI's API has it.
    arguments: String,
}

#[derive(Deserialize)]
struct Metadata {
    /// The names of the tools that were offered; any name will do if this is missing.
    tools: Option<Vec<String>>,
}

#[metric]
fn tool_calls(event: Event) -> Result<Option<Verdict>, EventError> {
    if !event.output().is_object() {
        return Ok(None);
    }
    let Document { output, metadata } = event.parse()?;
    if output.tool_calls.is_empty() {
        return Ok(None);
    }
    let problems: Vec<String> = output
        .tool_calls
        .iter()
        .filter_map(|call| problem(&call.function, metadata.tools.as_deref()))
        .collect();
    let verdict = match problems.as_slice() {
        [] => Verdict::pass(),
        problems => Verdict::fail().because(problems.join("; ")),
    };
    Ok(Some(verdict.with_metadata("calls", output.tool_calls.len())))
}

/// What is wrong with a call.
fn problem(function: &Function, tools: Option<&[String]>) -> Option<String> {
    let name = &function.name;
    if tools.is_some_and(|tools| !tools.contains(name)) {
        return Some(format!("there is no tool {name}"));
    }
    match serde_json::from_str::<serde_json::Value>(&function.arguments) {
        Ok(arguments) if arguments.is_object() => None,
        Ok(_) => Some(format!("the arguments of {name} are no object")),
        Err(error) => Some(format!("the arguments of {name} are no JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jurybox_guest::{Value, json};

    fn judge(arguments: &str) -> Value {
        let event = Event::from_value(json!({
            "output": {"tool_calls": [{"function": {"name": "search", "arguments": arguments}}]},
            "metadata": {"tools": ["search"]},
        }));
        let verdict = tool_calls(event.expect("an object"))
            .expect("it fits")
            .expect("there are calls");
        verdict.to_json()
    }

    #[test]
    fn arguments_are_objects() {
        assert_eq!(judge(r#"{"query": "x"}"#)["value"], true);
        assert_eq!(judge("[1]")["reason"], "the arguments of search are no object");
        assert_eq!(judge("{")["value"], false);
    }
}
