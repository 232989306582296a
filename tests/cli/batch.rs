//! `--isolation batch`: state that lives as long as the events.

use crate::support::Place;

const PYTHON: &str = "seen = 0\n\n\ndef count(event):\n    global seen\n    seen += 1\n    return seen\n";
const JAVASCRIPT: &str = "let seen = 0;\nfunction count(event) { seen += 1; return seen; }\n";

fn place() -> Place {
    Place::with(&[
        ("count.py", PYTHON),
        ("count.js", JAVASCRIPT),
        ("events.jsonl", &"{\"output\": \"x\"}\n".repeat(100)),
    ])
}

/// What the metric returned for one event after the other.
fn values(place: &Place, metric: &str, arguments: &[&str]) -> Vec<u64> {
    let call = [&["test", metric, "--events", "events.jsonl", "--json"], arguments].concat();
    let called = place.call(&call);
    assert_eq!(called.code, Some(0), "{called:?}");
    called.json().iter().filter_map(|line| line["value"].as_u64()).collect()
}

#[test]
fn state_is_kept_in_the_order_of_the_events() {
    let place = place();
    for metric in ["count.py", "count.js"] {
        assert_eq!(values(&place, metric, &[]), [1; 100], "{metric}");
        for arguments in [&["--isolation", "batch"][..], &["--isolation", "batch", "--jobs", "1"]] {
            let expected: Vec<u64> = (1..=100).collect();
            assert_eq!(values(&place, metric, arguments), expected, "{metric}");
        }
    }
}

#[test]
fn verdicts_and_fuel_repeat() {
    let place = place();
    let call = || {
        place.call(&[
            "test",
            "count.py",
            "count.js",
            "--events",
            "events.jsonl",
            "--isolation",
            "batch",
            "--json",
            "--seed",
            "1",
        ])
    };
    assert_eq!(call().timeless(), call().timeless());
}

#[test]
fn many_metrics_keep_their_state() {
    let place = place();
    place.write("events.jsonl", b"{}\n{}\n{}\n");
    let names: Vec<String> = (0..64).map(|number| format!("m{number}.js")).collect();
    for name in &names {
        place.write(name, JAVASCRIPT.as_bytes());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let arguments = ["--events", "events.jsonl", "--json", "--isolation", "batch"];
    let called = place.call(&[&["test"][..], &names, &arguments].concat());
    let last: Vec<_> = called
        .json()
        .iter()
        .skip(128)
        .map(|line| line["value"].as_u64())
        .collect();
    let more = place.call(&[&["test", "count.py"][..], &names, &arguments].concat());
    assert_eq!(
        (more.stderr.as_str(), more.code),
        ("error: --isolation batch takes at most 64 metrics\n", Some(2))
    );
    assert_eq!(last, [Some(3); 64], "{called:?}");
}

#[test]
fn it_is_refused_where_it_makes_no_sense() {
    let place = place();
    place.write("a.hog", b"return true");
    for (arguments, says) in [
        (
            &[
                "test",
                "a.hog",
                "--events",
                "events.jsonl",
                "--isolation",
                "batch",
                "--jobs",
                "2",
            ][..],
            "error: --isolation batch judges one event at a time; it can't be used with --jobs\n",
        ),
        (
            &["run", "a.hog", "--isolation", "batch"],
            "error: --isolation batch is for `jurybox test`, which judges many events\n",
        ),
        (
            &["check", "a.hog", "--isolation", "batch"],
            "error: --isolation batch is for `jurybox test`, which judges many events\n",
        ),
    ] {
        let called = place.call(arguments);
        assert_eq!((called.stderr.as_str(), called.code), (says, Some(2)));
    }
}
