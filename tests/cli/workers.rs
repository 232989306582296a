//! `--workers`: whatever is written without it is written with it, byte for byte.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{CONCISE, Called, EVENTS, POLITE, Place};

const PYTHON: &str = r#"import re


def concise(event):
    words = len(re.findall(r"\S+", event["output_text"]))
    print("counted", words)
    if words == 0:
        raise ValueError("nothing was said")
    return {"score": words / 10, "pass": words <= 5, "reason": f"{words} words", "metadata": {"words": words}}
"#;
const TYPESCRIPT: &str = r#"type Arguments = { output: string; expected?: string | null };
const count = (text: string): number => {
  if (text === "") throw new RangeError("nothing was said");
  return text.split(/\s+/).length;
};
export const concise = async ({ output }: Arguments): Promise<boolean> => count(output) <= 5;
"#;
const MODULE: &str = r#"(module
  (memory (export "memory") 1)
  (data (i32.const 16) "{\"score\": 0.5, \"reason\": \"always\"}")
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "evaluate") (param i32 i32) (result i64)
    (i64.or (i64.shl (i64.const 16) (i64.const 32)) (i64.const 34))))
"#;

fn place() -> Place {
    Place::with(&[
        ("concise.hog", CONCISE),
        ("polite.hog", POLITE),
        ("concise.py", PYTHON),
        ("concise.ts", TYPESCRIPT),
        ("module.wat", MODULE),
        ("loop.hog", "while (true) {}"),
        (
            "hoard.js",
            "function f() { const all = []; for (;;) all.push(new Uint8Array(1 << 20)); }",
        ),
        ("odd.hog", "let unused := 1\nreturn length(output) == null\n"),
        (
            "unsure.py",
            "def helper(x):\n    return x\n\n\ndef other(y):\n    return y\n",
        ),
        ("broken.hog", "let words := length(output\nreturn words < 5\n"),
        ("broken.py", "def f(output):\n    return output ==\n"),
        (
            "broken.ts",
            "const f = (output: string) => {\n  return output ===;\n};\n",
        ),
        ("broken.wat", "(module (func (i32.foo)))"),
        ("throws.py", "import json\n\njson.loads('{')\n"),
        ("throws.js", "const x = null;\nx.y();\n"),
        ("hello.hog", "print('a', 1)\nprint('ü')\nreturn {'a': [1, 2.5, null]}"),
        (
            "fails.hog",
            "fun f(x) { throw Error('no', x) }\nfun g() { return f(1) }\nprint('before')\ng()",
        ),
        ("events.jsonl", EVENTS),
        ("event.json", r#"{"output": "three short words"}"#),
        ("half.jsonl", "{\"output\": \"a b\"}\n{\"output\": oops}\n"),
    ])
}

/// What the program writes, without and with workers; all but the time it took must be the same.
#[track_caller]
fn same(place: &Place, arguments: &[&str]) -> Called {
    let timeless = |called: Called| {
        let stdout = called.timeless();
        let arguments = arguments.join(" ");
        // Whether something takes long enough to be explained depends on the machine.
        let stderr = called.stderr.lines().filter(|line| !line.ends_with("(once) ..."));
        Called {
            stderr: stderr.map(|line| format!("{line}\n")).collect(),
            stdout,
            arguments,
            ..called
        }
    };
    let expected = timeless(place.call(arguments));
    for workers in ["--workers", "--workers=2"] {
        let called = timeless(place.call(&[arguments, &[workers]].concat()));
        assert_eq!(called, expected, "{workers}");
    }
    expected
}

const ALL: [&str; 9] = [
    "test",
    "concise.hog",
    "polite.hog",
    "concise.py",
    "concise.ts",
    "module.wat",
    "loop.hog",
    "--events",
    "events.jsonl",
];
const QUICK: [&str; 2] = ["--fuel", "20000000"];

#[test]
fn test_writes_the_same() {
    let place = place();
    for (more, code) in [
        (&[][..], 1),
        (&["--json", "--replay", "--now", "2026-01-31T12:00:00Z"], 1),
        (&["--json", "--jobs", "1"], 1),
        (&["--allow-na", "--fail-under", "90%"], 1),
        (&["--needs-ground-truth", "--jobs", "7"], 0),
        (&["--memory", "1MiB", "--seed", "7"], 1),
    ] {
        let called = same(&place, &[&ALL[..], &QUICK, more].concat());
        assert_eq!(called.code, Some(code), "{called:?}");
    }
    let called = same(
        &place,
        &["test", "hoard.js", "--events", "events.jsonl", "--memory", "32MiB"],
    );
    assert_eq!(called.stdout.matches("no memory").count(), 4, "{called:?}");
}

#[test]
fn what_is_wrong_is_said_alike() {
    let place = place();
    for arguments in [
        &["test", "concise.hog", "broken.hog", "--events", "events.jsonl"][..],
        &["test", "concise.hog", "--events", "half.jsonl"],
        &["test", "concise.hog", "--events", "missing.jsonl"],
        &["test", "missing.hog", "--events", "events.jsonl"],
        &["check", "missing.hog"],
        &["run", "broken.hog"],
        &["run", "throws.py"],
    ] {
        let called = same(&place, arguments);
        assert_eq!(called.code, Some(2), "{called:?}");
    }
}

#[test]
fn check_writes_the_same() {
    let place = place();
    let all = [
        "check",
        "concise.hog",
        "odd.hog",
        "concise.py",
        "unsure.py",
        "concise.ts",
        "module.wat",
        "broken.hog",
        "broken.py",
        "broken.ts",
        "broken.wat",
        "throws.py",
        "throws.js",
    ];
    for more in [&[][..], &["--json"]] {
        let called = same(&place, &[&all[..], more].concat());
        assert_eq!(called.code, Some(2), "{called:?}");
    }
    for arguments in [
        &["check", "concise.hog", "--emit", "wat"][..],
        &["check", "concise.hog", "--emit", "ast"],
        &["check", "module.wat", "--emit", "wat"],
        &["check", "hello.hog", "--program"],
    ] {
        let called = same(&place, arguments);
        assert_eq!(called.code, Some(0), "{called:?}");
    }
}

#[test]
fn run_writes_the_same() {
    let place = place();
    for (arguments, code) in [
        (&["run", "hello.hog", "--result"][..], 0),
        (&["run", "fails.hog"], 1),
        (&["run", "loop.hog", "--fuel", "1000000"], 1),
        (&["run", "concise.py", "--event", "event.json", "--result"], 0),
        (&["run", "concise.py", "--result"], 1),
        (&["run", "concise.ts", "--event", "event.json", "--result"], 0),
        (&["run", "module.wat", "--result"], 0),
    ] {
        let called = same(&place, arguments);
        assert_eq!(called.code, Some(code), "{called:?}");
    }
}

#[test]
fn what_needs_this_process_is_refused() {
    let place = place();
    for (arguments, sentence) in [
        (
            &["test", "concise.py", "--events", "events.jsonl", "--isolation", "batch"][..],
            "error: --isolation batch needs one process for all events; it can't be used with --workers\n",
        ),
        (
            &["test", "concise.py", "--events", "events.jsonl", "--dir", "data=."],
            "error: workers reach no files; --dir can't be used with --workers\n",
        ),
        (
            &["run", "concise.py", "--dir", "data=."],
            "error: workers reach no files; --dir can't be used with --workers\n",
        ),
        (
            &["build", "concise.hog", "--output", "concise.wasm"],
            "error: a module is built from what loading the metric leaves in memory; `jurybox build` can't use --workers\n",
        ),
    ] {
        for workers in ["--workers", "--workers=3"] {
            let called = place.call(&[arguments, &[workers]].concat());
            assert_eq!(
                (called.code, called.stdout.as_str(), called.stderr.as_str()),
                (Some(2), "", sentence),
                "{arguments:?}"
            );
        }
    }
    for workers in ["--workers=0", "--workers=129", "--workers=many"] {
        let called = place.call(&["test", "concise.hog", "--events", "events.jsonl", workers]);
        assert_eq!((called.code, called.stdout.as_str()), (Some(2), ""), "{called:?}");
        assert!(called.stderr.contains("'--workers[=<N>]'"), "{called:?}");
    }
    // What follows is no number of workers, but an argument.
    let called = place.call(&["--workers", "check", "concise.hog"]);
    assert_eq!(called.code, Some(0), "{called:?}");
}

#[test]
fn the_order_and_the_bytes_are_always_the_same() {
    let place = place();
    let events: String = (0..300)
        .map(|number| format!("{{\"output\": \"{}\"}}\n", "word ".repeat(number % 9)))
        .collect();
    place.write("many.jsonl", events.as_bytes());
    // Of many metrics, each has its verdicts at its place.
    let names: Vec<String> = (0..40).map(|number| format!("m{number}.hog")).collect();
    for (number, name) in names.iter().enumerate() {
        place.write(name, format!("return length(output) > {number}").as_bytes());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let call = |more: &[&str]| {
        place.call(
            &[
                &["test"],
                &names[..],
                &["concise.ts", "--events", "many.jsonl", "--json"],
                more,
            ]
            .concat(),
        )
    };
    let expected = call(&["--jobs", "1"]);
    assert_eq!((expected.code, expected.json().len()), (Some(1), 41 * 300));
    for more in [
        &["--workers"][..],
        &["--workers", "--jobs", "1"],
        &["--workers=1", "--jobs", "9"],
        &["--workers=3", "--isolation", "new"],
    ] {
        let called = call(more);
        assert_eq!(
            (called.timeless(), called.code),
            (expected.timeless(), expected.code),
            "{more:?}"
        );
    }
}

#[test]
fn an_event_is_judged_before_the_next_one_is_there() {
    let place = place();
    let mut command = place.command(&[
        "test",
        "concise.hog",
        "concise.ts",
        "--events",
        "-",
        "--json",
        "--workers",
    ]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    // Long enough for events to travel together, if there were more than one.
    for number in 1..=40 {
        input.write_all(b"{\"output\": \"one two\"}\n").expect("it reads");
        for _ in 0..2 {
            let line = lines.next().expect("a line").expect("text");
            assert!(line.contains(&format!("\"event\":\"#{number}\"")), "{line}");
        }
    }
    drop(input);
    assert!(lines.next().is_none());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let place = place();
    place.write("many.jsonl", EVENTS.repeat(2000).as_bytes());
    let mut command = place.command(&["test", "concise.hog", "--events", "many.jsonl", "--workers"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    output.read_line(&mut String::new()).expect("a line");
    drop(output);
    let mut stderr = String::new();
    let mut errors = child.stderr.take().expect("a pipe");
    errors.read_to_string(&mut stderr).expect("text");
    assert_eq!(
        (stderr.as_str(), child.wait().expect("it ends").code()),
        ("", Some(141))
    );
}

/// Processes below this one, and those below them.
fn descendants(pid: u32) -> BTreeSet<i32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let children: Vec<i32> = tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|children| {
            let children = children.split_whitespace().filter_map(|child| child.parse().ok());
            children.collect::<Vec<i32>>()
        })
        .collect();
    let below = children.iter().flat_map(|child| descendants(child.unsigned_abs()));
    below.chain(children.iter().copied()).collect()
}

/// Whoever kills a worker takes no verdict away, and adds none.
#[test]
fn killed_workers_change_nothing() {
    let place = place();
    let metric =
        "function f({ output }) { let n = 0; for (let i = 0; i < 3000; i++) n += i % 7; return n + output.length }";
    place.write("slow.js", metric.as_bytes());
    let events: String = (0..1500)
        .map(|number| format!("{{\"id\": {number}, \"output\": \"{number}\"}}\n"))
        .collect();
    place.write("many.jsonl", events.as_bytes());
    let arguments = [
        "test",
        "slow.js",
        "concise.hog",
        "--events",
        "many.jsonl",
        "--json",
        "--jobs",
        "2",
    ];
    let expected = place.call(&arguments);
    assert_eq!(expected.code, Some(0), "{expected:?}");

    let arguments = [&arguments[..], &["--workers"]].concat();
    let mut command = place.command(&arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut lines = Vec::new();
    let mut kills = 0;
    for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
        lines.push(line.expect("text"));
        // An event that two workers died of is to blame, so those that lost one are done before the next one is killed.
        if lines.len() % 300 == 0 {
            let below = descendants(child.id());
            let victim = below.iter().nth(lines.len() / 300 * 7 % below.len().max(1));
            if let Some(victim) = victim.and_then(|pid| Pid::from_raw(*pid)) {
                kills += usize::from(kill_process(victim, Signal::KILL).is_ok());
            }
        }
    }
    let mut output = child.wait_with_output().expect("the program ends");
    output.stdout = lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect();
    let called = Called::new(&arguments, &output);
    assert!(kills > 2, "{kills} workers were killed");
    assert_eq!(called.stderr, "");
    let (given, expected) = (called.timeless(), expected.timeless());
    assert_eq!(given.lines().count(), expected.lines().count());
    for (given, expected) in given.lines().zip(expected.lines()) {
        assert_eq!(given, expected, "after {kills} kills");
    }
    assert_eq!(called.code, Some(0));
}
