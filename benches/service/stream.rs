//! Streams of events, and what they leave behind.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::programs;
use crate::server::Server;
use crate::table::Table;

/// Different events that are sent again and again.
const EVENTS: usize = 512;
/// Events that are written together.
const AT_A_TIME: usize = 32;

/// Every program on the same events, from one client with one connection.
pub fn measure(server: &Server, time: Duration, table: &mut Table) {
    for (name, source) in programs::PROGRAMS {
        let done = run(server, source, |sent, began| {
            sent < EVENTS as u64 || began.elapsed() < time
        });
        table.add(
            format!("stream, {name}"),
            format!("{:.0} verdicts/s", done.verdicts as f64 / done.took.as_secs_f64()),
            format!("{} verdicts", done.verdicts),
        );
    }
}

/// What the service holds after so many events, and after a tenth of them.
pub fn measure_memory(server: &Server, events: u64, table: &mut Table) {
    let source = programs::source("keywords");
    for events in [events / 10, events] {
        let done = run(server, source, |sent, _| sent < events);
        // What is sent together is sent whole.
        assert!(done.verdicts >= events, "{} of {events}", done.verdicts);
        let held = server.held();
        table.add(
            format!("memory after {events} events more in one stream"),
            format!("{:.1} MiB", held.server_kib as f64 / 1024.0),
            format!(
                "and {:.1} MiB in {} workers; {:.0} verdicts/s",
                held.workers_kib as f64 / 1024.0,
                held.workers,
                events as f64 / done.took.as_secs_f64()
            ),
        );
    }
}

struct Done {
    verdicts: u64,
    took: Duration,
}

/// Streams events for as long as there should be more. It writes and reads at the same time, as clients of long streams
/// must.
fn run(server: &Server, source: &str, more: impl Fn(u64, Instant) -> bool + Send) -> Done {
    let mut connection = TcpStream::connect(&server.address).expect("a connection");
    connection.set_nodelay(true).expect("a socket");
    let answer = BufReader::with_capacity(256 << 10, connection.try_clone().expect("a reader"));
    let began = Instant::now();
    let verdicts = thread::scope(|scope| {
        let reader = scope.spawn(move || count(answer));
        let head = json!({"source": source, "options": {"allows_na": true, "now_ns": 0}}).to_string() + "\n";
        write!(
            connection,
            "POST /api/jurybox/evaluate HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: \
             application/x-ndjson\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{head}\r\n",
            server.address,
            server.key,
            head.len()
        )
        .expect("it is sent");
        let parts = parts();
        let mut sent = 0;
        for part in parts.iter().cycle() {
            if !more(sent, began) {
                break;
            }
            connection.write_all(part).expect("it is sent");
            sent += AT_A_TIME as u64;
        }
        connection.write_all(b"0\r\n\r\n").expect("it is sent");
        let verdicts = reader.join().expect("a reader");
        assert_eq!(verdicts, sent, "an event, a verdict");
        verdicts
    });
    Done {
        verdicts,
        took: began.elapsed(),
    }
}

/// The events in the parts that they are sent in.
fn parts() -> Vec<Vec<u8>> {
    let event = programs::event();
    let events: Vec<String> = (0..EVENTS)
        .map(|number| {
            let mut event = event.value().clone();
            event["uuid"] = Value::String(format!("01928f3e-5c1e-7c1a-9d7e-{number:012}"));
            event.to_string() + "\n"
        })
        .collect();
    let part = |events: &[String]| {
        let events = events.concat();
        format!("{:x}\r\n{events}\r\n", events.len()).into_bytes()
    };
    events.chunks(AT_A_TIME).map(part).collect()
}

/// Counts the verdicts of an answer, all of which must be well. Verdicts end in `}` and a line's end, which nothing else in
/// the answer does.
fn count(mut answer: BufReader<TcpStream>) -> u64 {
    let mut line = Vec::new();
    let mut verdicts = 0;
    loop {
        line.clear();
        if answer.read_until(b'\n', &mut line).expect("an answer") == 0 {
            return verdicts;
        }
        if verdicts == 0 && line.starts_with(b"HTTP/1.1 ") {
            assert!(line.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&line));
        }
        if line.ends_with(b"}\n") {
            let well = [&b"\"status\":\"ok\""[..], b"\"status\":\"not_applicable\""];
            let is_well = well
                .iter()
                .any(|well| line.windows(well.len()).take(120).any(|part| part == *well));
            assert!(is_well, "{}", String::from_utf8_lossy(&line));
            verdicts += 1;
        }
    }
}
