//! Hog in jurybox beside Hog in PostHog's TypeScript HogVM, program by program in one run: `cargo bench --bench peers`.
//!
//! Ours is the whole evaluation: a clean instance, handing over the event, the program, the verdict. The peer's is the
//! program alone: warm, without isolation, on an event that is already parsed. It needs `node` and
//! `npm install --prefix benches/hogvm`; without them the peer's columns stay empty.

use std::process::Command;
use std::time::{Duration, Instant};

use jurybox::{EvaluationOptions, Evaluator, Event, Isolation};

mod programs;

/// How long each program is measured on each side.
const SECONDS: f64 = 2.0;

/// Microseconds of a run.
struct Timing {
    min: f64,
    median: f64,
}

fn main() {
    let (rewound, new) = (
        programs::engine(Isolation::Auto),
        programs::engine(Isolation::NewInstance),
    );
    let (event, options) = (programs::event(), programs::options());
    println!(
        "{:14} {:>10} {:>10} {:>12} {:>12} {:>9} {:>8}",
        "µs (median)", "rewound", "min", "new instance", "HogVM TS", "min", "ratio"
    );
    for (name, _) in programs::PROGRAMS {
        let ours = time(&programs::evaluator(&rewound, name), &event, &options, SECONDS);
        let fresh = time(&programs::evaluator(&new, name), &event, &options, SECONDS / 4.0);
        let peer = peer(name);
        let (theirs, least, ratio) = match &peer {
            Some(peer) => (
                format!("{:.1}", peer.median),
                format!("{:.1}", peer.min),
                format!("{:.1}x", peer.median / ours.median),
            ),
            None => ("-".to_owned(), "-".to_owned(), "-".to_owned()),
        };
        println!(
            "{name:14} {:10.2} {:10.2} {:12.1} {theirs:>12} {least:>9} {ratio:>8}",
            ours.median, ours.min, fresh.median
        );
    }
}

fn time(evaluator: &Evaluator, event: &Event, options: &EvaluationOptions, seconds: f64) -> Timing {
    let mut judge = evaluator.judge();
    let mut batch = |length: Duration| {
        let (start, mut runs) = (Instant::now(), 0_u32);
        loop {
            std::hint::black_box(judge.evaluate(event, options));
            runs += 1;
            let elapsed = start.elapsed();
            if elapsed >= length {
                return elapsed.as_secs_f64() * 1e6 / f64::from(runs);
            }
        }
    };
    batch(Duration::from_secs_f64(seconds / 4.0));
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut times = Vec::new();
    while times.is_empty() || Instant::now() < end {
        times.push(batch(Duration::from_micros(200)));
    }
    times.sort_by(f64::total_cmp);
    Timing {
        min: times[0],
        median: times[times.len() / 2],
    }
}

fn peer(program: &str) -> Option<Timing> {
    let output = Command::new("node")
        .args(["peer.mjs", program, &SECONDS.to_string()])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/hogvm"))
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let timing: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    Some(Timing {
        min: timing["min"].as_f64()?,
        median: timing["median"].as_f64()?,
    })
}
