//! What the service does not take, and how it says so: in the envelope of the platform that was asked.

use std::io::Write as _;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::raw::Raw;
use crate::support::{Answer, Server};

/// A route of each platform that takes a body, and the members that problems have there.
const PLATFORMS: [(&str, &str, &[&str]); 6] = [
    (
        "POST",
        "/api/projects/@current/datasets/",
        &["attr", "code", "detail", "type"],
    ),
    ("POST", "/batch/", &["attr", "code", "detail", "type"]),
    ("POST", "/i/v0/e/", &["attr", "code", "detail", "type"]),
    ("POST", "/tasks", &["error", "status"]),
    ("POST", "/v1/events", &["errorCode", "message"]),
    ("POST", "/api/jurybox/evaluate", &["error", "kind"]),
];

fn members(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    let mut names: Vec<&str> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

/// The server with its key, as headers.
fn headers<'a>(key: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut headers = vec![("x-api-key", key), ("content-type", "application/json")];
    headers.extend_from_slice(more);
    headers
}

#[track_caller]
fn refused(answer: &Answer, status: u16, expected: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(members(&answer.json()), expected, "{}", answer.text);
}

#[test]
fn bodies_are_bounded_also_when_they_are_unpacked() {
    let server = Server::with(&["--max-body", "20000"]);
    let key = &server.key;
    let text = |length: usize| json!({"name": "a", "api_key": key, "description": "x".repeat(length)}).to_string();
    let large = text(30_000);
    let bomb = gzip(text(20_000_000).as_bytes());
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    let small_bomb = gzip(text(2_000_000).as_bytes());
    assert!(small_bomb.len() < 20_000, "{}", small_bomb.len());
    for (method, path, expected) in PLATFORMS {
        let send = |more: &[(&str, &str)], body: &[u8]| server.send_bytes(&headers(key, more), method, path, body);
        refused(&send(&[], large.as_bytes()), 413, expected);
        refused(&send(&[("content-encoding", "gzip")], &small_bomb), 413, expected);
        // Without a length that could be believed.
        let mut raw = Raw::to(&server);
        raw.request(
            &format!("{method} {path}"),
            &headers(key, &[("transfer-encoding", "chunked")]),
            format!("7530\r\n{large:.30000}\r\n0\r\n\r\n").as_bytes(),
        );
        let answer = raw.answer();
        assert_eq!(
            (answer.status, members(&answer.json())),
            (413, expected.to_vec()),
            "{path}"
        );
        let odd = send(&[("content-encoding", "zstd")], b"{}");
        refused(&odd, 415, expected);
        let broken = send(&[("content-encoding", "gzip")], b"no gzip");
        refused(&broken, 400, expected);
    }
    // A body that is announced as too large is not waited for; a stream of events may be of any size.
    let bearer = format!("Bearer {key}");
    for (path, media_type, status) in [
        ("/api/jurybox/evaluate", "application/json", 413),
        ("/v1/metrics", "application/json", 413),
        ("/api/jurybox/evaluate", "application/jsonl", 400),
    ] {
        let mut raw = Raw::to(&server);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", media_type),
            ("content-length", "99999999999"),
        ];
        raw.request(&format!("POST {path}"), &headers, b"{}\n");
        assert_eq!(raw.answer().status, status, "{path} {media_type}");
    }
    // PostHog's SDKs pack bodies without saying so in a header.
    for path in ["/batch/", "/e/?compression=gzip-js"] {
        refused(
            &server.send_bytes(&headers(key, &[]), "POST", path, &small_bomb),
            413,
            PLATFORMS[1].2,
        );
    }
    let made = server.send_bytes(
        &headers(key, &[("content-encoding", "gzip")]),
        "POST",
        PLATFORMS[0].1,
        &gzip(text(10_000).as_bytes()),
    );
    assert_eq!(made.status, 201, "{}", made.text);
    // A key in the body is looked for within the bounds, too.
    let keyed = json!({"name": "a", "personal_api_key": key, "description": "x".repeat(30_000)});
    refused(
        &server.send_with(&[], PLATFORMS[0].0, PLATFORMS[0].1, Some(&keyed)),
        413,
        PLATFORMS[0].2,
    );
}

#[test]
fn what_is_no_json_is_refused() {
    let server = Server::start();
    let deep = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    let nested = |depth: usize| {
        let inner = String::from_utf8(deep(depth)).expect("text");
        format!(r#"{{"name": "a", "event": "$ai_generation", "distinct_id": "d", "properties": {{"a": {inner}}}}}"#)
    };
    for (method, path, expected) in PLATFORMS {
        for body in [
            &b"{"[..],
            b"\xff\xfe{}",
            b"{\"a\": \"\xff\"}",
            b"\0",
            b"{\"a\": 1e999999",
            b"nul",
        ] {
            let answer = server.send_bytes(&headers(&server.key, &[]), method, path, body);
            let shown = String::from_utf8_lossy(body).into_owned();
            assert_eq!(answer.status, 400, "{path} {shown}: {}", answer.text);
            assert_eq!(members(&answer.json()), expected, "{path} {shown}: {}", answer.text);
        }
        for body in [deep(100_000), nested(100_000).into_bytes(), nested(1000).into_bytes()] {
            let answer = server.send_bytes(&headers(&server.key, &[]), method, path, &body);
            refused(&answer, 400, expected);
        }
    }
    assert_eq!(server.send("GET", "/healthz", None).status, 200, "it lives");
}

#[test]
fn unknown_paths_and_methods_are_told_in_json() {
    let server = Server::start();
    for (method, path, status, expected) in [
        (
            "GET",
            "/api/projects/@current/nothing/",
            404,
            &["attr", "code", "detail", "type"][..],
        ),
        ("GET", "/api/nothing", 404, &["attr", "code", "detail", "type"]),
        ("GET", "/v1/nothing", 404, &["errorCode", "message"]),
        ("GET", "/tasks/nothing/at/all", 404, &["error", "status"]),
        ("GET", "/api/jurybox/nothing", 404, &["error", "kind"]),
        ("GET", "/nothing", 404, &["error", "kind"]),
        ("GET", "/assets/../../etc/passwd", 404, &["error", "kind"]),
        ("GET", "/docs/%2e%2e%2fCargo.toml", 404, &["error", "kind"]),
        (
            "PUT",
            "/api/projects/@current/datasets/",
            405,
            &["attr", "code", "detail", "type"],
        ),
        ("PATCH", "/tasks", 405, &["error", "status"]),
        ("DELETE", "/v1/events", 405, &["errorCode", "message"]),
        ("DELETE", "/api/jurybox/check", 405, &["error", "kind"]),
        ("POST", "/healthz", 405, &["error", "kind"]),
    ] {
        let mut raw = Raw::to(&server);
        raw.request(&format!("{method} {path}"), &[("x-api-key", &server.key)], b"");
        let answer = raw.answer();
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert_eq!(members(&answer.json()), expected, "{method} {path}: {answer:?}");
        assert_eq!(
            answer.head.contains("\r\nallow: "),
            status == 405,
            "{method} {path}: {answer:?}"
        );
    }
    let odd = server.send("GET", "/api/projects/%ff/datasets/", None);
    assert!([400, 403, 404].contains(&odd.status), "{}", odd.text);
    assert_eq!(members(&odd.json()), PLATFORMS[0].2);
}

#[test]
fn odd_http_does_no_harm() {
    let server = Server::start();
    let huge = "x".repeat(1 << 20);
    let long_path = format!("GET /{}", "a".repeat(100_000));
    for (first_line, headers, status) in [
        ("GET /healthz", vec![("x-huge", huge.as_str())], 431),
        (long_path.as_str(), vec![], 414),
        ("GET /healthz", vec![("content-length", "-1")], 400),
        (
            "GET /healthz",
            vec![("content-length", "1"), ("content-length", "2")],
            400,
        ),
        ("GET /healthz x", vec![], 400),
    ] {
        let mut raw = Raw::to(&server);
        raw.request(first_line, &headers, b"");
        let answer = raw.answer();
        assert_eq!(answer.status, status, "{first_line:.40} {:.200}", answer.head);
    }
    // More headers than anyone needs.
    let many: Vec<(String, String)> = (0..200).map(|number| (format!("x-{number}"), "1".to_owned())).collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut raw = Raw::to(&server);
    raw.request("GET /healthz", &many, b"");
    assert_eq!(raw.answer().status, 431);
    // Bytes that are no HTTP at all, and a client that goes away in the middle.
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\r\n\r\n",
        b"POST /batch/ HTTP/1.1\r\n",
    ] {
        Raw::to(&server).send(bytes);
    }
    assert_eq!(server.send("GET", "/healthz", None).status, 200, "it lives");
}

#[test]
fn a_request_that_does_not_come_in_time_is_given_up_and_holds_its_place_no_longer() {
    let server = Server::with(&["--max-requests", "1", "--request-timeout", "3"]);
    // Until it is given up, there is no place for others, but for those who ask whether the service lives.
    let (mut slow, refused) = server.until("a slow request has the only place", |server| {
        let mut slow = Raw::to(server);
        slow.request(
            "POST /api/projects/@current/datasets/",
            &headers(&server.key, &[("content-length", "1000")]),
            b"{\"name\": ",
        );
        thread::sleep(Duration::from_millis(50));
        let answer = server.send("GET", "/v1/metrics", None);
        (answer.status == 503).then_some((slow, answer))
    });
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(members(&refused.json()), ["errorCode", "message"]);
    assert_eq!(server.send_with(&[], "GET", "/healthz", None).status, 200);

    let answer = slow.answer();
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.head.contains("\r\nretry-after: 1"), "{answer:?}");
    assert_eq!(members(&answer.json()), PLATFORMS[0].2);
    assert_eq!(server.send("GET", PLATFORMS[0].1, None).status, 200);
}

#[test]
fn who_finds_the_queue_full_is_told_to_come_again() {
    // One worker: two pieces of work are under way, and none may wait.
    let server = Server::with(&["--max-waiting", "0", "--fuel", "1000000000000", "--deadline", "4s"]);
    let endless = json!({"source": "while (true) {}", "events": [{"output": "x"}]});
    let waits = json!({"source": "return true", "events": [{"output": "x"}]});
    thread::scope(|scope| {
        let loops: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    // Both compile first, and that is work, too.
                    server.until("there is room", |server| {
                        let answer = server.send("POST", "/api/jurybox/evaluate", Some(&endless));
                        (answer.status != 429).then(|| answer.ok())
                    })
                })
            })
            .collect();
        server.until("the endless loops run", |server| {
            let figures = server.send_with(&[], "GET", "/metrics", None).text;
            figures.contains("jurybox_queue_running 2").then_some(())
        });
        for (path, body, expected) in [
            ("/api/jurybox/evaluate", &waits, &["error", "kind"][..]),
            (
                "/api/projects/@current/evaluations/test_hog/",
                &json!({"source": "return true", "events": [{"uuid": "a", "event": "$ai_generation", "properties": {}}]}),
                &["attr", "code", "detail", "type"],
            ),
        ] {
            let answer = server.send("POST", path, Some(body));
            refused(&answer, 429, expected);
            let after: u64 = answer.header("retry-after").expect("a time").parse().expect("seconds");
            assert!((1..=30).contains(&after), "{after}");
        }
        for endless in loops {
            let verdict = endless.join().expect("an answer");
            assert_eq!(verdict["verdicts"][0]["status"], "timed_out", "{verdict}");
        }
    });
    let verdict = server.post("/api/jurybox/evaluate", &waits);
    assert_eq!(verdict["verdicts"][0]["status"], "ok", "{verdict}");
}

#[test]
fn endless_loops_of_one_project_leave_the_others_their_share() {
    let server = Server::with(&["--deadline", "1s", "--fuel", "1000000000000"]);
    let hostile = server.new_key("hostile", &["evaluation:read"]);
    let send = |key: &str, source: &str| {
        let body = json!({"source": source, "events": [{"output": "x"}]});
        let bearer = format!("Bearer {key}");
        server.send_with(
            &[("authorization", &bearer)],
            "POST",
            "/api/jurybox/evaluate",
            Some(&body),
        )
    };
    // Whose request was answered, in this order.
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let hostile: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let answer = send(&hostile, "while (true) {}");
                    order.lock().expect("the order").push("hostile");
                    answer.status
                })
            })
            .collect();
        server.until("the loops fill all there is, and wait", |server| {
            let figures = server.send_with(&[], "GET", "/metrics", None).text;
            let waiting = figures
                .lines()
                .find_map(|line| line.strip_prefix("jurybox_queue_waiting "));
            (waiting?.parse::<u32>().ok()? >= 4).then_some(())
        });
        let others: Vec<_> = (0..6)
            .map(|number| {
                let (send, key, order) = (&send, &server.key, &order);
                scope.spawn(move || {
                    let answer = send(key, &format!("return {number} >= 0"));
                    order.lock().expect("the order").push("other");
                    answer.ok()
                })
            })
            .collect();
        for other in others {
            let verdict = other.join().expect("an answer");
            assert_eq!(verdict["verdicts"][0]["status"], "ok", "{verdict}");
        }
        let answered: Vec<u16> = hostile
            .into_iter()
            .map(|task| task.join().expect("an answer"))
            .collect();
        assert_eq!(answered, [200; 8], "each loop gets its verdict, and none is lost");
    });
    let figures = server.send_with(&[], "GET", "/metrics", None).text;
    assert!(
        figures.contains(r#"jurybox_evaluations_total{language="hog",status="timed_out"} 8"#),
        "{figures}"
    );
}
