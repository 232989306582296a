//! A long run with everything at once: metrics that work, metrics that fail and metrics that attack, in all languages, at a
//! share of what the service can do. Every verdict is compared with the one that is expected.

mod cases;
mod watch;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Client, Times};
use crate::server::Server;
use cases::{Case, Cases};
use watch::Watch;

/// Clients at the same time.
const CLIENTS: u64 = 8;
/// How long it is measured what the service can do.
const CALIBRATION: Duration = Duration::from_secs(20);
/// Wrong answers that are shown.
const SHOWN: usize = 20;

/// What came of all requests.
#[derive(Default)]
struct Tally {
    requests: AtomicU64,
    verdicts: AtomicU64,
    refused: AtomicU64,
    wrong: Mutex<Vec<String>>,
    times: Mutex<Times>,
}

/// Runs it; whether nothing was wrong.
pub fn run(time: Duration, load: f64) -> bool {
    let server = Server::start();
    server.add_samples();
    let cases = Cases::collect();
    println!(
        "{} metrics that work, {} that fail or attack",
        cases.good.len(),
        cases.hostile.len()
    );
    // Everything once: what is compiled is compiled, and what is expected is checked.
    let warm = Tally::default();
    for case in cases.good.iter().chain(&cases.hostile) {
        ask(&server.client(), case, &warm);
    }
    warm.report("each of them once");

    let measured = Tally::default();
    let began = Instant::now();
    hammer(&server, &cases, &measured, |_| began.elapsed() < CALIBRATION);
    let capacity = measured.requests.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    measured.report(&format!("as fast as it goes: {capacity:.0} requests/s"));

    let rate = capacity * load;
    println!("for {:.0} minutes: {rate:.0} requests/s", time.as_secs_f64() / 60.0);
    let tally = Tally::default();
    let began = Instant::now();
    let late = AtomicU64::new(0);
    let watch = Watch::begin(&server, began);
    let watch = thread::scope(|scope| {
        let watching = scope.spawn(|| watch.until(|| began.elapsed() >= time));
        hammer(&server, &cases, &tally, |number| {
            let due = Duration::from_secs_f64(number as f64 / rate);
            match due.checked_sub(began.elapsed()) {
                Some(early) => thread::sleep(early),
                None => late.store((began.elapsed() - due).as_millis() as u64, Ordering::Relaxed),
            }
            began.elapsed() < time
        });
        watching.join().expect("a watch")
    });
    tally.report("under load");
    println!("the last request was {} ms late", late.load(Ordering::Relaxed));
    let calm = watch.report();
    let is_right = [&warm, &measured, &tally].iter().all(|tally| tally.is_right());
    println!(
        "{}",
        if calm && is_right {
            "nothing was wrong"
        } else {
            "SOMETHING WAS WRONG"
        }
    );
    calm && is_right
}

/// Asks for as long as it is told, with all clients; each request has a number.
fn hammer(server: &Server, cases: &Cases, tally: &Tally, more: impl Fn(u64) -> bool + Sync) {
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let client = server.client();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if !more(number) {
                        return;
                    }
                    one(&client, server, cases, number, tally);
                }
            });
        }
    });
}

/// The request of this number.
fn one(client: &Client, server: &Server, cases: &Cases, number: u64, tally: &Tally) {
    // Each of these goes through all of its cases.
    let pick = |cases: &'_ [Case], number: u64| cases.get((number as usize) % cases.len()).cloned();
    let case = match number % 10 {
        0..=5 => pick(&cases.good, number / 10 * 6 + number % 10),
        6 | 7 => pick(&cases.hostile, number / 10 * 2 + number % 10 - 6),
        8 => return try_it(client, number, tally),
        _ => return capture(client, server, number, tally),
    };
    if let Some(case) = case {
        ask(client, &case, tally);
    }
}

/// Has a case judged and compares.
fn ask(client: &Client, case: &Case, tally: &Tally) {
    let headers = [("content-type", "application/x-ndjson")];
    let began = Instant::now();
    let answer = client.post_bytes("/api/jurybox/evaluate", &headers, case.request.as_bytes());
    tally.add(began);
    let problem = match answer {
        Err(error) => Err(format!("no answer after {:?}: {error}", began.elapsed())),
        Ok((429 | 503, _)) => return tally.refuse(),
        Ok((status, text)) => case.check(status, &text),
    };
    match problem {
        Ok(verdicts) => {
            tally.verdicts.fetch_add(verdicts, Ordering::Relaxed);
        }
        Err(problem) => tally.wrong(format!("{}: {problem}", case.name)),
    }
}

/// Tries a metric on samples.
fn try_it(client: &Client, number: u64, tally: &Tally) {
    let (source, expected) = match number / 10 % 3 {
        0 => ("return length(output) >= 0", json!(true)),
        1 => ("throw Error('never')", Value::Null),
        _ => ("return output == 'never'", json!(false)),
    };
    let began = Instant::now();
    let body = json!({"source": source, "sample_count": 5}).to_string();
    let answer = client.post_bytes("/api/environments/@current/evaluations/test_hog/", &[], body.as_bytes());
    tally.add(began);
    let results = match answer {
        Ok((429 | 503, _)) => return tally.refuse(),
        Ok((200, text)) => serde_json::from_str::<Value>(&text).unwrap_or_default()["results"].clone(),
        answer => return tally.wrong(format!("test_hog: {answer:?}")),
    };
    let results = results.as_array().cloned().unwrap_or_default();
    if results.len() != 5 || results.iter().any(|result| result["result"] != expected) {
        tally.wrong(format!("test_hog of {source}: {results:?}"));
    }
}

/// Sends ten events. They are the same few again and again: what is looked for is growth of the service, not of its data.
fn capture(client: &Client, server: &Server, number: u64, tally: &Tally) {
    let event = |index: u64| {
        json!({
            "event": "$ai_generation", "distinct_id": "soak",
            "uuid": format!("01928f3e-5c1e-7c1a-9d7e-{:012}", (number % 100) * 10 + index),
            "properties": {"$ai_input": "Why?", "$ai_output": "So."},
        })
    };
    let body = json!({"api_key": server.key, "batch": (0..10).map(event).collect::<Vec<_>>()}).to_string();
    let began = Instant::now();
    let answer = client.post_bytes("/batch/", &[], body.as_bytes());
    tally.add(began);
    match answer {
        Ok((200, _)) => {}
        Ok((429 | 503, _)) => tally.refuse(),
        answer => tally.wrong(format!("capture: {answer:?}")),
    }
}

impl Tally {
    fn add(&self, began: Instant) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.times.lock().expect("times").add(began);
    }

    fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    fn wrong(&self, problem: String) {
        let mut wrong = self.wrong.lock().expect("problems");
        if wrong.len() < SHOWN {
            let shown: String = problem.chars().take(600).collect();
            eprintln!("WRONG: {shown}");
        }
        wrong.push(problem);
    }

    fn is_right(&self) -> bool {
        self.wrong.lock().expect("problems").is_empty()
    }

    fn report(&self, what: &str) {
        println!(
            "{what}: {} requests, {} verdicts compared, {} refused as too much, {} wrong or stuck; {}",
            self.requests.load(Ordering::Relaxed),
            self.verdicts.load(Ordering::Relaxed),
            self.refused.load(Ordering::Relaxed),
            self.wrong.lock().expect("problems").len(),
            self.times.lock().expect("times").shown(),
        );
    }
}
