//! Bad input: one clear sentence, exit code 2, and nothing else happens.

use insta::assert_snapshot;

use crate::support::{EVENTS, Place};

fn place() -> Place {
    let place = Place::usual();
    place.write("directory.hog/readme", b"");
    place.write("directory/readme", b"");
    place.write("metric.rb", b"true");
    place.write("latin1.hog", b"// a comment\nreturn output = '\xE4'");
    place.write("large.hog", &b"// a comment\n".repeat(30_000));
    place.write("broken.hog", b"return (");
    place.write("empty.jsonl", b"");
    place.write("blank.jsonl", b"\n \n");
    place.write("binary.jsonl", b"\x7FELF\x02\0\0");
    place.write("gzip.jsonl.gz", b"\x1F\x8B\x08\0");
    place.write("text.jsonl", b"hello\n");
    place.write("scalar.jsonl", b"3\n");
    place.write("syntax.json", b"{\n  \"output\": oops\n}\n");
    place.write("latin1.jsonl", b"{\"output\": \"\xE4\"}\n");
    place.write(
        "long.jsonl",
        format!("{{\"output\": \"{}\"}}\n", "x".repeat(9 << 20)).as_bytes(),
    );
    place
}

#[test]
fn one_sentence_for_each_bad_input() {
    let place = place();
    let mut transcripts = Vec::new();
    let mut refuse = |arguments: &[&str]| {
        let called = place.call(arguments);
        assert_eq!((called.code, called.stdout.as_str()), (Some(2), ""), "{called:?}");
        assert_eq!(called.stderr.lines().count(), 1, "{called:?}");
        transcripts.push(called.transcript());
    };
    for metric in [
        "missing.hog",
        "directory.hog",
        "directory",
        "metric.rb",
        "no-extension",
        "latin1.hog",
        "large.hog",
    ] {
        refuse(&["test", "concise.hog", metric, "--events", "events.jsonl"]);
    }
    for events in [
        "missing.jsonl",
        "directory",
        "empty.jsonl",
        "blank.jsonl",
        "binary.jsonl",
        "gzip.jsonl.gz",
        "text.jsonl",
        "scalar.jsonl",
        "syntax.json",
        "latin1.jsonl",
        "long.jsonl",
        "-",
    ] {
        refuse(&["test", "concise.hog", "--events", events]);
    }
    refuse(&["check", "concise.hog", "missing.hog"]);
    refuse(&["run", "missing.hog"]);
    refuse(&["run", "latin1.hog"]);
    for globals in [
        "missing.json",
        "directory",
        "empty.jsonl",
        "binary.jsonl",
        "scalar.jsonl",
        "syntax.json",
    ] {
        refuse(&["run", "concise.hog", "--globals", globals]);
    }
    assert_snapshot!(transcripts.join("\n\n"));
}

#[test]
fn wrong_usage_is_explained() {
    let place = place();
    let mut transcripts = Vec::new();
    for arguments in [
        &["judge"][..],
        &["test", "concise.hog"],
        &["test", "--events", "events.jsonl"],
        &[
            "test",
            "concise.hog",
            "--events",
            "events.jsonl",
            "--memory",
            "64 apples",
        ],
        &["test", "concise.hog", "--events", "events.jsonl", "--memory", "3GiB"],
        &["test", "concise.hog", "--events", "events.jsonl", "--deadline", "10"],
        &["test", "concise.hog", "--events", "events.jsonl", "--now", "yesterday"],
        &["test", "concise.hog", "--events", "events.jsonl", "--fail-under", "90"],
        &["test", "concise.hog", "--events", "events.jsonl", "--fuel", "-1"],
        &["check", "concise.hog", "--json", "--emit", "wat"],
    ] {
        let called = place.call(arguments);
        assert_eq!((called.code, called.stdout.as_str()), (Some(2), ""), "{called:?}");
        transcripts.push(called.transcript());
    }
    assert_snapshot!(transcripts.join("\n\n"));
}

#[test]
fn a_metric_that_does_not_compile_stops_before_anything_is_judged() {
    let called = place().call(&["test", "concise.hog", "broken.hog", "--events", "events.jsonl"]);
    assert_eq!((called.code, called.stdout.as_str()), (Some(2), ""), "{called:?}");
    assert!(called.stderr.contains("broken.hog:1:"), "{called:?}");
}

#[test]
fn events_before_a_broken_one_are_judged() {
    let place = place();
    place.write(
        "events.jsonl",
        format!("{EVENTS}{{\"output\": oops}}\n{EVENTS}").as_bytes(),
    );
    for output in [&[][..], &["--json"]] {
        let called = place.call(&[&["test", "concise.hog", "--events", "events.jsonl"][..], output].concat());
        assert_eq!(called.code, Some(2), "{called:?}");
        assert_eq!(
            called.stdout.lines().count(),
            4 + usize::from(output.is_empty()),
            "{called:?}"
        );
        assert!(
            called.stderr.starts_with("error: events.jsonl: line 5, column 12: "),
            "{called:?}"
        );
        assert_eq!(called.stderr.lines().count(), 1, "{called:?}");
    }
}

#[test]
fn a_cache_that_can_not_be_used_is_refused() {
    let place = place();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jurybox"));
    let arguments = ["check", "concise.hog", "--cache-dir", "events.jsonl"];
    let output = command
        .current_dir(place.path())
        .args(arguments)
        .output()
        .expect("the program starts");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("error: the cache directory events.jsonl can't be used"),
        "{stderr}"
    );
}
