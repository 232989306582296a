//! Metrics in every language: the same call, the same table, errors at their places.

use insta::assert_snapshot;

use crate::support::{CONCISE, Called, EVENTS, Place};

const PYTHON: &str = r#"import re

WORD = re.compile(r"\S+")


def concise(event):
    words = len(WORD.findall(event["output_text"]))
    print("counted")
    return {"score": words / 10, "pass": words <= 5, "reason": f"{words} words", "metadata": {"words": words}}
"#;
const JAVASCRIPT: &str = r#"const WORD = /\S+/g;
module.exports = (output, context) => {
  const words = (output.match(WORD) ?? []).length;
  return { score: words / 10, pass: words <= 5, reason: `${words} words` };
};
"#;
const TYPESCRIPT: &str = r#"type Arguments = { output: string; expected?: string | null };
export const concise = async ({ output }: Arguments): Promise<boolean> => {
  const words: number = output.split(/\s+/).filter(Boolean).length;
  return words <= 5;
};
"#;
/// A module after the ABI that answers the same for every event.
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
        ("concise.py", PYTHON),
        ("assert.cjs", JAVASCRIPT),
        ("typed.ts", TYPESCRIPT),
        ("module.wat", MODULE),
        ("events.jsonl", EVENTS),
    ])
}

const ALL: [&str; 8] = [
    "test",
    "concise.hog",
    "concise.py",
    "assert.cjs",
    "typed.ts",
    "module.wat",
    "--events",
    "events.jsonl",
];

#[test]
fn languages_mix() {
    let called = place().call(&ALL);
    assert_eq!((called.code, called.stderr.as_str()), (Some(0), ""), "{called:?}");
    assert_snapshot!(called.transcript());
}

#[test]
fn json_tells_what_a_metric_returned() {
    let place = place();
    let called = place.call(&[&ALL[..], &["--json"]].concat());
    let line = &called.json()[1];
    assert_eq!(line["metric"], "concise.py");
    assert_eq!(line["value"].to_string(), "0.2");
    assert_eq!(line["passed"], true);
    assert_eq!(line["reasoning"], "2 words");
    assert_eq!(line["metadata"], serde_json::json!({"words": 2}));
    assert_eq!(line["logs"], serde_json::json!(["counted"]));
    // Where there is none, there is no key either.
    assert!(called.json()[0].get("metadata").is_none(), "{called:?}");
    let again = place.call(&[&ALL[..], &["--json", "--jobs", "1", "--isolation", "new"]].concat());
    assert_eq!(called.timeless(), again.timeless());
}

#[test]
fn a_binary_module_is_a_metric() {
    let place = place();
    place.write("module.wasm", &wat::parse_str(MODULE).expect("it is a module"));
    let call = |file: &str| place.call(&["test", file, "--events", "events.jsonl", "--json"]);
    let (text, binary) = (call("module.wat"), call("module.wasm"));
    assert_eq!(binary.code, Some(0), "{binary:?}");
    assert_eq!(text.json()[0]["value"], binary.json()[0]["value"]);
    assert_eq!(binary.json()[0]["reasoning"], "always");
    let shown = place.call(&["check", "module.wasm", "--emit", "wat"]);
    assert!(shown.stdout.starts_with("(module"), "{shown:?}");
}

#[test]
fn modules_are_bounded() {
    let place = place();
    place.write("large.wasm", &vec![0; (32 << 20) + 1]);
    let called = place.call(&["check", "large.wasm"]);
    assert_eq!(
        (called.stderr.as_str(), called.code),
        (
            "error: large.wasm: the file is larger than the limit of 33554432 bytes\n",
            Some(2)
        )
    );
    place.write("broken.wasm", b"\0asm\x01\0\0\0\xff");
    let broken = place.call(&["check", "broken.wasm"]);
    assert_eq!(broken.code, Some(2), "{broken:?}");
    assert!(broken.stderr.contains("broken.wasm"), "{broken:?}");
}

#[test]
fn the_language_can_be_said() {
    let place = place();
    place.write("metric.txt", PYTHON.as_bytes());
    let call = |arguments: &[&str]| place.call(&[&["check"], arguments].concat());
    let called = call(&["metric.txt", "--language", "python"]);
    assert_eq!(
        (called.stdout.as_str(), called.code),
        ("metric.txt: ok (honeyhive)\n", Some(0))
    );
    let unknown = call(&["metric.txt", "--language", "ruby"]);
    assert!(
        unknown
            .stderr
            .contains("possible values: hog, python, javascript, typescript, wasm"),
        "{unknown:?}"
    );
    place.write("view.tsx", b"");
    place.write("view.jsx", b"");
    for (file, says) in [
        (
            "metric.txt",
            "files end in .hog, .py, .js, .mjs, .cjs, .ts, .mts, .cts, .wasm or .wat",
        ),
        ("view.tsx", "JSX is not supported; a metric in TypeScript is a .ts file"),
        ("view.jsx", "JSX is not supported"),
    ] {
        let called = call(&[file]);
        assert!(
            called.stderr.starts_with(&format!("error: {file}: ")) && called.stderr.contains(says),
            "{called:?}"
        );
        assert_eq!((called.stderr.lines().count(), called.code), (1, Some(2)));
    }
}

#[test]
fn a_metric_may_come_from_standard_input() {
    let place = place();
    let arguments = [
        "test",
        "-",
        "--language",
        "python",
        "--events",
        "events.jsonl",
        "--json",
    ];
    let called = place.call_with_input(&arguments, PYTHON);
    assert_eq!(called.code, Some(0), "{called:?}");
    assert_eq!(called.json()[0]["metric"], "stdin");
    for (arguments, says) in [
        (
            &["check", "-"][..],
            "error: standard input: say the language of the metric with --language\n",
        ),
        (
            &["test", "-", "--language", "python", "--events", "-"],
            "error: standard input can be a metric or the events, not both\n",
        ),
        (
            &["check", "-", "-", "--language", "python"],
            "error: standard input can be one metric, not several\n",
        ),
    ] {
        let called = place.call_with_input(arguments, PYTHON);
        assert_eq!((called.stderr.as_str(), called.code), (says, Some(2)));
    }
}

#[test]
fn conventions_are_found_and_can_be_named() {
    let place = Place::with(&[
        ("grade.py", "def grade(sample, item):\n    return 0.5\n"),
        ("result.py", "result = len(outputs)\n"),
        ("two.py", "def a(x):\n    return 1\n\n\ndef b(x):\n    return 2\n"),
        (
            "handler.ts",
            "function handler({ output }: { output: string }) { return output.length }\n",
        ),
        ("concise.hog", CONCISE),
        ("events.json", r#"{"input": "?", "output": "!"}"#),
    ]);
    let found = place.call(&["check", "grade.py", "result.py", "handler.ts", "concise.hog"]);
    assert_eq!(
        found.stdout,
        "grade.py: ok (openai)\nresult.py: ok (honeyhive)\nhandler.ts: ok (braintrust)\nconcise.hog: ok\n",
        "{found:?}"
    );
    let json = place.call(&["check", "grade.py", "two.py", "--json"]).json();
    assert_eq!(
        (&json[0]["language"], &json[0]["convention"]),
        (&"python".into(), &"openai".into())
    );
    assert!(json[1].get("convention").is_none(), "{json:?}");
    let unclear = place.call(&["check", "two.py"]);
    assert_eq!(unclear.code, Some(2), "{unclear:?}");
    assert!(unclear.stderr.contains("unclear-convention"), "{unclear:?}");

    let test =
        |arguments: &[&str]| place.call(&[&["test"], arguments, &["--events", "events.json", "--json"]].concat());
    assert_eq!(test(&["two.py", "--entry", "b"]).json()[0]["value"].to_string(), "2");
    assert_eq!(
        test(&["two.py", "--entry", "b", "--convention", "openai"]).code,
        Some(2)
    );
    assert_eq!(test(&["two.py", "--entry", "c"]).code, Some(2));
    let misfit = test(&["grade.py", "concise.hog", "--convention", "openai"]);
    assert_eq!(
        misfit.stderr,
        "error: concise.hog: metrics in Hog don't follow the convention openai; theirs: auto, posthog, program\n"
    );
    assert_eq!(
        test(&["concise.hog", "--entry", "f"]).stderr,
        "error: concise.hog: --entry names a function in Python, JavaScript or TypeScript, and this is Hog\n"
    );
    let unknown = test(&["grade.py", "--convention", "ragas"]);
    assert!(
        unknown
            .stderr
            .contains("possible values: auto, posthog, program, honeyhive"),
        "{unknown:?}"
    );
    let program = test(&["concise.hog", "--convention", "program"]);
    assert_eq!(program.code, Some(0), "{program:?}");
}

#[test]
fn what_does_not_compile_is_shown_at_its_place() {
    let place = Place::with(&[
        ("syntax.py", "def f(event):\n    return (1 +\n"),
        ("indent.py", "def f(event):\nreturn 1\n"),
        (
            "top.py",
            "import re\nWORDS = re.compile('(')\n\n\ndef f(event):\n    return 1\n",
        ),
        ("syntax.js", "const f = (event) => {\n  return [1, 2;\n}\n"),
        ("syntax.ts", "export const f = (event: { output: string ) => 1;\n"),
        (
            "throws.ts",
            "const a: number = 1;\nnull.x;\nexport const f = (event: object) => a;\n",
        ),
    ]);
    let files = [
        "syntax.py",
        "indent.py",
        "top.py",
        "syntax.js",
        "syntax.ts",
        "throws.ts",
    ];
    let called = place.call(&[&["check"], &files[..]].concat());
    assert_eq!(called.code, Some(2));
    assert_snapshot!(called.transcript());
}

const FAILS: &str = "\
def length(event):
    return len(event['text'])


def judge(event):
    if event['output_text']:
        return length(event) > 3
    return True
";

#[test]
fn an_error_says_where_and_how_it_came_there() {
    let place = place();
    place.write("fails.py", FAILS.as_bytes());
    place.write(
        "fails.ts",
        b"interface Event { text: string }\nfunction words(event: Event): number {\n  return event.text.length;\n}\nexport function judge(event: Event): boolean {\n  return words(event) > 3;\n}\n",
    );
    let arguments = ["test", "fails.py", "fails.ts", "--events", "events.jsonl"];
    for columns in [80, 120] {
        let called = place.call_in_columns(columns, &arguments);
        assert_eq!(called.code, Some(1), "{called:?}");
        assert!(
            called
                .stdout
                .lines()
                .all(|line| line.chars().count() <= usize::from(columns)),
            "{}",
            called.stdout
        );
        assert_snapshot!(format!("errors_in_{columns}_columns"), called.transcript());
    }
    let lines = place.call(&[&arguments[..], &["--json"]].concat()).json();
    for (line, place_in_source) in [(&lines[0], (2, 16)), (&lines[1], (3, 10))] {
        let error = &line["error"];
        assert_eq!(
            (error["line"].as_u64(), error["column"].as_u64()),
            (Some(place_in_source.0), Some(place_in_source.1)),
            "{error}"
        );
        assert!(
            error["traceback"].as_array().is_some_and(|lines| lines.len() >= 2),
            "{error}"
        );
    }
}

#[test]
fn a_metric_runs_on_one_event() {
    let place = place();
    place.write("event.json", br#"{"output": "one two"}"#);
    place.write("fails.py", FAILS.as_bytes());
    place.write("nothing.js", b"function f(event) { console.log('ran'); }");
    for (arguments, stdout) in [
        (&["concise.py", "--event", "event.json"][..], "counted\n"),
        (&["concise.py", "--globals", "event.json", "--result"], "counted\n0.2\n"),
        (&["module.wat", "--result"], "0.5\n"),
        (&["nothing.js", "--result"], "ran\nnull\n"),
    ] {
        let called = place.call(&[&["run"], arguments].concat());
        assert_eq!((called.stdout.as_str(), called.code), (stdout, Some(0)), "{called:?}");
    }
    let called = place.call(&["run", "fails.py", "--event", "event.json"]);
    assert_eq!(called.code, Some(1));
    assert_snapshot!(called.transcript());
}

#[test]
fn limits_hold_in_every_language() {
    let place = Place::with(&[
        ("fuel.py", "def f(event):\n    while True:\n        pass\n"),
        ("fuel.js", "function f(event) { while (true) {} }"),
        (
            "memory.py",
            "def f(event):\n    x = []\n    while True:\n        x.append('x' * 100000)\n",
        ),
        (
            "memory.js",
            "function f(event) { const x = []; while (true) { x.push(new ArrayBuffer(1000000)) } }",
        ),
        ("event.json", "{}"),
    ]);
    let metrics = ["fuel.py", "fuel.js", "memory.py", "memory.js"];
    let called = place.call(&[&["test"], &metrics[..], &["--events", "event.json", "--json"]].concat());
    let statuses: Vec<_> = called.json().iter().map(|line| line["status"].clone()).collect();
    assert_eq!(
        statuses,
        ["out_of_fuel", "out_of_fuel", "out_of_memory", "out_of_memory"],
        "{called:?}"
    );
}

/// A cache of its own: nothing is ready.
fn first_start(place: &Place, arguments: &[&str]) -> Called {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jurybox"));
    let output = command
        .current_dir(place.path())
        .args(arguments)
        .output()
        .expect("the program starts");
    Called::new(arguments, &output)
}

#[test]
fn the_first_start_says_what_it_waits_for() {
    let place = place();
    let arguments = ["check", "concise.py", "--cache-dir", "cache"];
    let first = first_start(&place, &arguments);
    assert_eq!(
        (first.stdout.as_str(), first.stderr.as_str()),
        (
            "concise.py: ok (honeyhive)\n",
            "Preparing Python for this machine (once) ...\n"
        )
    );
    assert_eq!(first_start(&place, &arguments).stderr, "");
}
