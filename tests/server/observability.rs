//! What the service tells about itself, and what it keeps to itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::raw::Raw;
use crate::support::Server;

/// The figures by name and labels.
fn figures(server: &Server) -> BTreeMap<String, f64> {
    let answer = server.send_with(&[], "GET", "/metrics", None);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/plain"))
    );
    let lines = answer
        .text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            (name.to_owned(), value.parse().expect(line))
        })
        .collect()
}

#[test]
fn figures_move_with_what_happens() {
    let server = Server::start();
    for path in ["/healthz", "/readyz"] {
        let answer = server.send_with(&[], "GET", path, None);
        assert_eq!(answer.ok(), json!({"status": "ok"}), "{path}");
    }
    let count = |figures: &BTreeMap<String, f64>, name: &str| figures.get(name).copied().unwrap_or_default();
    let before = figures(&server);
    let good = json!({"source": "return true", "events": [{"output": "x"}, {"output": "y"}]});
    assert_eq!(
        server.post("/api/jurybox/evaluate", &good)["verdicts"][0]["status"],
        "ok"
    );
    let broken = server.send(
        "POST",
        "/api/jurybox/evaluate",
        Some(&json!({"source": "return (", "events": []})),
    );
    assert_eq!(broken.status, 400);
    let batch =
        json!({"api_key": server.key, "batch": [{"event": "$ai_generation", "distinct_id": "d", "properties": {}}]});
    server.post("/batch/", &batch);
    server.send("GET", "/no/such/path", None);
    server.send(
        "GET",
        "/api/projects/@current/datasets/019a0000-0000-7000-8000-000000000000/",
        None,
    );
    let after = figures(&server);
    for (name, more) in [
        (r#"jurybox_evaluations_total{language="hog",status="ok"}"#, 2.0),
        (r#"jurybox_evaluation_seconds_count{language="hog"}"#, 2.0),
        (r#"jurybox_compilations_total{language="hog",outcome="ok"}"#, 1.0),
        (r#"jurybox_compilations_total{language="hog",outcome="error"}"#, 1.0),
        (r#"jurybox_events_total{platform="posthog"}"#, 1.0),
        (
            r#"jurybox_requests_total{route="/api/jurybox/evaluate",method="POST",status="200"}"#,
            1.0,
        ),
        (
            r#"jurybox_requests_total{route="/api/jurybox/evaluate",method="POST",status="400"}"#,
            1.0,
        ),
        (
            r#"jurybox_requests_total{route="unknown",method="GET",status="404"}"#,
            1.0,
        ),
        (
            r#"jurybox_requests_total{route="/api/projects/{project_id}/datasets/{id}",method="GET",status="404"}"#,
            1.0,
        ),
    ] {
        let moved = count(&after, name) - count(&before, name);
        assert!((moved - more).abs() < 0.5, "{name}: {moved} in {after:#?}");
    }
    assert!(
        count(&after, r#"jurybox_fuel_total{language="hog"}"#) > 0.0,
        "{after:#?}"
    );
    assert!(count(&after, "jurybox_queue_wait_seconds_count") >= 1.0, "{after:#?}");
    for name in [
        "jurybox_queue_running",
        "jurybox_queue_waiting",
        "jurybox_jobs_open",
        r#"jurybox_workers{role="run",state="idle"}"#,
        r#"jurybox_workers{role="compile",state="idle"}"#,
    ] {
        assert!(after.contains_key(name), "{name} in {after:#?}");
    }
    let told = server.send_with(&[], "GET", "/metrics", None).text;
    assert!(!told.contains("019a0000"), "figures are by route, not by path");
}

#[test]
fn each_answer_has_the_id_of_its_request() {
    let server = Server::start();
    let id = |headers: &[(&str, &str)], path: &str| {
        let answer = server.send_with(headers, "GET", path, None);
        answer.header("x-request-id").expect("an id").to_owned()
    };
    assert_eq!(id(&[("x-request-id", "my-id.1")], "/healthz"), "my-id.1");
    assert_eq!(id(&[("x-request-id", "my-id.1")], "/no/such/path"), "my-id.1");
    let long = "x".repeat(200);
    for odd in [
        &[][..],
        &[("x-request-id", "<script>")],
        &[("x-request-id", long.as_str())],
        &[("x-request-id", "")],
    ] {
        let made = id(odd, "/healthz");
        assert_eq!(made.len(), 36, "{odd:?}: {made}");
    }
    assert_ne!(id(&[], "/healthz"), id(&[], "/healthz"));
}

#[test]
fn the_log_is_for_programs_and_holds_no_secret() {
    let server = Server::with(&["--log-format", "json", "--log", "trace"]);
    let secret = server.key.splitn(3, '_').nth(2).expect("a secret").to_owned();
    let mark = "Xylophon";
    let snippet = format!("print('{mark}') return 1 == 1");
    let path = "/api/projects/@current/evaluations/";
    let made = server.post(
        path,
        &json!({"name": mark, "evaluation_type": "hog", "evaluation_config": {"source": snippet},
            "output_type": "boolean", "enabled": true,
            "conditions": [{"id": "all", "rollout_percentage": 100, "properties": []}]}),
    );
    server.send(
        "POST",
        path,
        Some(
            &json!({"name": mark, "evaluation_type": "hog", "output_type": "boolean",
        "evaluation_config": {"source": format!("{mark} (")}}),
        ),
    );
    server.send(
        "PATCH",
        &format!("{path}{}", made["id"].as_str().expect("an id")),
        Some(&json!({"name": 5})),
    );
    let event = json!({"api_key": server.key, "event": "$ai_generation", "distinct_id": mark,
        "properties": {"$ai_input": mark, "$ai_output_choices": mark, "$ai_trace_id": mark}});
    server.post("/capture/", &event);
    server.send_with(&[], "POST", &format!("/e/?token={}", server.key), Some(&event));
    server.send_with(&[], "GET", &format!("/array/{}/config.js", server.key), None);
    server.send_with(&[], "GET", &format!("/array/{}/config", server.key), None);
    server.send_with(
        &[],
        "GET",
        &format!("{path}?personal_api_key={}&search={mark}", server.key),
        None,
    );
    server.send(
        "POST",
        "/api/jurybox/evaluate",
        Some(&json!({"source": format!("throw Error('{mark}')"), "events": [{"output": mark}]})),
    );
    server.send(
        "POST",
        "/api/jurybox/evaluate",
        Some(&json!({"source": format!("{mark} ("), "events": [{"output": mark}]})),
    );
    server.send(
        "POST",
        "/v1/metrics",
        Some(&json!({"name": mark, "type": "PYTHON", "criteria": format!("'{mark}'")})),
    );
    server.send(
        "POST",
        "/v1/events",
        Some(&json!({"event": {"event_type": "model", "inputs": {"text": mark}, "outputs": {"text": mark}}})),
    );
    server.send(
        "POST",
        "/api/projects/@current/datasets/",
        Some(&json!({"name": mark, "personal_api_key": server.key})),
    );
    server.until("the evaluation ran on the event", |server| {
        let events = server.get("/api/jurybox/events?name=%24ai_evaluation");
        events["results"]
            .as_array()
            .is_some_and(|events| !events.is_empty())
            .then_some(())
    });
    let lines = server.until("it was logged", |server| {
        let log = server.log();
        log.iter()
            .any(|line| line.contains("/array/KEY/config.js"))
            .then_some(log)
    });
    // What is said to whoever starts the service, the key above all, is before the log begins to matter.
    let lines: Vec<String> = lines
        .into_iter()
        .skip_while(|line| !line.starts_with("listening on"))
        .skip(1)
        .collect();
    assert!(lines.len() > 20, "{lines:#?}");
    for line in &lines {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("no JSON ({error}): {line}"));
        assert!(
            entry["timestamp"].is_string() && entry["level"].is_string() && entry["target"].is_string(),
            "{line}"
        );
        // Other crates tell at `trace` which bytes they read; nobody should set that for them in earnest.
        let ours = entry["target"]
            .as_str()
            .is_some_and(|target| target.starts_with("jurybox") || target.starts_with("tower_http"));
        if ours || entry["level"] != "TRACE" {
            for secret in [secret.as_str(), mark] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }
    assert!(
        lines.iter().any(|line| line.contains("/api/jurybox/evaluate")),
        "requests are in it: {lines:#?}"
    );
}

#[test]
fn answers_say_to_browsers_what_they_may_do() {
    let server = Server::start();
    let from_elsewhere = [("origin", "https://evil.example")];
    for path in [
        "/api/jurybox/session",
        "/api/projects/@current/datasets/",
        "/v1/metrics",
        "/tasks",
        "/healthz",
        "/",
        "/docs/",
        "/openapi.json",
        "/metrics",
        "/no/such/path",
    ] {
        let answer = server.send_with(&from_elsewhere, "GET", path, None);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(answer.header("cache-control").is_some(), "{path}");
        let asked = [
            ("origin", "https://evil.example"),
            ("access-control-request-method", "POST"),
        ];
        let preflight = server.send_with(&asked, "OPTIONS", path, None);
        assert_eq!(preflight.header("access-control-allow-origin"), None, "{path}");
        assert_eq!(preflight.header("access-control-allow-methods"), None, "{path}");
    }
    assert_eq!(
        server
            .send("GET", "/api/projects/@current/datasets/", None)
            .header("cache-control"),
        Some("no-store")
    );
    // Pages of any origin may send events.
    for path in ["/e/", "/batch/", "/capture/", "/i/v0/e/"] {
        let event = json!({"api_key": server.key, "event": "a", "distinct_id": "d"});
        let sent = server.send_with(&from_elsewhere, "POST", path, Some(&event));
        assert_eq!(
            (sent.status, sent.header("access-control-allow-origin")),
            (200, Some("*")),
            "{path}"
        );
        assert_eq!(sent.header("access-control-allow-credentials"), None, "{path}");
    }
}

#[test]
fn what_a_client_says_of_the_host_leads_nowhere_else() {
    let server = Server::start();
    for name in ["a", "b"] {
        server.post("/api/projects/@current/datasets/", &json!({"name": name}));
    }
    let next = |host: &str| {
        let mut raw = Raw::to(&server);
        raw.send(format!(
            "GET /api/projects/@current/datasets/?limit=1&personal_api_key={} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n",
            server.key
        ).as_bytes());
        let answer = raw.answer();
        assert!(
            !answer.body.contains(&server.key),
            "a key is not told again: {}",
            answer.body
        );
        answer.json()["next"].as_str().expect("an address").to_owned()
    };
    assert!(next("example.org:8080").starts_with("http://example.org:8080/api/projects/"));
    for host in [
        "evil.example/path",
        "user@evil.example",
        "evil.example?",
        "a b",
        "\"onload=",
        "%0d%0a",
    ] {
        let next = next(host);
        assert!(next.starts_with("http://localhost/api/projects/"), "{host}: {next}");
    }
}
