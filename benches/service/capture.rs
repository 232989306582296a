//! Events from PostHog's clients.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Times;
use crate::programs;
use crate::server::Server;
use crate::table::Table;

/// Events of a batch, as PostHog's clients send them.
const BATCH: usize = 100;

/// Batches, plain and compressed, and single events.
pub fn measure(server: &Server, time: Duration, table: &mut Table) {
    for (name, path, events, is_compressed, clients) in [
        ("capture, /batch, 100 events, 2 clients", "/batch/", BATCH, false, 2),
        (
            "capture, /batch, 100 events, gzip, 2 clients",
            "/batch/",
            BATCH,
            true,
            2,
        ),
        ("capture, /capture, 1 client", "/capture/", 1, false, 1),
        ("capture, /capture, 16 clients", "/capture/", 1, false, 16),
    ] {
        let (mut times, took) = run(server, path, events, is_compressed, clients, time);
        let rate = (times.count() * events) as f64 / took.as_secs_f64();
        table.add(name, format!("{rate:.0} events/s"), times.shown());
    }
}

fn run(
    server: &Server,
    path: &str,
    events: usize,
    is_compressed: bool,
    clients: usize,
    time: Duration,
) -> (Times, Duration) {
    let began = Instant::now();
    let mut all = Times::default();
    thread::scope(|scope| {
        let run = || {
            let client = server.client();
            let mut times = Times::default();
            while began.elapsed() < time {
                let body = body(server, events, is_compressed);
                let headers = if is_compressed {
                    &[("content-encoding", "gzip")][..]
                } else {
                    &[]
                };
                let asked = Instant::now();
                let (status, answer) = client.post_bytes(path, headers, &body).expect("an answer");
                assert_eq!(status, 200, "{answer}");
                times.add(asked);
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

/// What a client sends: events that nobody sent before.
fn body(server: &Server, events: usize, is_compressed: bool) -> Vec<u8> {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let event = || {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut event: Value = programs::event().value().clone();
        event["uuid"] = json!(Uuid::from_u128(u128::from(number) | 7 << 76 | 2 << 62).to_string());
        event["timestamp"] = json!(jiff::Timestamp::now().to_string());
        event
    };
    let body = if events == 1 {
        let mut event = event();
        event["api_key"] = json!(server.key);
        event
    } else {
        let batch: Vec<Value> = (0..events).map(|_| event()).collect();
        json!({"api_key": server.key, "historical_migration": false, "batch": batch})
    };
    let text = body.to_string().into_bytes();
    if !is_compressed {
        return text;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&text).expect("memory");
    encoder.finish().expect("memory")
}
