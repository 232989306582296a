//! `jurybox run`.

use insta::assert_snapshot;

use crate::support::Place;

fn run(program: &str, arguments: &[&str]) -> crate::support::Called {
    let place = Place::with(&[
        ("program.hog", program),
        (
            "globals.json",
            r#"{"name": "Ada", "list": [1, 2.5, null], "red": "\u001b[31m"}"#,
        ),
    ]);
    place.call(&[&["run", "program.hog"], arguments].concat())
}

#[test]
fn output_is_exactly_what_is_printed() {
    for (program, printed) in [
        (
            "print('a', 1, true)\nprint()\nprint('two\\nlines')\nprint('\\ttab  ')",
            "a 1 true\n\ntwo\nlines\n\ttab  \n",
        ),
        ("return 3", ""),
        ("", ""),
    ] {
        let called = run(program, &[]);
        assert_eq!(
            (called.stdout.as_str(), called.stderr.as_str(), called.code),
            (printed, "", Some(0)),
            "{program}"
        );
    }
}

#[test]
fn the_result_is_the_last_line() {
    for (program, line) in [
        (
            "print('x') return {'a': [1, 2.5, null, 'ü']}",
            r#"{"a":[1,2.5,null,"ü"]}"#,
        ),
        ("print('x')", "null"),
        ("print('x') return 'text\\nof two lines'", r#""text\nof two lines""#),
        ("print('x') return 12345678901234567890", "12345678901234567890"),
    ] {
        let called = run(program, &["--result"]);
        assert_eq!(
            (called.stdout, called.code),
            (format!("x\n{line}\n"), Some(0)),
            "{program}"
        );
    }
}

#[test]
fn globals_come_from_a_file() {
    let called = run(
        "print(name, list[2]) return length(list)",
        &["--globals", "globals.json", "--result"],
    );
    assert_eq!(
        (called.stdout.as_str(), called.code),
        ("Ada 2.5\n3\n", Some(0)),
        "{called:?}"
    );
    assert_eq!(run("print(red)", &["--globals", "globals.json"]).stdout, "\u{1b}[31m\n");
}

#[test]
fn an_uncaught_error_is_shown_at_its_place() {
    let called = run("print('before')\nlet x := 1\nthrow Error('went wrong')\n", &[]);
    assert!(called.stderr.contains("program.hog:3:"), "{called:?}");
    assert_snapshot!(called.transcript());
}

#[test]
fn limits_are_obeyed() {
    for (arguments, expected) in [
        (["--fuel", "100000"], "fuel limit"),
        (["--memory", "1MiB"], "memory limit"),
        (["--deadline", "1ms"], "deadline"),
    ] {
        let program = if arguments[0] == "--memory" {
            "let s := 'x' while (true) { s := s || s }"
        } else {
            "while (true) {}"
        };
        let called = run(
            program,
            &[
                &arguments[..],
                &["--fuel", "5000000000"][..2 * usize::from(arguments[0] != "--fuel")],
            ]
            .concat(),
        );
        assert_eq!(called.code, Some(1), "{called:?}");
        assert!(called.stderr.contains(expected), "{called:?}");
    }
}

#[test]
fn much_may_be_printed() {
    let called = run(
        "for (let i := 0; i < 20000; i := i + 1) { print('some ten bytes', i) }",
        &[],
    );
    assert_eq!((called.stdout.lines().count(), called.code), (20_000, Some(0)));
}

#[test]
fn clock_and_random_numbers_can_be_fixed() {
    let arguments = ["--now", "2026-01-31T12:00:00Z", "--seed", "7", "--result"];
    let program = "print(toUnixTimestamp(now())) return generateUUIDv4()";
    let called = run(program, &arguments);
    assert!(called.stdout.starts_with("1769860800"), "{called:?}");
    assert_eq!(called, run(program, &arguments));
}
