//! Stopping: what was accepted is there afterwards, what is under way is answered, and nothing holds the stop for ever.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::raw::Raw;
use crate::support::Server;

const DATASETS: &str = "/api/projects/@current/datasets/";

fn tell(signal: &str, process: u32) {
    let told = Command::new("kill")
        .args([signal, &process.to_string()])
        .status()
        .expect("kill runs");
    assert!(told.success());
}

fn names(server: &Server, key: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut path = format!("{DATASETS}?limit=1000&order_by=created_at");
    loop {
        let page = server.send_with(&[("x-api-key", key)], "GET", &path, None).ok();
        let results = page["results"].as_array().expect("results").clone();
        names.extend(
            results
                .iter()
                .map(|dataset| dataset["name"].as_str().expect("a name").to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => path = next.strip_prefix(&server.url).expect("this server's").to_owned(),
            None => return names,
        }
    }
}

/// A server on the data of another one.
fn again(data: &TempDir) -> Server {
    Server::at(data.path(), &[])
}

#[test]
fn what_is_under_way_is_answered_and_what_was_answered_stays() {
    let server = Server::start();
    let key = server.key.clone();
    let process = server.id();
    // A request that has begun, and will be complete after the signal.
    let body = json!({"name": "in the middle"}).to_string();
    let (first, second) = body.split_at(5);
    let mut under_way = Raw::to(&server);
    let length = body.len().to_string();
    under_way.request(
        &format!("POST {DATASETS}"),
        &[("x-api-key", &key), ("content-length", &length)],
        first.as_bytes(),
    );
    // An evaluation that takes a while.
    let slow = json!({
        "source": "let i := 0; while (i < 2000000) { i := i + 1 } return true",
        "events": [{"output": "x"}],
    });
    let stopped = thread::scope(|scope| {
        let judged = scope.spawn(|| server.send("POST", "/api/jurybox/evaluate", Some(&slow)));
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (server, key) = (&server, &key);
                scope.spawn(move || {
                    let mut accepted = Vec::new();
                    for number in 0.. {
                        let name = format!("{writer}-{number}");
                        let mut raw = match std::panic::catch_unwind(|| Raw::to(server)) {
                            Ok(raw) => raw,
                            Err(_) => return accepted,
                        };
                        let body = json!({"name": name}).to_string();
                        let length = body.len().to_string();
                        raw.request(
                            &format!("POST {DATASETS}"),
                            &[("x-api-key", key), ("content-length", &length)],
                            body.as_bytes(),
                        );
                        if raw.answer().status != 201 {
                            return accepted;
                        }
                        accepted.push(name);
                    }
                    accepted
                })
            })
            .collect();
        server.until("evaluations and requests are under way", |server| {
            let figures = server.send_with(&[], "GET", "/metrics", None).text;
            (figures.contains("jurybox_queue_running 1") && !names(server, &key).is_empty()).then_some(())
        });
        tell("-TERM", process);
        thread::sleep(Duration::from_millis(100));
        under_way.send(second.as_bytes());
        let answer = under_way.answer();
        assert_eq!(answer.status, 201, "{answer:?}");
        let verdict = judged.join().expect("an answer").ok();
        assert_eq!(verdict["verdicts"][0]["status"], "ok", "{verdict}");
        let accepted = writers.into_iter().flat_map(|writer| writer.join().expect("its names"));
        accepted.collect::<Vec<_>>()
    });
    let data = server.stopped().expect("its data");
    let server = again(&data);
    let kept = names(&server, &key);
    assert!(kept.contains(&"in the middle".to_owned()), "{kept:?}");
    assert!(!stopped.is_empty());
    for name in stopped {
        assert!(kept.contains(&name), "{name} was answered 201");
    }
}

#[test]
fn killed_at_any_moment_it_has_what_it_answered() {
    let mut server = Server::start();
    let key = server.key.clone();
    let mut accepted = Vec::new();
    let mut keeper: Option<TempDir> = None;
    for round in 0..3 {
        let process = server.id();
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50 + 37 * round));
            tell("-KILL", process);
        });
        for number in 0.. {
            let name = format!("{round}-{number}");
            let Ok(mut raw) = std::panic::catch_unwind(|| Raw::to(&server)) else {
                break;
            };
            let body = json!({"name": name}).to_string();
            let length = body.len().to_string();
            let headers = [("x-api-key", key.as_str()), ("content-length", &length)];
            raw.request(&format!("POST {DATASETS}"), &headers, body.as_bytes());
            match raw.answer().status {
                201 => accepted.push(name),
                _ => break,
            }
        }
        killer.join().expect("it was killed");
        keeper = server.kill().or(keeper);
        server = again(keeper.as_ref().expect("the data"));
        let kept = names(&server, &key);
        for name in &accepted {
            assert_eq!(
                kept.iter().filter(|kept| *kept == name).count(),
                1,
                "{name} was answered 201"
            );
        }
        assert!(
            kept.len() <= accepted.len() + 1 + usize::try_from(round).expect("a number"),
            "made up: {kept:?}"
        );
    }
    assert!(!accepted.is_empty());
}

#[test]
fn an_evaluation_that_never_ends_does_not_hold_the_stop() {
    let server = Server::with(&[
        "--shutdown-timeout",
        "1",
        "--fuel",
        "1000000000000000",
        "--deadline",
        "600s",
    ]);
    let endless = json!({"source": "while (true) {}", "events": [{"output": "x"}]});
    let body = endless.to_string();
    let length = body.len().to_string();
    let headers = [("x-api-key", server.key.as_str()), ("content-length", &length)];
    let mut stuck: Vec<Raw> = (0..2)
        .map(|_| {
            let mut raw = Raw::to(&server);
            raw.request("POST /api/jurybox/evaluate", &headers, body.as_bytes());
            raw
        })
        .collect();
    server.until("they run", |server| {
        let figures = server.send_with(&[], "GET", "/metrics", None).text;
        figures.contains("jurybox_queue_running 2").then_some(())
    });
    let workers = children(server.id());
    assert!(!workers.is_empty());
    let began = Instant::now();
    tell("-TERM", server.id());
    server.stopped();
    assert!(
        began.elapsed() < Duration::from_secs(300),
        "long before the deadline of the evaluation"
    );
    for raw in &mut stuck {
        assert_ne!(raw.answer().status, 200, "there is no verdict");
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while workers.iter().any(|worker| is_alive(*worker)) {
        assert!(Instant::now() < deadline, "its workers go with it");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_second_signal_ends_the_wait() {
    let server = Server::with(&["--shutdown-timeout", "600"]);
    let mut stuck = Raw::to(&server);
    let headers = [("x-api-key", server.key.as_str()), ("content-length", "100")];
    stuck.request(&format!("POST {DATASETS}"), &headers, b"{");
    // The place is taken as soon as the request is there.
    thread::sleep(Duration::from_millis(200));
    tell("-TERM", server.id());
    thread::sleep(Duration::from_millis(200));
    assert!(is_alive(server.id()), "it waits for the request");
    tell("-INT", server.id());
    server.stopped();
}

#[test]
fn a_connection_that_says_nothing_holds_nobody() {
    let server = Server::with(&["--shutdown-timeout", "600"]);
    let silent: Vec<Raw> = (0..20).map(|_| Raw::to(&server)).collect();
    let mut begun = Raw::to(&server);
    begun.request("GET /healthz", &[], b"");
    assert_eq!(begun.answer().status, 200);
    tell("-TERM", server.id());
    server.stopped();
    drop(silent);
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<u32> {
    let listed = Command::new("ps")
        .args(["-o", "pid=", "--ppid", &process.to_string()])
        .output()
        .expect("ps runs");
    let listed = String::from_utf8(listed.stdout).expect("text");
    listed
        .split_whitespace()
        .filter_map(|process| process.parse().ok())
        .collect()
}

fn is_alive(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // A zombie has ended.
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with('Z')
}

#[test]
fn settings_come_from_flags_the_environment_and_a_file_in_this_order() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("jurybox.toml");
    let start = |settings: &str, environment: &[(&str, &str)], arguments: &[&str]| {
        std::fs::write(&file, settings).expect("written");
        let output = Command::new(env!("CARGO_BIN_EXE_jurybox"))
            .args(["serve", "--config"])
            .arg(&file)
            .args(arguments)
            .envs(environment.iter().copied())
            .output()
            .expect("the program runs");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    // What is refused tells which setting won: only loopback addresses go without keys.
    let open = "insecure_no_auth = true\naddr = '10.1.1.1:1'";
    for (environment, arguments, address) in [
        (&[][..], &[][..], "10.1.1.1:1"),
        (&[("JURYBOX_ADDR", "10.2.2.2:2")], &[], "10.2.2.2:2"),
        (
            &[("JURYBOX_ADDR", "10.2.2.2:2")],
            &["--addr", "10.3.3.3:3"],
            "10.3.3.3:3",
        ),
    ] {
        let told = start(open, environment, arguments);
        assert!(
            told.contains(&format!("lets everyone in who reaches {address}")),
            "{told}"
        );
    }
    for (settings, told) in [
        ("adress = '127.0.0.1:1'", "adress"),
        ("patience = 'long'", "patience"),
        ("addr = 'nowhere'", "addr"),
        ("[", "jurybox.toml"),
        ("log = 'jurybox=loud'", "--log"),
        ("max_requests = 0", "--max-requests"),
    ] {
        let written = start(settings, &[], &["--addr", "127.0.0.1:0", "--workers=1"]);
        assert!(written.contains(told), "{settings}: {written}");
    }
    let unknown = start("", &[], &["--adress", "127.0.0.1:0"]);
    assert!(unknown.contains("--adress"), "{unknown}");
    let missing = Command::new(env!("CARGO_BIN_EXE_jurybox"))
        .args(["serve", "--config", "/nowhere/jurybox.toml"])
        .output()
        .expect("the program runs");
    assert!(String::from_utf8_lossy(&missing.stderr).contains("/nowhere/jurybox.toml"));
    for useless in [["--dir", "a=/tmp"], ["--seed", "1"], ["--now", "2026-01-31T12:00:00Z"]] {
        let written = start("", &[], &useless);
        assert!(written.contains(useless[0]), "{written}");
    }
}

#[test]
fn without_keys_it_warns_and_answers_only_this_machine() {
    let server = Server::with(&["--insecure-no-auth"]);
    let warned = server
        .greeting
        .iter()
        .any(|line| line.starts_with("warning:") && line.contains("no keys"));
    assert!(warned, "{:?}", server.greeting);
    let session = |headers: &[(&str, &str)]| server.send_with(headers, "GET", DATASETS, None);
    assert_eq!(session(&[]).ok()["count"], 0);
    assert_eq!(
        session(&[("x-api-key", "phx_any")]).status,
        200,
        "clients that must send some key may send any"
    );
    assert_eq!(session(&[("origin", "http://localhost:3000")]).status, 200);
    for foreign in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("host", "evil.example"),
    ] {
        let answer = session(&[foreign]);
        assert_eq!(answer.status, 403, "{foreign:?}");
        let code: Value = answer.json()["code"].clone();
        assert_eq!(code, "permission_denied");
    }
}
