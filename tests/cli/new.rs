//! `jurybox new`.

use std::fs;

use insta::assert_snapshot;

use crate::support::{Called, Place};

fn new(place: &Place, arguments: &[&str]) -> Called {
    place.call(&[&["new"], arguments].concat())
}

#[test]
fn a_new_metric_works_at_once() {
    let place = Place::new();
    for (language, extension) in [
        ("hog", "hog"),
        ("python", "py"),
        ("javascript", "js"),
        ("typescript", "ts"),
    ] {
        let made = new(&place, &[language, "--language", language]);
        assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""), "{made:?}");
        let (metric, events) = (
            format!("{language}/{language}.{extension}"),
            format!("{language}/events.jsonl"),
        );
        let readme = fs::read_to_string(place.path().join(language).join("README.md")).expect("a README");
        assert!(
            readme.contains(&format!("jurybox test {language}.{extension} --events events.jsonl\n")),
            "{readme}"
        );
        let judged = place.call(&["test", &metric, "--events", &events, "--json"]);
        let passed: Vec<_> = judged.json().iter().map(|line| line["passed"].as_bool()).collect();
        assert_eq!(passed, [Some(true), Some(true), Some(false)], "{judged:?}");
        assert_eq!((judged.code, judged.stderr.as_str()), (Some(0), ""), "{judged:?}");
    }
}

#[test]
fn it_tells_what_it_made() {
    let place = Place::new();
    assert_snapshot!(new(&place, &["metrics/concise", "--language", "typescript"]).transcript());
    assert!(place.path().join("metrics/concise/jurybox.d.ts").is_file());
}

#[test]
fn a_crate_is_complete() {
    let place = Place::new();
    assert_snapshot!(new(&place, &["is-short", "--language", "rust"]).transcript());
    let read = |path: &str| fs::read_to_string(place.path().join("is-short").join(path)).expect(path);
    assert!(read("Cargo.toml").contains("name = \"is-short\"\n"));
    assert!(read("src/lib.rs").contains("#[metric]\n"));
    assert!(read("README.md").contains("release/is_short.wasm --events events.jsonl\n"));
}

#[test]
fn nothing_is_overwritten() {
    let place = Place::with(&[("file", "precious"), ("folder/file", "precious")]);
    for (name, says) in [
        ("file", "error: file: there is something of this name already\n"),
        ("folder", "error: folder: there is something of this name already\n"),
        (
            "a b",
            "error: a b: the name of a metric has letters, digits, `-` and `_`, and begins with a letter\n",
        ),
        (
            "..",
            "error: ..: the name of a metric has letters, digits, `-` and `_`, and begins with a letter\n",
        ),
    ] {
        let called = new(&place, &[name, "--language", "python"]);
        assert_eq!((called.stderr.as_str(), called.code), (says, Some(2)));
    }
    let under_a_file = new(&place, &["file/metric", "--language", "hog"]);
    assert_eq!(under_a_file.code, Some(2), "{under_a_file:?}");
    assert_eq!(fs::read(place.path().join("file")).expect("a file"), b"precious");
    assert_eq!(fs::read_dir(place.path().join("folder")).expect("a folder").count(), 1);
}
