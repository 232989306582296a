//! Keys: made, listed and revoked while the service runs, sent in every way that clients have, and kept by their hash alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::routes::{Route, all};
use crate::support::Server;

const DATASETS: &str = "/api/projects/@current/datasets/";

fn keys(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jurybox"))
        .args(["keys", "--data"])
        .arg(data)
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

fn status(server: &Server, key: &str) -> u16 {
    server
        .send_with(&[("authorization", &format!("Bearer {key}"))], "GET", DATASETS, None)
        .status
}

/// Whether a file of the directory contains these bytes.
fn is_written(data: &Path, bytes: &[u8]) -> bool {
    let files = fs::read_dir(data)
        .expect("files")
        .map(|file| file.expect("a file").path());
    let mut files = files.filter(|path| path.is_file());
    files.any(|path| {
        fs::read(path)
            .expect("a file")
            .windows(bytes.len())
            .any(|window| window == bytes)
    })
}

#[test]
fn keys_are_made_listed_and_revoked_while_the_service_runs() {
    let server = Server::start();
    let data = server.data();

    let made = keys(
        &data,
        &[
            "create",
            "--project",
            "default",
            "--scope",
            "dataset:read",
            "--label",
            "for \u{1b}[31m tests",
        ],
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    let key = text(&made.stdout).trim().to_owned();
    assert!(key.starts_with("jbx_") && key.len() > 50, "{key}");
    assert!(
        text(&made.stderr).contains("project 1 (default)"),
        "{}",
        text(&made.stderr)
    );
    assert!(
        !text(&made.stderr).contains(&key),
        "the key is where it can be read by programs, and nowhere else"
    );
    assert_eq!(status(&server, &key), 200, "a running service knows it at once");

    let id = key.split('_').nth(1).expect("an id");
    let listed = keys(&data, &["list"]);
    let listed = text(&listed.stdout);
    assert!(
        listed.contains(id) && listed.contains("dataset:read") && listed.contains("1 (default)"),
        "{listed}"
    );
    assert!(!listed.contains('\u{1b}'), "a label rules no terminal: {listed:?}");
    let secret = key.splitn(3, '_').nth(2).expect("a secret");
    assert!(!listed.contains(secret), "shown once");
    for secret in [secret, server.key.splitn(3, '_').nth(2).expect("a secret")] {
        assert!(is_written(&data, id.as_bytes()), "the database is in these files");
        assert!(!is_written(&data, secret.as_bytes()), "only its hash is kept");
    }

    let revoked = keys(&data, &["revoke", id]);
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    thread::sleep(Duration::from_secs(1));
    assert_eq!(status(&server, &key), 401, "a second later it opens nothing");
    assert_eq!(status(&server, &server.key), 200, "the others do");
    let again = keys(&data, &["revoke", id]);
    assert!(!again.status.success());
    assert!(text(&again.stderr).contains("no key"), "{}", text(&again.stderr));
    let listed = keys(&data, &["list"]);
    let line = text(&listed.stdout)
        .lines()
        .find(|line| line.contains(id))
        .expect("a line")
        .to_owned();
    assert!(line.trim_end().ends_with('Z'), "the time of its end: {line}");

    // The whole key names itself, too, and other projects are made when they are needed.
    let other = server.new_key("another project", &["*"]);
    let session = server.send_with(&[("x-api-key", &other)], "GET", "/api/projects/2/datasets", None);
    assert_eq!(session.status, 200, "{}", session.text);
    assert!(keys(&data, &["revoke", &other]).status.success());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let data = tempfile::tempdir().expect("a directory");
    let missing = data.path().join("missing");
    for (data, arguments, told) in [
        (
            data.path(),
            vec!["create", "--project", "a", "--scope", "everything"],
            "no scope everything",
        ),
        (
            data.path(),
            vec!["create", "--project", " ", "--scope", "*"],
            "--project needs a name",
        ),
        (data.path(), vec!["create", "--project", "a"], "--scope"),
        (data.path(), vec!["revoke", "unknown"], "no key unknown"),
        (&missing, vec!["list"], "there is no such directory"),
    ] {
        let output = keys(data, &arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(told),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
    assert!(!missing.exists(), "looking makes nothing");
}

#[test]
fn a_key_may_come_in_every_way_that_clients_have() {
    let server = Server::start();
    let key = server.key.as_str();
    let bearer = format!("Bearer {key}");
    let lower = format!("bearer   {key}");
    let basic = format!("Basic {key}");
    let in_query = format!("{DATASETS}?personal_api_key={key}");
    let no_headers: &[(&str, &str)] = &[];
    let headers = |headers: &[(&str, &str)], path: &str| {
        let answer = server.send_with(headers, "GET", path, None);
        (answer.status, answer.header("www-authenticate").map(str::to_owned))
    };
    for (sent, path) in [
        (&[("authorization", bearer.as_str())][..], DATASETS),
        (&[("authorization", lower.as_str())], DATASETS),
        (&[("x-api-key", key)], DATASETS),
        (no_headers, in_query.as_str()),
        // The first one counts.
        (&[("authorization", bearer.as_str()), ("x-api-key", "wrong")], DATASETS),
    ] {
        assert_eq!(headers(sent, path), (200, None), "{sent:?} {path}");
    }
    let of_nobody = "jbx_AAAAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let almost = &key[..key.len() - 1];
    let twice = format!("{DATASETS}?personal_api_key={key}&personal_api_key={key}");
    for (sent, path) in [
        (no_headers, DATASETS),
        (no_headers, twice.as_str()),
        (&[("authorization", basic.as_str())], DATASETS),
        (&[("authorization", key)], DATASETS),
        (&[("authorization", "Bearer ")], DATASETS),
        (&[("authorization", "Bearer wrong"), ("x-api-key", key)], DATASETS),
        (&[("x-api-key", of_nobody)], DATASETS),
        (&[("x-api-key", almost)], DATASETS),
        (&[("x-api-key", "jbx__")], DATASETS),
        (&[("cookie", bearer.as_str())], DATASETS),
    ] {
        assert_eq!(headers(sent, path), (401, Some("Bearer".to_owned())), "{sent:?} {path}");
    }

    // In the body, as PostHog's oldest clients send it.
    let in_body = |key: Value| {
        let body = json!({"name": "by a key in the body", "personal_api_key": key});
        server.send_with(no_headers, "POST", DATASETS, Some(&body))
    };
    let made = in_body(json!(key));
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(!made.text.contains(key), "it is no field of the dataset");
    let kept = server.get(DATASETS).to_string();
    assert!(kept.contains("by a key in the body") && !kept.contains(key), "{kept}");
    for wrong in [json!("wrong"), json!(1), json!(null), json!({})] {
        assert_eq!(in_body(wrong.clone()).status, 401, "{wrong}");
    }
    let broken = server.send_bytes(&[], "POST", DATASETS, b"\xff{");
    assert_eq!(
        broken.status, 401,
        "who sends no key is told that, whatever the body is"
    );

    let missing = server.send_with(no_headers, "GET", DATASETS, None).json();
    let expected = json!({
        "type": "authentication_error",
        "code": "not_authenticated",
        "detail": "Authentication credentials were not provided.",
        "attr": null,
    });
    assert_eq!(missing, expected);
    let wrong = server
        .send_with(&[("x-api-key", of_nobody)], "GET", DATASETS, None)
        .json();
    assert_eq!(wrong["code"], "authentication_failed");
}

/// A body with which a request gets as far as to the question what its key opens.
fn body_for(route: &Route, key: &str) -> Value {
    let event = json!({"event": "a", "distinct_id": "d", "event_id": "x", "properties": {}});
    match route.path {
        "/batch" | "/i/v0/ai/batch" => json!({"api_key": key, "batch": [event]}),
        "/i/v1/analytics/events" => json!({"batch": [event]}),
        _ if route.is_capture() => {
            let mut event = event;
            event["api_key"] = json!(key);
            event
        }
        "/events" => event,
        "/api/jurybox/check" => json!({"source": "return true"}),
        "/api/jurybox/evaluate" => json!({"source": "return true", "events": []}),
        "/api/jurybox/events" => json!({"events": []}),
        _ => json!({"metric_id": "x", "dataset_id": "x", "name": "x"}),
    }
}

#[test]
fn each_route_needs_its_scope() {
    let server = Server::start();
    const SCOPES: [&str; 8] = [
        "dataset:read",
        "dataset:write",
        "evaluation:read",
        "evaluation:write",
        "event:read",
        "event:write",
        "metric:read",
        "metric:write",
    ];
    // For each scope a key that has it alone, and one that has all that does not include it.
    let with = |scopes: &[&str]| server.new_key("default", scopes);
    let keys: Vec<(&str, String, String)> = SCOPES
        .into_iter()
        .map(|scope| {
            let stronger = scope.replace(":read", ":write");
            let others: Vec<&str> = SCOPES
                .into_iter()
                .filter(|other| *other != scope && *other != stronger)
                .collect();
            (scope, with(&[scope]), with(&others))
        })
        .collect();
    let send = |route: &Route, key: &str| {
        let path = route.path_with(|name| match name {
            "project_id" => "@current".to_owned(),
            _ => "019a0000-0000-7000-8000-000000000000".to_owned(),
        });
        let path = format!("{path}?metric_id=x&dataset_id=x");
        let body = body_for(route, key);
        let bearer = format!("Bearer {key}");
        let headers: &[(&str, &str)] = if key.is_empty() {
            &[]
        } else {
            &[("authorization", &bearer)]
        };
        // Events that are sent by `GET` are in the query, and so is their key.
        if (route.method, route.path) == ("GET", "/e") {
            let query = serde_urlencoded::to_string([("data", body.to_string())]).expect("a query");
            return server.send_with(&[], "GET", &format!("/e?{query}"), None);
        }
        if route.path == "/i/v0/ai" {
            let form = format!(
                "--x\r\ncontent-disposition: form-data; name=\"event\"\r\ncontent-type: application/json\r\n\r\n{}\r\n\
                 --x\r\ncontent-disposition: form-data; name=\"event.properties\"\r\ncontent-type: application/json\r\n\r\n\
                 {}\r\n--x--\r\n",
                json!({"event": "$ai_generation", "distinct_id": "d", "uuid": "019a0000-0000-7000-8000-000000000001"}),
                json!({"$ai_model": "m"}),
            );
            let mut headers = headers.to_vec();
            headers.push(("content-type", "multipart/form-data; boundary=x"));
            return server.send_bytes(&headers, "POST", &path, form.as_bytes());
        }
        server.send_with(headers, route.method, &path, Some(&body).filter(|_| route.has_body()))
    };
    for route in all() {
        let without = send(&route, "");
        let is_figures = (route.method, route.path) == ("GET", "/metrics");
        if route.scope == "none" {
            assert!((200..300).contains(&without.status), "{route:?} {}", without.text);
            continue;
        }
        if !is_figures {
            assert_eq!(without.status, 401, "{route:?} {}", without.text);
            assert!(without.json().is_object(), "{route:?}");
        }
        let unknown = send(&route, "jbx_unknown_key");
        assert_eq!(unknown.status, 401, "{route:?} {}", unknown.text);
        for (scope, alone, others) in &keys {
            if route.scope == *scope {
                let opened = send(&route, alone);
                assert!(
                    ![401, 403].contains(&opened.status) && opened.status < 500,
                    "{route:?} {}",
                    opened.text
                );
                let closed = send(&route, others);
                assert_eq!(closed.status, 403, "{route:?} {}", closed.text);
                assert!(
                    closed.text.contains(scope),
                    "{route:?}: it says what is missing: {}",
                    closed.text
                );
            } else if route.scope == "-" {
                assert_eq!(send(&route, alone).status, 200, "{route:?} {scope}");
            }
        }
    }
}
