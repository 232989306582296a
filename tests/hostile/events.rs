//! Events that are odd, huge or deep.

use jurybox::{EvaluationOptions, Event, Snippet, Status};

use super::harness::{NEW, REWOUND};

const READ_ALL: &str = "let n := 0
    for (let k, v in properties) { n := n + length(toString(k)) + length(toString(v)) }
    print(n, length(toString(input)), length(toString(output)), jsonStringify(event) != '')
    return properties.missing == null";

#[track_caller]
fn ends(json: &str) -> jurybox::Verdict {
    let event = Event::from_json(json).expect("an event");
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(0);
    let [rewound, new] = [&REWOUND, &NEW].map(|engine| {
        let evaluator = engine.compile(&Snippet::hog(READ_ALL)).expect("it compiles");
        let mut verdict = evaluator.evaluate_with(&event, &options);
        verdict.usage.elapsed_us = 0;
        verdict
    });
    assert_eq!(rewound, new);
    assert_ne!(rewound.status, Status::Crashed, "{rewound:?}");
    rewound
}

#[test]
fn odd_values_are_read() {
    let digits = "7".repeat(4000);
    for value in [
        "1e999",
        "-1e999",
        "-0",
        "0.1e-400",
        "1e308",
        "-0.0",
        digits.as_str(),
        r#""\ud800""#,
        r#""\udfff\ud800 x""#,
        r#""\u0000""#,
        "{\"\":{\"\":\"\"}}",
        r#"{"__proto__": 1, "constructor": 2, "__hogError__": true}"#,
        r#"{"__hogDateTime__": true, "dt": 1e999, "zone": 7}"#,
        r#"{"a": 1, "a": 2}"#,
        r#"{"__hogDate__": true, "year": 99999999999999999999, "month": -1, "day": null}"#,
    ] {
        let verdict = ends(&format!(
            r#"{{"properties": {{"$ai_input": {value}, "$ai_output": {value}, "x": {value}}}}}"#
        ));
        assert!(
            matches!(verdict.status, Status::Ok | Status::RuntimeError),
            "{value}: {verdict:?}"
        );
        ends(&format!(r#"{{"input": {value}, "output": {value}}}"#));
    }
}

#[test]
fn large_events_are_read_or_refused() {
    let text = "x".repeat(7 << 20);
    ends(&format!(r#"{{"output": "{text}"}}"#));
    let keys: Vec<_> = (0..200_000)
        .map(|number| format!("\"key {number}\":{number}"))
        .collect();
    ends(&format!("{{\"properties\": {{{}}}}}", keys.join(",")));
    let flat = "[],".repeat(1 << 20);
    ends(&format!("{{\"output\": [{flat}0]}}"));
    let deep = format!("{}1{}", "[".repeat(125), "]".repeat(125));
    ends(&format!("{{\"output\": {deep}}}"));
    assert!(Event::from_json(&format!("{{\"output\": {}}}", "[".repeat(1 << 20))).is_err());
}

#[test]
fn colliding_keys_are_paid_in_fuel() {
    // Texts of one length whose hashes share their lower bits fill one run of the index.
    let keys: Vec<String> = (0_u32..3_000_000)
        .map(|number| format!("{number:08x}"))
        .filter(|key| jurybox_hog_abi::hash::string(key.as_bytes()).trailing_zeros() >= 9)
        .take(4000)
        .collect();
    let fields: Vec<_> = keys.iter().map(|key| format!("\"{key}\":1")).collect();
    let verdict = ends(&format!("{{\"properties\": {{{}}}}}", fields.join(",")));
    assert_eq!(verdict.status, Status::Ok, "{verdict:?}");
}
