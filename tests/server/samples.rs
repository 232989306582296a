//! Events that are kept as samples.

use std::fs;

use serde_json::{Value, json};

use crate::support::Server;

const EVENTS: &str = "/api/jurybox/events";

#[test]
fn events_of_a_file_are_samples() {
    let data = tempfile::tempdir().expect("a directory");
    let file = data.path().join("events.jsonl");
    let plain = r#"{"id": "capital", "input": "The capital of France?", "output": "Paris", "expected": "Paris"}"#;
    let old = r#"{"uuid": "0198c2a4-7b01-7025-905b-0000316edc57", "event": "$ai_generation", "distinct_id": "me",
        "timestamp": "2020-01-01T00:00:00Z", "properties": {"$ai_input": "old", "$ai_trace_id": "t"}}"#;
    let honeyhive =
        r#"{"event_id": "e-1", "event_type": "model", "inputs": {"question": "Why?"}, "outputs": {"content": "So."}}"#;
    let lines = [
        plain,
        &old.replace('\n', ""),
        honeyhive,
        r#"{"output": "twice"}"#,
        r#"{"output": "twice"}"#,
    ];
    fs::write(&file, lines.join("\n")).expect("it is written");
    let store = data.path().join("data");
    let arguments = ["--events", file.to_str().expect("a path"), "--request-timeout", "300"];
    let server = Server::at(&store, &arguments);

    let listed = server.get(EVENTS);
    let listed = listed["results"].as_array().expect("a list");
    let previews: Vec<(&Value, &Value)> = listed
        .iter()
        .map(|event| (&event["input_preview"], &event["output_preview"]))
        .collect();
    let none = json!("");
    assert_eq!(
        previews,
        [
            (&json!("The capital of France?"), &json!("Paris")),
            (&json!("old"), &none),
            (&json!("Why?"), &json!("So.")),
            (&none, &json!("twice")),
            (&none, &json!("twice")),
        ]
    );
    assert_eq!(listed[1]["uuid"], "0198c2a4-7b01-7025-905b-0000316edc57");
    assert_eq!(
        (&listed[1]["distinct_id"], &listed[1]["trace_id"]),
        (&json!("me"), &json!("t"))
    );
    assert_eq!(listed[1]["body"]["timestamp"], "2020-01-01T00:00:00Z");
    assert!(listed[1]["timestamp"].as_str() > Some("2025"));
    assert_eq!(listed[0]["body"]["properties"]["expected"], "Paris");
    assert_eq!(
        (&listed[2]["platform"], &listed[2]["uuid"]),
        (&json!("honeyhive"), &json!("e-1"))
    );

    // Events can be judged as they are listed.
    let bodies: Vec<&Value> = listed.iter().map(|event| &event["body"]).collect();
    let source = "def f(output):\n    return len(output) > 0";
    let body = json!({"language": "python", "source": source, "events": bodies});
    let judged = server.post("/api/jurybox/evaluate", &body);
    let passed: Vec<&Value> = judged["verdicts"]
        .as_array()
        .expect("verdicts")
        .iter()
        .map(|verdict| &verdict["passed"])
        .collect();
    assert_eq!(
        passed,
        [true, false, true, true, true]
            .map(Value::Bool)
            .iter()
            .collect::<Vec<_>>()
    );

    // The newest five of PostHog's are what a metric is tried on.
    let tried = server.post(
        "/api/environments/@current/evaluations/test_hog",
        &json!({"source": "return output == 'Paris'"}),
    );
    let tried = tried["results"].as_array().expect("results");
    assert_eq!(tried[0]["result"], true, "{tried:?}");
    assert_eq!(tried[1]["event_uuid"], listed[1]["uuid"]);

    // The same file adds nothing.
    server.stop();
    let server = Server::at(&store, &arguments);
    // The key was shown once.
    let key = new_key(&store);
    let answer = server.send_with(&[("x-api-key", &key)], "GET", EVENTS, None);
    assert_eq!(answer.ok()["results"].as_array().map(Vec::len), Some(5));
}

fn new_key(store: &std::path::Path) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_jurybox"))
        .args(["keys", "create", "--project", "default", "--scope", "*", "--data"])
        .arg(store)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

#[test]
fn no_answer_needs_much_memory() {
    let server = Server::start();
    for number in 0..6 {
        let event = json!({"input": number.to_string(), "output": "x".repeat(6 << 20)});
        server.post(EVENTS, &json!({"events": [event]}));
    }
    let mut seen = Vec::new();
    while seen.len() < 6 {
        let answer = server.send("GET", &format!("{EVENTS}?limit=200&offset={}", seen.len()), None);
        assert!(answer.text.len() < 32 << 20, "{} bytes at once", answer.text.len());
        let results = answer.ok()["results"].take();
        let events = results.as_array().expect("a list").iter();
        let inputs: Vec<String> = events
            .map(|event| event["input_preview"].as_str().expect("a text").to_owned())
            .collect();
        assert!(!inputs.is_empty(), "the others come with a larger offset");
        seen.extend(inputs);
    }
    seen.sort();
    assert_eq!(seen, ["0", "1", "2", "3", "4", "5"]);
}

#[test]
fn events_are_added_listed_and_searched() {
    let server = Server::start();
    let many: Vec<Value> = (0..60)
        .map(|number| json!({"input": format!("Question {number}"), "output": "A"}))
        .collect();
    assert_eq!(server.post(EVENTS, &json!({"events": many})), json!({"accepted": 60}));
    assert_eq!(server.post(EVENTS, &json!({"events": many})), json!({"accepted": 0}));
    let count = |path: &str| server.get(path)["results"].as_array().expect("a list").len();
    assert_eq!(count(EVENTS), 50);
    assert_eq!(count(&format!("{EVENTS}?limit=200&name=$ai_generation")), 60);
    assert_eq!(count(&format!("{EVENTS}?name=other")), 0);
    assert_eq!(count(&format!("{EVENTS}?search=QUESTION%2059")), 1);
    assert_eq!(count(&format!("{EVENTS}?search=100%25")), 0);
    assert_eq!(
        server.get(&format!("{EVENTS}?limit=1"))["results"][0]["input_preview"],
        "Question 0"
    );

    let key = format!("Bearer {}", server.key);
    let headers = [
        ("authorization", key.as_str()),
        ("content-type", "application/x-ndjson"),
    ];
    let answer = server.send_bytes(&headers, "POST", EVENTS, b"{\"input\": \"a\"}\n{\"input\": \"b\"}\n");
    assert_eq!(answer.ok(), json!({"accepted": 2}));

    for (path, body) in [
        (format!("{EVENTS}?limit=0"), None),
        (format!("{EVENTS}?limit=201"), None),
        (format!("{EVENTS}?limit=x"), None),
        (format!("{EVENTS}?surprise=1"), None),
        (EVENTS.to_owned(), Some(json!({"events": [1]}))),
        (EVENTS.to_owned(), Some(json!({"events": {}}))),
        (EVENTS.to_owned(), Some(json!({}))),
    ] {
        let method = if body.is_some() { "POST" } else { "GET" };
        let answer = server.send(method, &path, body.as_ref());
        assert_eq!(answer.status, 400, "{path} {body:?}: {}", answer.text);
    }

    let other = format!("Bearer {}", server.new_key("other", &["event:read"]));
    let listed = server.send_with(&[("authorization", &other)], "GET", EVENTS, None);
    assert_eq!(listed.ok()["results"], json!([]));
    let body = json!({"events": []});
    let answer = server.send_with(&[("authorization", &other)], "POST", EVENTS, Some(&body));
    assert_eq!(answer.status, 403);
}
