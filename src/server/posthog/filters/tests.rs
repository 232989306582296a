use jiff::Timestamp;
use jurybox::Event;
use serde_json::{Value, json};

use super::{Conditions, Filter};

const NOW: &str = "2026-03-31T12:00:00Z";

fn event() -> Event {
    let event = json!({
        "uuid": "0190f3c6-7a52-7c3e-9a4b-1f2e3d4c5b6a",
        "event": "$ai_generation",
        "distinct_id": "someone",
        "timestamp": "2026-03-30T08:00:00Z",
        "properties": {
            "$ai_model": "gpt-4o-mini",
            "$ai_latency": 1.5,
            "tokens": "120",
            "stream": true,
            "empty": "",
            "nothing": null,
            "tags": ["red", "blue"],
            "at": "2026-03-01T10:30:00Z",
            "$set": {"email": "a@example.com", "plan": "pro"},
            "$set_once": {"plan": "free", "origin": "ad"},
        },
    });
    Event::from_value(event).expect("an event")
}

fn passes(filter: &Value) -> bool {
    let filter = Filter::compile(std::slice::from_ref(filter));
    let now: Timestamp = NOW.parse().expect(NOW);
    assert_eq!(filter.broken(), None);
    filter.matches_at(&event(), now)
}

#[test]
fn operators() {
    for (key, operator, value, expected) in [
        ("$ai_model", "exact", json!("gpt-4o-mini"), true),
        ("$ai_model", "exact", json!("gpt-4o"), false),
        ("$ai_model", "exact", json!(["gpt-4o", "gpt-4o-mini"]), true),
        ("$ai_model", "exact", json!(["gpt-4o"]), false),
        ("$ai_model", "exact", json!([]), true),
        ("$ai_latency", "exact", json!("1.5"), true),
        ("$ai_latency", "exact", json!([1.5]), true),
        ("stream", "exact", json!(["true"]), true),
        ("stream", "exact", json!("false"), false),
        ("stream", "exact", json!(true), true),
        ("empty", "exact", json!(""), true),
        ("missing", "exact", json!(""), false),
        ("missing", "exact", json!("null"), false),
        ("$ai_model", "is_not", json!("gpt-4o"), true),
        ("$ai_model", "is_not", json!(["gpt-4o", "gpt-4o-mini"]), false),
        ("missing", "is_not", json!("x"), true),
        ("nothing", "is_not", json!("x"), true),
        ("$ai_model", "icontains", json!("GPT-4"), true),
        ("$ai_model", "icontains", json!("claude"), false),
        ("$ai_model", "icontains", json!(["claude", "mini"]), true),
        ("$ai_latency", "icontains", json!(1), true),
        ("tags", "icontains", json!("blue"), true),
        ("missing", "icontains", json!(""), false),
        ("$ai_model", "not_icontains", json!("Mini"), false),
        ("$ai_model", "not_icontains", json!(["claude", "mini"]), false),
        ("$ai_model", "not_icontains", json!(["claude", "llama"]), true),
        ("missing", "not_icontains", json!("x"), true),
        ("$ai_model", "regex", json!("^gpt-4o(-mini)?$"), true),
        ("$ai_model", "regex", json!("^GPT"), false),
        ("$ai_model", "regex", json!("(?i)^GPT"), true),
        ("tokens", "regex", json!(r"^\d+$"), true),
        ("missing", "regex", json!(".*"), false),
        ("$ai_model", "not_regex", json!("^gpt"), false),
        ("$ai_model", "not_regex", json!("^claude"), true),
        ("missing", "not_regex", json!(".*"), true),
        ("$ai_latency", "gt", json!(1), true),
        ("$ai_latency", "gt", json!("1.5"), false),
        ("$ai_latency", "gte", json!("1.5"), true),
        ("$ai_latency", "lt", json!(2), true),
        ("$ai_latency", "lte", json!(1), false),
        ("tokens", "gt", json!("99"), true),
        ("tokens", "lt", json!(1000), true),
        ("$ai_model", "gt", json!(1), false),
        ("$ai_model", "gt", json!("gpt-3"), true),
        ("missing", "lt", json!(1), false),
        ("missing", "gt", json!(-1), false),
        ("$ai_model", "is_set", Value::Null, true),
        ("empty", "is_set", json!("is_set"), true),
        ("nothing", "is_set", Value::Null, false),
        ("missing", "is_set", Value::Null, false),
        ("missing", "is_not_set", Value::Null, true),
        ("nothing", "is_not_set", Value::Null, true),
        ("stream", "is_not_set", json!("is_not_set"), false),
        ("$ai_model", "in", json!(["gpt-4o-mini"]), true),
        ("$ai_model", "in", json!([]), false),
        ("missing", "in", json!(["x"]), false),
        ("$ai_model", "not_in", json!(["gpt-4o-mini"]), false),
        ("$ai_model", "not_in", json!([]), true),
        ("missing", "not_in", json!(["x"]), true),
        ("at", "is_date_before", json!("2026-03-02"), true),
        ("at", "is_date_before", json!("2026-03-01"), false),
        ("at", "is_date_before", json!("-7d"), true),
        ("at", "is_date_after", json!("-7d"), false),
        ("at", "is_date_after", json!("-2m"), true),
        ("at", "is_date_after", json!("2026-03-01T10:30:00Z"), false),
        ("at", "is_date_exact", json!("2026-03-01"), true),
        ("at", "is_date_exact", json!("2026-03-01T10:30:00+00:00"), true),
        ("at", "is_date_exact", json!("2026-03-02"), false),
        ("missing", "is_date_before", json!("2026-03-02"), false),
        ("$ai_model", "is_date_before", json!("2026-03-02"), false),
    ] {
        let filter = json!({"key": key, "operator": operator, "value": value, "type": "event"});
        assert_eq!(passes(&filter), expected, "{filter}");
    }
}

#[test]
fn places() {
    for (kind, key, value, expected) in [
        ("person", "email", "a@example.com", true),
        ("person", "plan", "pro", true),
        ("person", "origin", "ad", true),
        ("person", "$ai_model", "gpt-4o-mini", false),
        ("event", "email", "a@example.com", false),
        ("event_metadata", "event", "$ai_generation", true),
        ("event_metadata", "distinct_id", "someone", true),
        ("event", "distinct_id", "someone", false),
    ] {
        let filter = json!({"key": key, "value": value, "type": kind});
        assert_eq!(passes(&filter), expected, "{filter}");
    }
    // Both have a default.
    assert!(passes(&json!({"key": "$ai_model", "value": "gpt-4o-mini"})));

    let with_person =
        json!({"event": "x", "person": {"properties": {"plan": "old"}}, "properties": {"$set": {"plan": "new"}}});
    let with_person = Event::from_value(with_person).expect("an event");
    let old = Filter::compile(&[json!({"key": "plan", "value": "old", "type": "person"})]);
    assert!(old.matches_at(&with_person, Timestamp::now()));
}

#[test]
fn what_is_broken_matches_nothing() {
    for (filter, why) in [
        (json!({"value": 1}), "`key` is missing"),
        (json!({"key": 7, "value": 1}), "`key` is a text"),
        (json!({"key": "a"}), "`value` is missing"),
        (
            json!({"key": "a", "value": 1, "operator": "like"}),
            "there is no operator like",
        ),
        (
            json!({"key": "a", "value": 1, "type": "cohort"}),
            "filters of type cohort are not supported",
        ),
        (
            json!({"key": "a", "value": "(", "operator": "regex"}),
            "the regular expression is not valid",
        ),
        (
            json!({"key": "a", "value": "(", "operator": "not_regex"}),
            "the regular expression is not valid",
        ),
        (
            json!({"key": "a", "value": "(a{1000}){1000}", "operator": "not_regex"}),
            "the regular expression is not valid",
        ),
        (
            json!({"key": "a", "value": "soon", "operator": "is_date_before"}),
            "\"soon\" is no date",
        ),
        (json!("a"), "`key` is missing"),
        (Value::Null, "`key` is missing"),
    ] {
        let broken = Filter::compile(&[json!({"key": "$ai_model", "operator": "is_set"}), filter.clone()]);
        assert!(
            broken.broken().is_some_and(|text| text.contains(why)),
            "{filter}: {broken:?}"
        );
        assert!(!broken.matches_at(&event(), Timestamp::now()), "{filter}");
    }
}

#[test]
fn sets_are_alternatives_and_their_filters_are_not() {
    let model = |name: &str| json!({"key": "$ai_model", "value": name});
    let slow = json!({"key": "$ai_latency", "value": 1, "operator": "gt"});
    let broken = json!({"key": "a"});
    for (sets, matches, fires) in [
        (json!([]), true, false),
        (Value::Null, true, false),
        (json!([{}]), true, true),
        (json!([{"properties": []}]), true, true),
        (json!([{"properties": [model("gpt-4o-mini"), slow]}]), true, true),
        (json!([{"properties": [model("gpt-4o"), slow]}]), false, false),
        (
            json!([{"properties": [model("gpt-4o")]}, {"properties": [slow]}]),
            true,
            true,
        ),
        (json!([{"properties": [broken]}]), false, false),
        (json!([{"properties": [broken]}, {"properties": [slow]}]), true, true),
        (json!([{"properties": "all"}]), false, false),
        (json!([{"rollout_percentage": 0}]), true, false),
        (json!([{"rollout_percentage": 100}]), true, true),
        // A set that matches but is not sampled lets the next one try.
        (
            json!([{"rollout_percentage": 0, "properties": [slow]}, {"properties": [slow]}]),
            true,
            true,
        ),
        (json!(["everything"]), false, false),
    ] {
        let conditions = Conditions::compile(&sets);
        let event = &event();
        assert_eq!(conditions.matches(event), matches, "{sets}");
        assert_eq!(conditions.fire(event.uuid(), || Some(event)), fires, "{sets}");
    }
}
