//! `jurybox check`.

use insta::assert_snapshot;

use crate::support::{CONCISE, Place};

const BROKEN: &str = "let words := length(output\nreturn words < 5\n";
const ODD: &str = "let unused := 1\nreturn length(output) == null\n";

#[test]
fn what_compiles_is_ok() {
    assert_snapshot!(
        Place::usual()
            .call(&["check", "concise.hog", "polite.hog"])
            .transcript()
    );
}

#[test]
fn what_does_not_compile_is_explained() {
    let place = Place::with(&[
        ("concise.hog", CONCISE),
        ("broken.hog", BROKEN),
        ("unknown.hog", "return lenght(output)"),
    ]);
    assert_snapshot!(
        place
            .call(&["check", "concise.hog", "broken.hog", "unknown.hog"])
            .transcript()
    );
}

#[test]
fn warnings_do_not_fail() {
    let called = Place::with(&[("odd.hog", ODD)]).call(&["check", "odd.hog"]);
    assert_eq!(called.code, Some(0), "{called:?}");
    assert!(called.stdout.starts_with("odd.hog: ok"), "{called:?}");
}

#[test]
fn diagnostics_are_there_as_json() {
    let place = Place::with(&[("concise.hog", CONCISE), ("broken.hog", BROKEN)]);
    let called = place.call(&["check", "concise.hog", "broken.hog", "--json"]);
    assert_eq!((called.code, called.stderr.as_str()), (Some(2), ""));
    let lines = called.json();
    assert_eq!(lines[0]["metric"], "concise");
    assert_eq!(lines[0]["file"], "concise.hog");
    assert_eq!(lines[0]["compiles"], true);
    assert_eq!(lines[0]["diagnostics"], serde_json::json!([]));
    assert_eq!(lines[1]["compiles"], false);
    let diagnostic = &lines[1]["diagnostics"][0];
    assert_eq!(diagnostic["severity"], "error");
    for key in ["code", "message", "span", "start", "end"] {
        assert!(diagnostic.get(key).is_some(), "{key} in {diagnostic}");
    }
}

#[test]
fn the_tree_is_shown() {
    let place = Place::with(&[("a.hog", "return length(output) < 5")]);
    assert_snapshot!(place.call(&["check", "a.hog", "--emit", "ast"]).transcript());
}

#[test]
fn the_web_assembly_is_shown() {
    let place = Place::usual();
    let called = place.call(&["check", "concise.hog", "--emit", "wat"]);
    assert_eq!((called.code, called.stderr.as_str()), (Some(0), ""));
    assert!(
        called.stdout.starts_with("(module") && called.stdout.ends_with(")\n"),
        "{called:?}"
    );
    let both = place.call(&["check", "concise.hog", "polite.hog", "--emit", "wat"]);
    assert!(both.stdout.starts_with(";; concise.hog\n(module"), "{both:?}");
    assert!(both.stdout.contains("\n;; polite.hog\n(module"), "{both:?}");
}

#[test]
fn programs_may_use_any_global() {
    let place = Place::with(&[("a.hog", "return customers[1].name")]);
    assert_eq!(place.call(&["check", "a.hog", "--program"]).stderr, "");
    assert!(place.call(&["check", "a.hog"]).stderr.contains("customers"));
}
