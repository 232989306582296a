//! `jurybox test --server` and `jurybox check --server`: the same as without, but for who does the work.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::thread;

use serde_json::Value;

use crate::support::Server;

const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/events.jsonl");
// The service's own, which it has filled when it listens: the program here would otherwise tell that it does.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/code");

fn metric(name: &str) -> String {
    format!("{}/examples/metrics/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn run(arguments: &[&str], key: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jurybox"));
    command.args(arguments).env_remove("JURYBOX_KEY").env("COLUMNS", "120");
    if let Some(key) = key {
        command.env("JURYBOX_KEY", key);
    }
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// JSON Lines without the one figure that varies.
fn without_times(output: &Output) -> Vec<String> {
    let lines = text(&output.stdout);
    let line = |line: &str| {
        let value: Value = serde_json::from_str(line).expect(line);
        let time = format!("\"elapsed_us\":{}", value["usage"]["elapsed_us"]);
        line.replace(&time, "\"elapsed_us\":0")
    };
    lines.lines().map(line).collect()
}

#[test]
fn a_service_judges_as_the_program_does() {
    let server = Server::with(&["--request-timeout", "300"]);
    let metrics = [
        "quickstart.hog",
        "cost_latency.hog",
        "print_messages.hog",
        "refusal_detection.py",
        "input_relevance.py",
        "tools_called.ts",
        "na_guard.hog",
    ]
    .map(metric);
    let metrics: Vec<&str> = metrics.iter().map(String::as_str).collect();
    for more in [
        &["--json", "--replay", "--allow-na"][..],
        &["--json", "--fuel", "20000", "--seed", "7"],
        &["--allow-na", "--fail-under", "99%"],
    ] {
        let same = ["--events", EVENTS, "--now", "2026-05-05T00:00:00Z"];
        let here = [&["test", "--cache-dir", CACHE][..], &metrics, &same, more].concat();
        let there = [&["test", "--server", &server.url][..], &metrics, &same, more].concat();
        let (here, there) = (run(&here, None), run(&there, Some(&server.key)));
        assert_eq!(here.status.code(), there.status.code(), "{}", text(&there.stderr));
        assert_eq!(text(&here.stderr), text(&there.stderr));
        if more.contains(&"--json") {
            let (here, there) = (without_times(&here), without_times(&there));
            assert_eq!(here.len(), 36 * metrics.len());
            assert_eq!(here, there);
        } else {
            assert_eq!(text(&here.stdout), text(&there.stdout));
        }
    }

    compilers_agree(&server);
    refusals(&server);
}

fn compilers_agree(server: &Server) {
    let folder = tempfile::tempdir().expect("a directory");
    let write = |name: &str, source: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, source).expect("it is written");
        path.to_str().expect("a path").to_owned()
    };
    let good = write("good.hog", b"return nonsense(output)");
    let bad = write("bad.hog", b"return output &&\n");
    let python = write("wrong.py", b"def f(output):\n  return (\n");
    let binary = write("empty.wasm", b"\0asm\x01\0\0\0");
    let files = [good.as_str(), &bad, &python, &binary, &metric("tools_called.ts")];
    for more in [&[][..], &["--json"]] {
        let here = run(&[&["check", "--cache-dir", CACHE][..], &files, more].concat(), None);
        let there = [
            &["check", "--server", &server.url, "--key", &server.key][..],
            &files,
            more,
        ]
        .concat();
        let there = run(&there, None);
        assert_eq!(text(&here.stdout), text(&there.stdout), "{}", text(&there.stderr));
        assert_eq!(text(&here.stderr), text(&there.stderr));
        assert_eq!((here.status.code(), there.status.code()), (Some(2), Some(2)));
    }
    let here = run(&["test", "--cache-dir", CACHE, &bad, "--events", EVENTS], None);
    let there = run(
        &["test", "--server", &server.url, &bad, "--events", EVENTS],
        Some(&server.key),
    );
    assert_eq!(text(&here.stderr), text(&there.stderr));
    assert_eq!(there.status.code(), Some(2));
}

fn refusals(server: &Server) {
    let metric = metric("quickstart.hog");
    let url = server.url.as_str();
    let refused = |arguments: &[&str], key: Option<&str>, expected: &str| {
        let output = run(&[&["test", &metric, "--events", EVENTS][..], arguments].concat(), key);
        let complaint = text(&output.stderr);
        assert!(complaint.contains(expected), "{arguments:?}: {complaint}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
    };
    refused(
        &["--server", url],
        None,
        "asks for a key: give it with --key, or in JURYBOX_KEY",
    );
    refused(&["--server", url, "--key", "jb_wrong"], None, "does not accept the key");
    refused(&["--server", "127.0.0.1:1"], None, "--server takes a URL");
    refused(&["--key", "jb_x"], None, "--server");
    let key = Some(server.key.as_str());
    refused(
        &["--server", "http://127.0.0.1:1"],
        key,
        "http://127.0.0.1:1: nothing answers there",
    );
    refused(&["--server", "http://jurybox.invalid"], key, "http://jurybox.invalid: ");
    refused(
        &["--server", url, "--workers"],
        key,
        "--workers is about the engine of this program",
    );
    refused(&["--server", url, "--no-cache"], key, "--no-cache");
    refused(&["--server", url, "--isolation", "new"], key, "--isolation");
    refused(
        &["--server", url, "--dir", "a=/tmp"],
        key,
        "--dir can't be used with --server",
    );
    refused(
        &["--server", url, "--fuel", "1000000001"],
        key,
        "more than the service allows",
    );
    let output = run(&["check", &metric, "--emit", "wat", "--server", url], key);
    assert!(text(&output.stderr).contains("--emit"), "{}", text(&output.stderr));
    let reader = server.new_key("readers", &["event:read"]);
    refused(
        &["--server", url],
        Some(&reader),
        "missing required scope 'evaluation:read'",
    );
    let health = format!("{url}/healthz");
    refused(&["--server", &health], key, "");
}

/// Answers each request with the next of these.
fn script(answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for answer in answers {
            let Ok((mut connection, _)) = listener.accept() else {
                return;
            };
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.ends_with(b"}") && !request.ends_with(b"}\n") {
                match connection.read(&mut part) {
                    Ok(read @ 1..) => request.extend_from_slice(&part[..read]),
                    _ => break,
                }
            }
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn a_service_with_too_much_to_do_is_waited_for() {
    let url = script(&[
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n\
         {\"ok\":true,\"convention\":\"posthog\",\"diagnostics\":[]}",
    ]);
    let output = run(&["check", &metric("quickstart.hog"), "--server", &url], Some("jb_key"));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("has too much to do"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn what_is_no_service_is_told() {
    let url = script(&["HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\nconnection: close\r\n\r\nnope"]);
    let output = run(&["check", &metric("quickstart.hog"), "--server", &url], None);
    assert!(
        text(&output.stderr).contains("is no service of jurybox"),
        "{}",
        text(&output.stderr)
    );
    let url = script(&["HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"]);
    let output = run(&["check", &metric("quickstart.hog"), "--server", &url], None);
    assert!(text(&output.stderr).contains("502"), "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
}
