//! Metrics as authors write and test them, outside the sandbox.

use std::borrow::Cow;

use jurybox_guest::{Event, EventError, IntoVerdict, Value, Verdict, json, log, metric, now, random};
use serde::Deserialize;

fn event(value: Value) -> Event {
    Event::from_value(value).expect("a test event")
}

fn answer(returned: impl IntoVerdict) -> Value {
    returned.into_verdict().to_json()
}

// One crate has one metric in the sandbox; outside nothing is exported, so that many can be looked at here.

#[metric]
fn by_reference(event: &Event) -> bool {
    event.output_text().contains("tea")
}

#[metric]
fn by_value(event: Event) -> Result<f64, EventError> {
    #[derive(Deserialize)]
    struct Scored {
        output: f64,
    }
    event.parse::<Scored>().map(|scored| scored.output)
}

#[metric]
fn with_borrowed_result(event: &Event) -> Option<&str> {
    event.expected_text()
}

/// A metric called as a function of the ABI is called.
#[metric]
pub fn evaluate(event: &jurybox_guest::Event) -> (Verdict, String) {
    log!("{} bytes", event.as_json().len());
    (Verdict::label("good"), "because".to_owned())
}

#[test]
fn a_metric_is_still_a_function() {
    assert!(by_reference(&event(json!({"output": "green tea"}))));
    assert_eq!(by_value(event(json!({"output": 0.5}))).ok(), Some(0.5));
    let error = by_value(event(json!({"output": "x"}))).expect_err("no number");
    assert!(error.to_string().contains("expected f64"), "{error}");
    assert_eq!(with_borrowed_result(&event(json!({"expected": "x"}))), Some("x"));
    assert_eq!(
        answer(evaluate(&event(json!({})))),
        json!({"value": "good", "reason": "because"})
    );
}

#[test]
fn every_field_is_at_hand() {
    let event = event(json!({
        "id": "e1",
        "input": [{"content": "Hi", "role": "user"}],
        "output": "Hello",
        "expected": {"words": 1},
        "metadata": {"a/b": [1, 2]},
        "properties": {"$ai_model": "m"},
        "extra": true,
    }));
    assert_eq!(event.id(), Some("e1"));
    assert_eq!(event.input()[0]["content"], "Hi");
    assert_eq!(event.input_text(), r#"[{"content":"Hi","role":"user"}]"#);
    assert_eq!(event.output(), "Hello");
    assert_eq!(event.output_text(), "Hello");
    assert_eq!(event.expected(), Some(&json!({"words": 1})));
    assert_eq!(event.expected_text(), None);
    assert_eq!(event.metadata()["a/b"], json!([1, 2]));
    assert_eq!(event.properties()["$ai_model"], "m");
    assert_eq!(event.get("/metadata/a~1b/1"), Some(&json!(2)));
    assert_eq!(event.get("/extra"), Some(&json!(true)));
    assert_eq!(event.get("/nothing/here"), None);
}

#[test]
fn what_a_document_always_has_is_there() {
    let event = event(json!({}));
    assert_eq!(event.id(), None);
    assert_eq!(event.input(), &Value::Null);
    assert_eq!(event.input_text(), "");
    assert_eq!(event.expected(), None);
    assert!(event.metadata().is_empty());
    assert!(event.properties().is_empty());
    assert!(event.as_json().contains(r#""metadata":{}"#));
}

#[test]
fn events_are_objects() {
    assert_eq!(
        Event::from_json("[]").expect_err("a list").to_string(),
        "an event is a JSON object"
    );
    assert!(
        Event::from_json("{")
            .expect_err("cut")
            .to_string()
            .starts_with("no JSON: ")
    );
}

#[test]
fn plain_values_are_answers() {
    assert_eq!(answer(true), json!(true));
    assert_eq!(answer(3_u8), json!(3));
    assert_eq!(answer(-3_i64), json!(-3));
    assert_eq!(answer(0.5), json!(0.5));
    assert_eq!(answer(0.1_f32), json!(0.1));
    assert_eq!(answer("good"), json!("good"));
    assert_eq!(answer(String::from("good")), json!("good"));
    assert_eq!(answer(Cow::Borrowed("good")), json!("good"));
    assert_eq!(answer(None::<bool>), Value::Null);
    assert_eq!(answer(Some(1.5)), json!(1.5));
    assert_eq!(answer(json!({"score": 1})), json!({"score": 1}));
}

#[test]
fn numbers_that_json_lacks_are_invalid() {
    assert_eq!(answer(f64::NAN), json!({"$invalid": "NaN"}));
    assert_eq!(answer(f32::NAN), json!({"$invalid": "NaN"}));
    assert_eq!(answer(f64::NEG_INFINITY), json!({"$invalid": "infinity"}));
    assert_eq!(answer((f32::INFINITY, "huge")), json!({"$invalid": "infinity"}));
}

#[test]
fn errors_say_what_they_are() {
    let number = "x".parse::<i32>();
    assert_eq!(
        answer(number),
        json!({"$error": {"type": "ParseIntError", "message": "invalid digit found in string"}})
    );
    for error in [
        answer(Err::<bool, _>("no luck")),
        answer(Err::<bool, _>("no luck".to_owned())),
        answer(Err::<bool, Box<dyn std::error::Error>>("no luck".into())),
        answer(Verdict::error("no luck").because("ignored")),
    ] {
        assert_eq!(error, json!({"$error": {"type": "Error", "message": "no luck"}}));
    }
}

#[test]
fn verdicts_carry_more_than_a_value() {
    assert_eq!(answer(Verdict::pass()), json!(true));
    assert_eq!(
        answer(Verdict::fail().because("empty")),
        json!({"value": false, "reason": "empty"})
    );
    assert_eq!(answer(Verdict::not_applicable()), Value::Null);
    assert_eq!(
        answer(
            Verdict::score(0.75)
                .passing(true)
                .because("3 of 4")
                .with_metadata("missing", "the date")
                .with_metadata("found", 3)
        ),
        json!({"value": 0.75, "pass": true, "reason": "3 of 4", "metadata": {"missing": "the date", "found": 3}})
    );
    assert_eq!(
        answer(vec![
            Verdict::score(1.0).named("facts"),
            Verdict::pass().named("tone").because("kind")
        ]),
        json!([{"name": "facts", "value": 1.0}, {"name": "tone", "value": true, "reason": "kind"}])
    );
}

#[test]
fn the_clock_and_random_numbers_work_outside() {
    assert!(now().as_secs() > 1_700_000_000);
    assert_ne!(random(), random());
}
