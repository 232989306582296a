//! What one evaluation costs, each with a clean instance and with handing over the event: `cargo bench --bench evaluate`.

use divan::{Bencher, counter::ItemsCount};
use jurybox::{Engine, EngineOptions, Event, Isolation, Snippet};

mod programs;

const NAMES: [&str; 9] = [
    "length_check",
    "keywords",
    "pii_regex",
    "messages",
    "overlap",
    "collections",
    "fib",
    "mandelbrot",
    "sum_loop",
];
const TYPICAL: [&str; 5] = ["length_check", "keywords", "pii_regex", "messages", "overlap"];

fn main() {
    divan::main();
}

/// One program after the other on one event.
fn evaluate(bencher: Bencher<'_, '_>, name: &str, isolation: Isolation) {
    let engine = programs::engine(isolation);
    let evaluator = programs::evaluator(&engine, name);
    let (event, options) = (programs::event(), programs::options());
    let mut judge = evaluator.judge();
    bencher.bench_local(|| judge.evaluate(&event, &options));
}

/// The instance of the event before, rewound.
#[divan::bench(args = NAMES)]
fn rewound(bencher: Bencher<'_, '_>, name: &str) {
    evaluate(bencher, name, Isolation::Auto);
}

/// A new instance for each event.
#[divan::bench(args = NAMES)]
fn new_instance(bencher: Bencher<'_, '_>, name: &str) {
    evaluate(bencher, name, Isolation::NewInstance);
}

/// Many events through one evaluator; each is already parsed and laid out.
#[divan::bench(args = TYPICAL, threads = [1, 2])]
fn throughput(bencher: Bencher<'_, '_>, name: &str) {
    let engine = programs::engine(Isolation::Auto);
    let evaluator = programs::evaluator(&engine, name);
    let (event, options) = (programs::event(), programs::options());
    bencher.counter(ItemsCount::new(1000_usize)).bench(|| {
        let mut judge = evaluator.judge();
        for _ in 0..1000 {
            divan::black_box(judge.evaluate(&event, &options));
        }
    });
}

/// From source to evaluator, the language's runtime being ready and nothing cached.
#[divan::bench(args = TYPICAL)]
fn compile(bencher: Bencher<'_, '_>, name: &str) {
    let mut options = EngineOptions::default();
    options.cache = jurybox::CodeStore::Memory;
    let engine = Engine::new(options).expect("an engine");
    let mut number = 0;
    bencher
        .with_inputs(|| {
            // Another source each time, so that no cache knows it.
            number += 1;
            Snippet::hog(format!("let unique := {number}\n{}", programs::source(name)))
        })
        .bench_local_values(|snippet| engine.compile(&snippet).expect("it compiles"));
}

/// From JSON text to an event that is laid out for the guest.
#[divan::bench]
fn parse_event(bencher: Bencher<'_, '_>) {
    let engine = programs::engine(Isolation::Auto);
    let evaluator = programs::evaluator(&engine, "length_check");
    let (text, options) = (programs::event().value().to_string(), programs::options());
    let mut judge = evaluator.judge();
    bencher.bench_local(|| judge.evaluate(&Event::from_json(&text).expect("an event"), &options));
}
