//! Events arrive through PostHog's capture, however SDKs send them.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Server};

const JSON: (&str, &str) = ("content-type", "application/json");

fn event(name: &str) -> Value {
    json!({"event": name, "distinct_id": "someone", "uuid": Uuid::new_v4(), "properties": {"$ai_input": "Hi", "$ai_output": "Ho"}})
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("packed");
    encoder.finish().expect("packed")
}

/// All events of the first project, as they are listed.
fn kept(server: &Server) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = server.get(&format!("/api/jurybox/events?limit=200&offset={}", all.len()));
        let page = page["results"].as_array().expect("a list");
        if page.is_empty() {
            return all;
        }
        all.extend(page.iter().cloned());
    }
}

fn named(server: &Server, name: &str) -> Vec<Value> {
    let events = kept(server).into_iter();
    events.filter(|event| event["event"] == name).collect()
}

/// Sends without any key in the headers.
fn post(server: &Server, headers: &[(&str, &str)], path: &str, body: &[u8]) -> Answer {
    server.send_bytes(headers, "POST", path, body)
}

#[test]
fn every_route_takes_events_in_every_shape() {
    let server = Server::start();
    let key = &server.key;
    for (path, status) in [
        ("/batch/", json!(1)),
        ("/batch", json!(1)),
        ("/capture/", json!(1)),
        ("/e/", json!(1)),
        ("/track/", json!(1)),
        ("/i/v0/e/", json!("Ok")),
        ("/i/v0/ai/batch/", json!("Ok")),
    ] {
        let with_key = |field: &str| {
            let mut event = event(path);
            event[field] = json!(key);
            event
        };
        let mut with_token = event(path);
        with_token["properties"]["token"] = json!(key);
        for body in [
            json!({"api_key": key, "batch": [event(path), event(path)]}),
            json!({"token": key, "batch": [event(path)], "historical_migration": true}),
            json!([with_key("api_key"), event(path)]),
            with_key("api_key"),
            with_key("token"),
            with_token,
        ] {
            let answer = post(&server, &[JSON], path, body.to_string().as_bytes());
            assert_eq!(
                (answer.status, answer.json()),
                (200, json!({"status": status})),
                "{path} {body}"
            );
        }
        let there = named(&server, path);
        assert_eq!(there.len(), 8, "{path}");
        assert!(
            there
                .iter()
                .all(|event| event["body"]["properties"].get("token").is_none())
        );
    }
    assert_eq!(post(&server, &[JSON], "/engage/", b"{}").json(), json!({"status": 1}));
}

#[test]
fn every_packing_is_understood() {
    let server = Server::start();
    let mut with_key = event("packed");
    with_key["api_key"] = json!(server.key);
    let mut sent = 0;
    let mut next = || {
        with_key["uuid"] = json!(Uuid::new_v4());
        sent += 1;
        with_key.to_string()
    };
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    const TEXT: (&str, &str) = ("content-type", "text/plain");
    let form = |data: &str| serde_urlencoded::to_string([("data", data), ("compression", "base64")]).expect("a form");
    for (path, headers, body) in [
        ("/e/", vec![TEXT], next().into_bytes()),
        ("/batch/", vec![JSON, ("content-encoding", "gzip")], gzip(&next())),
        ("/batch/?compression=gzip", vec![JSON], gzip(&next())),
        ("/e/?compression=gzip-js&ver=1.2&_=1", vec![TEXT], gzip(&next())),
        (
            "/e/?compression=base64",
            vec![FORM],
            form(&STANDARD.encode(next())).into_bytes(),
        ),
        ("/e/", vec![FORM], form(&next()).into_bytes()),
        (
            "/e/?compression=base64",
            vec![TEXT],
            STANDARD.encode(next()).into_bytes(),
        ),
    ] {
        let answer = post(&server, &headers, path, &body);
        assert_eq!(answer.status, 200, "{path} {headers:?}: {}", answer.text);
    }
    let data = serde_urlencoded::to_string([("data", STANDARD.encode(next()))]).expect("a query");
    let answer = server.send_bytes(&[], "GET", &format!("/e/?{data}"), b"");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = post(&server, &[TEXT], "/e/?beacon=1", next().as_bytes());
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(named(&server, "packed").len(), sent);
}

#[test]
fn an_event_that_no_metric_could_judge_is_refused() {
    let server = Server::start();
    let mut large = event("large");
    large["properties"]["text"] = json!("x".repeat(9 << 20));
    let batch = json!({"api_key": server.key, "batch": [event("small"), large]}).to_string();
    let answer = post(&server, &[JSON], "/batch/", batch.as_bytes());
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (413, &json!("payload_too_large"))
    );
    assert!(kept(&server).is_empty(), "all of a request is kept, or nothing");
}

#[test]
fn an_event_is_kept_once_and_as_it_came() {
    let server = Server::start();
    let id = Uuid::new_v4();
    let text = format!(
        r#"{{"api_key":"{}","batch":[{{"event":"$ai_generation","distinct_id":"u2","uuid":"{id}","timestamp":"2026-03-31T11:00:00.25+00:00","properties":{{"cost":0.10,"big":123456789012345678901234567890,"$ai_trace_id":"t","$ai_input":[{{"role":"user","content":"half \ud83d"}}]}}}}]}}"#,
        server.key
    );
    for _ in 0..3 {
        assert_eq!(post(&server, &[JSON], "/batch/", text.as_bytes()).status, 200);
    }
    let all = kept(&server);
    assert_eq!(all.len(), 1);
    let event = &all[0];
    assert_eq!(event["uuid"], json!(id));
    assert_eq!(event["trace_id"], "t");
    assert_eq!(event["timestamp"], "2026-03-31T11:00:00.250000Z");
    let body = event["body"].to_string();
    assert!(
        body.contains(r#""cost":0.10,"big":123456789012345678901234567890"#),
        "{body}"
    );

    // Where a text was cut in the middle of a character, nothing else is lost.
    let cut = r#"{"event":"cut\ud83d","distinct_id":"d\ud83d","properties":{"$ai_trace_id":"t\ud83d"}}"#;
    let text = format!(
        r#"{{"api_key":"{}","batch":[{cut},{{"event":"whole","distinct_id":"d"}}]}}"#,
        server.key
    );
    post(&server, &[JSON], "/batch/", text.as_bytes()).ok();
    assert_eq!(named(&server, "whole").len(), 1);
    let cut = &named(&server, "cut\u{FFFD}")[0];
    assert_eq!(cut["trace_id"], "t\u{FFFD}");
    assert_eq!(cut["body"]["distinct_id"], "d\u{FFFD}");

    // Also when they come at the same time.
    let batch: Vec<_> = (0..20).map(|_| self::event("crowd")).collect();
    let batch = json!({"api_key": server.key, "batch": batch}).to_string();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(post(&server, &[JSON], "/batch/", batch.as_bytes()).status, 200));
        }
    });
    assert_eq!(named(&server, "crowd").len(), 20);
}

#[test]
fn clocks_of_clients_are_corrected() {
    let server = Server::start();
    let now = Timestamp::now();
    let hour = SignedDuration::from_hours(1);
    let mut late = event("late");
    late["timestamp"] = json!((now - hour - hour).to_string());
    let mut early = event("early");
    early["timestamp"] = json!((now + hour * 24 * 30).to_string());
    let mut ago = event("ago");
    ago["offset"] = json!(3_600_000);
    let batch = json!({"api_key": server.key, "batch": [late], "sent_at": (now - hour).to_string()});
    server.post("/batch/", &batch);
    server.post(
        "/batch/",
        &json!({"api_key": server.key, "batch": [early, ago, event("now")]}),
    );
    let time = |name: &str| {
        let time = named(&server, name)[0]["timestamp"]
            .as_str()
            .expect("a time")
            .to_owned();
        time.parse::<Timestamp>().expect("a time")
    };
    for (name, expected) in [("late", now - hour), ("early", now), ("ago", now - hour), ("now", now)] {
        let wrong = time(name).duration_since(expected).abs();
        assert!(wrong < SignedDuration::from_secs(60), "{name}: {wrong:?}");
    }
}

#[test]
fn what_is_refused_is_not_kept() {
    let server = Server::with(&["--max-body=20000"]);
    let key = &server.key;
    let reader = server.new_key("default", &["event:read"]);
    let ok = event("refused");
    let nameless = json!({"distinct_id": "d"});
    let orphan = json!({"event": "refused"});
    let wrong = format!("{key}x");
    for (body, status, code, detail) in [
        (json!({"batch": [ok]}), 401, "missing_api_key", "API key not provided"),
        (
            json!({"api_key": wrong, "batch": [ok]}),
            401,
            "invalid_api_key",
            "API key invalid",
        ),
        (
            json!({"api_key": "phc_unknown", "batch": [ok]}),
            401,
            "invalid_api_key",
            "API key invalid",
        ),
        (
            json!({"api_key": reader, "batch": [ok]}),
            403,
            "permission_denied",
            "event:write",
        ),
        (
            json!({"api_key": key, "batch": []}),
            400,
            "invalid_payload",
            "holds no event",
        ),
        (
            json!({"api_key": key, "batch": [ok, nameless]}),
            400,
            "invalid_payload",
            "empty event name",
        ),
        (
            json!({"api_key": key, "batch": [ok, orphan]}),
            400,
            "invalid_payload",
            "without a distinct_id",
        ),
        (
            json!({"api_key": key, "batch": [ok, 7]}),
            400,
            "invalid_payload",
            "failed to parse",
        ),
        (json!(7), 400, "invalid_payload", "failed to decode"),
        (
            json!({"api_key": key, "batch": [ok, "x".repeat(30_000)]}),
            413,
            "payload_too_large",
            "larger",
        ),
    ] {
        let answer = post(&server, &[JSON], "/batch/", body.to_string().as_bytes());
        assert_eq!(answer.status, status, "{body} {}", answer.text);
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{body}");
        assert!(
            problem["detail"].as_str().is_some_and(|text| text.contains(detail)),
            "{problem}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    for (headers, body) in [
        (vec![JSON], b"{".to_vec()),
        (vec![JSON], b"".to_vec()),
        (vec![JSON, ("content-encoding", "gzip")], b"no gzip".to_vec()),
        (vec![JSON], b"\x1f\x8bno gzip".to_vec()),
        (vec![JSON], b"{\"a\": \"\xff\"}".to_vec()),
    ] {
        let answer = post(&server, &headers, "/batch/", &body);
        assert_eq!(answer.status, 400, "{body:?} {}", answer.text);
    }
    // Small on the wire, and large.
    let bomb = gzip(&" ".repeat(1_000_000));
    for headers in [vec![JSON, ("content-encoding", "gzip")], vec![JSON]] {
        assert_eq!(post(&server, &headers, "/batch/", &bomb).status, 413);
    }
    assert_eq!(kept(&server).len(), 0);
    server.post("/batch/", &json!({"api_key": key, "batch": [ok]}));
    assert_eq!(kept(&server).len(), 1);
}

#[test]
fn browsers_may_ask_from_anywhere_and_find_nothing_to_switch_on() {
    let server = Server::start();
    let asked = [
        ("origin", "https://example.com"),
        ("access-control-request-headers", "content-type,x-a"),
    ];
    let answer = server.send_bytes(&asked, "OPTIONS", "/e/", b"");
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type,x-a"));
    for (method, path, name, value) in [
        ("POST", "/flags/?v=2", "flags", json!({})),
        ("POST", "/decide/?v=3", "featureFlags", json!({})),
        ("GET", "/flags/definitions?token=x", "flags", json!([])),
        ("GET", "/array/phc_x/config", "hasFeatureFlags", json!(false)),
    ] {
        let answer = server.send_bytes(&[JSON], method, path, b"");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.ok()[name], value, "{path}");
    }
}

#[test]
fn the_newer_routes_answer_in_their_own_way() {
    let server = Server::start();
    let bearer = format!("Bearer {}", server.key);
    let boundary = "----part";
    let part = |name: &str, kind: &str, body: &str| {
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\ncontent-type: {kind}\r\n\r\n{body}\r\n"
        )
    };
    let id = Uuid::new_v4();
    let head = json!({"event": "$ai_generation", "distinct_id": "d", "uuid": id}).to_string();
    let body = [
        part("event", "application/json", &head),
        part(
            "event.properties",
            "application/json",
            r#"{"$ai_model": "m", "$ai_trace_id": "t"}"#,
        ),
        part(
            "event.properties.$ai_input",
            "application/json",
            r#"[{"role": "user", "content": "long \ud83d"}]"#,
        ),
        part("event.properties.$ai_output", "text/plain; charset=utf-8", "an answer"),
        part("event.properties.picture", "image/png", "PNG"),
        format!("--{boundary}--\r\n"),
    ]
    .concat();
    let kind = format!("multipart/form-data; boundary={boundary}");
    let headers = [("content-type", kind.as_str()), ("authorization", bearer.as_str())];
    let answer = post(&server, &headers, "/i/v0/ai", body.as_bytes()).ok();
    let parts = answer["accepted_parts"].as_array().expect("parts");
    assert_eq!(parts.len(), 5);
    assert_eq!(
        parts[0],
        json!({"name": "event", "length": head.len(), "content-type": "application/json", "content-encoding": null})
    );
    let event = &kept(&server)[0];
    assert_eq!(event["uuid"], json!(id));
    assert_eq!(
        event["body"]["properties"],
        json!({
            "$ai_model": "m", "$ai_trace_id": "t", "$ai_input": [{"role": "user", "content": "long \u{FFFD}"}],
            "$ai_output": "an answer", "picture": "data:image/png;base64,UE5H",
        })
    );
    let broken = part("event", "application/json", "{") + &format!("--{boundary}--\r\n");
    assert_eq!(post(&server, &headers, "/i/v0/ai", broken.as_bytes()).status, 400);

    let id = Uuid::new_v4();
    let broken = Uuid::new_v4();
    let batch = json!({"created_at": "2026-03-31T11:00:00Z", "batch": [
        {"event": "v1", "uuid": id, "distinct_id": "d", "timestamp": "2026-03-31T11:00:00Z", "session_id": "s",
         "options": {}, "properties": {"a": 1}},
        {"event": "", "uuid": broken, "distinct_id": "d"},
    ]});
    let headers = [JSON, ("authorization", bearer.as_str()), ("posthog-request-id", "r")];
    let answer = post(
        &server,
        &headers,
        "/i/v1/analytics/events",
        batch.to_string().as_bytes(),
    )
    .ok();
    assert_eq!(answer["results"][id.to_string()], json!({"result": "ok"}));
    assert_eq!(answer["results"][broken.to_string()]["result"], "drop");
    let v1 = named(&server, "v1");
    assert_eq!(v1[0]["body"]["properties"], json!({"a": 1, "$session_id": "s"}));
    assert_eq!(
        post(&server, &[JSON], "/i/v1/analytics/events", b"{\"batch\": []}").status,
        401
    );
}

#[test]
fn what_was_answered_survives_a_kill() {
    for round in 0..3 {
        let server = Server::start();
        let stop = Arc::new(AtomicBool::new(false));
        let batches = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..4)
            .map(|_| {
                let (stop, batches) = (Arc::clone(&stop), Arc::clone(&batches));
                let (url, key) = (server.url.clone(), server.key.clone());
                thread::spawn(move || {
                    let mut answered = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let batch: Vec<_> = (0..10).map(|_| event("e")).collect();
                        let ids = batch
                            .iter()
                            .map(|event| event["uuid"].as_str().expect("an id").to_owned());
                        let ids: Vec<_> = ids.collect();
                        let sent =
                            ureq::post(format!("{url}/batch/")).send_json(json!({"api_key": key, "batch": batch}));
                        if sent.is_ok_and(|answer| answer.status() == 200) {
                            answered.extend(ids);
                            batches.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    answered
                })
            })
            .collect();
        while batches.load(Ordering::Relaxed) < 20 + 7 * round {
            thread::sleep(Duration::from_millis(1));
        }
        let key = server.key.clone();
        let data = server.kill().expect("its data");
        stop.store(true, Ordering::Relaxed);
        let answered: Vec<_> = clients
            .into_iter()
            .flat_map(|client| client.join().expect("a client"))
            .collect();
        assert!(!answered.is_empty());
        let mut server = Server::at(data.path(), &[]);
        server.key = key;
        let there: Vec<_> = kept(&server)
            .iter()
            .map(|event| event["uuid"].as_str().expect("an id").to_owned())
            .collect();
        for id in &answered {
            assert_eq!(there.iter().filter(|one| *one == id).count(), 1, "{id}");
        }
    }
}
