//! Trying a metric on five samples without saving it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Times;
use crate::programs;
use crate::server::Server;
use crate::table::Table;

const PATH: &str = "/api/environments/@current/evaluations/test_hog/";

/// By one client and by four, the same metric again and again, and one that nobody tried before each time.
pub fn measure(server: &Server, time: Duration, table: &mut Table) {
    for clients in [1, 4] {
        for is_new in [false, true] {
            let (mut times, took) = run(server, clients, is_new, time);
            let metric = if is_new {
                "a new metric each time"
            } else {
                "the same metric"
            };
            let s = if clients == 1 { "" } else { "s" };
            table.add(
                format!("test_hog, 5 samples, {clients} client{s}, {metric}"),
                times.shown(),
                format!("{:.0}/s", times.count() as f64 / took.as_secs_f64()),
            );
        }
    }
}

fn run(server: &Server, clients: usize, is_new: bool, time: Duration) -> (Times, Duration) {
    static NUMBER: AtomicU64 = AtomicU64::new(1_000_000);
    let began = Instant::now();
    let mut all = Times::default();
    thread::scope(|scope| {
        let run = || {
            let client = server.client();
            let mut times = Times::default();
            let mut warm = 0;
            while began.elapsed() < time {
                let mut source = programs::source("keywords").to_owned();
                if is_new {
                    source = format!("let a := {}\n{source}", NUMBER.fetch_add(1, Ordering::Relaxed));
                }
                let body = json!({"source": source, "sample_count": 5, "allows_na": true});
                let asked = Instant::now();
                let (status, answer) = client.post(PATH, &body);
                assert_eq!(status, 200, "{answer}");
                assert_eq!(answer["results"].as_array().map(Vec::len), Some(5), "{answer}");
                warm += 1;
                if warm > 5 {
                    times.add(asked);
                }
            }
            times
        };
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            all.extend(thread.join().expect("a client"));
        }
    });
    (all, began.elapsed())
}
