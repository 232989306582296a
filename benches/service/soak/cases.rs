//! What is asked, and what must come of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// The metrics of the examples.
const METRICS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/metrics");
const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/events.jsonl");
/// Attacks that the tests know; the comment at the top of each says how it must end.
const GUESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evil/guests");
/// The fuel that attacks get in those tests.
const FUEL: u64 = 100_000_000;
/// The event that they get there.
const EVENT: &str = r#"{"id": "e-1", "input": "What is 2+2?", "output": "It is 4.", "expected": "4"}"#;
/// The clock of all metrics.
const NOW_NS: i64 = 1_700_000_000_000_000_000;
const NOW: &str = "2023-11-14T22:13:20Z";

/// A request and what is expected of it.
#[derive(Clone)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// The stream.
    pub request: String,
    expected: Expected,
}

#[derive(Clone)]
enum Expected {
    /// Exactly these verdicts, but for the time that they took.
    Verdicts(Vec<Value>),
    /// One verdict of this status.
    Status(String),
}

/// All cases.
pub struct Cases {
    /// Metrics that work.
    pub good: Vec<Case>,
    /// Metrics that fail or attack.
    pub hostile: Vec<Case>,
}

impl Cases {
    /// All that there are.
    pub fn collect() -> Self {
        Self {
            good: good(),
            hostile: hostile(),
        }
    }
}

impl Case {
    /// Whether an answer is as expected; how many verdicts it has.
    pub fn check(&self, status: u16, text: &str) -> Result<u64, String> {
        let verdicts: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_default())
            .collect();
        match &self.expected {
            Expected::Verdicts(expected) if status == 200 => {
                let found: Vec<Value> = verdicts.into_iter().map(comparable).collect();
                if found == *expected {
                    return Ok(found.len() as u64);
                }
                let differs = found.iter().zip(expected).find(|(found, expected)| found != expected);
                Err(match differs {
                    Some((found, expected)) => format!("{found} instead of {expected}"),
                    None => format!("{} verdicts instead of {}", found.len(), expected.len()),
                })
            }
            Expected::Status(expected) if expected == "compile_error" && status == 400 => {
                let kind = verdicts.first().map(|problem| &problem["kind"]);
                (kind == Some(&json!(expected))).then_some(1).ok_or(text.to_owned())
            }
            Expected::Status(expected) if status == 200 => match verdicts.as_slice() {
                [verdict] if verdict["status"] == json!(expected) => Ok(1),
                _ => Err(format!("{text} instead of {expected}")),
            },
            _ => Err(format!("{status} {text}")),
        }
    }
}

/// A verdict without what may differ.
fn comparable(mut verdict: Value) -> Value {
    if let Some(fields) = verdict.as_object_mut() {
        for name in ["event", "metric", "replay"] {
            fields.shift_remove(name);
        }
    }
    verdict["usage"]["elapsed_us"] = json!(0);
    verdict
}

/// The metrics of the examples; what is expected is what the program says that judges by itself.
fn good() -> Vec<Case> {
    let events = fs::read_to_string(EVENTS).expect("events");
    let mut good = Vec::new();
    for path in files(Path::new(METRICS)) {
        let output = Command::new(env!("CARGO_BIN_EXE_jurybox"))
            .args(["test", "--json", "--allow-na", "--now", NOW, "--events", EVENTS])
            .arg(&path)
            .output()
            .expect("the program runs");
        let lines = String::from_utf8(output.stdout).expect("text");
        let verdicts: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert!(
            !verdicts.is_empty(),
            "{}: {}",
            path.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        let head = json!({
            "language": language(&path), "source": fs::read_to_string(&path).expect("a metric"), "file": name(&path),
            "options": {"allows_na": true, "now_ns": NOW_NS},
        });
        good.push(Case {
            name: name(&path),
            request: format!("{head}\n{events}"),
            expected: Expected::Verdicts(verdicts.into_iter().map(comparable).collect()),
        });
    }
    good
}

/// The attacks that say how they must end, and need neither limits nor events of their own.
fn hostile() -> Vec<Case> {
    let mut hostile = Vec::new();
    for folder in ["hog", "python", "javascript", "typescript", "wasm"] {
        for path in files(&Path::new(GUESTS).join(folder)) {
            let Ok(source) = fs::read_to_string(&path) else {
                continue;
            };
            let entries = entries(&source);
            let is_special = ["Limits", "Event", "Made by"]
                .iter()
                .any(|key| entries.contains_key(*key));
            let Some(ends) = entries.get("Ends").filter(|ends| !is_special && *ends != "timed_out") else {
                continue;
            };
            let head = json!({
                "language": folder, "source": source,
                "options": {"now_ns": NOW_NS, "limits": {"fuel": FUEL}},
            });
            hostile.push(Case {
                name: format!("{folder}/{}", name(&path)),
                request: format!("{head}\n{EVENT}\n"),
                expected: Expected::Status(ends.clone()),
            });
        }
    }
    // Neighbours are of different languages.
    hostile.sort_by_key(|case| case.name.bytes().rev().collect::<Vec<_>>());
    hostile
}

/// The keys in the comment at the top of an attack.
fn entries(source: &str) -> BTreeMap<String, String> {
    let comment = |line: &str| {
        let rest = ["//", "#", ";;"].iter().find_map(|mark| line.strip_prefix(mark))?;
        Some(rest.trim().to_owned())
    };
    let lines = source.lines().map_while(comment);
    let entry = |line: String| {
        line.split_once(": ")
            .map(|(key, rest)| (key.to_owned(), rest.trim().to_owned()))
    };
    lines.filter_map(entry).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn language(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("py") => "python",
        Some("ts") => "typescript",
        _ => "hog",
    }
}
