//! What may be returned, and what passes.

use insta::assert_snapshot;

use crate::support::Place;

const EVENTS: &str = r#"{"output": true, "expected": 1}
{"output": 0.5}
{"output": "good", "reference": "good"}
{"output": ["good", "bad"], "expected": null}
"#;

/// A place with a metric that returns the output of the event.
fn place() -> Place {
    Place::with(&[
        ("echo.py", "def echo(output):\n    return output\n"),
        ("concise.hog", crate::support::CONCISE),
        ("events.jsonl", EVENTS),
    ])
}

/// The verdicts of the metric on the four events, in a word each.
fn verdicts(arguments: &[&str]) -> Vec<String> {
    let call = [&["test", "echo.py", "--events", "events.jsonl", "--json"], arguments].concat();
    let called = place().call(&call);
    assert!(matches!(called.code, Some(0 | 1)), "{called:?}");
    let word = |line: &serde_json::Value| match (line["status"].as_str(), line["passed"].as_bool()) {
        (Some("ok"), Some(true)) => "pass".to_owned(),
        (Some("ok"), Some(false)) => "fail".to_owned(),
        (status, _) => status.unwrap_or_default().to_owned(),
    };
    called.json().iter().map(word).collect()
}

#[test]
fn rules_decide_what_passes() {
    for (arguments, expected) in [
        (&[][..], ["pass", "ok", "ok", "ok"]),
        (&["--pass-when", "true"], ["pass", "ok", "ok", "ok"]),
        (&["--pass-when", "false"], ["fail", "ok", "ok", "ok"]),
        (&["--min", "0.5"], ["ok", "pass", "ok", "ok"]),
        (&["--min", "0.6"], ["ok", "fail", "ok", "ok"]),
        (&["--max", "-1"], ["ok", "fail", "ok", "ok"]),
        (&["--min", "0", "--max", "1"], ["ok", "pass", "ok", "ok"]),
        (&["--pass-categories", "good"], ["ok", "ok", "pass", "fail"]),
        (&["--pass-categories", "good,bad"], ["ok", "ok", "pass", "pass"]),
    ] {
        assert_eq!(verdicts(arguments), expected, "{arguments:?}");
    }
}

#[test]
fn types_are_kept() {
    let invalid = "invalid_result";
    for (arguments, expected) in [
        (&["--returns", "boolean"][..], ["pass", invalid, invalid, invalid]),
        (&["--returns", "number"], [invalid, "ok", invalid, invalid]),
        (
            &["--returns", "number", "--max", "0.5"],
            [invalid, "pass", invalid, invalid],
        ),
        (&["--returns", "string"], [invalid, invalid, "ok", invalid]),
        (&["--returns", "categorical"], [invalid, invalid, "ok", "ok"]),
        (
            &[
                "--returns",
                "categorical",
                "--categories",
                "good",
                "--pass-categories",
                "good",
            ],
            [invalid, invalid, "pass", invalid],
        ),
    ] {
        assert_eq!(verdicts(arguments), expected, "{arguments:?}");
    }
}

#[test]
fn events_without_ground_truth_can_be_skipped() {
    assert_eq!(
        verdicts(&["--needs-ground-truth"]),
        ["pass", "skipped", "ok", "skipped"]
    );
    let called = place().call(&["test", "echo.py", "--events", "events.jsonl", "--needs-ground-truth"]);
    assert_eq!(called.code, Some(0), "{called:?}");
    assert_snapshot!(called.transcript());
}

#[test]
fn rules_that_contradict_each_other_are_refused() {
    let place = place();
    let mut transcripts = Vec::new();
    for arguments in [
        &["--pass-when", "yes"][..],
        &["--pass-when", "true", "--min", "1"],
        &["--pass-when", "true", "--pass-categories", "good"],
        &["--max", "1", "--pass-categories", "good"],
        &["--min", "2", "--max", "1"],
        &["--min", "much"],
        &["--max", "inf"],
        &["--returns", "text"],
        &["--returns", "number", "--pass-when", "true"],
        &["--returns", "boolean", "--min", "1"],
        &["--returns", "number", "--pass-categories", "good"],
        &["--returns", "string", "--categories", "good"],
        &["--categories", "good"],
        &["--returns", "categorical", "--categories", "good,,bad"],
        &[
            "--returns",
            "categorical",
            "--categories",
            "good,ok",
            "--pass-categories",
            "ok,bad",
        ],
    ] {
        let called = place.call(&[&["test", "concise.hog", "--events", "events.jsonl"], arguments].concat());
        assert_eq!((called.code, called.stdout.as_str()), (Some(2), ""), "{called:?}");
        transcripts.push(called.transcript());
    }
    assert_snapshot!(transcripts.join("\n\n"));
}
