//! What metrics in Python and JavaScript return, as it comes through the sandbox.

use jurybox::{EvaluationOptions, Snippet, Status, Verdict};
use serde_json::{Value, json};

use super::{compile, event};

fn judge(snippet: &Snippet, allows_na: bool) -> Verdict {
    let mut options = EvaluationOptions::default();
    options.allows_na = allows_na;
    compile(snippet).evaluate_with(&event(r#"{"input": "i", "output": "o"}"#), &options)
}

#[track_caller]
fn python(returned: &str) -> Verdict {
    judge(
        &Snippet::python(format!(
            "import dataclasses, decimal, enum, fractions, typing\n\
             @dataclasses.dataclass\n\
             class Score:\n    score: float\n    reason: str = ''\n\
             class Pair(typing.NamedTuple):\n    score: float\n    comment: str\n\
             class Color(enum.Enum):\n    RED = 'red'\n\
             def metric(event):\n    return {returned}\n"
        )),
        true,
    )
}

#[track_caller]
fn javascript(returned: &str) -> Verdict {
    judge(
        &Snippet::javascript(format!(
            "export default function metric(event) {{ return {returned}; }}"
        )),
        true,
    )
}

type Judge = fn(&str) -> Verdict;

#[test]
fn values_come_through() {
    let cases: [(Judge, &str, Value, Option<bool>, &str); 20] = [
        (python, "True", json!(true), Some(true), ""),
        (python, "1", json!(1), None, ""),
        (python, "0.1", json!(0.1), None, ""),
        (python, "2 ** 70", json!(null), None, ""),
        (python, "'good'", json!("good"), None, ""),
        (
            python,
            "{'score': 0.5, 'passed': True, 'reason': 'r'}",
            json!(0.5),
            Some(true),
            "r",
        ),
        (python, "Score(0.25, 'because')", json!(0.25), None, "because"),
        (python, "Pair(0.25, 'because')", json!(0.25), None, "because"),
        (python, "Color.RED", json!("red"), None, ""),
        (python, "decimal.Decimal('0.5')", json!(0.5), None, ""),
        (python, "fractions.Fraction(1, 4)", json!(0.25), None, ""),
        (python, "['a', 'b']", json!(["a", "b"]), None, ""),
        (
            python,
            "{'tone': True, 'facts': False}",
            json!({"tone": true, "facts": false}),
            Some(false),
            "",
        ),
        (javascript, "true", json!(true), Some(true), ""),
        (javascript, "0.1", json!(0.1), None, ""),
        (javascript, "'good'", json!("good"), None, ""),
        (
            javascript,
            "{ score: 0.5, pass: true, reason: 'r' }",
            json!(0.5),
            Some(true),
            "r",
        ),
        (javascript, "Promise.resolve(false)", json!(false), Some(false), ""),
        (
            javascript,
            "[{ name: 'a', value: 1 }, { name: 'b', value: 2, comment: 'c' }]",
            json!({"a": 1, "b": 2}),
            None,
            "b: c",
        ),
        (javascript, "2n ** 70n", json!(null), None, ""),
    ];
    for (judge, returned, value, passed, reasoning) in cases {
        let verdict = judge(returned);
        assert_eq!((verdict.status, verdict.error), (Status::Ok, None), "{returned}");
        if value.is_null() {
            assert_eq!(verdict.value.to_string(), "1180591620717411303424", "{returned}");
        } else {
            assert_eq!(verdict.value, value, "{returned}");
        }
        assert_eq!(
            (verdict.passed, verdict.reasoning.as_str()),
            (passed, reasoning),
            "{returned}"
        );
    }
}

#[test]
fn nothing_is_not_applicable_if_it_may_be() {
    let cases: [(Judge, &str, &str); 5] = [
        (python, "None", ""),
        (python, "{'score': None, 'reason': 'no question'}", "no question"),
        (javascript, "null", ""),
        (javascript, "undefined", ""),
        (javascript, "({ score: null, comment: 'no question' })", "no question"),
    ];
    for (judge, returned, reasoning) in cases {
        let verdict = judge(returned);
        assert_eq!(
            (
                verdict.status,
                verdict.value,
                verdict.passed,
                verdict.reasoning.as_str()
            ),
            (Status::NotApplicable, Value::Null, None, reasoning),
            "{returned}"
        );
    }
    let refused = judge(&Snippet::python("def metric(event): return None"), false);
    let message = refused.error.expect("an error").message;
    assert_eq!(refused.status, Status::InvalidResult);
    assert!(message.starts_with("The metric returned nothing;"), "{message}");
}

#[test]
fn what_is_no_verdict_is_named() {
    let cases: [(Judge, &str, &str); 9] = [
        (python, "float('nan')", "The metric returned NaN"),
        (python, "float('inf')", "The metric returned infinity"),
        (
            python,
            "[1, 2]",
            "The metric returned a list whose item 1 is 1 (a number); a metric returns",
        ),
        (python, "{}", "The metric returned an empty object; a metric returns"),
        (
            python,
            "{'score': [1]}",
            "The metric returned an object whose `score` is [1] (a list); a metric returns",
        ),
        (javascript, "NaN", "The metric returned NaN"),
        (
            javascript,
            "({ reason: 'r' })",
            "The metric returned no score, only {\"reason\":\"r\"} (an object); a metric",
        ),
        (javascript, "new Map()", "The metric returned a Map"),
        (javascript, "() => 1", "The metric returned a function"),
    ];
    for (judge, returned, message) in cases {
        let verdict = judge(returned);
        assert_eq!(
            (verdict.status, verdict.passed),
            (Status::InvalidResult, None),
            "{returned}"
        );
        let error = verdict.error.expect("an error").message;
        assert!(error.starts_with(message), "{returned}: {error}");
    }
}
