//! What a metric in Python or JavaScript costs, on an event of 2 KB: `cargo bench --bench languages`.
//!
//! The metric (`benches/languages`) checks a length, looks for three patterns that are compiled at its top, splits two
//! texts into words with a fourth that is compiled where it is used, compares the words and returns a score and a reason.
//! What is timed is the whole evaluation from event to verdict, with a clean instance unless said otherwise.
//!
//! Ways that are compared take turns, some milliseconds each, so that a slow minute of the machine hits all of them;
//! figures are medians and minima of these turns. The peers are `python3` without a sandbox (and Monty in it, where
//! `pydantic_monty` is installed; `PYTHON` names another python) and `vm` of `node`; where they are missing, so are
//! their lines.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jurybox::{Engine, EvaluationOptions, Evaluator, Event, Isolation, Judge, Language, Snippet, Status};
use serde_json::{Value, json};

mod programs;

const PYTHON: &str = include_str!("languages/metric.py");
/// The same with all patterns at the top.
const PYTHON_TOP: &str = include_str!("languages/metric_top.py");
const JAVASCRIPT: &str = include_str!("languages/metric.js");
/// How long each way is measured, in all its turns.
const SECONDS: f64 = 2.0;
/// Turns of each way.
const TURNS: usize = 60;
/// Metrics that are loaded to see what memory they take.
const LOADED: usize = 1000;

fn main() {
    // `cargo test --benches` runs this, too; it is no test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, part, asked] = &arguments[..]
        && part == "memory"
    {
        for (language, snippet) in snippets() {
            if language == asked {
                memory_of(language, &snippet);
            }
        }
        return;
    }
    isolation();
    threads();
    first_verdict();
    peers();
    memory();
}

fn snippets() -> [(&'static str, Snippet); 2] {
    [
        ("Python", Snippet::python(PYTHON)),
        ("JavaScript", Snippet::javascript(JAVASCRIPT)),
    ]
}

fn options(keep_state: bool) -> EvaluationOptions {
    let mut options = programs::options();
    options.keep_state = keep_state;
    options
}

/// Microseconds of a run.
#[derive(Clone, Copy)]
struct Timing {
    min: f64,
    median: f64,
}

impl Timing {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        Self {
            min: times[0],
            median: times[times.len() / 2],
        }
    }
}

/// Times ways of doing the same, turn by turn.
fn take_turns(ways: &mut [Box<dyn FnMut() + '_>]) -> Vec<Timing> {
    let turn = Duration::from_secs_f64(SECONDS / TURNS as f64);
    let mut times = vec![Vec::with_capacity(TURNS); ways.len()];
    // The first turn warms up.
    for round in 0..=TURNS {
        for (way, times) in ways.iter_mut().zip(&mut times) {
            let (start, mut runs) = (Instant::now(), 0_u32);
            while start.elapsed() < turn {
                way();
                runs += 1;
            }
            if round > 0 {
                times.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(runs));
            }
        }
    }
    times.into_iter().map(Timing::of).collect()
}

fn judge(judge: &mut Judge<'_>, event: &Event, options: &EvaluationOptions) {
    let verdict = judge.evaluate(event, options);
    assert_eq!(verdict.status, Status::Ok, "{verdict:?}");
}

/// Rewinding, new instances, and one instance for all events.
fn isolation() {
    println!("One event, µs: median (fastest)");
    println!(
        "{:12} {:>18} {:>18} {:>18} {:>14} {:>15}",
        "", "rewound", "new instance", "batch", "new / rewound", "clean costs"
    );
    let (rewound, new) = (
        programs::engine(Isolation::Auto),
        programs::engine(Isolation::NewInstance),
    );
    let event = programs::event();
    let (clean, kept) = (options(false), options(true));
    // Another metric, for the scale: it looks for a hundred words.
    let hog = (
        "Hog",
        [&rewound, &new].map(|engine| programs::evaluator(engine, "overlap")),
    );
    let others = snippets()
        .into_iter()
        .chain([("Python, top", Snippet::python(PYTHON_TOP))])
        .map(|(language, snippet)| (language, [&rewound, &new].map(|engine| compile(engine, &snippet))));
    for (language, [rewound, new]) in std::iter::once(hog).chain(others) {
        let (mut first, mut second, mut third) = (rewound.judge(), new.judge(), rewound.judge());
        let timings = take_turns(&mut [
            Box::new(|| judge(&mut first, &event, &clean)),
            Box::new(|| judge(&mut second, &event, &clean)),
            Box::new(|| judge(&mut third, &event, &kept)),
        ]);
        let [rewound, new, batch] = timings[..] else { return };
        println!(
            "{language:12} {:>18} {:>18} {:>18} {:>14} {:>15}",
            shown(rewound),
            shown(new),
            shown(batch),
            format!("{:.1}x ({:.1}x)", new.median / rewound.median, new.min / rewound.min),
            format!("{:.0} ({:.0})", rewound.median - batch.median, rewound.min - batch.min),
        );
    }
}

fn shown(timing: Timing) -> String {
    format!("{:.0} ({:.0})", timing.median, timing.min)
}

fn compile(engine: &Engine, snippet: &Snippet) -> Evaluator {
    engine.compile(snippet).expect("it compiles")
}

/// The same metric with a line that no other has, so that no cache knows it.
fn numbered(snippet: &Snippet, number: usize) -> Snippet {
    let line = match snippet.language {
        Language::Hog => format!("let unique := {number}\n"),
        Language::JavaScript => format!("var unique = {number};\n"),
        _ => format!("unique = {number}\n"),
    };
    let mut snippet = snippet.clone();
    snippet.source = [line.as_bytes(), &snippet.source].concat();
    snippet
}

/// One thread and two, turn by turn.
fn threads() {
    println!("\nEvents per second");
    println!("{:12} {:>10} {:>10} {:>8}", "", "1 thread", "2 threads", "ratio");
    let engine = programs::engine(Isolation::Auto);
    let (event, options) = (programs::event(), options(false));
    let turn = Duration::from_millis(250);
    let rate = |evaluator: &Evaluator, threads: usize| {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    scope.spawn(|| {
                        let mut judging = evaluator.judge();
                        judge(&mut judging, &event, &options);
                        let (start, mut runs) = (Instant::now(), 0_u32);
                        while start.elapsed() < turn {
                            judge(&mut judging, &event, &options);
                            runs += 1;
                        }
                        f64::from(runs) / start.elapsed().as_secs_f64()
                    })
                })
                .collect();
            workers
                .into_iter()
                .map(|worker| worker.join().expect("it ends"))
                .sum::<f64>()
        })
    };
    for (language, snippet) in snippets() {
        let evaluator = compile(&engine, &snippet);
        let rates: Vec<[f64; 2]> = (0..8).map(|_| [rate(&evaluator, 1), rate(&evaluator, 2)]).collect();
        let [one, two] = [0, 1].map(|index| Timing::of(rates.iter().map(|rates| rates[index]).collect()).median);
        println!("{language:12} {one:>10.0} {two:>10.0} {:>7.2}x", two / one);
    }
}

/// From source to the first verdict: in a new engine whose code is in the cache on disk, and in one that runs already.
fn first_verdict() {
    println!("\nSource to first verdict, ms: median (fastest)");
    println!("{:12} {:>18} {:>18}", "", "new engine", "running engine");
    let (event, options) = (programs::event(), options(false));
    let mut number = 0;
    let mut unique = |snippet: &Snippet| {
        number += 1;
        numbered(snippet, number)
    };
    let languages = [("Hog", Snippet::hog(programs::source("keywords")))]
        .into_iter()
        .chain(snippets());
    for (language, snippet) in languages {
        let mut time = |new_engine: bool| {
            let running = programs::engine(Isolation::Auto);
            compile(&running, &snippet).judge().evaluate(&event, &options);
            let times = (0..11).map(|_| {
                let snippet = unique(&snippet);
                let start = Instant::now();
                let started;
                let engine = if new_engine {
                    started = programs::engine(Isolation::Auto);
                    &started
                } else {
                    &running
                };
                judge(&mut compile(engine, &snippet).judge(), &event, &options);
                start.elapsed().as_secs_f64() * 1e3
            });
            Timing::of(times.collect())
        };
        let (new, running) = (time(true), time(false));
        let shown = |timing: Timing| format!("{:.1} ({:.1})", timing.median, timing.min);
        println!("{language:12} {:>18} {:>18}", shown(new), shown(running));
    }
}

/// The same metric outside, in processes of their own, right before and after ours.
fn peers() {
    println!("\nBeside peers, µs: median (fastest)");
    let engine = programs::engine(Isolation::Auto);
    let (event, options) = (programs::event(), options(false));
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/languages");
    for ((language, snippet), (program, script)) in snippets()
        .into_iter()
        .zip([(python.as_str(), "peer.py"), ("node", "peer.mjs")])
    {
        let evaluator = compile(&engine, &snippet);
        let mut judging = evaluator.judge();
        let expected = judging.evaluate(&event, &options).value;
        let mut ours = || take_turns(&mut [Box::new(|| judge(&mut judging, &event, &options))])[0];
        let before = ours();
        let given = json!({
            "source": snippet.text().unwrap_or_default(),
            "document": event.document(),
            "expected": expected,
        });
        let peer = run_peer(program, &format!("{directory}/{script}"), &given);
        let after = ours();
        let ours = Timing {
            min: before.min.min(after.min),
            median: (before.median + after.median) / 2.0,
        };
        println!("{language}: jurybox, a clean instance for each event: {}", shown(ours));
        let Some(peer) = peer else {
            println!("  {program} can't be run");
            continue;
        };
        let version = |key| peer[key].as_str().unwrap_or_default();
        for (key, what) in [
            (
                "call",
                format!("{program} {}, no isolation, function called again", version("version")),
            ),
            (
                "exec",
                format!("{program} {}, no isolation, `exec` for each event", version("version")),
            ),
            (
                "context",
                format!("{program} {}, `vm`, a new context for each event", version("version")),
            ),
            (
                "monty",
                format!("Monty {}, a session for each event", version("monty_version")),
            ),
        ] {
            if let (Some(min), Some(median)) = (peer[key]["min"].as_f64(), peer[key]["median"].as_f64()) {
                println!(
                    "  {what}: {} ({:.2}x ours by medians, {:.2}x by the fastest)",
                    shown(Timing { min, median }),
                    median / ours.median,
                    min / ours.min
                );
            }
        }
        if let Some(error) = peer["monty_error"].as_str() {
            println!("  Monty can't run it: {error}");
        }
    }
}

fn run_peer(program: &str, script: &str, given: &Value) -> Option<Value> {
    let mut child = Command::new(program)
        .args([script, &SECONDS.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(given.to_string().as_bytes()).ok()?;
    let output = child.wait_with_output().ok().filter(|output| output.status.success())?;
    serde_json::from_slice(&output.stdout).ok()
}

/// What many loaded metrics take, each language in a process of its own. Only where there is `/proc`.
fn memory() {
    println!("\nMemory of {LOADED} loaded metrics that have judged an event each, MiB");
    for (language, _) in snippets() {
        let program = std::env::current_exe().expect("a path");
        let output = Command::new(program)
            .args(["memory", language])
            .output()
            .expect("it starts");
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// The part of [`memory`] that is about one language.
fn memory_of(language: &str, snippet: &Snippet) {
    let (event, options) = (programs::event(), options(false));
    let engine = programs::engine(Isolation::Auto);
    judge(&mut compile(&engine, snippet).judge(), &event, &options);
    let Some(before) = resident() else { return };
    let evaluators: Vec<Evaluator> = (0..LOADED)
        .map(|number| {
            let evaluator = compile(&engine, &numbered(snippet, number));
            judge(&mut evaluator.judge(), &event, &options);
            evaluator
        })
        .collect();
    let Some(after) = resident() else { return };
    let taken = after.saturating_sub(before) as f64 / 1024.0;
    println!(
        "{language:12} {taken:>8.0} ({:.2} each)",
        taken / evaluators.len() as f64
    );
}

/// The resident memory of this process in KiB.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
