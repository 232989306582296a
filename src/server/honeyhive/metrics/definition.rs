//! What a metric's object means, of whatever generation it is.

use jurybox::{Language, PassRule, ReturnType};
use serde_json::{Map, Value};

use super::super::body::Fields;
use super::super::filters::Filter;
use crate::server::posthog::filters::is_sampled;

/// Sources of events that live metrics leave alone, unless they belong to a run: `HoneyHive` samples events of production,
/// and judges those of runs without exception.
const OFFLINE: [&str; 2] = ["evaluation", "playground"];

/// A metric, ready to be run.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Under which its values are written to events.
    pub name: String,
    /// What gives its values.
    pub kind: Kind,
    /// The type of its values; any where it says nothing.
    pub returns: Option<ReturnType>,
    /// When a value passes; as the metric itself says where there is no rule.
    pub pass_rule: Option<PassRule>,
    /// Whether events without ground truth are skipped.
    pub needs_ground_truth: bool,
    event_type: Option<String>,
    event_name: Option<String>,
    /// `None` when they can't be read: then no event passes.
    filters: Option<Vec<Filter>>,
    percentage: f64,
}

/// What gives the values of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Code.
    Code(Language, String),
    /// A model.
    Llm,
    /// People.
    Human,
    /// Other metrics.
    Composite,
}

impl Kind {
    /// What a metric is. An object of generation B has no type, or a free one, so what it has decides: code, else a prompt,
    /// else criteria for people. In generation D `criteria` holds all of these, and the type decides.
    pub fn of(metric: &Map<String, Value>) -> Self {
        let text = |name| metric.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let kind = metric.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind.to_ascii_lowercase().as_str() {
            "llm" | "model" => Self::Llm,
            "human" => Self::Human,
            "composite" => Self::Composite,
            "python" | "custom" => {
                let code = text("code_snippet").or_else(|| text("criteria")).unwrap_or_default();
                Self::Code(language(metric), code.to_owned())
            }
            _ => match text("code_snippet") {
                Some(code) => Self::Code(language(metric), code.to_owned()),
                None if text("prompt").is_some() => Self::Llm,
                None => Self::Human,
            },
        }
    }

    /// What generation D calls it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Code(..) => "PYTHON",
            Self::Llm => "LLM",
            Self::Human => "HUMAN",
            Self::Composite => "COMPOSITE",
        }
    }

    /// What generation C calls it.
    pub const fn older_name(&self) -> &'static str {
        match self {
            Self::Code(..) => "custom",
            Self::Llm => "model",
            Self::Human => "human",
            Self::Composite => "composite",
        }
    }
}

/// The languages that a metric's code may be in; `HoneyHive` itself knows only the first.
pub const LANGUAGES: [Language; 4] = [
    Language::Python,
    Language::JavaScript,
    Language::TypeScript,
    Language::Hog,
];

/// The language of a metric's code: our own field `language`, else Python.
fn language(metric: &Map<String, Value>) -> Language {
    let name = metric.get("language").and_then(Value::as_str).unwrap_or_default();
    let found = LANGUAGES.into_iter().find(|language| language.name() == name);
    found.unwrap_or(Language::Python)
}

impl Metric {
    /// Reads an object. Whatever it has that is not as it should be, counts as not there: what is stored was checked when
    /// it came, by the rules of its generation.
    pub fn of(metric: &Map<String, Value>) -> Self {
        let fields = Fields::of(metric);
        let text = |name| fields.text(name).ok().flatten().map(str::to_owned);
        // "all" is how some clients say that nothing is narrowed.
        let narrowing = |name| text(name).filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("all"));
        Self {
            name: text("name").unwrap_or_default(),
            kind: Kind::of(metric),
            returns: returns(metric),
            pass_rule: pass_rule(metric),
            needs_ground_truth: fields.boolean("needs_ground_truth").ok().flatten().unwrap_or_default(),
            event_type: narrowing("event_type"),
            event_name: narrowing("event_name"),
            filters: filters(metric),
            percentage: fields.number("sampling_percentage").ok().flatten().unwrap_or(100.0),
        }
    }

    /// Whether it judges an event that was just logged, if it is enabled. The start of a session has nothing to judge yet,
    /// so sessions are judged only where the metric asks for them by their type.
    pub fn selects(&self, event_id: &str, event: &Map<String, Value>) -> bool {
        let text = |name| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(filters) = &self.filters else { return false };
        let asks_for_type = self.event_type.is_some() || filters.iter().any(|filter| filter.field == "event_type");
        let is_of_run = event.get("metadata").and_then(|metadata| metadata.get("run_id"));
        let is_of_run = is_of_run.and_then(Value::as_str).is_some_and(|run| !run.is_empty());
        // All of a run is judged: its result is to be complete.
        (is_of_run || !OFFLINE.contains(&text("source")) && is_sampled(event_id, self.percentage))
            && (asks_for_type || text("event_type") != "session")
            && self
                .event_type
                .as_ref()
                .is_none_or(|wanted| wanted == text("event_type"))
            && self
                .event_name
                .as_ref()
                .is_none_or(|wanted| wanted == text("event_name"))
            && filters.iter().all(|filter| filter.matches(event))
    }
}

fn filters(metric: &Map<String, Value>) -> Option<Vec<Filter>> {
    let Some(filters) = metric.get("filters").and_then(Value::as_object) else {
        return Some(Vec::new());
    };
    let list = Fields::of(filters).objects("filterArray").ok()?.unwrap_or_default();
    Filter::read_all(&list, "filters.filterArray").ok()
}

/// The names of the categories that a categorical metric may return.
pub fn categories(metric: &Map<String, Value>) -> Vec<(String, Option<f64>)> {
    let list = metric.get("categories").and_then(Value::as_array);
    let named = list.into_iter().flatten().filter_map(|category| {
        let name = category.get("category")?.as_str()?.to_owned();
        Some((name, category.get("score").and_then(Value::as_f64)))
    });
    named.collect()
}

fn returns(metric: &Map<String, Value>) -> Option<ReturnType> {
    let categories = || categories(metric).into_iter().map(|(name, _)| name).collect();
    match metric.get("return_type").and_then(Value::as_str)? {
        "boolean" => Some(ReturnType::Boolean),
        "float" => Some(ReturnType::Number),
        "string" => Some(ReturnType::String),
        "categorical" => Some(ReturnType::Categorical(categories())),
        _ => None,
    }
}

/// Booleans pass by `pass_when` (in the threshold in generation D, beside it before), numbers by the bounds, categories by
/// the passing ones, and texts never.
fn pass_rule(metric: &Map<String, Value>) -> Option<PassRule> {
    let threshold = metric.get("threshold").and_then(Value::as_object);
    let limit = |name| threshold?.get(name).filter(|value| !value.is_null());
    let bounds = || {
        let (min, max) = (
            limit("min").and_then(Value::as_f64),
            limit("max").and_then(Value::as_f64),
        );
        let exactly = limit("pass_when").and_then(Value::as_f64);
        match (min, max, exactly) {
            (None, None, None) => None,
            (None, None, exactly) => Some(PassRule::Within {
                min: exactly,
                max: exactly,
            }),
            (min, max, _) => Some(PassRule::Within { min, max }),
        }
    };
    let is = || {
        let wanted = limit("pass_when").or_else(|| metric.get("pass_when"))?.as_bool()?;
        Some(PassRule::Equals(wanted))
    };
    let passing = || {
        let list = limit("passing_categories")?.as_array()?;
        Some(PassRule::OneOf(
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        ))
    };
    match metric.get("return_type").and_then(Value::as_str) {
        Some("boolean") => is(),
        Some("float") => bounds(),
        Some("categorical") => passing(),
        Some("string") => Some(PassRule::None),
        _ => passing().or_else(bounds).or_else(is),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metric(value: &Value) -> Metric {
        Metric::of(value.as_object().expect("an object"))
    }

    #[test]
    fn the_kind_shows() {
        let code = |language, code: &str| Kind::Code(language, code.to_owned());
        for (object, kind) in [
            (
                json!({"code_snippet": "c", "prompt": "p", "criteria": "k"}),
                code(Language::Python, "c"),
            ),
            (
                json!({"code_snippet": "c", "type": "quality"}),
                code(Language::Python, "c"),
            ),
            (json!({"code_snippet": "", "prompt": "p", "criteria": "k"}), Kind::Llm),
            (
                json!({"code_snippet": null, "prompt": "", "criteria": "k"}),
                Kind::Human,
            ),
            (json!({"type": "PYTHON", "criteria": "k"}), code(Language::Python, "k")),
            (
                json!({"type": "PYTHON", "criteria": "k", "language": "javascript"}),
                code(Language::JavaScript, "k"),
            ),
            (
                json!({"type": "custom", "code_snippet": "c", "criteria": "k"}),
                code(Language::Python, "c"),
            ),
            (json!({"type": "LLM", "criteria": "k"}), Kind::Llm),
            (json!({"type": "model", "prompt": "p", "code_snippet": "c"}), Kind::Llm),
            (json!({"type": "HUMAN", "criteria": "k"}), Kind::Human),
            (json!({"type": "composite"}), Kind::Composite),
        ] {
            assert_eq!(metric(&object).kind, kind, "{object}");
        }
    }

    #[test]
    fn values_pass_by_their_type() {
        let within = |min, max| Some(PassRule::Within { min, max });
        for (object, rule) in [
            (
                json!({"return_type": "boolean", "pass_when": true}),
                Some(PassRule::Equals(true)),
            ),
            (
                json!({"return_type": "boolean", "pass_when": true, "threshold": {"pass_when": false, "min": 1}}),
                Some(PassRule::Equals(false)),
            ),
            (
                json!({"return_type": "boolean", "pass_when": null, "threshold": null}),
                None,
            ),
            (
                json!({"return_type": "float", "threshold": {"min": 1}, "pass_when": true}),
                within(Some(1.0), None),
            ),
            (
                json!({"return_type": "float", "threshold": {"pass_when": 3}}),
                within(Some(3.0), Some(3.0)),
            ),
            (json!({"return_type": "float", "threshold": {}}), None),
            (
                json!({"return_type": "string", "threshold": {"min": 1}}),
                Some(PassRule::None),
            ),
            (
                json!({"return_type": "categorical", "threshold": {"passing_categories": ["a"]}}),
                Some(PassRule::OneOf(vec!["a".to_owned()])),
            ),
            (json!({"pass_when": false}), Some(PassRule::Equals(false))),
            (json!({"threshold": {"max": 2.5}}), within(None, Some(2.5))),
            (json!({"return_type": "of their own", "threshold": {"max": "2"}}), None),
        ] {
            assert_eq!(metric(&object).pass_rule, rule, "{object}");
        }
    }

    #[test]
    fn events_are_selected() {
        let all = json!({"name": "m"});
        let narrow = json!({"event_type": "model", "event_name": "answer"});
        let filtered = json!({"filters": {"filterArray": [
            {"field": "event_type", "operator": "is", "value": "session", "type": "string"}]}});
        let none = json!({"sampling_percentage": 0});
        let broken = json!({"filters": {"filterArray": [{"field": "x"}]}});
        let model = json!({"event_type": "model", "event_name": "answer", "source": "production"});
        let other = json!({"event_type": "model", "event_name": "other", "source": "production"});
        let session = json!({"event_type": "session", "source": "production"});
        let offline = json!({"event_type": "model", "event_name": "answer", "source": "evaluation"});
        for (object, selected) in [
            (&all, [true, true, false, false]),
            (&narrow, [true, false, false, false]),
            (&filtered, [false, false, true, false]),
            (&none, [false; 4]),
            (&broken, [false; 4]),
        ] {
            let events = [&model, &other, &session, &offline];
            let selects = events.map(|event| metric(object).selects("id", event.as_object().expect("an object")));
            assert_eq!(selects, selected, "{object}");
        }
    }
}
