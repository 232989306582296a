//! Many threads, many snippets, many failures in one engine.

use std::sync::atomic::{AtomicUsize, Ordering};

use jurybox::{Event, Snippet, Status};

use super::engine::in_workers;
use super::harness::{REWOUND, options};

const METRICS: &[(&str, Status)] = &[
    ("return length(output) > 3", Status::Ok),
    (
        "let s := output for (let i := 0; i < 12; i := i + 1) { s := s || s } return length(s) > 5",
        Status::Ok,
    ),
    ("throw Error('x')", Status::RuntimeError),
    ("while (true) {}", Status::OutOfFuel),
    ("let s := 'x' while (true) { s := s || s }", Status::OutOfMemory),
    ("fun f(x) { return f([x]) } return f(1)", Status::RuntimeError),
    ("return 'text'", Status::InvalidResult),
    ("return match(output, '(a|b)+c')", Status::Ok),
];

/// Bytes of memory that the process holds.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok())
        .unwrap_or(0)
        << 10
}

#[test]
fn more_threads_than_instances_judge_alike() {
    let event = Event::from_json(r#"{"output": "some text"}"#).expect("an event");
    let options = options(5_000_000, 4 << 20);
    let turn = AtomicUsize::new(0);
    let work = |rounds: usize| {
        std::thread::scope(|scope| {
            for _ in 0..80 {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        let (source, status) = METRICS[turn.fetch_add(1, Ordering::Relaxed) % METRICS.len()];
                        // The evaluator is dropped while others run the same snippet.
                        let evaluator = REWOUND.compile(&Snippet::hog(source)).expect("it compiles");
                        let verdict = evaluator.evaluate_with(&event, &options);
                        assert_eq!(verdict.status, status, "{verdict:?}\n{source}");
                    }
                });
            }
        });
    };
    work(4);
    let before = resident();
    work(20);
    let grown = resident().saturating_sub(before);
    // Beside workers, other tables may run in this process.
    assert!(in_workers() || grown < 64 << 20, "{} MiB more", grown >> 20);
}

#[test]
fn snippets_come_and_go() {
    let event = Event::from_json(r#"{"output": "some text"}"#).expect("an event");
    let options = options(10_000_000, 64 << 20);
    for number in 0..150 {
        let evaluator = REWOUND
            .compile(&Snippet::hog(format!(
                "print({number}) return length(output) > {number}"
            )))
            .expect("it compiles");
        assert_eq!(evaluator.evaluate_with(&event, &options).reasoning, number.to_string());
    }
}
