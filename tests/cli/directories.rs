//! `--dir`: directories that metrics may read.

use crate::support::Place;

const LOOK_UP: &str = "\
with open('/words/english.txt') as file:
    WORDS = set(file.read().split())


def known(output):
    return output in WORDS
";
const READ: &str = "\
def read(output):
    with open(output) as file:
        return file.read().strip()
";

fn place() -> Place {
    let place = Place::with(&[
        ("read.py", READ),
        (
            "events.jsonl",
            "{\"output\": \"/words/english.txt\"}\n{\"output\": \"/words/../secret.txt\"}\n",
        ),
        ("secret.txt", "secret"),
    ]);
    place.write("lists/english.txt", b"tea\n");
    place
}

#[test]
fn a_granted_directory_is_read_and_nothing_else() {
    let place = place();
    let arguments = ["test", "read.py", "--events", "events.jsonl", "--json"];
    let granted = place.call(&[&arguments[..], &["--dir", "words=lists"]].concat());
    let lines = granted.json();
    assert_eq!(lines[0]["value"], "tea", "{granted:?}");
    assert_eq!(lines[1]["status"], "runtime_error", "{granted:?}");
    assert!(!granted.stdout.contains("\"secret\""), "{granted:?}");
    let closed = place.call(&arguments);
    assert!(
        closed.json().iter().all(|line| line["status"] == "runtime_error"),
        "{closed:?}"
    );
}

#[test]
fn nothing_can_be_read_while_a_metric_loads() {
    let place = place();
    place.write("look_up.py", LOOK_UP.as_bytes());
    let called = place.call(&["test", "look_up.py", "--events", "events.jsonl", "--dir", "words=lists"]);
    assert_eq!(called.code, Some(2), "{called:?}");
    assert!(called.stderr.contains("look_up.py:1:"), "{called:?}");
}

#[test]
fn directories_that_can_not_be_granted_are_refused() {
    let place = place();
    for (directories, says) in [
        (
            &["--dir", "words"][..],
            "expected a name and a directory, such as words=lists/english",
        ),
        (&["--dir", "=lists"], "expected a name and a directory"),
        (&["--dir", "words="], "expected a name and a directory"),
        (
            &["--dir", "words=missing"],
            "error: --dir: the directory missing can't be opened",
        ),
        (
            &["--dir", "words=secret.txt"],
            "error: --dir: the directory secret.txt can't be opened",
        ),
        (
            &["--dir", "a/b=lists"],
            "error: --dir: \"a/b\" can't be the name of a directory",
        ),
        (
            &["--dir", "words=lists", "--dir", "words=lists"],
            "error: --dir: there are two directories of the name \"words\"",
        ),
    ] {
        let called = place.call(&[&["test", "read.py", "--events", "events.jsonl"], directories].concat());
        assert!(called.stderr.contains(says), "{called:?}");
        assert_eq!(called.code, Some(2));
    }
}
