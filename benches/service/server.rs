//! The service, and what the system says about its processes.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;

/// How long it may take to start: the first time, it compiles the runtime of Hog.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running service on a directory of its own. It is killed when dropped.
pub struct Server {
    child: Child,
    _data: TempDir,
    /// Where it listens, without `http://`.
    pub address: String,
    /// The key to its first project.
    pub key: String,
}

/// What the processes of a service hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held {
    /// Memory of the service itself in KiB.
    pub server_kib: u64,
    /// Memory of its workers in KiB.
    pub workers_kib: u64,
    /// Open descriptors of the service.
    pub descriptors: u64,
    /// Its threads.
    pub threads: u64,
    /// Its workers.
    pub workers: u64,
}

impl Server {
    /// Starts one with default settings.
    pub fn start() -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let mut child = Command::new(env!("CARGO_BIN_EXE_jurybox"))
            .args(["serve", "--addr", "127.0.0.1:0", "--log", "warn", "--data"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if line.contains("ERROR") || line.contains("panicked") {
                    eprintln!("service: {line}");
                }
                let _ = sender.send(line);
            }
        });
        let mut key = String::new();
        let address = loop {
            let line = lines.recv_timeout(PATIENCE).expect("it starts");
            if let Some(shown) = line.strip_prefix("key: ") {
                key = shown.to_owned();
            }
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.to_owned();
            }
        };
        Self {
            child,
            _data: data,
            address,
            key,
        }
    }

    /// A client of its own connection.
    pub fn client(&self) -> Client {
        Client::new(&self.address, &self.key)
    }

    /// Adds events to try metrics on.
    pub fn add_samples(&self) {
        let text = include_str!("../../examples/events.jsonl");
        let events: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let (status, answer) = self.client().post("/api/jurybox/events", &json!({"events": events}));
        assert_eq!(status, 200, "{answer}");
    }

    /// What its processes hold now.
    pub fn held(&self) -> Held {
        let id = self.child.id();
        let mut held = Held {
            server_kib: status(id, "VmRSS:"),
            threads: status(id, "Threads:"),
            descriptors: fs::read_dir(format!("/proc/{id}/fd")).map_or(0, |entries| entries.count() as u64),
            ..Held::default()
        };
        for worker in descendants(id) {
            held.workers_kib += status(worker, "VmRSS:");
            held.workers += 1;
        }
        held
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn status(id: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// All processes that were started by this one, and those that they started.
fn descendants(id: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        if let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) {
            parents.push((process, status(process, "PPid:") as u32));
        }
    }
    let mut found = vec![id];
    let mut looked = 0;
    while let Some(parent) = found.get(looked).copied() {
        looked += 1;
        found.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(process, _)| *process),
        );
    }
    found.split_off(1)
}
