//! What workers cost, beside the same work in one process: `cargo bench --bench workers`.
//!
//! Everything is measured in turns within one run, so that what else the machine does touches both; ratios are of the
//! fastest turns.

use std::fs;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use jurybox::workers::WorkerOptions;
use jurybox::{Engine, EngineOptions, Event, Language, Snippet};

mod programs;

const TYPICAL: [&str; 5] = ["length_check", "keywords", "pii_regex", "messages", "overlap"];
/// Events that a thread judges in a turn.
const EVENTS: usize = 2_000;
const TURNS: usize = 9;
/// Samples of a metric that is tried without being saved.
const SAMPLES: usize = 5;
const TRIALS: usize = 60;

fn main() {
    jurybox::workers::init();
    let in_process = programs::engine(jurybox::Isolation::Auto);
    let in_workers = engine_with_workers();
    println!("{} processors\n", processors());
    throughput(&in_process, &in_workers);
    trial(&in_process, &in_workers);
    first_verdict();
    memory(&in_workers);
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn engine_with_workers() -> Engine {
    let mut options = EngineOptions::default();
    options.workers = Some(WorkerOptions::this_program());
    Engine::new(options).expect("an engine")
}

/// Events a second, all processors at work.
fn throughput(in_process: &Engine, in_workers: &Engine) {
    println!(
        "batches of {EVENTS} Hog events for each of {} threads, events/s",
        processors()
    );
    println!(
        "{:<14} {:>12} {:>12} {:>7}   from JSON text: {:>12} {:>12} {:>7}",
        "", "in process", "workers", "ratio", "in process", "workers", "ratio"
    );
    for name in TYPICAL {
        let events = vec![programs::event(); EVENTS];
        let text = programs::event().json().to_owned();
        let mut best = [f64::MAX; 4];
        for _ in 0..TURNS {
            for (engine, parsed, read) in [(in_process, 0, 2), (in_workers, 1, 3)] {
                let evaluator = programs::evaluator(engine, name);
                let options = programs::options();
                best[parsed] = best[parsed].min(all_processors(|| {
                    black_box(evaluator.evaluate_batch(&events, &options));
                }));
                best[read] = best[read].min(all_processors(|| {
                    let events: Vec<Event> = (0..EVENTS)
                        .map(|_| Event::from_json(&text).expect("an event"))
                        .collect();
                    black_box(evaluator.evaluate_batch(&events, &options));
                }));
            }
        }
        let rate = |seconds: f64| (EVENTS * processors()) as f64 / seconds;
        println!(
            "{name:<14} {:>12.0} {:>12.0} {:>6.0}%                   {:>12.0} {:>12.0} {:>6.0}%",
            rate(best[0]),
            rate(best[1]),
            100.0 * best[0] / best[1],
            rate(best[2]),
            rate(best[3]),
            100.0 * best[2] / best[3],
        );
    }
    println!();
}

/// Seconds that the work takes on all processors at once.
fn all_processors(work: impl Fn() + Sync) -> f64 {
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..processors() {
            scope.spawn(&work);
        }
    });
    began.elapsed().as_secs_f64()
}

/// A metric that nobody compiled before, on a few samples.
fn trial(in_process: &Engine, in_workers: &Engine) {
    let samples = vec![programs::event(); SAMPLES];
    let options = programs::options();
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..TRIALS as u64 {
        for (engine, times) in [in_process, in_workers].into_iter().zip(&mut times) {
            // Another constant makes another program, for the caches of machine code as well.
            let way = u64::from(std::ptr::eq(engine, in_workers));
            let unique = (u64::from(std::process::id()) * 1_000 + number) * 2 + way;
            let source = format!("return length(output) > {unique}");
            let began = Instant::now();
            let evaluator = engine.compile(&Snippet::hog(source)).expect("an evaluator");
            black_box(evaluator.evaluate_batch(&samples, &options));
            times.push(began.elapsed());
        }
    }
    let [in_process, in_workers] = times.map(|mut times| {
        times.sort();
        times
    });
    println!("compiling a new Hog metric and trying it on {SAMPLES} samples");
    for (what, at) in [("fastest", 0), ("median", TRIALS / 2)] {
        println!(
            "{what:<14} {:>10.0?} in process {:>10.0?} in workers, {:+.2} ms",
            in_process[at],
            in_workers[at],
            (in_workers[at].as_secs_f64() - in_process[at].as_secs_f64()) * 1000.0
        );
    }
    println!();
}

/// From nothing to the first verdict, machine code cached.
fn first_verdict() {
    println!("from no engine to the first verdict, machine code on disk (fastest of 5)");
    for language in [Language::Hog, Language::JavaScript, Language::Python] {
        let snippet = match language {
            Language::Hog => Snippet::hog("return true"),
            Language::JavaScript => Snippet::javascript("function f(event) { return true }"),
            _ => Snippet::python("def f(event):\n    return True"),
        };
        let mut fastest = [Duration::MAX; 2];
        for _ in 0..5 {
            for (way, fastest) in fastest.iter_mut().enumerate() {
                let began = Instant::now();
                let engine = match way {
                    0 => programs::engine(jurybox::Isolation::Auto),
                    _ => engine_with_workers(),
                };
                let evaluator = engine.compile(&snippet).expect("an evaluator");
                black_box(evaluator.evaluate(&programs::event()));
                *fastest = (*fastest).min(began.elapsed());
            }
        }
        println!(
            "{:<14} {:>10.1?} in process {:>10.1?} in workers",
            language.name(),
            fastest[0],
            fastest[1]
        );
    }
    println!();
}

/// What the workers of an engine hold.
fn memory(engine: &Engine) {
    let evaluator = programs::evaluator(engine, "keywords");
    all_processors(|| {
        black_box(evaluator.evaluate_batch(&vec![programs::event(); EVENTS], &programs::options()));
    });
    println!("resident memory of idle workers after Hog metrics, in MiB: its own, and shared with others");
    for (role, own, shared) in workers() {
        println!("{role:<14} {:>10.1} {:>10.1}", mib(own), mib(shared));
    }
    println!();
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Role, own and shared bytes of the processes that this one started, and of those that they started.
fn workers() -> Vec<(String, u64, u64)> {
    let mut ours = vec![std::process::id()];
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(parent) = ours.get(at).copied() {
        at += 1;
        for entry in fs::read_dir("/proc").expect("/proc").flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            if after_name.split_whitespace().nth(1) != Some(&parent.to_string()) {
                continue;
            }
            ours.push(pid);
            let read = |name| fs::read_to_string(entry.path().join(name)).unwrap_or_default();
            let pages: Vec<u64> = read("statm")
                .split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect();
            let (Some(resident), Some(shared)) = (pages.get(1), pages.get(2)) else {
                continue;
            };
            let kind = if parent == std::process::id() {
                "warden"
            } else {
                "worker"
            };
            let role = read("cmdline").split('\0').nth(1).unwrap_or_default().to_owned();
            found.push((format!("{role} {kind}"), (resident - shared) * 4096, shared * 4096));
        }
    }
    found
}
