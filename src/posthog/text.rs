//! Model payloads as text for people: previews and the `input_text` and `output_text` of PostHog's globals.
//!
//! Every shape gives some text; what is not understood is shown as it is.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::globals::coerce;
use crate::python;

/// Length of a preview in code points, as in PostHog's answers.
pub const PREVIEW_CHARS: usize = 200;

/// The first [`PREVIEW_CHARS`] code points of a payload's readable text.
#[must_use]
pub fn preview(raw: Option<&Value>) -> String {
    let text = input_text(raw);
    match text.char_indices().nth(PREVIEW_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

/// A payload as a conversation, one line a message: `user: Hello`.
///
/// - A text stays as it is; texts in a list are lines of their own; other scalars in a list are left out.
/// - A message is `role: body`, or the body alone without a role, or `role:` without a body. Results of tools are
///   `tool[ID]: body`.
/// - The body is the content and then the tool calls, as `[tool_call ID: name(arguments)]`. Of a content list each block
///   gives its `text`, else its `content`, else all of itself, joined by spaces.
/// - The messages of OpenTelemetry (a role and `parts`) are unfolded into such messages: reasoning gets the role
///   `thinking`, media become markers like `[image]`.
/// - An object that is no message is shown as JSON.
#[must_use]
pub fn input_text(raw: Option<&Value>) -> String {
    match raw {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(messages)) => lines(messages),
        Some(Value::Object(fields)) if fields.is_empty() => String::new(),
        Some(message @ Value::Object(_)) => lines(std::slice::from_ref(message)),
        Some(scalar) => python::text(scalar),
    }
}

/// What a model answered, without roles: of each choice (or its `message`) the first of content, refusal and text that
/// says something, and the tool calls; one line a choice.
///
/// An object that has none of these is shown as [`input_text`] shows it.
#[must_use]
pub fn output_text(raw: Option<&Value>) -> String {
    let output = raw.unwrap_or(&Value::Null);
    let choices = match output.get("choices") {
        Some(choices @ Value::Array(_)) if output.is_object() => choices,
        _ => output,
    };
    let choices = match choices {
        Value::Array(choices) => choices.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut out = Lines::default();
    for choice in choices {
        match choice {
            Value::Object(fields) => choice_lines(fields, &mut out),
            Value::String(text) => out.push(text),
            scalar => out.push(&coerce(Some(scalar))),
        }
    }
    out.text
}

fn choice_lines(choice: &Map<String, Value>, out: &mut Lines) {
    let choice = choice.get("message").and_then(Value::as_object).unwrap_or(choice);
    if !["content", "refusal", "text", "tool_calls"]
        .iter()
        .any(|field| choice.contains_key(*field))
    {
        return message_lines(choice, out);
    }
    // Numbers and booleans always say something; null and empty texts and containers don't.
    let says_something =
        |value: &&Value| matches!(value, Value::Number(_) | Value::Bool(_)) || python::is_truthy(value);
    let content = ["content", "refusal", "text"]
        .iter()
        .filter_map(|field| choice.get(*field))
        .find(says_something);
    let tool_calls = choice.get("tool_calls");
    if content.is_none() && !tool_calls.is_some_and(python::is_truthy) {
        return;
    }
    let content = content.map(|content| match content {
        Value::Number(_) | Value::Bool(_) => Cow::Owned(Value::from(python::text(content))),
        content => Cow::Borrowed(content),
    });
    let content = content.as_deref();
    let body = body(content, tool_calls);
    if body.is_empty() {
        let unreadable = json!({ "content": content, "tool_calls": tool_calls });
        out.push(&python::json_dumps(&unreadable));
    } else {
        out.push(&body);
    }
}

/// Text that is built line by line. An empty line counts.
#[derive(Default)]
struct Lines {
    text: String,
    any: bool,
}

impl Lines {
    fn push(&mut self, line: &str) {
        if std::mem::replace(&mut self.any, true) {
            self.text.push('\n');
        }
        self.text.push_str(line);
    }
}

fn lines(messages: &[Value]) -> String {
    let mut out = Lines::default();
    for message in messages {
        match message {
            Value::Object(fields) => message_lines(fields, &mut out),
            Value::String(text) => out.push(text),
            _ => {}
        }
    }
    out.text
}

fn message_lines(message: &Map<String, Value>, out: &mut Lines) {
    let field = |name: &str| message.get(name);
    match (field("role"), field("parts")) {
        (Some(Value::String(role)), Some(Value::Array(parts)))
            if !["content", "tool_calls"]
                .into_iter()
                .filter_map(field)
                .any(python::is_truthy) =>
        {
            unfold_parts(message, role, parts)
                .iter()
                .for_each(|message| push_message(message, out));
        }
        _ => push_message(message, out),
    }
}

fn push_message(message: &Map<String, Value>, out: &mut Lines) {
    let truthy = |field: &str| message.get(field).filter(|value| python::is_truthy(value));
    let label = truthy("role").map(|role| match (role, truthy("tool_call_id")) {
        (Value::String(role), Some(id)) if role == "tool" => format!("tool[{}]", python::text(id)),
        (role, _) => python::text(role),
    });
    let body = body(message.get("content"), message.get("tool_calls"));
    match (label, body.is_empty()) {
        (Some(label), false) => out.push(&format!("{label}: {body}")),
        (Some(label), true) => out.push(&format!("{label}:")),
        (None, false) => out.push(&body),
        (None, true) if message.is_empty() => {}
        (None, true) => {
            // As `json.dumps` does, without a copy of the message to make a `Value` of.
            let mut text = String::from("{");
            for (position, (name, value)) in message.iter().enumerate() {
                let separator = if position > 0 { ", " } else { "" };
                let name = python::json_dumps(&Value::from(name.as_str()));
                text.push_str(&format!("{separator}{name}: {}", python::json_dumps(value)));
            }
            out.push(&(text + "}"));
        }
    }
}

fn body(content: Option<&Value>, tool_calls: Option<&Value>) -> String {
    let mut text = content_text(content).into_owned();
    for call in tool_calls
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(tool_call)
    {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&call);
    }
    text
}

fn content_text(content: Option<&Value>) -> Cow<'_, str> {
    match content {
        Some(content) if !python::is_truthy(content) => Cow::Borrowed(""),
        None => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(Value::Array(blocks)) => {
            let texts = blocks.iter().filter_map(|block| match block {
                Value::String(text) => Some(text.clone()),
                Value::Object(fields) => {
                    let shown = fields.get("text").or_else(|| fields.get("content")).unwrap_or(block);
                    Some(python::text(shown))
                }
                _ => None,
            });
            Cow::Owned(texts.collect::<Vec<_>>().join(" "))
        }
        Some(other) => Cow::Owned(python::text(other)),
    }
}

/// `[tool_call ID: name(arguments)]`; nothing for a call without a name.
fn tool_call(call: &Value) -> Option<String> {
    let function = call.get("function")?;
    let name = function
        .get("name")
        .filter(|name| python::is_truthy(name))
        .map(python::text)?;
    let arguments = match function.get("arguments") {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => python::json_dumps(other),
    };
    let id = call
        .get("id")
        .filter(|id| python::is_truthy(id))
        .map(|id| format!(" {}", python::text(id)));
    Some(format!("[tool_call{}: {name}({arguments})]", id.unwrap_or_default()))
}

/// A message in the form of OpenTelemetry's conventions for generative AI as messages with content and tool calls.
///
/// Texts and tool calls stay in one message; everything else becomes a message of its own after it.
fn unfold_parts(message: &Map<String, Value>, role: &str, parts: &[Value]) -> Vec<Map<String, Value>> {
    let (mut texts, mut tool_calls, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        let said = |field: &str| part.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        match part.get("type").and_then(Value::as_str) {
            Some("text") => texts.extend(said("content")),
            Some(kind @ ("tool_call" | "server_tool_call")) => {
                let arguments = part.get(if kind == "tool_call" { "arguments" } else { kind });
                let arguments = arguments.cloned().unwrap_or_else(|| "".into());
                tool_calls.push(json!({
                    "id": part.get("id"),
                    "function": { "name": part.get("name"), "arguments": arguments },
                }));
            }
            Some("tool_call_response" | "server_tool_call_response") => {
                let fields = ["response", "result", "server_tool_call_response"];
                let response = fields
                    .iter()
                    .filter_map(|field| part.get(*field))
                    .find(|value| !value.is_null());
                let response = match response {
                    None => Cow::Borrowed(""),
                    Some(Value::String(text)) => Cow::Borrowed(text.as_str()),
                    Some(other) => Cow::Owned(python::json_dumps(other)),
                };
                others.push(fields_of([
                    ("role", "tool".into()),
                    ("content", response.into()),
                    ("tool_call_id", part.get("id").cloned().unwrap_or_default()),
                ]));
            }
            Some("reasoning") => others
                .extend(said("content").map(|text| fields_of([("role", "thinking".into()), ("content", text.into())]))),
            Some(kind @ ("blob" | "uri" | "file")) => {
                let modality = said("modality").unwrap_or("media");
                let marker = match (kind, said("uri"), said("file_id")) {
                    ("uri", Some(uri), _) => format!("[{modality}: {uri}]"),
                    ("file", _, Some(id)) => format!("[file: {id}]"),
                    ("file", _, None) => "[file]".to_owned(),
                    _ => format!("[{modality}]"),
                };
                others.push(fields_of([("role", role.into()), ("content", marker.into())]));
            }
            Some("compaction") => {
                let summary = said("content").unwrap_or("[conversation compacted]");
                others.push(fields_of([("role", role.into()), ("content", summary.into())]));
            }
            _ => {}
        }
    }
    if texts.is_empty() && tool_calls.is_empty() && !others.is_empty() {
        return others;
    }
    // Without its parts, a message that says nothing still holds its place in the conversation.
    let mut first: Map<String, Value> = message
        .iter()
        .filter(|(name, _)| *name != "parts")
        .map(cloned)
        .collect();
    if !texts.is_empty() {
        first.insert("content".to_owned(), texts.join(" ").into());
    }
    if !tool_calls.is_empty() {
        first.insert("tool_calls".to_owned(), tool_calls.into());
    }
    others.insert(0, first);
    others
}

fn cloned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn fields_of<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn conversations_read_as_lines() {
        for (source, expected) in [
            ("null", ""),
            (r#""plain""#, "plain"),
            ("[]", ""),
            ("{}", ""),
            ("0", "0"),
            ("true", "True"),
            ("1.50", "1.5"),
            (r#"["a", "", "b"]"#, "a\n\nb"),
            (r#"["a", 1, null, [2], "b"]"#, "a\nb"),
            (
                r#"[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}]"#,
                "user: hi\nassistant: yo",
            ),
            (r#"{"role": "user", "content": "hi"}"#, "user: hi"),
            (r#"[{"content": "no role"}]"#, "no role"),
            (r#"[{"role": "assistant", "content": null}]"#, "assistant:"),
            (r#"[{"role": "assistant"}, {}]"#, "assistant:"),
            (r#"[{"role": 3, "content": 0}]"#, "3:"),
            (r#"[{"role": ["a"], "content": 5}]"#, "['a']: 5"),
            (r#"[{"entities": [1, "é"]}]"#, r#"{"entities": [1, "\u00e9"]}"#),
            (r#"[{"role": "", "content": ""}]"#, r#"{"role": "", "content": ""}"#),
            (
                r#"[{"role": "user", "content": [{"type": "text", "text": "look"}, "here",
                    {"type": "tool_result", "content": "42"}, 7,
                    {"type": "image_url", "image_url": {"url": "x"}}]}]"#,
                "user: look here 42 {'type': 'image_url', 'image_url': {'url': 'x'}}",
            ),
            (
                r#"[{"role": "user", "content": [{"text": null}, {"content": [1]}]}]"#,
                "user: None [1]",
            ),
            (r#"[{"role": "user", "content": {"a": true}}]"#, "user: {'a': True}"),
            (
                r#"[{"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c1", "function": {"name": "search", "arguments": "{\"q\": 1}"}},
                    {"function": {"name": "stop"}}, {"function": {"arguments": "x"}}, {"function": 3}, 4]},
                  {"role": "tool", "tool_call_id": "c1", "content": "found"}, {"role": "tool", "content": "lost"}]"#,
                "assistant: [tool_call c1: search({\"q\": 1})] [tool_call: stop()]\ntool[c1]: found\ntool: lost",
            ),
            (
                r#"[{"role": "assistant", "content": "wait", "tool_calls": [{"id": 5, "function": {"name": "f", "arguments": {"a": [1]}}}]}]"#,
                r#"assistant: wait [tool_call 5: f({"a": [1]})]"#,
            ),
            (r#"[{"role": "tool", "tool_call_id": "c"}]"#, "tool[c]:"),
            (r#"[{"tool_calls": "no list"}]"#, r#"{"tool_calls": "no list"}"#),
        ] {
            assert_eq!(input_text(Some(&json(source))), expected, "{source}");
        }
        assert_eq!(input_text(None), "");
    }

    #[test]
    fn parts_of_opentelemetry_are_unfolded() {
        for (parts, expected) in [
            ("[]", "user:"),
            (
                r#"[{"type": "text", "content": "a"}, {"type": "text", "content": "b"}]"#,
                "user: a b",
            ),
            (
                r#"[{"type": "text", "content": ""}, {"type": "text"}, 3, {"type": "mystery"}]"#,
                "user:",
            ),
            (
                r#"[{"type": "reasoning", "content": "hm"}, {"type": "text", "content": "a"}, {"type": "reasoning"}]"#,
                "user: a\nthinking: hm",
            ),
            (
                r#"[{"type": "tool_call", "id": "c", "name": "f", "arguments": {"x": 1}},
                    {"type": "server_tool_call", "name": "web", "server_tool_call": {"q": "z"}}]"#,
                r#"user: [tool_call c: f({"x": 1})] [tool_call: web({"q": "z"})]"#,
            ),
            (
                r#"[{"type": "tool_call_response", "id": "c", "response": {"ok": true}},
                    {"type": "tool_call_response", "id": "d", "result": "r"},
                    {"type": "server_tool_call_response", "server_tool_call_response": [1]},
                    {"type": "tool_call_response", "id": "e", "response": null}]"#,
                "tool[c]: {\"ok\": true}\ntool[d]: r\ntool: [1]\ntool[e]:",
            ),
            (
                r#"[{"type": "blob", "modality": "image", "content": "AAAA"}, {"type": "blob"},
                    {"type": "uri", "modality": "image", "uri": "https://example.com/a.png"}, {"type": "uri"},
                    {"type": "file", "file_id": "f1"}, {"type": "file"}]"#,
                "user: [image]\nuser: [media]\nuser: [image: https://example.com/a.png]\nuser: [media]\nuser: [file: f1]\nuser: [file]",
            ),
            (
                r#"[{"type": "compaction"}, {"type": "compaction", "content": "short"}]"#,
                "user: [conversation compacted]\nuser: short",
            ),
        ] {
            let message = json(&format!(r#"{{"role": "user", "parts": {parts}}}"#));
            assert_eq!(input_text(Some(&message)), expected, "{parts}");
        }
        for (message, expected) in [
            (
                r#"{"role": "user", "content": "c", "parts": [{"type": "text", "content": "p"}]}"#,
                "user: c",
            ),
            (r#"{"parts": [{"type": "text"}]}"#, r#"{"parts": [{"type": "text"}]}"#),
            (r#"{"role": "user", "parts": "p"}"#, "user:"),
        ] {
            assert_eq!(input_text(Some(&json(message))), expected, "{message}");
        }
    }

    #[test]
    fn outputs_read_without_roles() {
        for (source, expected) in [
            ("null", ""),
            (r#""plain""#, "plain"),
            ("[]", ""),
            ("0", "0"),
            ("false", "False"),
            (r#"["a", 1, null, true]"#, "a\n1\n\nTrue"),
            (r#"[["a"]]"#, r#"["a"]"#),
            (r#"[{"role": "assistant", "content": "yes"}]"#, "yes"),
            (
                r#"[{"index": 0, "message": {"role": "assistant", "content": "a"}}, {"text": "b"}]"#,
                "a\nb",
            ),
            (r#"{"choices": [{"message": {"content": "a"}}]}"#, "a"),
            (r#"{"choices": "none", "content": "c"}"#, "c"),
            (r#"[{"content": "", "refusal": "I can't."}]"#, "I can't."),
            (r#"[{"content": null, "refusal": null, "text": 0}]"#, "0"),
            (r#"[{"content": false}]"#, "False"),
            (r#"[{"content": null}, {"content": "x"}]"#, "x"),
            (
                r#"[{"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]"#,
                "a b",
            ),
            (
                r#"[{"content": null, "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]}]"#,
                "[tool_call c: f({})]",
            ),
            (r#"[{"content": [""]}]"#, r#"{"content": [""], "tool_calls": null}"#),
            (
                r#"[{"label": "spam", "score": 0.5}]"#,
                r#"{"label": "spam", "score": 0.5}"#,
            ),
            (r#"[{"message": "no object", "role": "r"}]"#, "r:"),
            (
                r#"[{"role": "assistant", "parts": [{"type": "text", "content": "hey"}]}]"#,
                "assistant: hey",
            ),
        ] {
            assert_eq!(output_text(Some(&json(source))), expected, "{source}");
        }
        assert_eq!(output_text(None), "");
    }

    #[test]
    fn previews_are_cut_at_code_points() {
        let long = Value::from("é😀".repeat(150));
        assert_eq!(preview(Some(&long)), "é😀".repeat(100));
        assert_eq!(
            preview(Some(&json(r#"[{"role": "user", "content": "short"}]"#))),
            "user: short"
        );
        assert_eq!(preview(None), "");
    }
}
