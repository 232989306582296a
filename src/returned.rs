//! What metrics return, read as a verdict: the table "What a metric returns" of `docs/conventions.md`.

use serde_json::{Map, Value};

use crate::pass_rule::PassRule;
use crate::python::Number;

/// The keys of an object that hold its value: the first that is there and not null.
const VALUES: [&str; 6] = ["score", "value", "result", "pass", "passed", "label"];
/// The keys that say whether it passes, where they hold a boolean.
const PASSES: [&str; 2] = ["pass", "passed"];
/// The keys that say why: `reason` (promptfoo), `explanation` (Phoenix, `HoneyHive`), `comment` (Langfuse, `LangSmith`),
/// `rationale` (`MLflow`, Weave).
const REASONS: [&str; 5] = ["reason", "reasoning", "explanation", "comment", "rationale"];
/// The keys that name one of several scores: `name` (Braintrust, Langfuse), `key` (`LangSmith`).
const NAMES: [&str; 2] = ["name", "key"];
/// Langfuse's type of a score.
const TYPES: [&str; 2] = ["dataType", "data_type"];
/// The keys that hold a list of scores: `results` is `LangSmith`'s.
const LISTS: [&str; 2] = ["results", "scores"];

/// What is accepted, for the ends of error messages.
const ACCEPTED: &str = "a metric returns a boolean, a number, a text, an object with a `score`, `value`, `result`, \
                        `pass`, `passed` or `label`, or a list of such objects with a `name`";

/// The longest preview of a value in an error message, in characters.
const PREVIEW_CHARS: usize = 60;

/// A returned value as a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value. Null when the metric says that it does not apply; an object of values by name when it returned several
    /// scores, some of which may be null.
    pub value: Value,
    /// What the metric itself said about passing; for several scores, about each in the order of their names.
    said: Vec<Option<bool>>,
    /// Why, in the metric's words; empty if it gave no reason.
    pub reasoning: String,
    /// What it returned as `metadata`, and what else stood beside the value.
    pub metadata: Option<Value>,
}

impl Reading {
    /// Reads a returned value.
    ///
    /// # Errors
    ///
    /// When it is nothing that a metric may return. The error completes "the metric returned ...".
    pub fn of(returned: Value) -> Result<Self, String> {
        let read = match returned {
            Value::Object(fields) => read_object(fields),
            Value::Array(items) => read_list(items, Whole::default()),
            Value::Null => Ok(Whole::default().of_one(Score::default())),
            scalar => value_of(scalar).map(|value| Whole::default().of_one(Score::from(value))),
        };
        read.map_err(|what| format!("{what}; {ACCEPTED}"))
    }

    /// Whether it passes: by the rule if there is one, else as the metric said, else if it is true. Several scores pass
    /// together when all pass that say anything.
    pub fn passed(&self, rule: Option<&PassRule>) -> Option<bool> {
        let passed = |(value, said): (&Value, &Option<bool>)| match rule {
            Some(rule) => rule.passed(value),
            None => said.or_else(|| PassRule::Equals(true).passed(value)),
        };
        let all = |first: bool, second: bool| first && second;
        match &self.value {
            Value::Object(named) => named.values().zip(&self.said).filter_map(passed).reduce(all),
            value => [value].into_iter().zip(&self.said).filter_map(passed).reduce(all),
        }
    }
}

/// A value for error messages: `1 (a number)`, `{"a":[1,2 ... (an object)`.
pub fn describe(value: &Value) -> String {
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "a boolean",
        Value::Number(number) if !is_finite(number) => "a number out of range",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let text = value.to_string();
    match text.char_indices().nth(PREVIEW_CHARS) {
        Some((end, _)) => format!("{} ... ({kind})", text.get(..end).unwrap_or_default()),
        None => format!("{text} ({kind})"),
    }
}

/// Whether floats reach as far as the number, which JSON and integers of any size don't promise.
pub fn is_finite(number: &serde_json::Number) -> bool {
    !matches!(Number::of(number), Number::Float(float) if !float.is_finite())
}

/// One score.
#[derive(Default)]
struct Score {
    name: Option<String>,
    /// Null where it does not apply.
    value: Value,
    said: Option<bool>,
    reason: Option<String>,
    metadata: Option<Value>,
}

impl Score {
    /// Reads an object that has one of [`VALUES`].
    fn of(mut fields: Map<String, Value>) -> Result<Self, String> {
        let name = take(&mut fields, &NAMES, Value::is_string).map(text_of);
        let data_type = take(&mut fields, &TYPES, Value::is_string);
        let reason = take(&mut fields, &REASONS, |_| true).map(text_of);
        let metadata = take(&mut fields, &["metadata"], |_| true);
        let said = PASSES.iter().find_map(|key| fields.get(*key).and_then(Value::as_bool));
        let key = VALUES.into_iter().find(|key| holds(&fields, key));
        let value = match key.and_then(|key| Some((key, fields.shift_remove(key)?))) {
            Some((key, value)) => value_of(value).map_err(|what| format!("an object whose `{key}` is {what}"))?,
            None => Value::Null,
        };
        // Whether it passes is told by the verdict.
        PASSES.iter().for_each(|key| {
            if fields.get(*key).is_some_and(Value::is_boolean) {
                fields.shift_remove(*key);
            }
        });
        Ok(Self {
            name,
            value: typed(value, data_type.as_ref()),
            said,
            reason,
            metadata: with_extras(metadata, fields),
        })
    }
}

impl From<Value> for Score {
    fn from(value: Value) -> Self {
        Self {
            value,
            ..Self::default()
        }
    }
}

/// What stands beside several scores.
#[derive(Default)]
struct Whole {
    reason: Option<String>,
    metadata: Option<Value>,
}

impl Whole {
    /// Takes it from the fields and leaves the scores. Only texts are reasons here: a number is a score of that name.
    fn of(fields: &mut Map<String, Value>) -> Self {
        Self {
            reason: take(fields, &REASONS, Value::is_string).map(text_of),
            metadata: take(fields, &["metadata"], Value::is_object),
        }
    }

    fn of_one(self, score: Score) -> Reading {
        let reasons: Vec<_> = [self.reason, score.reason].into_iter().flatten().collect();
        let metadata = match self.metadata {
            Some(Value::Object(whole)) => with_extras(score.metadata, whole),
            _ => score.metadata,
        };
        Reading {
            value: score.value,
            said: vec![score.said],
            reasoning: reasons.join("\n"),
            metadata,
        }
    }

    /// Puts scores together that all have different names.
    fn of_several(self, scores: Vec<(String, Score)>) -> Reading {
        let mut reading = Reading {
            value: Value::Null,
            said: Vec::with_capacity(scores.len()),
            reasoning: String::new(),
            metadata: None,
        };
        let (mut values, mut metadata) = (Map::new(), Map::new());
        let mut reasons = Vec::from_iter(self.reason);
        for (name, score) in scores {
            reading.said.push(score.said);
            if let Some(reason) = score.reason {
                reasons.push(format!("{name}: {reason}"));
            }
            if let Some(extra) = score.metadata {
                metadata.insert(name.clone(), extra);
            }
            values.insert(name, score.value);
        }
        reading.reasoning = reasons.join("\n");
        reading.metadata = with_extras(self.metadata, metadata);
        if values.values().any(|value| !value.is_null()) {
            reading.value = values.into();
        } else {
            // No score applies, so the metric doesn't.
            reading.said = vec![None];
        }
        reading
    }
}

fn read_object(mut fields: Map<String, Value>) -> Result<Reading, String> {
    if has_value(&fields) {
        return Score::of(fields).map(|score| Whole::default().of_one(score));
    }
    if fields.is_empty() {
        return Err("an empty object".to_owned());
    }
    if let Some(Value::Array(items)) = take(&mut fields, &LISTS, Value::is_array) {
        let mut whole = Whole::of(&mut fields);
        whole.metadata = with_extras(whole.metadata, fields);
        return read_list(items, whole);
    }
    let all = describe(&Value::Object(fields.clone()));
    let whole = Whole::of(&mut fields);
    let mut scores = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let score = match value {
            Value::Object(fields) if has_value(&fields) => {
                Score::of(fields).map_err(|what| format!("an object with, as `{name}`, {what}"))?
            }
            Value::Null => Score::default(),
            value => Score::from(value_of(value).map_err(|what| format!("an object whose `{name}` is {what}"))?),
        };
        scores.push((name, score));
    }
    match scores.len() {
        0 => Err(format!("no score, only {all}")),
        1 => Ok(whole.of_one(scores.remove(0).1)),
        _ => Ok(whole.of_several(scores)),
    }
}

/// Reads scores with names, or several texts. A list of one item is that item, as for `HoneyHive`.
fn read_list(items: Vec<Value>, whole: Whole) -> Result<Reading, String> {
    let items = match <[Value; 1]>::try_from(items) {
        Ok([only]) => return read_only(only, whole),
        Err(items) if items.is_empty() => return Err("an empty list".to_owned()),
        Err(items) => items,
    };
    if items.iter().all(Value::is_string) {
        return Ok(whole.of_one(Score::from(Value::from(items))));
    }
    let all = describe(&Value::Array(items.clone()));
    let mut scores: Vec<(String, Score)> = Vec::with_capacity(items.len());
    for (number, item) in (1..).zip(items) {
        let fields = match item {
            Value::Object(fields) if has_value(&fields) => fields,
            item => return Err(format!("a list whose item {number} is {}", describe(&item))),
        };
        let mut score = Score::of(fields).map_err(|what| format!("a list whose item {number} is {what}"))?;
        let Some(name) = score.name.take() else {
            return Err(format!("{all} whose item {number} has no `name`"));
        };
        if scores.iter().any(|(other, _)| *other == name) {
            return Err(format!("two scores of the name `{name}`"));
        }
        scores.push((name, score));
    }
    Ok(whole.of_several(scores))
}

fn read_only(item: Value, whole: Whole) -> Result<Reading, String> {
    let score = match item {
        Value::Object(fields) if has_value(&fields) => Score::of(fields)?,
        Value::Null => Score::default(),
        item @ (Value::Array(_) | Value::Object(_)) => {
            return Err(format!("a list whose item 1 is {}", describe(&item)));
        }
        scalar => Score::from(value_of(scalar)?),
    };
    Ok(whole.of_one(score))
}

/// A value that a score may have: a boolean, a finite number, a text, or several texts. The error says what it is
/// instead.
fn value_of(value: Value) -> Result<Value, String> {
    match value {
        Value::Bool(_) | Value::String(_) => Ok(value),
        Value::Number(ref number) if is_finite(number) => Ok(value),
        Value::Array(mut items) if !items.is_empty() && items.iter().all(Value::is_string) => Ok(match items.len() {
            1 => items.remove(0),
            _ => items.into(),
        }),
        value => Err(describe(&value)),
    }
}

/// A boolean of Langfuse is a number, with its type beside it.
fn typed(value: Value, data_type: Option<&Value>) -> Value {
    let is_boolean = data_type
        .and_then(Value::as_str)
        .is_some_and(|name| name.eq_ignore_ascii_case("boolean"));
    match value.as_f64() {
        Some(0.0) if is_boolean => Value::Bool(false),
        Some(1.0) if is_boolean => Value::Bool(true),
        _ => value,
    }
}

/// Whether the object is a score, even if it is one that does not apply.
fn has_value(fields: &Map<String, Value>) -> bool {
    VALUES.iter().any(|key| fields.contains_key(*key))
}

fn holds(fields: &Map<String, Value>, key: &str) -> bool {
    fields.get(key).is_some_and(|value| !value.is_null())
}

/// Removes the first of these fields that is there, not null and fit.
fn take(fields: &mut Map<String, Value>, keys: &[&str], is_fit: fn(&Value) -> bool) -> Option<Value> {
    let key = keys
        .iter()
        .find(|key| holds(fields, key) && fields.get(**key).is_some_and(is_fit))?;
    fields.shift_remove(*key)
}

/// A text as it is, anything else as JSON.
fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        value => value.to_string(),
    }
}

/// Metadata with what else there was; its own keys win.
fn with_extras(metadata: Option<Value>, extras: Map<String, Value>) -> Option<Value> {
    let mut extras: Map<_, _> = extras.into_iter().filter(|(_, value)| !value.is_null()).collect();
    if extras.is_empty() {
        return metadata;
    }
    match metadata {
        Some(Value::Object(mut own)) => {
            for (key, value) in extras {
                own.entry(key).or_insert(value);
            }
            Some(own.into())
        }
        Some(other) => {
            extras.insert("metadata".to_owned(), other);
            Some(extras.into())
        }
        None => Some(extras.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Reading, String> {
        Reading::of(serde_json::from_str(text).expect(text))
    }

    #[test]
    fn values_and_what_they_say_about_passing() {
        for (returned, value, passed) in [
            // Plain values.
            ("true", "true", Some(true)),
            ("false", "false", Some(false)),
            ("1", "1", None),
            ("0.30", "0.30", None),
            (
                "123456789012345678901234567890.10",
                "123456789012345678901234567890.10",
                None,
            ),
            ("12345678901234567890", "12345678901234567890", None),
            (r#""good""#, r#""good""#, None),
            (r#""""#, r#""""#, None),
            ("null", "null", None),
            // The first key that is there and not null.
            (r#"{"score": 0.5, "value": 1}"#, "0.5", None),
            (r#"{"value": 1, "result": 2}"#, "1", None),
            (r#"{"score": null, "result": 2}"#, "2", None),
            (r#"{"label": "good", "passed": null}"#, r#""good""#, None),
            (r#"{"label": "good", "passed": false}"#, "false", Some(false)),
            (r#"{"score": true}"#, "true", Some(true)),
            (r#"{"pass": true}"#, "true", Some(true)),
            (r#"{"passed": false}"#, "false", Some(false)),
            (r#"{"score": 0, "pass": true}"#, "0", Some(true)),
            (r#"{"score": 0, "passed": true}"#, "0", Some(true)),
            (r#"{"score": true, "pass": false}"#, "true", Some(false)),
            (r#"{"score": 1, "pass": "yes"}"#, "1", None),
            (r#"{"pass": 1}"#, "1", None),
            // Platforms.
            (
                r#"{"pass": true, "score": 0.9, "reason": "r", "componentResults": []}"#,
                "0.9",
                Some(true),
            ),
            (
                r#"{"name": "length", "score": 0.25, "metadata": {"n": 3}}"#,
                "0.25",
                None,
            ),
            (r#"{"label": "spam", "score": 1, "explanation": "e"}"#, "1", None),
            (r#"{"key": "k", "score": 1, "comment": "c"}"#, "1", None),
            (
                r#"{"name": "n", "value": 1, "dataType": "BOOLEAN"}"#,
                "true",
                Some(true),
            ),
            (
                r#"{"name": "n", "value": 0, "dataType": "BOOLEAN"}"#,
                "false",
                Some(false),
            ),
            (r#"{"name": "n", "value": 2, "dataType": "BOOLEAN"}"#, "2", None),
            (r#"{"name": "n", "value": 1, "dataType": "NUMERIC"}"#, "1", None),
            (
                r#"{"name": "n", "value": "ok", "dataType": "CATEGORICAL"}"#,
                r#""ok""#,
                None,
            ),
            (r#"{"correctness": 0.5}"#, "0.5", None),
            (r#"{"correctness": {"score": 1, "comment": "c"}}"#, "1", None),
            // Lists of one, and several texts.
            ("[true]", "true", Some(true)),
            (r#"["a"]"#, r#""a""#, None),
            (r#"["a", "b"]"#, r#"["a","b"]"#, None),
            (r#"{"label": ["a", "b"]}"#, r#"["a","b"]"#, None),
            (r#"[{"score": 1}]"#, "1", None),
            (r#"{"results": [{"key": "k", "score": 1}]}"#, "1", None),
            // Several scores.
            (
                r#"[{"name": "a", "score": 1}, {"name": "b", "value": true}]"#,
                r#"{"a":1,"b":true}"#,
                Some(true),
            ),
            (
                r#"{"results": [{"key": "b", "score": true}, {"key": "a", "score": 0.5, "pass": false}]}"#,
                r#"{"b":true,"a":0.5}"#,
                Some(false),
            ),
            (
                r#"{"scores": [{"name": "a", "value": 1}, {"name": "b", "value": 2}]}"#,
                r#"{"a":1,"b":2}"#,
                None,
            ),
            (r#"{"a": 1, "b": null}"#, r#"{"a":1,"b":null}"#, None),
            (
                r#"{"a": true, "b": null, "c": 3}"#,
                r#"{"a":true,"b":null,"c":3}"#,
                Some(true),
            ),
            (
                r#"{"a": {"score": 1, "pass": true}, "b": {"label": "x"}}"#,
                r#"{"a":1,"b":"x"}"#,
                Some(true),
            ),
            // A reason that is no text is a score of that name.
            (r#"{"comment": 1, "tone": 2}"#, r#"{"comment":1,"tone":2}"#, None),
            // Nothing applies.
            (r#"{"score": null, "reason": "r"}"#, "null", None),
            (r#"{"score": null, "pass": null}"#, "null", None),
            (r#"{"a": null, "b": null}"#, "null", None),
            (r#"{"a": null}"#, "null", None),
            ("[null]", "null", None),
        ] {
            let reading = read(returned).unwrap_or_else(|error| panic!("{returned}: {error}"));
            assert_eq!(reading.value.to_string(), value, "{returned}");
            assert_eq!(reading.passed(None), passed, "{returned}");
        }
    }

    #[test]
    fn rules_judge_each_score() {
        let within = |min| PassRule::Within {
            min: Some(min),
            max: None,
        };
        for (returned, rule, passed) in [
            ("0.5", within(0.5), Some(true)),
            ("0.4", within(0.5), Some(false)),
            ("true", PassRule::Equals(false), Some(false)),
            // A rule is asked instead of the metric.
            (r#"{"score": 0.4, "pass": true}"#, within(0.5), Some(false)),
            (r#"{"score": "x", "pass": true}"#, within(0.5), None),
            ("true", PassRule::None, None),
            (r#"{"a": 0.6, "b": 0.4}"#, within(0.5), Some(false)),
            (r#"{"a": 0.6, "b": 0.5}"#, within(0.5), Some(true)),
            (r#"{"a": 0.6, "b": "text", "c": null}"#, within(0.5), Some(true)),
            (r#"{"a": "x", "b": "y"}"#, within(0.5), None),
            (r#"["a", "b"]"#, PassRule::OneOf(vec!["a".to_owned()]), Some(false)),
            ("null", PassRule::Equals(true), None),
        ] {
            assert_eq!(
                read(returned).expect(returned).passed(Some(&rule)),
                passed,
                "{returned} by {rule:?}"
            );
        }
    }

    #[test]
    fn reasons_and_metadata() {
        for (returned, reasoning, metadata) in [
            ("1", "", None),
            (r#"{"score": 1, "reason": "r"}"#, "r", None),
            (r#"{"score": 1, "reasoning": "r"}"#, "r", None),
            (r#"{"score": 1, "explanation": "r"}"#, "r", None),
            (r#"{"score": 1, "comment": "r"}"#, "r", None),
            (r#"{"score": 1, "rationale": "r"}"#, "r", None),
            (r#"{"score": null, "reason": "too short"}"#, "too short", None),
            (r#"{"score": 1, "reason": null, "comment": "c"}"#, "c", None),
            (r#"{"score": 1, "reason": ["a", 1.0]}"#, r#"["a",1.0]"#, None),
            (
                r#"{"score": 1, "reason": "r", "comment": "c"}"#,
                "r",
                Some(json!({"comment": "c"})),
            ),
            (r#"{"score": 1, "metadata": {"a": 1}}"#, "", Some(json!({"a": 1}))),
            (r#"{"score": 1, "metadata": "m"}"#, "", Some(json!("m"))),
            (r#"{"score": 1, "metadata": null, "label": null}"#, "", None),
            // What else is there, is kept: HoneyHive's extras, Phoenix' label, promptfoo's parts.
            (
                r#"{"score": 1, "words": 3, "metadata": {"a": 1}}"#,
                "",
                Some(json!({"a": 1, "words": 3})),
            ),
            (
                r#"{"score": 1, "a": 3, "metadata": {"a": 1}}"#,
                "",
                Some(json!({"a": 1})),
            ),
            (
                r#"{"score": 1, "words": 3, "metadata": "m"}"#,
                "",
                Some(json!({"words": 3, "metadata": "m"})),
            ),
            (r#"{"score": 1, "label": "spam"}"#, "", Some(json!({"label": "spam"}))),
            (
                r#"{"pass": true, "score": 1, "reason": "r", "namedScores": {"a": 1}}"#,
                "r",
                Some(json!({"namedScores": {"a": 1}})),
            ),
            (
                r#"{"name": "n", "value": 1, "dataType": "NUMERIC", "comment": "c"}"#,
                "c",
                None,
            ),
            (
                r#"[{"name": "a", "score": 1, "comment": "x"}, {"name": "b", "score": null, "comment": "y", "metadata": {"n": 1}}]"#,
                "a: x\nb: y",
                Some(json!({"b": {"n": 1}})),
            ),
            (
                r#"{"a": 1, "b": 2, "comment": "all", "metadata": {"n": 1}}"#,
                "all",
                Some(json!({"n": 1})),
            ),
            (
                r#"{"a": {"score": 1, "comment": "x"}, "comment": "all", "metadata": {"n": 1}}"#,
                "all\nx",
                Some(json!({"n": 1})),
            ),
            (
                r#"{"results": [{"key": "k", "score": 1, "comment": "c"}], "model": "m"}"#,
                "c",
                Some(json!({"model": "m"})),
            ),
        ] {
            let reading = read(returned).unwrap_or_else(|error| panic!("{returned}: {error}"));
            assert_eq!(
                (reading.reasoning.as_str(), reading.metadata),
                (reasoning, metadata),
                "{returned}"
            );
        }
    }

    #[test]
    fn other_shapes_are_refused_with_what_came() {
        for (returned, what) in [
            ("1e999", "1e+999 (a number out of range)"),
            (
                r#"{"score": -1e999}"#,
                "an object whose `score` is -1e+999 (a number out of range)",
            ),
            ("[]", "an empty list"),
            ("{}", "an empty object"),
            (r#"{"results": []}"#, "an empty list"),
            ("[1, 2]", "a list whose item 1 is 1 (a number)"),
            ("[[1]]", "a list whose item 1 is [1] (a list)"),
            (
                r#"[{"name": "a", "score": 1}, 2]"#,
                "a list whose item 2 is 2 (a number)",
            ),
            (r#"[{"name": "a", "score": 1}, null]"#, "a list whose item 2 is null"),
            (
                r#"[{"name": "a", "score": 1}, {"score": 2}]"#,
                r#"[{"name":"a","score":1},{"score":2}] (a list) whose item 2 has no `name`"#,
            ),
            (
                r#"[{"name": "a", "score": 1}, {"name": "a", "score": 2}]"#,
                "two scores of the name `a`",
            ),
            (
                r#"[{"name": "a", "score": 1}, {"name": "b", "score": [1]}]"#,
                "a list whose item 2 is an object whose `score` is [1] (a list)",
            ),
            (
                r#"{"score": {"a": 1}}"#,
                r#"an object whose `score` is {"a":1} (an object)"#,
            ),
            (r#"{"score": []}"#, "an object whose `score` is [] (a list)"),
            (
                r#"{"tone": 1, "details": {"a": 1}}"#,
                r#"an object whose `details` is {"a":1} (an object)"#,
            ),
            (
                r#"{"tone": {"score": {}}}"#,
                "an object with, as `tone`, an object whose `score` is {} (an object)",
            ),
            (r#"{"reason": "r"}"#, r#"no score, only {"reason":"r"} (an object)"#),
        ] {
            assert_eq!(read(returned), Err(format!("{what}; {ACCEPTED}")), "{returned}");
        }
    }

    #[test]
    fn previews_are_short() {
        assert_eq!(
            describe(&json!("é".repeat(100))),
            format!("\"{} ... (a text)", "é".repeat(59))
        );
        assert_eq!(
            describe(&json!("é".repeat(58))),
            format!("\"{}\" (a text)", "é".repeat(58))
        );
    }
}
