//! JSON goes in and out of programs unchanged.

use jurybox::{EvaluationOptions, Event, Snippet, Status};
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

use super::harness::ENGINE;

/// JSON values of some depth. Floats are those that no text form rounds.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1_000_000_i64..1_000_000).prop_map(|eighths| {
            // `1.0` stays a float, which serde_json's own printing keeps as well.
            Value::Number(Number::from_f64(eighths as f64 / 8.0).expect("finite"))
        }),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..12)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_and_parsing_round_trips(value in values()) {
        let evaluator = ENGINE
            .compile(&Snippet::hog_program(
                "let parsed := jsonParse(text)
                return [given == parsed, parsed == jsonParse(jsonStringify(parsed)), given, jsonParse(jsonStringify(given))]",
            ))
            .expect("it compiles");
        let event = Event::from_value(json!({"text": value.to_string(), "given": value.clone()})).expect("an event");
        let verdict = evaluator.evaluate_with(&event, &EvaluationOptions::default());
        prop_assert_eq!(verdict.status, Status::Ok, "{:?}", verdict.error);
        prop_assert_eq!(verdict.value, json!([true, true, value.clone(), value]));
    }
}

#[test]
fn odd_numbers_survive() {
    for text in [
        "1.0",
        "-0.0",
        "1e300",
        "123456789012345678901234567890",
        "-1",
        "0.1",
        "5e-324",
        "1e16",
    ] {
        let event = Event::from_json(&format!("{{\"x\": {text}}}")).expect("an event");
        let evaluator = ENGINE.compile(&Snippet::hog_program("return x")).expect("it compiles");
        let verdict = evaluator.evaluate(&event);
        let expected: f64 = text.parse().expect("a number");
        assert_eq!(verdict.value.as_f64(), Some(expected), "{text}");
        let is_float = text.contains(['.', 'e']);
        assert_eq!(
            verdict.value.to_string().contains(['.', 'e']),
            is_float,
            "{text}: {}",
            verdict.value
        );
    }
}
