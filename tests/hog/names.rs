//! Globals: where they come from, and that nothing can change them.

use jurybox::{EvaluationOptions, Snippet};

use super::harness::{ENGINE, judge};

const EVENT: &str = r#"{"list": [1, 2], "object": {"inner": {"x": 1}}, "text": "abc", "length": "mine"}"#;

fn logs(source: &str) -> Vec<String> {
    let verdict = judge(&Snippet::hog_program(source), EVENT, &EvaluationOptions::default());
    assert_eq!(verdict.error, None, "{source}");
    verdict.logs
}

#[test]
fn reading_a_global_gives_a_copy() {
    for (source, expected) in [
        ("let o := object o.inner.x := 2 print(o.inner.x, object.inner.x)", "2 1"),
        ("let i := object.inner i.x := 2 print(i.x, object.inner.x)", "2 1"),
        ("let a := object let b := a a.inner.x := 5 print(b.inner.x)", "5"),
        ("let l := list l[1] := 9 print(l, list)", "[9, 2] [1, 2]"),
        ("object['inner'].x := 7 print(object.inner.x)", "1"),
        (
            "fun f(o) { o.x := 3 return o } print(f(object.inner), object)",
            "{'x': 3} {'inner': {'x': 1}}",
        ),
    ] {
        assert_eq!(logs(source), [expected], "{source}");
    }
}

#[test]
fn assigning_to_a_path_needs_a_variable_at_its_start() {
    for (source, expected) in [
        (
            "properties.x := 1",
            "`properties` is given by the event and cannot be changed",
        ),
        (
            "properties.a.b := 1",
            "`properties` is given by the event and cannot be changed",
        ),
        ("nope.x := 1", "variable `nope` is not declared in this scope"),
        ("length.x := 1", "variable `length` is not declared in this scope"),
    ] {
        let error = ENGINE.compile(&Snippet::hog(source)).expect_err(source);
        assert!(error.to_string().contains(expected), "{source}: {error}");
    }
}

#[test]
fn locals_hide_globals() {
    assert_eq!(logs("let text := 1 print(text)"), ["1"]);
    assert_eq!(logs("fun f(text) { return text } print(f(2), text)"), ["2 abc"]);
}
