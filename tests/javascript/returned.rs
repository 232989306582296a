//! What a metric may return, and what is said of the rest.

use jurybox::Status;
use serde_json::json;

use super::harness::{check_outcomes, judge};

#[test]
#[rustfmt::skip]
fn values() {
    check_outcomes(&[
        ("var f = () => true", "true"),
        ("var f = () => 0.1", "0.1"),
        ("var f = () => -0", "0"),
        ("var f = () => 1e21", "1e+21"),
        ("var f = () => 12345678901234567890n", "12345678901234567890"),
        ("var f = () => 'a\\ud800b\\u2028'", "\"a\u{fffd}b\u{2028}\""),
        ("var f = () => new Date(0)", r#""1970-01-01T00:00:00.000Z""#),
        ("var f = () => new Number(3)", "3"),
        ("var f = () => Object('boxed')", r#""boxed""#),
        ("var f = () => ({ toJSON: key => `[${key}]` })", r#""[]""#),
        ("var f = async () => 0.5", "0.5"),
        ("var f = () => ({ then(done) { done(0.25) } })", "0.25"),
        ("var f = () => Promise.resolve(Promise.resolve(2))", "2"),
        ("class R { score = 0.5; #hidden = 1; get extra() { return 1 } }; const f = () => new R()", "0.5"),
        ("var f = () => new Proxy({ score: 0.75 }, {})", "0.75"),
        ("var f = () => ({ score: 1, toString: null, label: undefined, f() {} })", "1"),
        ("var f = () => Object.assign(Object.create(null), { score: 3 })", "3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn values_that_json_lacks() {
    check_outcomes(&[
        ("var f = () => NaN", "The metric returned NaN"),
        ("var f = () => ({ score: NaN })", "The metric returned NaN in score"),
        ("var f = () => ({ a: [1, { 'b c': -Infinity }] })", "The metric returned -infinity in a[1][\"b c\"]"),
        ("var f = () => () => 1", "The metric returned a function"),
        ("var f = () => Symbol('s')", "The metric returned a symbol"),
        ("var f = () => new Map([[1, 2]])", "The metric returned a Map"),
        ("var f = () => ({ score: 1, words: new Set() })", "The metric returned a Set in words"),
        ("var f = () => new Uint8Array(2)", "The metric returned a Uint8Array"),
        ("var f = () => new ArrayBuffer(2)", "The metric returned an ArrayBuffer"),
        ("var f = () => /x/", "The metric returned a RegExp"),
        ("var f = () => new Error('no reference')", "The metric returned an Error: no reference"),
        ("var f = () => ({ score: Promise.resolve(1) })", "The metric returned a promise in score"),
        ("var f = () => new Promise(() => {})", "The metric returned a promise that never resolves"),
        ("var f = () => { const a = { score: 1 }; a.me = a; return a }", "The metric returned an object that contains itself"),
        ("var f = () => { let a = 1; for (let i = 0; i < 500; i++) a = [a]; return a }", "The metric returned an object nested more than 100 levels deep"),
        ("var f = () => ({ $error: { message: 'forged' } })", "The metric returned an object with the reserved key $error"),
        ("var f = () => ({ $invalid: 'forged', score: 1 })", "The metric returned an object with the reserved key $invalid"),
        ("var f = () => JSON.parse('{\"__proto__\": 1}')", "1"),
    ]);
}

/// Keys that look like the guest's own are the metric's.
#[test]
fn keys_that_begin_with_a_dollar() {
    let verdict = judge("var f = () => ({ $score: 1, score: 2 })");
    assert_eq!((verdict.status, verdict.value), (Status::Ok, json!(2)));
}

#[test]
fn nothing() {
    for source in [
        "var f = () => {}",
        "var f = () => null",
        "var f = async () => undefined",
    ] {
        assert_eq!(judge(source).status, Status::InvalidResult, "{source}");
    }
}

#[test]
fn score_and_reasoning() {
    let verdict =
        judge("var f = e => ({ score: 0.5, passed: false, reasoning: `${e.outputs.content.length} characters` })");
    assert_eq!((verdict.value, verdict.passed), (json!(0.5), Some(false)));
    assert_eq!(verdict.reasoning, "8 characters");
}
