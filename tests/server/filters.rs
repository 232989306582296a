//! Conditions decide which events are judged.

use serde_json::{Value, json};

use crate::live::{by_name, capture, evaluation, generation, results, wait_for};
use crate::support::Server;

#[test]
fn conditions_select_events() {
    let server = Server::start();
    let set = |properties: Value| json!({"id": "s", "rollout_percentage": 100, "properties": properties});
    let filter = |key: &str, operator: &str, value: Value| json!([{"key": key, "operator": operator, "value": value, "type": "event"}]);
    let person = json!([{"key": "plan", "operator": "exact", "value": ["pro"], "type": "person"}]);
    let both = json!([
        {"key": "model", "operator": "icontains", "value": "GPT", "type": "event"},
        {"key": "tokens", "operator": "gt", "value": "50", "type": "event"},
    ]);
    let cases = [
        (
            "exact",
            json!([set(filter("model", "exact", json!(["gpt-4o", "x"])))]),
            true,
        ),
        (
            "not exact",
            json!([set(filter("model", "exact", json!("gpt-3")))]),
            false,
        ),
        (
            "is_not missing",
            json!([set(filter("nothing", "is_not", json!("x")))]),
            true,
        ),
        ("regex", json!([set(filter("model", "regex", json!("^gpt-\\d")))]), true),
        (
            "broken regex",
            json!([set(filter("model", "not_regex", json!("(")))]),
            false,
        ),
        ("less", json!([set(filter("tokens", "lt", json!(100)))]), false),
        ("true", json!([set(filter("stream", "exact", json!(["true"])))]), true),
        ("set", json!([set(filter("model", "is_set", json!("is_set")))]), true),
        (
            "date",
            json!([set(filter("at", "is_date_before", json!("2026-02-01")))]),
            true,
        ),
        ("and", json!([set(both)]), true),
        (
            "or",
            json!([set(filter("model", "exact", json!("y"))), set(person.clone())]),
            true,
        ),
        ("person", json!([set(person)]), true),
        (
            "neither",
            json!([
                set(filter("a", "is_set", json!(1))),
                set(filter("b", "is_set", json!(1)))
            ]),
            false,
        ),
    ];
    for (name, conditions, _) in &cases {
        evaluation(&server, name, "return true", &json!({"conditions": conditions}));
    }
    let mut event =
        generation(&json!({"model": "gpt-4o", "tokens": 120, "stream": true, "at": "2026-01-31T10:00:00Z"}));
    event["$set"] = json!({"plan": "pro"});
    capture(&server, &[event]);
    let expected = cases.iter().filter(|(_, _, fires)| *fires).count();
    server.until("the results", |server| {
        (results(server).len() == expected).then_some(())
    });
    let all = by_name(&wait_for(&server, expected));
    for (name, _, fires) in cases {
        assert_eq!(all.contains_key(name), fires, "{name}");
    }
}
