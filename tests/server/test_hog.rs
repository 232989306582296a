//! `test_hog`: code is tried on stored events without being saved.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Server};

const PATH: &str = "/api/environments/@current/evaluations/test_hog/";

/// The keys of a result in PostHog's API, and then ours.
const KEYS: [&str; 9] = [
    "sample_id",
    "sample_type",
    "event_uuid",
    "trace_id",
    "input_preview",
    "output_preview",
    "result",
    "reasoning",
    "error",
];
const OWN_KEYS: [&str; 6] = ["status", "passed", "line", "column", "logs", "usage"];

/// An event with this answer of a model, this long ago.
fn event(name: &str, output: &str, ago: SignedDuration) -> Value {
    json!({
        "uuid": Uuid::now_v7(), "event": name, "distinct_id": "someone",
        "timestamp": (Timestamp::now() - ago).to_string(),
        "properties": {
            "$ai_input": [{"role": "user", "content": "How are you?"}], "$ai_output": output,
            "$ai_trace_id": format!("trace of {output}"), "length": output.len(),
        },
    })
}

fn generation(output: &str, seconds_ago: i64) -> Value {
    event("$ai_generation", output, SignedDuration::from_secs(seconds_ago))
}

fn capture(server: &Server, events: &[Value]) {
    let batch = json!({"api_key": server.key, "batch": events});
    let answer = server.send_with(&[], "POST", "/batch/", Some(&batch));
    assert_eq!(answer.status, 200, "{}", answer.text);
}

fn send(server: &Server, body: &Value) -> Answer {
    server.send("POST", PATH, Some(body))
}

fn results(server: &Server, body: &Value) -> Vec<Value> {
    let answer = server.post(PATH, body);
    let object = answer.as_object().expect("an object");
    assert_eq!(object.keys().collect::<Vec<_>>(), ["results"], "no message");
    answer["results"].as_array().expect("a list").clone()
}

/// The one result of code for an event in the request.
fn tried(server: &Server, source: &str, fields: Value) -> Value {
    let mut body = json!({"source": source, "events": [{"uuid": "u", "input": "in", "output": "out"}]});
    body.as_object_mut()
        .expect("an object")
        .extend(fields.as_object().expect("an object").clone());
    let mut results = results(server, &body);
    assert_eq!(results.len(), 1);
    results.remove(0)
}

fn outputs(results: &[Value]) -> Vec<&str> {
    results
        .iter()
        .map(|result| result["output_preview"].as_str().expect("a text"))
        .collect()
}

#[test]
fn the_newest_generations_of_seven_days_are_samples() {
    let server = Server::start();
    let none = json!({"results": [], "message": "No recent AI events found in the last 7 days"});
    assert_eq!(server.post(PATH, &json!({"source": "return true"})), none);

    let days = |days: i64| SignedDuration::from_hours(24 * days);
    capture(
        &server,
        &[
            generation("third", 300),
            generation("first", 100),
            generation("second", 200),
            event("$ai_generation", "sixth", days(7) - SignedDuration::from_mins(5)),
            event("$ai_generation", "too old", days(7) + SignedDuration::from_mins(5)),
            event("$ai_span", "no generation", SignedDuration::ZERO),
            event("$ai_trace", "no generation", SignedDuration::ZERO),
            event("$pageview", "no generation", SignedDuration::ZERO),
            generation("fourth", 3600),
            event("$ai_generation", "fifth", days(1)),
        ],
    );
    let sampled = |fields: Value| {
        let mut body = json!({"source": "return length(output) > 5"});
        body.as_object_mut()
            .expect("an object")
            .extend(fields.as_object().expect("an object").clone());
        results(&server, &body)
    };
    let all = ["first", "second", "third", "fourth", "fifth", "sixth"];
    assert_eq!(outputs(&sampled(json!({}))), all[..5], "five by default");
    assert_eq!(outputs(&sampled(json!({"sample_count": 10}))), all);
    let two = sampled(json!({"sample_count": "2"}));
    assert_eq!(outputs(&two), all[..2]);

    let result = &two[1];
    let keys: Vec<_> = result.as_object().expect("an object").keys().collect();
    assert_eq!(keys, [KEYS.as_slice(), OWN_KEYS.as_slice()].concat());
    assert_eq!(result["sample_id"], result["event_uuid"]);
    assert!(
        result["event_uuid"]
            .as_str()
            .is_some_and(|uuid| Uuid::parse_str(uuid).is_ok())
    );
    for (key, value) in [
        ("sample_type", json!("generation")),
        ("trace_id", json!("trace of second")),
        ("input_preview", json!("user: How are you?")),
        ("output_preview", json!("second")),
        ("result", json!(true)),
        ("reasoning", json!("")),
        ("error", json!(null)),
        ("status", json!("ok")),
        ("passed", json!(true)),
        ("line", json!(null)),
        ("column", json!(null)),
        ("logs", json!([])),
    ] {
        assert_eq!(result[key], value, "{key}");
    }
    let usage = &result["usage"];
    assert!(
        usage["fuel"].as_u64() > Some(0) && usage["memory"].as_u64() > Some(0),
        "{usage}"
    );
    assert!(usage["elapsed_us"].is_u64(), "{usage}");
    assert_eq!(two[0]["result"], false);

    // Nothing is kept: neither the code, nor what came of it.
    assert_eq!(server.get("/api/environments/@current/evaluations/")["count"], 0);
    let evaluated = server.get("/api/jurybox/events?name=$ai_evaluation");
    assert_eq!(evaluated["results"], json!([]));
    assert_eq!(
        outputs(&sampled(json!({"sample_count": 10}))),
        all,
        "and nothing became a sample"
    );
}

#[test]
fn conditions_select_samples() {
    let server = Server::start();
    let events: Vec<_> = (0..400)
        .map(|number| generation(&format!("n{number}"), number))
        .collect();
    capture(&server, &events);
    let equals = |value: &str| json!({"key": "$ai_output", "value": value, "operator": "exact", "type": "event"});
    let short = json!({"key": "length", "value": 3, "operator": "lt", "type": "event"});
    for (conditions, expected) in [
        (json!([]), vec!["n0", "n1", "n2"]),
        // Any of the sets, all of a set.
        (
            json!([{"id": "a", "properties": [equals("n3")]}, {"id": "b", "properties": [equals("n5")]}]),
            vec!["n3", "n5"],
        ),
        (
            json!([{"id": "a", "properties": [equals("n7"), short.clone()]}]),
            vec!["n7"],
        ),
        (json!([{"id": "a", "properties": [equals("n17"), short]}]), vec![]),
        // Far behind, which takes several parts of the list.
        (json!([{"id": "a", "properties": [equals("n399")]}]), vec!["n399"]),
        // The rollout plays no role here.
        (
            json!([{"id": "a", "rollout_percentage": 0, "properties": [equals("n3")]}]),
            vec!["n3"],
        ),
        // A set without filters selects everything.
        (
            json!([{"id": "a", "properties": [equals("n3")]}, {"id": "b", "properties": []}]),
            vec!["n0", "n1", "n2"],
        ),
    ] {
        let body = json!({"source": "return true", "sample_count": 3, "conditions": conditions});
        let answer = server.post(PATH, &body);
        assert_eq!(
            outputs(answer["results"].as_array().expect("a list")),
            expected,
            "{conditions}"
        );
        let message = answer.get("message").is_some();
        assert_eq!(message, expected.is_empty(), "{conditions}");
    }
}

#[test]
fn wrong_requests_are_told_what_is_wrong_with_each_field() {
    let server = Server::start();
    capture(&server, &[generation("a", 1)]);
    for (body, errors) in [
        (json!({}), json!({"source": ["This field is required."]})),
        (
            json!({"source": ""}),
            json!({"source": ["This field may not be blank."]}),
        ),
        (
            json!({"source": null}),
            json!({"source": ["This field may not be null."]}),
        ),
        (json!({"source": ["x"]}), json!({"source": ["Not a valid string."]})),
        (
            json!({"source": "x", "sample_count": 0, "allows_na": "perhaps"}),
            json!({
                "sample_count": ["Ensure this value is greater than or equal to 1."],
                "allows_na": ["Must be a valid boolean."],
            }),
        ),
        (
            json!({"source": "x", "sample_count": 11}),
            json!({"sample_count": ["Ensure this value is less than or equal to 10."]}),
        ),
        (
            json!({"source": "x", "sample_count": 1.5}),
            json!({"sample_count": ["A valid integer is required."]}),
        ),
        (
            json!({"source": "x", "conditions": {"properties": []}}),
            json!({"conditions": ["Expected a list of items but got type \"dict\"."]}),
        ),
        (
            json!({"source": "x", "conditions": [{}, "all"]}),
            json!({"conditions": {"1": ["Expected a dictionary of items but got type \"str\"."]}}),
        ),
        (
            json!({"source": "x", "output_type": "sentiment"}),
            json!({"output_type": ["\"sentiment\" is not a valid choice."]}),
        ),
        (
            json!({"source": "x", "output_type": "categorical"}),
            json!({"output_config": ["Invalid config for hog/categorical: options: Field required"]}),
        ),
        (
            json!({"source": "x", "target": "everything"}),
            json!({"target": ["\"everything\" is not a valid choice."]}),
        ),
        (
            json!({"source": "x", "events": [{"output": "a"}, 5]}),
            json!({"events": {"1": ["Expected a dictionary of items but got type \"int\"."]}}),
        ),
        (
            json!(["return true"]),
            json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ),
    ] {
        let answer = send(&server, &body);
        assert_eq!(
            (answer.status, answer.json()),
            (400, json!({"error": errors})),
            "{body}"
        );
    }
    // What is no JSON is refused as everywhere.
    let headers = [("authorization", format!("Bearer {}", server.key))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = server.send_bytes(&headers, "POST", PATH, b"{");
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("parse_error")));
}

/// An event of a trace in a session, so many seconds ago.
fn part(name: &str, trace: &str, session: &str, seconds_ago: i64, properties: &Value) -> Value {
    let mut event = event(name, "", SignedDuration::from_secs(seconds_ago));
    let mut all = properties.as_object().expect("an object").clone();
    all.insert("$ai_trace_id".to_owned(), json!(trace));
    all.insert("$ai_session_id".to_owned(), json!(session));
    event["properties"] = Value::Object(all);
    event
}

#[test]
fn traces_are_tried_as_a_whole_when_their_window_is_over() {
    let server = Server::start();
    let none = json!({"results": [], "message": "No recent AI traces found in the last 7 days"});
    let body = |source: &str| json!({"source": source, "target": "trace", "target_config": {"window_seconds": 60}});
    assert_eq!(server.post(PATH, &body("return true")), none);

    let (asked, answered) = (json!([{"role": "user", "content": "Hello?"}]), json!("Goodbye."));
    capture(
        &server,
        &[
            part(
                "$ai_generation",
                "old",
                "",
                500,
                &json!({"$ai_input": asked, "$ai_total_cost_usd": 0.25, "n": 1}),
            ),
            part(
                "$ai_generation",
                "old",
                "",
                400,
                &json!({"$ai_output": answered, "$ai_total_cost_usd": 0.5}),
            ),
            part(
                "$ai_span",
                "old",
                "",
                450,
                &json!({"$ai_latency": 2.5, "$ai_total_cost_usd": 9}),
            ),
            part("$ai_trace", "old", "", 390, &json!({"$ai_input_state": "of the trace"})),
            part("$ai_evaluation", "old", "", 380, &json!({})),
            part(
                "$ai_generation",
                "older",
                "",
                600,
                &json!({"$ai_input": "x", "$ai_output": "y", "n": 2}),
            ),
            // Its window is not over.
            part("$ai_generation", "young", "", 30, &json!({"$ai_input": "x"})),
            // No generation, so that nothing would begin to wait for the rest.
            part("$ai_span", "spans", "", 500, &json!({})),
            part("$ai_generation", "", "", 500, &json!({})),
        ],
    );
    let source = "
        print(trace.id, trace.event_count, length(events), length(evaluation_events))
        print(target.type, target.id, target.total_cost_usd, target.total_latency_seconds)
        for (let e in evaluation_events) { print(e.event, e.input_text, e.output_text, e.properties.n) }
        print(keys(events[1]))
        return target.total_cost_usd > 0.5";
    let tried = results(&server, &body(source));
    let ids: Vec<_> = tried.iter().map(|result| &result["sample_id"]).collect();
    assert_eq!(ids, ["old", "older"]);
    let result = &tried[0];
    for (key, value) in [
        ("sample_type", json!("trace")),
        ("event_uuid", json!(null)),
        ("trace_id", json!("old")),
        ("input_preview", json!("user: Hello?")),
        ("output_preview", json!("Goodbye.")),
        ("result", json!(true)),
        ("error", json!(null)),
        (
            "logs",
            json!([
                "old 3 3 3",
                "trace old 0.75 2.5",
                "$ai_generation user: Hello?  1",
                "$ai_span   null",
                "$ai_generation  Goodbye. null",
                "['uuid', 'event', 'timestamp', 'input', 'output', 'properties']",
            ]),
        ),
    ] {
        assert_eq!(result[key], value, "{key}: {result}");
    }
    // What cost nothing is null, which is never more than something.
    assert_eq!(tried[1]["logs"][1], "trace older null null");
    assert_eq!(tried[1]["result"], false);

    // Conditions choose by a trace's generations, and the whole trace is judged.
    let mut chosen = body("print(length(evaluation_events)) return true");
    chosen["conditions"] = json!([{"properties": [{"key": "n", "value": 1, "operator": "exact", "type": "event"}]}]);
    let tried = results(&server, &chosen);
    assert_eq!(
        (tried.len(), &tried[0]["trace_id"], &tried[0]["reasoning"]),
        (1, &json!("old"), &json!("3"))
    );

    // What is said of one event alone is not there (PostHog).
    let tried = results(&server, &body("return length(output) > 0"));
    assert_eq!(tried[0]["error"], "Runtime error: Global variable not found: output");
    // By default a trace is complete after half an hour.
    assert_eq!(
        server.post(PATH, &json!({"source": "return true", "target": "trace"})),
        none
    );
}

#[test]
fn sessions_are_tried_as_a_whole_when_they_are_quiet() {
    let server = Server::start();
    let body = |source: &str, quiet: u32| {
        let config = json!({"quiet_period_seconds": quiet});
        json!({"source": source, "target": "session", "target_config": config})
    };
    let message = |quiet: &str| {
        format!("No sessions have been quiet for {quiet} in the last 7 days, so there is nothing to preview yet.")
    };
    capture(
        &server,
        &[
            part(
                "$ai_generation",
                "b",
                "quiet",
                800,
                &json!({"$ai_input": "2", "$ai_output": "two", "$ai_latency": 1}),
            ),
            part(
                "$ai_generation",
                "a",
                "quiet",
                900,
                &json!({"$ai_input": "1", "$ai_output": "one", "$ai_latency": 2}),
            ),
            part(
                "$ai_generation",
                "a",
                "quiet",
                700,
                &json!({"$ai_input": "3", "$ai_output": "three"}),
            ),
            part("$ai_generation", "c", "busy", 900, &json!({"$ai_input": "x"})),
            part("$ai_span", "c", "busy", 30, &json!({})),
            part("$ai_span", "d", "spans", 900, &json!({})),
        ],
    );
    let source = "print(target.type, target.id, target.total_cost_usd, target.total_latency_seconds)
        for (let e in evaluation_events) { print(e.input) }
        return null";
    let tried = results(&server, &body(source, 60));
    assert_eq!(tried.len(), 1, "{tried:?}");
    let result = &tried[0];
    for (key, value) in [
        ("sample_id", json!("quiet")),
        ("sample_type", json!("session")),
        ("event_uuid", json!(null)),
        ("trace_id", json!(null)),
        ("input_preview", json!("1")),
        ("output_preview", json!("two")),
        ("result", json!(null)),
        ("error", json!("Must return boolean, got NoneType: None")),
        // Trace after trace.
        ("reasoning", json!("session quiet 0 3.0\n1\n3\n2")),
    ] {
        assert_eq!(result[key], value, "{key}: {result}");
    }
    let tried = results(&server, &body("return true", 10));
    let ids: Vec<_> = tried.iter().map(|result| &result["sample_id"]).collect();
    assert_eq!(ids, ["busy", "quiet"], "the last to end first");
    // Neither has globals that only traces have.
    let tried = results(&server, &body("return length(events) > 0", 60));
    assert_eq!(tried[0]["error"], "Runtime error: Global variable not found: events");
    for (quiet, words) in [(3600, "1 hour"), (1800, "30 minutes")] {
        let answer = server.post(PATH, &body("return true", quiet));
        assert_eq!(answer, json!({"results": [], "message": message(words)}));
    }
}

#[test]
fn a_trace_of_too_many_events_is_not_judged() {
    let server = Server::start();
    let events: Vec<Value> = (0..501)
        .map(|number| part("$ai_generation", "0", "", 500 + number, &json!({})))
        .collect();
    capture(&server, &events);
    let config = json!({"window_seconds": 10});
    let body = json!({"source": "return true", "target": "trace", "target_config": config, "output_type": "numeric"});
    let tried = results(&server, &body);
    assert_eq!((tried.len(), &tried[0]["sample_id"]), (1, &json!("0")));
    for (key, value) in [
        ("result", json!(null)),
        ("score", json!(null)),
        ("status", json!("skipped")),
    ] {
        assert_eq!(tried[0][key], value, "{key}");
    }
    let error = tried[0]["error"].as_str().expect("a sentence");
    assert!(error.starts_with("Trace exceeds 500 events"), "{error}");
}

#[test]
fn given_events_may_be_judged_as_traces_and_in_any_language() {
    let server = Server::start();
    let given =
        |id: &str, trace: &str| json!({"uuid": id, "event": "$ai_generation", "properties": {"$ai_trace_id": trace}});
    let body = json!({
        "source": "result = len(event['properties']['events']) == 2", "language": "python", "target": "trace",
        "events": [given("1", "a"), given("2", "b"), given("3", "a")],
    });
    let tried = results(&server, &body);
    let told: Vec<_> = tried
        .iter()
        .map(|result| (&result["trace_id"], &result["result"]))
        .collect();
    assert_eq!(
        told,
        [(&json!("a"), &json!(true)), (&json!("b"), &json!(false))],
        "{tried:?}"
    );

    // They are judged as they would be if they were stored: in the order of time, and only what belongs to a trace. A
    // trace's id may be a number, and texts may be cut.
    let at = |name: &str, minute: u32| {
        json!({
            "event": name, "timestamp": format!("2026-05-04T09:{minute:02}:00Z"),
            "properties": {"$ai_trace_id": 7, "n": minute, "cut": "\u{FFFD}"},
        })
    };
    let newest_first = [at("$ai_span", 3), at("custom", 2), at("$ai_generation", 1)];
    let body = json!({
        "source": "for (let e in evaluation_events) { print(e.properties.n, e.properties.cut) } return true",
        "target": "trace", "events": newest_first,
    });
    let body = body.to_string().replace('\u{FFFD}', "\\ud83d");
    let headers = [("authorization", format!("Bearer {}", server.key))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = server.send_bytes(&headers, "POST", PATH, body.as_bytes()).ok();
    let result = &answer["results"][0];
    assert_eq!(
        (&result["trace_id"], &result["logs"]),
        (&json!("7"), &json!(["1 \u{FFFD}", "3 \u{FFFD}"])),
        "{answer}"
    );
}

#[test]
fn code_that_does_not_compile_is_refused_before_anything_runs() {
    let server = Server::start();
    // The text is PostHog's, which does not tell the author what is wrong. Our own key does.
    let answer = send(&server, &json!({"source": "let a := 1\nreturn a +* 2"}));
    assert_eq!(answer.status, 400);
    let mut body = answer.json();
    let diagnostics = body
        .as_object_mut()
        .expect("an object")
        .remove("diagnostics")
        .expect("ours");
    let text = "Compilation error: {'hog': ErrorDetail(string='Hog code has errors.', code='invalid')}";
    assert_eq!(body, json!({"error": text}));
    let diagnostic = &diagnostics[0];
    let keys: Vec<_> = diagnostic.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["severity", "code", "message", "help", "line", "column", "frame"]);
    assert_eq!(
        (&diagnostic["severity"], &diagnostic["line"]),
        (&json!("error"), &json!(2))
    );
    let frame = diagnostic["frame"].as_str().expect("a frame");
    assert!(frame.contains("return a +* 2") && frame.contains('^'), "{frame}");

    // White space at the beginning counts for lines.
    let answer = send(&server, &json!({"source": "\n\n  return ("}));
    assert_eq!(answer.json()["diagnostics"][0]["line"], 3);

    // The one mistake that PostHog tells.
    let answer = send(&server, &json!({"source": "return properties.$ai-model == 'a'"}));
    assert_eq!(answer.status, 400);
    let text = answer.json()["error"].as_str().expect("a text").to_owned();
    assert!(
        text.starts_with("Compilation error: {'hog': ErrorDetail(string=\""),
        "{text}"
    );
    assert!(
        text.contains("$ai-model") && text.ends_with("\", code='invalid')}"),
        "{text}"
    );

    // Names that nothing has compile, and fail when they are called.
    let result = tried(&server, "return nothing_of_that_name(1)", json!({}));
    assert_eq!(
        result["error"],
        "Runtime error: Unsupported function call: nothing_of_that_name"
    );
}

#[test]
fn what_code_returns_is_answered_in_exact_words() {
    let server = Server::start();
    for (source, allows_na, result, error) in [
        ("return true", false, json!(true), None),
        ("return false", true, json!(false), None),
        ("return null", true, json!(null), None),
        ("let a := 1", true, json!(null), None),
        (
            "return null",
            false,
            json!(null),
            Some("Must return boolean, got NoneType: None"),
        ),
        (
            "let a := 1",
            false,
            json!(null),
            Some("Must return boolean, got NoneType: None"),
        ),
        ("return 1", false, json!(null), Some("Must return boolean, got int: 1")),
        (
            "return 1.5",
            false,
            json!(null),
            Some("Must return boolean, got float: 1.5"),
        ),
        (
            "return 'true'",
            false,
            json!(null),
            Some("Must return boolean, got str: true"),
        ),
        (
            "return [true, 'a']",
            false,
            json!(null),
            Some("Must return boolean, got list: [True, 'a']"),
        ),
        (
            "return {'a': null}",
            true,
            json!(null),
            Some("Must return boolean (or null if N/A is enabled), got dict: {'a': None}"),
        ),
        (
            "return (1, 2)",
            false,
            json!(null),
            Some("Must return boolean, got tuple: (1, 2)"),
        ),
        (
            "throw Error('it\\'s bad')",
            false,
            json!(null),
            Some(r"Runtime error: Error('it\'s bad')"),
        ),
        (
            "return fetch('https://example.org')",
            false,
            json!(null),
            Some("Runtime error: Unsupported function call: fetch"),
        ),
    ] {
        let tried = tried(&server, source, json!({"allows_na": allows_na}));
        assert_eq!(
            (&tried["result"], &tried["error"]),
            (&result, &json!(error)),
            "{source}"
        );
        // "Not applicable" and an error are told apart by this, and by our own key.
        let status = tried["status"].as_str().expect("a status");
        match (error, result.is_null()) {
            (None, true) => assert_eq!(status, "not_applicable", "{source}"),
            (None, false) => assert_eq!(status, "ok", "{source}"),
            (Some(_), _) => assert!(
                matches!(status, "invalid_result" | "runtime_error"),
                "{source}: {status}"
            ),
        }
        assert!(
            tried.get("score").is_none() && tried.get("categories").is_none(),
            "{source}"
        );
    }
    let endless = tried(&server, "while (true) {}", json!({}));
    let error = endless["error"].as_str().expect("an error");
    assert!(
        error.starts_with("Execution timed out (") && error.ends_with("s limit exceeded)"),
        "{error}"
    );
    let greedy = "let a := 'aaaaaaaa' while (true) { a := concat(a, a) }";
    assert_eq!(tried(&server, greedy, json!({}))["error"], "Memory limit exceeded");
}

#[test]
fn what_is_printed_is_the_reasoning() {
    let server = Server::start();
    let printing = |end: &str| format!("print('one', 1)\nprint('two')\n{end}");
    let logs = json!(["one 1", "two"]);
    for (end, reasoning, line) in [
        ("return true", "one 1\ntwo", json!(null)),
        ("return 'wrong'", "one 1\ntwo", json!(null)),
        ("throw Error('no')", "", json!(3)),
    ] {
        let tried = tried(&server, &printing(end), json!({}));
        assert_eq!(tried["reasoning"], reasoning, "{end}");
        assert_eq!(tried["logs"], logs, "{end}: no line is lost in ours");
        assert_eq!(tried["line"], line, "{end}");
    }
}

#[test]
fn numbers_and_categories_have_keys_of_their_own() {
    let server = Server::start();
    let numeric = |source: &str, config: Value| {
        tried(
            &server,
            source,
            json!({"output_type": "numeric", "output_config": config}),
        )
    };
    let bounds = json!({"min": 0, "max": 10, "passing_rule": {"operator": "gte", "threshold": 7}});
    for (source, config, score, passed, error) in [
        ("return 7", bounds.clone(), json!(7), json!(true), None),
        ("return 6.5", bounds.clone(), json!(6.5), json!(false), None),
        ("return -1", json!({}), json!(-1), json!(null), None),
        (
            "return null",
            json!({"allows_na": true}),
            json!(null),
            json!(null),
            None,
        ),
        (
            "return 10.5",
            bounds,
            json!(null),
            json!(null),
            Some("Must return a number from 0 to 10, got float: 10.5"),
        ),
        (
            "return 'x'",
            json!({}),
            json!(null),
            json!(null),
            Some("Must return a number, got str: x"),
        ),
        (
            "return true",
            json!({"allows_na": true}),
            json!(null),
            json!(null),
            Some("Must return a number (or null if N/A is enabled), got bool: True"),
        ),
    ] {
        let tried = numeric(source, config);
        assert_eq!((&tried["score"], &tried["passed"]), (&score, &passed), "{source}");
        assert_eq!(
            (&tried["result"], &tried["error"]),
            (&json!(null), &json!(error)),
            "{source}"
        );
        assert!(
            tried.get("score").is_some() && tried.get("categories").is_none(),
            "{source}"
        );
    }

    let options = json!([{"key": "good", "label": "Good"}, {"key": "bad", "label": "Bad"}]);
    for (source, mode, categories, passed, error) in [
        ("return 'good'", "single", json!(["good"]), json!(true), None),
        ("return ['bad']", "single", json!(["bad"]), json!(false), None),
        ("return ['good']", "multiple", json!(["good"]), json!(true), None),
        (
            "return ['good', 'bad']",
            "multiple",
            json!(["good", "bad"]),
            json!(false),
            None,
        ),
        ("return []", "multiple", json!([]), json!(false), None),
        (
            "return []",
            "single",
            json!(null),
            json!(null),
            Some("Must return one category key, got list: []"),
        ),
        (
            "return 'ugly'",
            "single",
            json!(null),
            json!(null),
            Some("Must return one of good, bad, got str: ugly"),
        ),
        (
            "return 'good'",
            "multiple",
            json!(null),
            json!(null),
            Some("Must return a list of category keys, got str: good"),
        ),
    ] {
        let config = json!({"options": options, "selection_mode": mode, "passing_rule": {"categories": ["good"]}});
        let tried = tried(
            &server,
            source,
            json!({"output_type": "categorical", "output_config": config}),
        );
        assert_eq!(
            (&tried["categories"], &tried["passed"]),
            (&categories, &passed),
            "{source} {mode}"
        );
        assert_eq!(
            (&tried["result"], &tried["error"]),
            (&json!(null), &json!(error)),
            "{source} {mode}"
        );
        assert!(
            tried.get("score").is_none() && tried.get("categories").is_some(),
            "{source}"
        );
    }

    let failure = json!({"output_config": {"true_is_failure": true}});
    let tried = tried(&server, "return true", failure);
    assert_eq!((&tried["result"], &tried["passed"]), (&json!(true), &json!(false)));
}

#[test]
fn previews_are_two_hundred_characters() {
    let server = Server::start();
    let long = "ä€😀".repeat(100);
    let body = json!({
        "source": "return true",
        "events": [{"input": long, "output": "a".repeat(200)}, {"input": null, "output": {"k": "ä"}}],
    });
    let results = results(&server, &body);
    let input = results[0]["input_preview"].as_str().expect("a text");
    assert_eq!(input, long.chars().take(200).collect::<String>());
    assert_eq!(results[0]["output_preview"], "a".repeat(200));
    assert_eq!(results[1]["input_preview"], "");
    // Events without an id are told apart by their places.
    assert_eq!(
        (&results[1]["sample_id"], &results[1]["event_uuid"]),
        (&json!("#2"), &json!(null))
    );
    assert_eq!(results[1]["trace_id"], json!(null));
}

#[test]
fn given_events_and_other_languages_are_our_own() {
    let server = Server::start();
    capture(&server, &[generation("stored", 1)]);
    let events = json!([
        {"event": "$ai_generation", "uuid": "a", "distinct_id": "d", "properties": {
            "$ai_input": "q", "$ai_output_choices": [{"role": "assistant", "content": "yes"}], "$ai_trace_id": "t"}},
        {"inputs": {"question": "q"}, "outputs": {"answer": "no"}, "event_id": "b"},
    ]);
    let never = json!([{"properties": [{"key": "x", "value": "y", "operator": "exact", "type": "event"}]}]);
    let body =
        json!({"source": "return output ilike '%yes%'", "events": events, "sample_count": 1, "conditions": never});
    let hog = results(&server, &body);
    let picked: Vec<_> = hog
        .iter()
        .map(|result| (&result["sample_id"], &result["result"]))
        .collect();
    assert_eq!(
        picked,
        [(&json!("a"), &json!(true)), (&json!("b"), &json!(false))],
        "all of them, as they are"
    );
    assert_eq!(hog[0]["trace_id"], "t");

    let body = json!({
        "language": "javascript", "source": "function handler({output}) {\n  console.log('seen')\n  return {score: output === 'a', reason: 'r'}\n}",
        "convention": "braintrust", "events": [{"output": "a"}],
    });
    let scripted = &results(&server, &body)[0];
    assert_eq!(
        (&scripted["result"], &scripted["reasoning"]),
        (&json!(true), &json!("r"))
    );
    assert_eq!(scripted["logs"], json!(["seen"]));

    let answer = send(&server, &json!({"language": "javascript", "source": "function f( {"}));
    assert_eq!(answer.status, 400);
    let text = answer.json()["error"].as_str().expect("a text").to_owned();
    assert!(
        text.starts_with("Compilation error: ") && text.contains("line 1"),
        "{text}"
    );
    // What was given is not kept.
    let stored = results(&server, &json!({"source": "return true", "sample_count": 10}));
    assert_eq!(outputs(&stored), ["stored"]);
}

#[test]
fn reading_is_enough_and_projects_are_apart() {
    let server = Server::start();
    capture(&server, &[generation("secret", 1)]);
    let with = |key: &str| {
        let bearer = format!("Bearer {key}");
        let body = json!({"source": "return true"});
        server.send_with(&[("authorization", bearer.as_str())], "POST", PATH, Some(&body))
    };
    let reader = server.new_key("default", &["evaluation:read"]);
    assert_eq!(with(&reader).ok()["results"][0]["output_preview"], "secret");
    let stranger = server.new_key("elsewhere", &["*"]);
    assert_eq!(with(&stranger).ok()["results"], json!([]));
    let writer = server.new_key("default", &["event:write"]);
    assert_eq!(with(&writer).status, 403);
    assert_eq!(with("phx_wrong").status, 401);
}
