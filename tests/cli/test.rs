//! `jurybox test`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::{EVENTS, POLITE, Place};

const BOTH: [&str; 6] = [
    "test",
    "concise.hog",
    "polite.hog",
    "--events",
    "events.jsonl",
    "--allow-na",
];

#[test]
fn the_table_fits_80_columns() {
    let called = Place::usual().call_in_columns(80, &BOTH);
    assert!(
        called.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        called.stdout
    );
    assert_snapshot!(called.transcript());
}

#[test]
fn the_table_uses_120_columns() {
    assert_snapshot!(Place::usual().call(&BOTH).transcript());
}

#[test]
fn every_kind_of_verdict_has_its_word() {
    let place = Place::with(&[
        ("fuel.hog", "while (true) {}"),
        ("invalid.hog", "return 'yes'"),
        ("memory.hog", "let s := 'x' while (true) { s := s || s }"),
        ("n-a.hog", "return null"),
        ("recursion.hog", "fun f(x) { return f(x + 1) }\nreturn f(1)"),
        (
            "throws.hog",
            "print('before')\nthrow Error('this message is so long that it takes more than one line')",
        ),
        ("event.json", "{\n  \"output\": \"x\"\n}\n"),
    ]);
    let metrics = [
        "fuel.hog",
        "invalid.hog",
        "memory.hog",
        "n-a.hog",
        "recursion.hog",
        "throws.hog",
    ];
    let options = ["--events", "event.json", "--fuel", "20000000", "--memory", "4MiB"];
    let arguments = [&["test"][..], &metrics, &options].concat();
    assert_snapshot!(place.call_in_columns(80, &arguments).transcript());
}

#[test]
fn json_has_its_shape() {
    let arguments = [&BOTH[..], &["--json"]].concat();
    assert_snapshot!(Place::usual().call(&arguments).transcript());
}

#[test]
fn a_replay_gives_the_same_verdict() {
    let place = Place::with(&[
        ("random.hog", "print(now(), randomFloat()) return true"),
        ("e.json", "{}"),
    ]);
    let arguments = ["test", "random.hog", "--events", "e.json", "--json", "--replay"];
    let first = place.call(&arguments);
    let replay = &first.json()[0]["replay"];
    let (now, seed) = (replay["now"].as_str().expect("a text"), replay["seed"].to_string());
    let again = place.call(&[&arguments[..], &["--now", now, "--seed", &seed]].concat());
    assert_eq!(first.timeless(), again.timeless());
}

#[test]
fn the_order_and_the_bytes_are_always_the_same() {
    let events: String = (0..200)
        .map(|number| format!("{{\"output\": \"{}\"}}\n", "word ".repeat(number % 9)))
        .collect();
    let place = Place::usual();
    place.write("events.jsonl", events.as_bytes());
    for output in [&["--json"][..], &[]] {
        let call = |more: &[&str]| place.call(&[&BOTH[..], output, more].concat());
        let first = call(&["--jobs", "1"]);
        assert_eq!(first.code, Some(0), "{first:?}");
        for more in [
            &["--jobs", "1"][..],
            &["--jobs", "2"],
            &["--jobs", "7"],
            &[],
            &["--isolation", "new"],
        ] {
            assert_eq!(call(more).timeless(), first.timeless(), "{more:?}");
        }
    }
    let lines = place.call(&[&BOTH[..], &["--json"]].concat()).json();
    assert_eq!(lines.len(), 400);
    for (number, pair) in (1..).zip(lines.chunks(2)) {
        let expected = format!("#{number}");
        assert!(pair.iter().all(|line| line["event"] == expected.as_str()), "{pair:?}");
        assert_eq!(
            (&pair[0]["metric"], &pair[1]["metric"]),
            (&"concise".into(), &"polite".into())
        );
    }
}

#[test]
fn many_metrics_share_the_instances() {
    let place = Place::usual();
    let names: Vec<String> = (0..40).map(|number| format!("m{number}.hog")).collect();
    for (number, name) in names.iter().enumerate() {
        place.write(name, format!("return length(output) > {number}").as_bytes());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let call = |jobs| {
        place.call(
            &[
                &["test"][..],
                &names,
                &["--events", "events.jsonl", "--json", "--jobs", jobs],
            ]
            .concat(),
        )
    };
    let (one, many) = (call("1"), call("16"));
    assert_eq!((one.code, one.json().len()), (Some(0), 160));
    assert_eq!(one.timeless(), many.timeless());
}

#[test]
fn metrics_with_the_same_stem_are_called_by_their_paths() {
    let place = Place::usual();
    place.write("other/concise.hog", b"return true");
    let called = place.call(&[
        "test",
        "concise.hog",
        "other/concise.hog",
        "polite.hog",
        "--events",
        "events.jsonl",
        "--json",
    ]);
    let names: Vec<_> = called
        .json()
        .iter()
        .take(3)
        .map(|line| line["metric"].clone())
        .collect();
    assert_eq!(names, ["concise.hog", "other/concise.hog", "polite"]);
}

#[test]
fn exit_codes() {
    let place = Place::usual();
    place.write(
        "calm.jsonl",
        b"{\"output\": \"thank you\"}\n{\"output\": \"go\"}\n{\"output\": \"\"}\n",
    );
    place.write("none.json", b"[]");
    let calm = ["test", "polite.hog", "--events", "calm.jsonl"];
    for (arguments, code) in [
        (&["--allow-na"][..], 0),
        (&[], 1),
        (&["--allow-na", "--fail-under", "50%"], 0),
        (&["--allow-na", "--fail-under", "0.5"], 0),
        (&["--allow-na", "--fail-under", "51%"], 1),
        (&["--allow-na", "--fail-under", "90"], 2),
        (&["--allow-na", "--jobs", "0"], 2),
        (&["--allow-na", "--fuel", "10"], 1),
        (&["--unknown"], 2),
    ] {
        let called = place.call(&[&calm[..], arguments].concat());
        assert_eq!(called.code, Some(code), "{called:?}");
    }
    let nothing = place.call(&["test", "polite.hog", "--events", "none.json", "--fail-under", "1"]);
    assert_eq!(nothing.code, Some(0), "{nothing:?}");
}

#[test]
fn a_pass_rate_that_is_too_low_is_told() {
    let called = Place::usual().call(&["test", "concise.hog", "--events", "events.jsonl", "--fail-under", "90%"]);
    assert_eq!(
        called.stderr,
        "error: concise: the pass rate is 75.0%, and --fail-under asks for 90%\n"
    );
    assert_eq!(called.code, Some(1));
}

#[test]
fn events_come_from_standard_input_too() {
    let place = Place::usual();
    let arguments = ["test", "concise.hog", "--events", "-", "--json"];
    let from_file = place.call(&["test", "concise.hog", "--events", "events.jsonl", "--json"]);
    let from_input = place.call_with_input(&arguments, EVENTS);
    assert_eq!(from_file.timeless(), from_input.timeless());
    let array = format!("[{}]", EVENTS.trim().replace("}\n{", "},\n{"));
    assert_eq!(
        from_file.timeless(),
        place.call_with_input(&arguments, &array).timeless()
    );
}

#[test]
fn an_event_is_judged_before_the_next_one_is_there() {
    let place = Place::usual();
    let mut command = place.command(&["test", "concise.hog", "--events", "-", "--json"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for number in 1..=3 {
        input.write_all(b"{\"output\": \"one two\"}\n").expect("it reads");
        let line = lines.next().expect("a line").expect("text");
        assert!(line.contains(&format!("\"event\":\"#{number}\"")), "{line}");
    }
    drop(input);
    assert!(lines.next().is_none());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let place = Place::usual();
    place.write("events.jsonl", EVENTS.repeat(2000).as_bytes());
    for arguments in [&BOTH[..], &[&BOTH[..], &["--json"]].concat()] {
        let mut command = place.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        output.read_line(&mut String::new()).expect("a line");
        drop(output);
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .expect("a pipe")
            .read_to_string(&mut stderr)
            .expect("text");
        assert_eq!(
            (stderr.as_str(), child.wait().expect("it ends").code()),
            ("", Some(141))
        );
    }
}

#[test]
fn what_strangers_print_does_not_reach_the_terminal() {
    let place = Place::with(&[
        ("red.hog", "print(output)\nreturn true"),
        ("throws.hog", "throw Error(output)"),
        (
            "events.json",
            r#"{"uuid": "\u001b]0;title\u0007", "output": "\u001b[31mred\rblue"}"#,
        ),
    ]);
    let called = place.call(&["test", "red.hog", "throws.hog", "--events", "events.json"]);
    assert!(!called.stdout.contains(['\u{1b}', '\u{7}', '\r']), "{called:?}");
    assert!(called.stdout.contains("\\u{1b}[31mred"), "{called:?}");
}

#[test]
fn nothing_is_coloured_in_a_file() {
    let called = Place::usual().call(&BOTH);
    assert!(
        !called.stdout.contains('\u{1b}') && !called.stderr.contains('\u{1b}'),
        "{called:?}"
    );
}

#[test]
fn names_of_many_bytes_are_cut_between_characters() {
    let name = format!("{}.hog", "höflich".repeat(6));
    let place = Place::with(&[(&name, POLITE), ("events.jsonl", EVENTS)]);
    let called = place.call_in_columns(80, &["test", &name, "--events", "events.jsonl"]);
    assert!(called.stdout.contains("höflichhöflich"), "{called:?}");
}
