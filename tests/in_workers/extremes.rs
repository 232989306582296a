//! Sizes and limits at the ends of their ranges, in every language: the same in workers as here.

use std::time::Duration;

use jurybox::{EvaluationOptions, Event, Snippet, Status};

use super::{ENGINE, equal_batches};

const SOURCE: usize = 256 << 10;
const MODULE: usize = 32 << 20;

fn options() -> EvaluationOptions {
    let mut options = EvaluationOptions::default();
    options.now_ns = Some(1_700_000_000_000_000_000);
    options
}

fn event(output: &str) -> Event {
    Event::from_json(&serde_json::json!({ "output": output }).to_string()).expect("an event")
}

/// A module with this beside its functions; it answers with `answer` bytes of text.
fn module(rest: &str, answer: usize) -> String {
    format!(
        r#"(module
            (memory (export "memory") 200)
            (func (export "alloc") (param i32) (result i32) (i32.const 1048576))
            {rest}
            (func (export "evaluate") (param i32 i32) (result i64)
                (memory.fill (i32.const 16) (i32.const 0x31) (i32.const {answer}))
                (i64.or (i64.shl (i64.const 16) (i64.const 32)) (i64.const {answer}))))"#
    )
}

/// A metric in each language that looks at the whole output.
fn lengths() -> [Snippet; 5] {
    [
        Snippet::hog("return length(output) > 5"),
        Snippet::hog_program("return length(output)"),
        Snippet::python("def score(output):\n    return len(output)\n"),
        Snippet::javascript("function score({ output }) { return output.length }"),
        Snippet::wasm(module("", 3)),
    ]
}

/// Metrics that return a text of as many bytes as the output says.
fn returning() -> [Snippet; 3] {
    [
        Snippet::hog_program("return repeat('x', toInt(output))"),
        Snippet::python("def score(output):\n    return 'x' * int(output)\n"),
        Snippet::javascript("function score({ output }) { return 'x'.repeat(Number(output)) }"),
    ]
}

/// Metrics that print a text of as many bytes as the output says, in lines of a hundred.
fn printing() -> [Snippet; 3] {
    [
        Snippet::hog(
            "let line := repeat('ü', 50) for (let i := 0; i < toInt(output) / 100; i := i + 1) { print(line) } return true",
        ),
        Snippet::python("def score(output):\n    for _ in range(int(output) // 100): print('ü' * 50)\n    return 1\n"),
        Snippet::javascript(
            "function score({ output }) { for (let i = 0; i < Number(output) / 100; i++) console.log('ü'.repeat(50)); return 1 }",
        ),
    ]
}

#[test]
fn the_largest_events() {
    // Just below 8 MiB, and just above 1 MiB, which no batch takes beside others.
    let events: Vec<Event> = [(8 << 20) - 64, 3, (1 << 20) + 1, 500_000, 600_000, 7]
        .map(|length| event(&"x".repeat(length)))
        .into();
    let mut options = options();
    for memory in [64 << 20, 512 << 20] {
        options.limits.memory = memory;
        for snippet in lengths() {
            equal_batches(&snippet, &events, &options);
        }
    }
}

#[test]
fn the_largest_results() {
    let mut options = options();
    for limit in [256 << 10, usize::MAX] {
        options.limits.result = limit;
        let lengths = [0, 1, (256 << 10) - 2, (256 << 10) - 1, 256 << 10, 5 << 20];
        let events = lengths.map(|length| event(&length.to_string()));
        for snippet in returning() {
            equal_batches(&snippet, &events, &options);
        }
        for answer in [256 << 10, (256 << 10) + 1, 5 << 20] {
            equal_batches(&Snippet::wasm(module("", answer)), &events[..1], &options);
        }
    }
}

#[test]
fn the_smallest_results() {
    let mut options = options();
    for limit in [0, 1, 2, 3] {
        options.limits.result = limit;
        for snippet in returning().into_iter().chain(lengths()) {
            equal_batches(&snippet, &[event("1"), event("2"), event("12")], &options);
        }
    }
}

#[test]
fn logs_are_cut() {
    let mut options = options();
    for limit in [0, 1, 100, 64 << 10, usize::MAX] {
        options.limits.logs = limit;
        let events =
            [0, 100, (64 << 10) - 100, (64 << 10) + 100, 300_000].map(|length: usize| event(&length.to_string()));
        for snippet in printing() {
            equal_batches(&snippet, &events, &options);
        }
    }
}

#[test]
fn no_fuel_no_memory_no_time() {
    let events = [event("1"), event("some text")];
    for snippet in lengths().into_iter().chain(returning()).chain(printing()) {
        for fuel in [0, 1, 1000, 100_000, u64::MAX] {
            let mut options = options();
            options.limits.fuel = fuel;
            equal_batches(&snippet, &events, &options);
        }
        for memory in [0, 1, 65_536, 1 << 20, 2 << 30, u64::MAX] {
            let mut options = options();
            options.limits.memory = memory;
            equal_batches(&snippet, &events, &options);
        }
    }
}

/// How far a metric comes in no time is up to the machine, but a loop does not end.
#[test]
fn deadlines_end_loops() {
    for snippet in [
        Snippet::hog("while (true) {} return true"),
        Snippet::python("def score(output):\n    while True: pass\n"),
        Snippet::javascript("function score() { for (;;); }"),
    ] {
        let evaluator = ENGINE.compile(&snippet).expect("it compiles");
        for deadline in [Duration::ZERO, Duration::from_millis(1), Duration::from_millis(30)] {
            let mut options = options();
            options.limits.fuel = u64::MAX;
            options.limits.deadline = deadline;
            for verdict in (*evaluator).evaluate_batch(&[event("1"), event("2")], &options) {
                assert_eq!(verdict.status, Status::TimedOut, "{deadline:?} {verdict:?}");
            }
        }
    }
    let mut options = options();
    options.limits.deadline = Duration::MAX;
    for snippet in lengths() {
        equal_batches(&snippet, &[event("1")], &options);
    }
}

#[test]
fn batches_of_any_length() {
    let events: Vec<Event> = (0..10_000).map(|number| event(&number.to_string())).collect();
    for snippet in lengths() {
        equal_batches(&snippet, &[], &options());
        equal_batches(&snippet, &events[..1], &options());
        equal_batches(&snippet, &events[..300], &options());
    }
    equal_batches(&Snippet::hog("return toInt(output) > 5000"), &events, &options());
}

#[test]
fn the_longest_sources() {
    let filled = |start: &str, unit: &str, end: &str, length: usize| {
        let unit = unit.repeat((length - start.len() - end.len()) / unit.len());
        let text = format!("{start}{unit}{end}");
        let rest = length - text.len();
        text + &" ".repeat(rest)
    };
    for length in [SOURCE, SOURCE + 1] {
        for snippet in [
            Snippet::hog(filled("// ", "ab", "\nreturn true", length)),
            Snippet::hog(filled("let x := '", "ab", "'\nreturn length(x) > 5", length)),
            Snippet::hog(filled("let x := 1 ", "x := x + 1; ", "\nreturn x > 5", length)),
            Snippet::python(filled("x = 1\n", "x = x + 1\n", "result = x", length)),
            Snippet::python(filled("x = '", "ü", "'\nresult = len(x)", length)),
            Snippet::javascript(filled("let x = 1\n", "x = x + 1\n", "\nresult = x", length)),
            Snippet::typescript(filled(
                "let x: number = 1\n",
                "x = x + (1 as number)\n",
                "\nresult = x",
                length,
            )),
            Snippet::typescript(filled("let x: string = \"", "ü", "\"\nresult = x.length", length)),
        ] {
            equal_batches(&snippet, &[event("x")], &options());
        }
    }
}

#[test]
fn the_largest_modules() {
    let text = module("", 3);
    let small = wat::parse_str(&text).expect("it is valid");
    for length in [MODULE, MODULE + 1] {
        // A section that nobody reads: its kind, the length of the rest in five bytes, the length of its name, the name.
        let rest = u32::try_from(length - small.len() - 6).expect("fits");
        let mut padded = small.clone();
        padded.push(0);
        padded.extend((0..5).map(|index| {
            let more = if index < 4 { 0x80 } else { 0 };
            more | u8::try_from(rest >> (7 * index) & 0x7f).expect("seven bits")
        }));
        padded.push(1);
        padded.push(b'x');
        padded.resize(length, 7);
        equal_batches(&Snippet::wasm(padded), &[event("x")], &options());
    }
    // Its data is in its memory before it runs.
    let data = module(&format!(r#"(data (i32.const 2000000) "{}")"#, "x".repeat(9 << 20)), 3);
    let binary = wat::parse_str(&data).expect("it is valid");
    equal_batches(&Snippet::wasm(binary), &[event("x"), event("y")], &options());
}
