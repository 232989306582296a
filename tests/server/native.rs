//! Our own API.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::{Answer, Server};

const CHECK: &str = "/api/jurybox/check";
const EVALUATE: &str = "/api/jurybox/evaluate";
const LINES: (&str, &str) = ("content-type", "application/x-ndjson");

/// A service that is given time to compile interpreters on a busy machine.
fn patient_server() -> Server {
    Server::with(&["--request-timeout", "300"])
}

fn stream(server: &Server, lines: &[String]) -> Answer {
    let key = format!("Bearer {}", server.key);
    let body = lines.join("\n");
    server.send_bytes(&[("authorization", &key), LINES], "POST", EVALUATE, body.as_bytes())
}

fn verdicts(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    answer.text.lines().map(line).collect()
}

#[test]
fn snippets_are_checked() {
    let server = patient_server();

    let good = server.post(CHECK, &json!({"source": "return length(output) > 3"}));
    assert_eq!(good, json!({"ok": true, "convention": "posthog", "diagnostics": []}));

    let bad = server.post(
        CHECK,
        &json!({"language": "hog", "source": "let a := 1\nreturn a && true"}),
    );
    assert_eq!((&bad["ok"], &bad["convention"]), (&json!(false), &Value::Null));
    let first = &bad["diagnostics"][0];
    assert_eq!(first["severity"], "error");
    assert_eq!(first["code"], "ampersands");
    assert_eq!(first["span"], json!({"start": 20, "end": 22}));
    assert_eq!(first["start"], json!({"line": 2, "column": 10}));
    assert_eq!(first["end"], json!({"line": 2, "column": 12}));
    let frame = first["frame"].as_str().expect("a frame");
    assert!(frame.contains("--> metric.hog:2:10"), "{frame}");

    let warned = server.post(CHECK, &json!({"source": "return nonsense(output)"}));
    assert_eq!(warned["ok"], true);
    assert_eq!(warned["diagnostics"][0]["severity"], "warning");

    for (language, source, convention) in [
        ("python", "def f(output): return True", "auto"),
        (
            "javascript",
            "export function handler({output}) { return 1 }",
            "braintrust",
        ),
        (
            "typescript",
            "export function f(event: any): number { return 1 }",
            "honeyhive",
        ),
        ("wasm", "(module)", ""),
    ] {
        let checked = server.post(CHECK, &json!({"language": language, "source": source}));
        if convention.is_empty() {
            assert_eq!(checked["ok"], false, "{checked}");
        } else {
            assert_eq!(checked["ok"], true, "{language}: {checked}");
        }
    }

    for (body, kind) in [
        (json!({}), "required"),
        (json!({"source": "return true", "surprise": 1}), "parse_error"),
        (json!({"source": "return true", "language": "cobol"}), "parse_error"),
        (json!({"source": "return true", "convention": "openai"}), "invalid"),
        (json!({"source": "return true", "entry": "main"}), "invalid"),
        (json!({"source": 3}), "parse_error"),
        (json!([]), "parse_error"),
    ] {
        let answer = server.send("POST", CHECK, Some(&body));
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        assert_eq!(answer.json()["kind"], kind, "{body}: {}", answer.text);
        assert!(answer.json()["error"].is_string());
    }

    who_asks(&server);
    what_it_tells(&server);
}

fn who_asks(server: &Server) {
    let body = json!({"source": "return true"});
    let reader = server.new_key("reader", &["event:read"]);
    for (key, status) in [("", 401), ("jb_nonsense", 401), (reader.as_str(), 403)] {
        let key = format!("Bearer {key}");
        for path in [CHECK, EVALUATE] {
            let answer = server.send_with(&[("authorization", &key)], "POST", path, Some(&body));
            assert_eq!(answer.status, status, "{path}: {}", answer.text);
            assert!(answer.json()["kind"].is_string(), "{}", answer.text);
        }
        let headers = [("authorization", key.as_str()), LINES];
        let answer = server.send_bytes(&headers, "POST", EVALUATE, b"{\"source\": \"return true\"}\n{}\n");
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let key = format!("Bearer {reader}");
    let session = server.send_with(&[("authorization", &key)], "GET", "/api/jurybox/session", None);
    assert_eq!(session.ok()["project"]["name"], "reader");
    assert_eq!(session.ok()["scopes"], json!(["event:read"]));
}

fn what_it_tells(server: &Server) {
    let session = server.get("/api/jurybox/session");
    assert_eq!(session["project"]["name"], "default");
    assert_eq!(session["scopes"], json!(["*"]));
    assert_eq!(
        session["languages"],
        json!(["hog", "python", "javascript", "typescript", "wasm"])
    );
    assert_eq!(session["version"], env!("CARGO_PKG_VERSION"));
    let limits = server.get("/api/jurybox/limits");
    assert_eq!(limits["fuel"], 1_000_000_000);
    assert_eq!(limits["deadline_ms"], 10_000);
    let completions = server.get("/api/jurybox/completions");
    let functions = completions["hog"].as_array().expect("a list");
    let has = functions
        .iter()
        .find(|function| function["name"] == "has")
        .expect("has");
    assert_eq!(has["signature"], "has(a, b)");
    assert!(functions.iter().any(|function| function["name"] == "arrayMap"));
    let fields = completions["fields"].as_array().expect("a list");
    assert!(fields.iter().any(|field| field["name"] == "properties.$ai_model"));
    // What is offered is there.
    let reads = fields
        .iter()
        .map(|field| format!("print({})\n", field["name"].as_str().expect("a name")));
    let source = format!("{}return true", reads.collect::<String>());
    let body = json!({"source": source, "events": [{"input": "a", "output": "b"}]});
    let verdict = &server.post(EVALUATE, &body)["verdicts"][0];
    assert_eq!(verdict["status"], "ok", "{verdict}");
}

#[test]
fn events_are_judged_in_every_language() {
    let server = patient_server();
    let events = json!([
        {"id": "capital", "input": "The capital of France?", "output": "Paris"},
        {"properties": {"$ai_input": "Hello", "$ai_output": "Good morning to you", "$ai_trace_id": "t"}},
    ]);
    for (language, source) in [
        ("hog", "print('seen')\nreturn length(output) <= 5"),
        (
            "python",
            "def f(output):\n    print('seen')\n    return len(output) <= 5",
        ),
        (
            "javascript",
            "export function f(event) { console.log('seen'); return event.output.length <= 5 }",
        ),
        (
            "typescript",
            "export function f(event: {output: string}): boolean { console.log('seen'); return event.output.length <= 5 }",
        ),
    ] {
        let body = json!({"language": language, "source": source, "events": events});
        let judged = server.post(EVALUATE, &body);
        let judged = judged["verdicts"].as_array().expect("verdicts");
        assert_eq!(judged.len(), 2);
        let (first, second) = (&judged[0], &judged[1]);
        assert_eq!(first["event"], "capital", "{language}: {first}");
        assert_eq!(
            (&first["status"], &first["passed"]),
            (&json!("ok"), &json!(true)),
            "{first}"
        );
        assert_eq!(first["logs"], json!(["seen"]));
        assert_eq!(first["input_preview"], "The capital of France?");
        assert_eq!(first["output_preview"], "Paris");
        assert_eq!(first["trace_id"], Value::Null);
        assert_eq!(
            (&second["event"], &second["passed"]),
            (&json!("#2"), &json!(false)),
            "{second}"
        );
        assert_eq!(second["trace_id"], "t");
        assert!(second["usage"]["fuel"].as_u64() > Some(0));
        assert!(second["replay"]["seed"].is_u64());
    }

    options(&server);
    refusals(&server);
}

fn options(server: &Server) {
    let event = json!({"output": "0.5"});
    let judge = |source: &str, options: Value| {
        let body = json!({"source": source, "events": [event], "options": options});
        server.post(EVALUATE, &body)["verdicts"][0].clone()
    };
    assert_eq!(judge("return null", json!({}))["status"], "invalid_result");
    assert_eq!(
        judge("return null", json!({"allows_na": true}))["status"],
        "not_applicable"
    );
    assert_eq!(
        judge("return true", json!({"needs_ground_truth": true}))["status"],
        "skipped"
    );
    let number = json!({"returns": "number", "pass_rule": {"within": {"min": 0.25}}});
    let judged = judge("return toFloat(output)", number);
    assert_eq!(
        (&judged["value"], &judged["passed"]),
        (&json!(0.5), &json!(true)),
        "{judged}"
    );
    let endless = "while (true) {}";
    let judged = judge(endless, json!({"limits": {"fuel": 100_000}}));
    assert_eq!(judged["status"], "out_of_fuel");
    let judged = judge("print(now()) return true", json!({"now_ns": 0, "seed": 7}));
    assert_eq!(judged["replay"], json!({"now_ns": 0, "seed": 7}));
    assert_eq!(judged["reasoning"], "DateTime(0.0, 'UTC')");
}

fn refusals(server: &Server) {
    let event = json!({"output": "x"});
    for (body, kind, about) in [
        (json!({"source": "return true"}), "required", "events"),
        (json!({"events": [event]}), "required", "source"),
        (
            json!({"source": "return", "events": [3]}),
            "invalid_event",
            "events.0: an event is a JSON object",
        ),
        (
            json!({"source": "return true", "events": [event], "option": {}}),
            "parse_error",
            "unknown field `option`",
        ),
        (
            json!({"source": "return true", "events": [event], "options": {"fuel": 3}}),
            "parse_error",
            "unknown field `fuel`",
        ),
        (
            json!({"source": "return true", "events": [event], "options": {"limits": {"fuel": 1_000_000_001}}}),
            "over_limit",
            "1000000001 is more than the service allows, which is 1000000000",
        ),
        (
            json!({"source": "return true", "events": [event], "options": {"limits": {"deadline_ms": 10_001}}}),
            "over_limit",
            "deadline_ms",
        ),
        (
            json!({"source": "return &", "events": [event]}),
            "compile_error",
            "Line 1",
        ),
        (
            json!({"metric": "m", "source": "return true", "events": [event]}),
            "invalid",
            "own source",
        ),
    ] {
        let answer = server.send("POST", EVALUATE, Some(&body));
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        let problem = answer.json();
        assert_eq!(problem["kind"], kind, "{body}: {problem}");
        assert!(
            problem["error"].as_str().expect("text").contains(about),
            "{body}: {problem}"
        );
        assert_eq!(problem["diagnostics"].is_array(), kind == "compile_error", "{problem}");
    }
    let unknown = json!({"metric": "00000000-0000-0000-0000-000000000000", "events": []});
    let answer = server.send("POST", EVALUATE, Some(&unknown));
    assert_eq!((answer.status, &answer.json()["kind"]), (404, &json!("not_found")));
}

#[test]
fn saved_evaluations_judge() {
    let server = Server::start();
    let saved = server.post(
        "/api/environments/@current/evaluations",
        &json!({
            "name": "short", "evaluation_type": "hog", "evaluation_config": {"source": "return length(output) < 5"},
            "output_type": "boolean", "output_config": {"allows_na": true},
        }),
    );
    let id = saved["id"].as_str().expect("an id");
    let judged = server.post(
        EVALUATE,
        &json!({"metric": id, "events": [{"output": "abc"}, {"output": "abcdef"}]}),
    );
    assert_eq!(judged["verdicts"][0]["passed"], true);
    assert_eq!(judged["verdicts"][1]["passed"], false);

    let listed = server.get("/api/jurybox/evaluations");
    assert_eq!(listed["results"][0]["id"], id);
    assert_eq!(listed["results"][0]["source"], "return length(output) < 5");
    let history = server.get(&format!("/api/jurybox/evaluations/{id}/history?days=3"));
    let points = history["points"].as_array().expect("points");
    assert_eq!(points.len(), 3);
    assert!(
        points[0]["start"]
            .as_str()
            .expect("a time")
            .ends_with("T00:00:00.000000Z")
    );
    assert_eq!(points[2]["passed"], 0);
    let unknown = server.send("GET", "/api/jurybox/evaluations/nope/history", None);
    assert_eq!(unknown.status, 404);

    let other = server.new_key("other", &["*"]);
    let key = format!("Bearer {other}");
    let body = json!({"metric": id, "events": []});
    let answer = server.send_with(&[("authorization", &key)], "POST", EVALUATE, Some(&body));
    assert_eq!(answer.status, 404, "{}", answer.text);
    let path = format!("/api/jurybox/evaluations/{id}/history");
    assert_eq!(
        server.send_with(&[("authorization", &key)], "GET", &path, None).status,
        404
    );
    let listed = server.send_with(&[("authorization", &key)], "GET", "/api/jurybox/evaluations", None);
    assert_eq!(listed.ok()["results"], json!([]));
}

#[test]
fn streams_are_judged_in_order() {
    let server = Server::start();
    let head = json!({"source": "return length(output) == toInt(properties.n) % 7"}).to_string();
    let mut lines = vec![head];
    let events = 20_000;
    for number in 0..events {
        // It is sent before anything is read: no more than is read ahead.
        lines.push(match number {
            777 => "{\"output\": ".to_owned(),
            _ => json!({"n": number, "output": "x".repeat(number % 7)}).to_string(),
        });
    }
    lines.insert(100, String::new());
    let answer = stream(&server, &lines);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let judged = verdicts(&answer);
    assert_eq!(judged.len(), events);
    for (number, verdict) in judged.iter().enumerate() {
        assert_eq!(verdict["event"], format!("#{}", number + 1));
        if number == 777 {
            assert_eq!(verdict["error"]["kind"], "invalid_event");
            assert!(verdict.get("status").is_none());
        } else {
            assert_eq!(verdict["passed"], true, "{number}: {verdict}");
            assert!(verdict.get("input_preview").is_none());
        }
    }

    let head = json!({"source": "return true", "previews": true}).to_string();
    let answer = stream(&server, &[head, r#"{"uuid": "u", "input": "Why?"}"#.to_owned()]);
    let judged = verdicts(&answer);
    assert_eq!(
        (&judged[0]["event"], &judged[0]["input_preview"]),
        (&json!("u"), &json!("Why?"))
    );

    let long = format!("{{\"output\": \"{}\"}}", "x".repeat(200));
    let head = json!({"source": "return true", "options": {"limits": {"event": 100}}}).to_string();
    let answer = stream(
        &server,
        &[head, "{}".to_owned(), long, "[]".to_owned(), "{}".to_owned()],
    );
    let judged = verdicts(&answer);
    let kinds: Vec<&Value> = judged.iter().map(|verdict| &verdict["error"]["kind"]).collect();
    assert_eq!(
        kinds,
        [&Value::Null, &json!("too_large"), &json!("invalid_event"), &Value::Null]
    );
    assert_eq!(judged[3]["event"], "#4");

    for (lines, kind) in [
        (vec![String::new()], "invalid_request"),
        (vec!["{".to_owned()], "parse_error"),
        (vec![r#"{"source": "return true", "events": []}"#.to_owned()], "invalid"),
        (
            vec![r#"{"source": "return &"}"#.to_owned(), "{}".to_owned()],
            "compile_error",
        ),
    ] {
        let answer = stream(&server, &lines);
        assert_eq!(
            (answer.status, &answer.json()["kind"]),
            (400, &json!(kind)),
            "{lines:?}: {}",
            answer.text
        );
    }

    it_answers_while_it_is_asked(&server);
    it_stops_when_nobody_listens(&server);
}

#[test]
fn metrics_of_honeyhive_judge_too() {
    let server = patient_server();
    let metric = json!({
        "name": "short", "type": "PYTHON", "return_type": "boolean",
        "criteria": "def evaluator(event):\n    return len(event['outputs']['content']) < 5",
    });
    let made = server.post("/v1/metrics", &metric);
    let id = made["metric_id"].as_str().expect("an id");
    let events =
        json!([{"inputs": {}, "outputs": {"content": "abc"}}, {"inputs": {}, "outputs": {"content": "abcdef"}}]);
    let body = json!({"metric": id, "events": events});
    let judged = server.post(EVALUATE, &body);
    let passed: Vec<&Value> = judged["verdicts"]
        .as_array()
        .expect("verdicts")
        .iter()
        .map(|one| &one["passed"])
        .collect();
    assert_eq!(passed, [&json!(true), &json!(false)], "{judged}");
    // They are opened by a scope of their own.
    let key = server.new_key("default", &["evaluation:read"]);
    let key = format!("Bearer {key}");
    let refused = server.send_with(&[("authorization", &key)], "POST", EVALUATE, Some(&body));
    assert_eq!(refused.status, 403, "{}", refused.text);
}

#[test]
fn a_stream_that_breaks_off_keeps_what_was_whole() {
    let server = Server::start();
    let mut text = json!({"source": "return true"}).to_string();
    for number in 0..5000 {
        text += &format!("\n{{\"n\": {number}, \"output\": \"{}\"}}", number * number);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("packed");
    let packed = encoder.finish().expect("packed");
    let key = format!("Bearer {}", server.key);
    let headers = [("authorization", key.as_str()), LINES, ("content-encoding", "x-GZIP")];
    let answer = server.send_bytes(&headers, "POST", EVALUATE, &packed[..packed.len() - 2000]);
    let mut judged = verdicts(&answer);
    let last = judged.pop().expect("a line");
    assert_eq!(last["error"]["kind"], "broken_stream");
    assert!(judged.len() > 1000, "{}", judged.len());
    assert_eq!(last["event"], format!("#{}", judged.len() + 1));
    assert!(judged.iter().all(|verdict| verdict["passed"] == true), "{judged:?}");
}

#[test]
fn byte_order_marks_and_odd_codings_are_taken() {
    let server = Server::start();
    let head = json!({"source": "return length(output) == 1"}).to_string();
    let marked = "\u{FEFF}{\"output\": \"a\"}".to_owned();
    let judged = verdicts(&stream(&server, &[format!("\u{FEFF}{head}"), marked.clone(), marked]));
    assert_eq!(judged.len(), 2);
    assert!(judged.iter().all(|verdict| verdict["passed"] == true), "{judged:?}");

    // Who refuses every coding that there is gets an answer: it was done.
    let key = format!("Bearer {}", server.key);
    for refusal in ["identity;q=0", "br;q=1, *;q=0"] {
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
            ("accept-encoding", refusal),
        ];
        let body = json!({"source": "return true", "events": [{}]}).to_string();
        let answer = server.send_bytes(&headers, "POST", EVALUATE, body.as_bytes());
        assert_eq!(answer.status, 200, "{refusal}: {}", answer.text);
        assert_eq!(answer.header("content-encoding"), None);
    }
}

#[test]
fn events_that_are_too_large_are_not_judged() {
    let server = Server::start();
    let long = json!({"output": "x".repeat(200)});
    let body = json!({"source": "return true", "options": {"limits": {"event": 100}}, "events": [{}, long]});
    let answer = server.send("POST", EVALUATE, Some(&body));
    assert_eq!((answer.status, &answer.json()["kind"]), (413, &json!("too_large")));
    assert!(answer.text.contains("limit of 100 bytes"), "{}", answer.text);
    // The service's own limit holds wherever events are given.
    let long = json!({"output": "x".repeat(9 << 20)});
    let body = json!({"source": "return true", "events": [{}, long]});
    let answer = server.send("POST", "/api/environments/@current/evaluations/test_hog/", Some(&body));
    assert_eq!(answer.status, 400);
    let told = answer.json()["error"]["events"]["1"][0].to_string();
    assert!(told.contains("limit of 8388608 bytes"), "{told}");
}

/// Begins a stream that does not end.
fn begin(server: &Server, head: &Value) -> TcpStream {
    let address = server.url.strip_prefix("http://").expect("a URL");
    let mut connection = TcpStream::connect(address).expect("a connection");
    write!(
        connection,
        "POST {EVALUATE} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/x-ndjson\r\n\
         transfer-encoding: chunked\r\n\r\n",
        server.key
    )
    .expect("it is sent");
    send(&mut connection, &head.to_string());
    connection
}

fn send(connection: &mut TcpStream, line: &str) {
    write!(connection, "{:x}\r\n{line}\n\r\n", line.len() + 1).expect("it is sent");
}

fn it_answers_while_it_is_asked(server: &Server) {
    let mut connection = begin(server, &json!({"source": "return output == 'yes'"}));
    let mut answer = BufReader::new(connection.try_clone().expect("a reader"));
    for (output, passed) in [("yes", true), ("no", false), ("yes", true)] {
        send(&mut connection, &json!({"output": output}).to_string());
        let verdict = loop {
            let mut line = String::new();
            assert!(answer.read_line(&mut line).expect("a line") > 0, "the answer has ended");
            if let Ok(Value::Object(verdict)) = serde_json::from_str(&line) {
                break verdict;
            }
        };
        assert_eq!(verdict["passed"], passed);
    }
}

fn it_stops_when_nobody_listens(server: &Server) {
    let mut connection = begin(server, &json!({"source": "while (true) {}"}));
    for _ in 0..1000 {
        send(&mut connection, "{}");
    }
    let running = |server: &Server| {
        // With a key, the path is HoneyHive's.
        let figures = server.send_with(&[], "GET", "/metrics", None).text;
        figures.lines().any(|line| {
            line.strip_prefix("jurybox_queue_running ")
                .is_some_and(|count| count != "0")
        })
    };
    server.until("it judges", |server| running(server).then_some(()));
    drop(connection);
    // A thousand endless loops would take minutes.
    let since = std::time::Instant::now();
    server.until("it stops", |server| (!running(server)).then_some(()));
    assert!(since.elapsed().as_secs() < 60, "{:?}", since.elapsed());
}
