//! What a worker does when an event tells it to.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use rustix::net::{SendAncillaryBuffer, SendFlags};
use serde_json::{Value, json};

/// What marks an event that a worker obeys.
const MARK: &str = "probe";

/// A number that no other worker has.
static IDENTITY: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0) >> 12);
/// The projects that this worker has met.
static MET: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// An event that makes a worker do something.
pub fn order(name: &str, argument: &Value) -> String {
    json!({ "input": { MARK: name, "argument": argument } }).to_string()
}

/// Obeys an event document, or a source that is written like one; in a run worker the result is the metric's.
pub fn probe(document: &str) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    let input = document.get("input")?;
    let name = input.get(MARK)?.as_str()?;
    let argument = input.get("argument").unwrap_or(&Value::Null);
    obey(name, argument).map(|value| value.to_string())
}

fn obey(name: &str, argument: &Value) -> Option<Value> {
    match name {
        "number" => Some(argument.clone()),
        "identity" => {
            let mut met = MET.lock().expect("nobody panics here");
            met.insert(argument.as_str()?.to_owned());
            Some(json!(format!("{}/{}", *IDENTITY, met.len())))
        }
        "abort" => std::process::abort(),
        "segfault" => segfault(),
        "exit" => std::process::exit(3),
        "hang" => loop {
            std::hint::black_box(name);
        },
        "spin" => {
            let time = Duration::from_millis(argument.as_u64()?);
            let start = Instant::now();
            while start.elapsed() < time {
                std::hint::black_box(name);
            }
            Some(json!(true))
        }
        "panic" => panic!("as it was told"),
        "eat" => eat(),
        "overflow" => Some(json!(deep(0))),
        "garbage" => garbage(&[0xff; 4096]),
        "bytes" => garbage(&bytes(argument)?),
        "half" => garbage(&half()),
        _ => None,
    }
}

fn segfault() -> Option<Value> {
    let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGSEGV);
    // Where a worker may not signal itself, there is the real thing.
    // SAFETY: none; that is the point. It happens in a worker, which dies of it.
    unsafe { std::ptr::null_mut::<u8>().write_volatile(1) };
    None
}

/// Holds more and more memory, written to. It stops where the test has failed, before the machine does.
fn eat() -> Option<Value> {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    for _ in 0..4096 {
        eaten.push(vec![1; 1 << 20]);
    }
    std::hint::black_box(&eaten);
    Some(json!("it may hold 4 GiB"))
}

#[expect(unconditional_recursion, reason = "that is what it is for")]
fn deep(level: u64) -> u64 {
    let here = std::hint::black_box([level; 128]);
    deep(level + 1) + here[(level % 128) as usize]
}

/// Says something to the host that no worker says, and goes on as if nothing had been.
fn garbage(bytes: &[u8]) -> Option<Value> {
    let parts = [std::io::IoSlice::new(bytes)];
    // The only call for it that a worker may make.
    let sent = rustix::net::sendmsg(
        std::io::stdin(),
        &parts,
        &mut SendAncillaryBuffer::default(),
        SendFlags::empty(),
    );
    Some(json!(format!("{sent:?}")))
}

fn bytes(argument: &Value) -> Option<Vec<u8>> {
    let bytes = argument.as_array()?.iter();
    bytes.map(|byte| u8::try_from(byte.as_u64()?).ok()).collect()
}

/// A frame of which half never comes.
fn half() -> Vec<u8> {
    let mut frame = vec![0, 0, 1, 0, 0];
    frame.extend([5; 1 << 15]);
    frame
}
