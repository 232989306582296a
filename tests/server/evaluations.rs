//! PostHog's evaluations: what is stored and answered, and what is refused in which words.

use std::thread;

use serde_json::{Map, Value, json};

use crate::support::{Answer, Server};

const PATH: &str = "/api/environments/@current/evaluations/";

/// The keys of an evaluation, in PostHog's order.
const KEYS: [&str; 21] = [
    "id",
    "name",
    "description",
    "directory_id",
    "enabled",
    "status",
    "status_reason",
    "status_reason_detail",
    "evaluation_type",
    "evaluation_config",
    "output_type",
    "output_config",
    "conditions",
    "target",
    "target_config",
    "model_configuration",
    "created_at",
    "updated_at",
    "created_by",
    "deleted",
    "user_access_level",
];

/// What the smallest request says, and on top of it what a test is about. `null` of `without` leaves a field out.
fn hog(fields: Value) -> Value {
    let mut body = json!({
        "name": "Polite", "evaluation_type": "hog", "evaluation_config": {"source": "return true"},
        "output_type": "boolean",
    });
    merge(&mut body, fields);
    body
}

fn merge(body: &mut Value, fields: Value) {
    let (Value::Object(body), Value::Object(fields)) = (body, fields) else {
        panic!("objects");
    };
    body.extend(fields);
}

fn without(mut body: Value, field: &str) -> Value {
    body.as_object_mut().expect("an object").remove(field);
    body
}

fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

fn path_of(evaluation: &Value) -> String {
    format!("{PATH}{}/", evaluation["id"].as_str().expect("an id"))
}

/// Holds an answer against PostHog's envelope.
fn assert_refused(answer: &Answer, attr: &str, code: &str, detail: &str) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let mut body = answer.json();
    // Our own key.
    body.as_object_mut().expect("an object").remove("diagnostics");
    let expected = json!({"type": "validation_error", "code": code, "detail": detail, "attr": attr});
    assert_eq!(body, expected);
}

#[test]
fn an_evaluation_is_made_read_changed_deleted_and_brought_back() {
    let server = Server::start();
    let made = server.send("POST", PATH, Some(&hog(json!({}))));
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!(keys(&made), KEYS);
    for (key, value) in [
        ("name", json!("Polite")),
        ("description", json!("")),
        ("directory_id", json!(null)),
        ("enabled", json!(false)),
        ("status", json!("paused")),
        ("status_reason", json!(null)),
        ("status_reason_detail", json!(null)),
        ("evaluation_type", json!("hog")),
        ("evaluation_config", json!({"source": "return true"})),
        ("output_type", json!("boolean")),
        ("output_config", json!({"allows_na": false, "true_is_failure": false})),
        ("conditions", json!([])),
        ("target", json!("generation")),
        ("target_config", json!({})),
        ("model_configuration", json!(null)),
        ("deleted", json!(false)),
        ("user_access_level", json!("editor")),
    ] {
        assert_eq!(made[key], value, "{key}");
    }
    let created_by = &made["created_by"];
    assert_eq!(
        keys(created_by),
        ["id", "uuid", "distinct_id", "first_name", "last_name", "email"]
    );
    let time = made["created_at"].as_str().expect("a time");
    assert!(time.len() == 27 && time.ends_with('Z'), "{time}");
    assert_eq!(made["created_at"], made["updated_at"]);

    // Both prefixes, the number of the project, and no slash at the end make no difference.
    let id = made["id"].as_str().expect("an id");
    for path in [
        path_of(&made),
        format!("/api/projects/@current/evaluations/{id}"),
        format!("/api/environments/1/evaluations/{}", id.to_uppercase()),
    ] {
        assert_eq!(server.get(&path), made, "{path}");
    }

    let path = path_of(&made);
    let changed = server
        .send(
            "PATCH",
            &path,
            Some(&json!({"description": "How it speaks", "enabled": true})),
        )
        .ok();
    assert_eq!(changed["description"], "How it speaks");
    assert_eq!(
        (&changed["enabled"], &changed["status"]),
        (&json!(true), &json!("active"))
    );
    assert_eq!(changed["created_at"], made["created_at"]);
    assert_ne!(changed["updated_at"], made["updated_at"]);
    assert_eq!(server.get(&path), changed);

    let refused = server.send("DELETE", &path, None);
    assert_eq!(refused.status, 405, "{}", refused.text);
    let body = refused.json();
    assert_eq!(
        (&body["type"], &body["code"]),
        (&json!("invalid_request"), &json!("method_not_allowed"))
    );
    let detail = body["detail"].as_str().expect("a sentence");
    assert!(detail.contains("patch") && detail.contains("\"deleted\""), "{detail}");
    assert_eq!(server.get(&path), changed, "nothing is deleted by it");

    let deleted = server.send("PATCH", &path, Some(&json!({"deleted": true}))).ok();
    assert_eq!(deleted["deleted"], true);
    let gone = server.send("GET", &path, None);
    assert_eq!(gone.status, 404);
    assert_eq!(
        gone.json(),
        json!({
            "type": "invalid_request", "code": "not_found", "attr": null,
            "detail": format!(
                "No evaluation '{id}' in this project. List the project's evaluations to look one up by name."
            ),
        })
    );
    assert_eq!(server.get(PATH)["count"], 0);
    // It can still be changed, and so brought back.
    let replaced = hog(json!({"name": "Polite again"}));
    let replaced = server.send("PUT", &path, Some(&replaced)).ok();
    assert_eq!(
        (&replaced["name"], &replaced["deleted"]),
        (&json!("Polite again"), &json!(true))
    );
    server.send("PATCH", &path, Some(&json!({"deleted": false}))).ok();
    assert_eq!(server.get(&path)["name"], "Polite again");
    assert_eq!(server.get(PATH)["count"], 1);
}

#[test]
fn fields_are_refused_in_the_words_of_the_framework() {
    let server = Server::start();
    let long = "n".repeat(401);
    let condition = |fields: Value| {
        let mut condition = json!({"id": "a"});
        merge(&mut condition, fields);
        hog(json!({"conditions": [{"id": "first"}, condition]}))
    };
    for (body, attr, code, detail) in [
        (json!({}), "name", "required", "This field is required."),
        (
            without(hog(json!({})), "evaluation_type"),
            "evaluation_type",
            "required",
            "This field is required.",
        ),
        (
            without(hog(json!({})), "output_type"),
            "output_type",
            "required",
            "This field is required.",
        ),
        (
            hog(json!({"name": null})),
            "name",
            "null",
            "This field may not be null.",
        ),
        (
            hog(json!({"name": true})),
            "name",
            "invalid_input",
            "Not a valid string.",
        ),
        (
            hog(json!({"name": " "})),
            "name",
            "blank",
            "This field may not be blank.",
        ),
        (
            hog(json!({"name": long})),
            "name",
            "max_length",
            "Ensure this field has no more than 400 characters.",
        ),
        // Of several the first, in the order of the fields.
        (
            hog(json!({"description": [], "name": {}})),
            "name",
            "invalid_input",
            "Not a valid string.",
        ),
        (
            hog(json!({"description": []})),
            "description",
            "invalid_input",
            "Not a valid string.",
        ),
        (
            hog(json!({"description": null})),
            "description",
            "null",
            "This field may not be null.",
        ),
        (
            hog(json!({"directory_id": "x"})),
            "directory_id",
            "invalid_input",
            "Must be a valid UUID.",
        ),
        (
            hog(json!({"enabled": "perhaps"})),
            "enabled",
            "invalid_input",
            "Must be a valid boolean.",
        ),
        (
            hog(json!({"enabled": null})),
            "enabled",
            "null",
            "This field may not be null.",
        ),
        (
            hog(json!({"deleted": 2})),
            "deleted",
            "invalid_input",
            "Must be a valid boolean.",
        ),
        (
            hog(json!({"evaluation_type": "cobol"})),
            "evaluation_type",
            "invalid_choice",
            "\"cobol\" is not a valid choice.",
        ),
        (
            hog(json!({"output_type": "colour"})),
            "output_type",
            "invalid_choice",
            "\"colour\" is not a valid choice.",
        ),
        (
            hog(json!({"target": "world"})),
            "target",
            "invalid_choice",
            "\"world\" is not a valid choice.",
        ),
        (
            hog(json!({"evaluation_config": null})),
            "evaluation_config",
            "null",
            "This field may not be null.",
        ),
        (
            hog(json!({"output_config": []})),
            "output_config",
            "not_a_dict",
            "Expected a dictionary of items but got type \"list\".",
        ),
        (
            hog(json!({"conditions": {}})),
            "conditions",
            "not_a_list",
            "Expected a list of items but got type \"dict\".",
        ),
        (
            hog(json!({"conditions": ["all"]})),
            "conditions__0",
            "invalid_input",
            "Invalid data. Expected a dictionary, but got str.",
        ),
        (
            hog(json!({"conditions": [{"id": "a"}, {}]})),
            "conditions__1__id",
            "required",
            "This field is required.",
        ),
        (
            condition(json!({"id": "i".repeat(101)})),
            "conditions__1__id",
            "max_length",
            "Ensure this field has no more than 100 characters.",
        ),
        (
            condition(json!({"rollout_percentage": 100.5})),
            "conditions__1__rollout_percentage",
            "max_value",
            "Ensure this value is less than or equal to 100.",
        ),
        (
            condition(json!({"rollout_percentage": -1})),
            "conditions__1__rollout_percentage",
            "min_value",
            "Ensure this value is greater than or equal to 0.",
        ),
        (
            condition(json!({"rollout_percentage": "all"})),
            "conditions__1__rollout_percentage",
            "invalid_input",
            "A valid number is required.",
        ),
        (
            condition(json!({"properties": [{}, 1]})),
            "conditions__1__properties__1",
            "not_a_dict",
            "Expected a dictionary of items but got type \"int\".",
        ),
        (
            hog(json!({"evaluation_type": "llm_judge", "model_configuration": {"model": "m"}})),
            "model_configuration__provider",
            "required",
            "This field is required.",
        ),
        (
            hog(json!({"evaluation_type": "llm_judge", "model_configuration": {"provider": "me", "model": "m"}})),
            "model_configuration__provider",
            "invalid_choice",
            "\"me\" is not a valid choice.",
        ),
        (
            hog(json!({"model_configuration": {"provider": "openai", "model": "m".repeat(101)}})),
            "model_configuration__model",
            "max_length",
            "Ensure this field has no more than 100 characters.",
        ),
        (
            hog(json!({"model_configuration": {"provider": "openai", "model": "m", "provider_key_id": 1}})),
            "model_configuration__provider_key_id",
            "invalid_input",
            "Must be a valid UUID.",
        ),
    ] {
        let answer = server.send("POST", PATH, Some(&body));
        assert_refused(&answer, attr, code, detail);
    }
    let answer = server.send("POST", PATH, Some(&json!([])));
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["detail"],
        "Invalid data. Expected a dictionary, but got list."
    );
    assert_eq!(server.get(PATH)["count"], 0, "nothing that was refused is kept");
}

#[test]
fn what_is_not_there_is_told_before_what_is_wrong() {
    let server = Server::start();
    let path = format!("{PATH}019a0000-0000-7000-8000-000000000000/");
    for (method, body) in [
        ("PUT", json!({})),
        ("PATCH", json!({"name": ""})),
        ("PATCH", json!({"name": "x"})),
    ] {
        assert_eq!(server.send(method, &path, Some(&body)).status, 404, "{method} {body}");
    }
}

#[test]
fn fields_must_fit_together() {
    let server = Server::start();
    let judge = json!({"provider": "openai", "model": "gpt-5"});
    let with = |evaluation_type: &str, output_type: &str, config: Value| {
        hog(json!({"evaluation_type": evaluation_type, "output_type": output_type, "evaluation_config": config}))
    };
    let source = || json!({"source": "return true"});
    for (body, attr, detail) in [
        (
            with("hog", "sentiment", source()),
            "config",
            "Unsupported combination: hog + sentiment",
        ),
        (
            with("llm_judge", "sentiment", json!({"prompt": "p"})),
            "config",
            "Unsupported combination: llm_judge + sentiment",
        ),
        (
            with("sentiment", "boolean", json!({})),
            "config",
            "Unsupported combination: sentiment + boolean",
        ),
        (
            with("python", "sentiment", source()),
            "config",
            "Unsupported combination: python + sentiment",
        ),
        (
            without(hog(json!({})), "evaluation_config"),
            "config",
            "Invalid config for hog/boolean: source: Field required",
        ),
        (
            with("hog", "boolean", json!({"source": " \n"})),
            "config",
            "Invalid config for hog/boolean: source: Value error, Source code cannot be empty",
        ),
        (
            with("llm_judge", "boolean", json!({"prompt": "\t"})),
            "config",
            "Invalid config for llm_judge/boolean: prompt: Value error, Prompt cannot be empty",
        ),
        (
            with("sentiment", "sentiment", json!({"source": "everything"})),
            "config",
            "Invalid config for sentiment/sentiment: source: Input should be 'user_messages'",
        ),
        (
            with("hog", "categorical", source()),
            "config",
            "Invalid config for hog/categorical: options: Field required",
        ),
        (
            hog(json!({"output_config": {"allows_na": "no"}})),
            "config",
            "Invalid config for hog/boolean: allows_na: Input should be a valid boolean",
        ),
        (
            hog(json!({"output_type": "numeric", "output_config": {"true_is_failure": true}})),
            "config",
            "Invalid config for hog/numeric: true_is_failure: Extra inputs are not permitted",
        ),
        (
            hog(json!({"model_configuration": judge})),
            "model_configuration",
            "This evaluation type does not use model configuration.",
        ),
        (
            hog(json!({"target": "trace", "target_config": {"window_seconds": 7201}})),
            "target_config",
            "Invalid target_config for trace: window_seconds: Input should be less than or equal to 7200",
        ),
        (
            hog(json!({"target": "trace", "target_config": {"window": 60}})),
            "target_config",
            "Invalid target_config for trace: window: Extra inputs are not permitted",
        ),
        (
            {
                let mut body = with("sentiment", "sentiment", json!({}));
                merge(&mut body, json!({"target": "trace"}));
                body
            },
            "target",
            "Sentiment evaluations can only target each generation. Choose the 'generation' target.",
        ),
    ] {
        let answer = server.send("POST", PATH, Some(&body));
        assert_refused(&answer, attr, "invalid_input", detail);
    }
    assert_eq!(server.get(PATH)["count"], 0, "nothing that was refused is kept");
}

#[test]
fn every_type_round_trips() {
    let server = Server::start();
    let options = json!([{"key": "good", "label": "Good"}, {"key": "so-so", "label": "Neither"}]);
    for (given, kept) in [
        (
            json!({"evaluation_config": {"source": "\n  return true  ", "bytecode": ["_H", 1, 29], "more": 1}}),
            json!({"evaluation_config": {"source": "\n  return true  "}}),
        ),
        (
            json!({"output_config": {"allows_na": true}}),
            json!({"output_config": {"allows_na": true, "true_is_failure": false}}),
        ),
        (
            json!({
                "output_type": "numeric",
                "output_config": {
                    "min": 0, "max": 10, "step": 0.5, "passing_rule": {"operator": "gte", "threshold": 7},
                },
            }),
            json!({"output_config": {
                "allows_na": false, "min": 0.0, "max": 10.0, "step": 0.5,
                "passing_rule": {"operator": "gte", "threshold": 7.0},
            }}),
        ),
        (
            json!({
                "output_type": "categorical",
                "output_config": {"options": options.clone(), "passing_rule": {"categories": ["good"]}},
            }),
            json!({"output_config": {
                "allows_na": false, "options": options, "selection_mode": "single",
                "passing_rule": {"categories": ["good"]},
            }}),
        ),
        (
            json!({
                "evaluation_type": "llm_judge", "evaluation_config": {"prompt": " Is it polite? "},
                "model_configuration": {"provider": "openai", "model": "gpt-5"},
            }),
            json!({
                "evaluation_config": {"prompt": "Is it polite?"},
                "model_configuration": {
                    "provider": "openai", "model": "gpt-5", "provider_key_id": null, "provider_key_name": null,
                },
            }),
        ),
        // The first version did without a model.
        (
            json!({"evaluation_type": "llm_judge", "evaluation_config": {"prompt": "p"}}),
            json!({"model_configuration": null}),
        ),
        (
            json!({"evaluation_type": "sentiment", "output_type": "sentiment", "evaluation_config": {}}),
            json!({"evaluation_config": {"source": "user_messages"}, "output_config": {}}),
        ),
        (
            json!({
                "conditions": [
                    {"id": "a"},
                    {"id": "b", "rollout_percentage": 12.5, "bytecode": ["_H"], "bytecode_error": null,
                     "properties": [{"key": "$ai_model", "value": ["a"], "operator": "exact", "type": "event"}]},
                ],
            }),
            json!({
                "conditions": [
                    {"id": "a", "rollout_percentage": 100, "properties": []},
                    {"id": "b", "rollout_percentage": 12.5,
                     "properties": [{"key": "$ai_model", "value": ["a"], "operator": "exact", "type": "event"}]},
                ],
            }),
        ),
        (
            json!({"target": "trace"}),
            json!({"target_config": {"strategy": "fixed_window", "window_seconds": 1800}}),
        ),
        (
            json!({"target": "trace", "target_config": {"strategy": "inactivity", "quiet_period_seconds": 60}}),
            json!({"target_config": {
                "strategy": "inactivity", "quiet_period_seconds": 60, "max_age_seconds": 7200,
            }}),
        ),
        (
            json!({"target": "generation", "target_config": {"strategy": "inactivity"}}),
            json!({"target_config": {}}),
        ),
        (
            json!({"directory_id": "0198F7AA-5C6D-7A13-8D3C-6B2F4B6B7C11", "name": " trimmed "}),
            json!({"directory_id": "0198f7aa-5c6d-7a13-8d3c-6b2f4b6b7c11", "name": "trimmed"}),
        ),
        // What the service decides is passed over, and what nobody knows.
        (
            json!({
                "id": "mine", "status": "error", "status_reason": "hog_error", "created_at": "2020-01-01T00:00:00Z",
                "created_by": {"id": 7}, "user_access_level": "none", "colour": "red", "enabled": true,
            }),
            json!({"status": "active", "status_reason": null, "user_access_level": "editor"}),
        ),
    ] {
        let made = server.post(PATH, &hog(given.clone()));
        for (key, value) in kept.as_object().expect("an object") {
            assert_eq!(&made[key], value, "{key} of {given}");
        }
        assert_eq!(keys(&made), KEYS);
        assert_ne!(made["id"], "mine");
        assert_eq!(server.get(&path_of(&made)), made);
    }
}

#[test]
fn code_in_other_languages_is_our_own() {
    let server = Server::start();
    let module = "(module)";
    for (evaluation_type, config) in [
        (
            "javascript",
            json!({"source": "export function handler({output}) { return output.length > 0 }", "convention": "braintrust"}),
        ),
        (
            "typescript",
            json!({"source": "const check = (event: any): boolean => true", "entry": "check"}),
        ),
    ] {
        let made = server.post(
            PATH,
            &hog(json!({"evaluation_type": evaluation_type, "evaluation_config": config.clone()})),
        );
        assert_eq!(made["evaluation_config"], config);
    }
    for (evaluation_type, source, detail) in [
        ("javascript", "return (", "Failed to compile JavaScript code: "),
        ("wasm", module, "Failed to compile WebAssembly code: "),
    ] {
        let body = hog(json!({"evaluation_type": evaluation_type, "evaluation_config": {"source": source}}));
        let answer = server.send("POST", PATH, Some(&body));
        assert_eq!(answer.status, 400, "{}", answer.text);
        let body = answer.json();
        assert_eq!(body["attr"], "evaluation_config");
        assert!(
            body["detail"].as_str().is_some_and(|text| text.starts_with(detail)),
            "{body}"
        );
    }
}

#[test]
fn code_that_does_not_compile_is_not_kept() {
    let server = Server::start();
    let broken = json!({"evaluation_config": {"source": "let a := 1\nreturn a +"}});
    let refused = |answer: &Answer| {
        assert_eq!(answer.status, 400, "{}", answer.text);
        let body = answer.json();
        let detail = body["detail"].as_str().expect("a sentence").to_owned();
        assert_eq!(
            (&body["attr"], &body["code"]),
            (&json!("evaluation_config"), &json!("invalid_input"))
        );
        assert!(
            detail.starts_with("Failed to compile Hog code: ") && detail.contains("line 2"),
            "{detail}"
        );
        let diagnostic = &body["diagnostics"][0];
        assert_eq!(
            (&diagnostic["severity"], &diagnostic["line"]),
            (&json!("error"), &json!(2))
        );
        let frame = diagnostic["frame"].as_str().expect("a frame");
        assert!(frame.contains("return a +") && !frame.contains('\u{1b}'), "{frame}");
    };
    refused(&server.send("POST", PATH, Some(&hog(broken.clone()))));
    assert_eq!(server.get(PATH)["count"], 0);

    let made = server.post(PATH, &hog(json!({})));
    let path = path_of(&made);
    refused(&server.send("PATCH", &path, Some(&broken)));
    refused(&server.send("PUT", &path, Some(&hog(broken))));
    assert_eq!(server.get(&path), made, "a refused change changes nothing");
}

#[test]
fn changes_merge_as_in_the_newest_version() {
    let server = Server::start();
    let made = server.post(
        PATH,
        &hog(json!({
            "output_type": "numeric",
            "output_config": {"min": 0, "max": 10, "passing_rule": {"operator": "gte", "threshold": 7}},
            "target": "trace", "target_config": {"window_seconds": 60},
        })),
    );
    let path = path_of(&made);
    let patch = |body: Value| server.send("PATCH", &path, Some(&body));
    // Keys that are left out stay.
    let config = patch(json!({"output_config": {"max": 8}})).ok()["output_config"].take();
    let rule = json!({"operator": "gte", "threshold": 7.0});
    assert_eq!(
        config,
        json!({"allows_na": false, "min": 0.0, "max": 8.0, "passing_rule": rule})
    );
    // Together they must still fit.
    assert_refused(
        &patch(json!({"output_config": {"max": 6}})),
        "config",
        "invalid_input",
        "Invalid config for hog/numeric: passing_rule.threshold: Input should be within min and max",
    );
    // Null takes a key away.
    let config = patch(json!({"output_config": {"passing_rule": null, "min": null}})).ok()["output_config"].take();
    assert_eq!(config, json!({"allows_na": false, "max": 8.0}));
    // A PUT replaces the settings that it names, and keeps those that it does not name.
    let put = hog(json!({"output_type": "numeric"}));
    let config = server.send("PUT", &path, Some(&put)).ok()["output_config"].take();
    assert_eq!(config, json!({"allows_na": false, "max": 8.0}));
    let put = hog(json!({"output_type": "numeric", "output_config": {"min": 1}}));
    let config = server.send("PUT", &path, Some(&put)).ok()["output_config"].take();
    assert_eq!(config, json!({"allows_na": false, "min": 1.0}));
    assert_refused(
        &server.send("PUT", &path, Some(&json!({"name": "n"}))),
        "evaluation_type",
        "required",
        "This field is required.",
    );

    for output_type in ["boolean", "categorical"] {
        assert_refused(
            &patch(json!({"output_type": output_type})),
            "output_type",
            "invalid_input",
            "Create a new evaluation to change its output type.",
        );
    }

    // The settings of one target are not those of another.
    assert_eq!(server.get(&path)["target_config"]["window_seconds"], 60);
    let config = patch(json!({"target": "session"})).ok()["target_config"].take();
    assert_eq!(config["strategy"], "inactivity");
    let config = patch(json!({"target": "generation"})).ok()["target_config"].take();
    assert_eq!(config, json!({}));

    // A partial change of the type needs settings that fit.
    assert_refused(
        &patch(json!({"evaluation_type": "llm_judge"})),
        "config",
        "invalid_input",
        "Invalid config for llm_judge/numeric: prompt: Field required",
    );
    patch(json!({"evaluation_type": "llm_judge", "evaluation_config": {"prompt": "p"}})).ok();
    let judge = json!({"provider": "anthropic", "model": "m"});
    patch(json!({"model_configuration": judge})).ok();
    assert_refused(
        &patch(json!({"evaluation_type": "hog", "evaluation_config": {"source": "return 1"}})),
        "model_configuration",
        "invalid_input",
        "This evaluation type does not use model configuration.",
    );
    let back =
        json!({"evaluation_type": "hog", "evaluation_config": {"source": "return 1"}, "model_configuration": null});
    assert_eq!(patch(back).ok()["model_configuration"], json!(null));
    let before = server.get(&path);
    let mut after = patch(json!({})).ok();
    after["updated_at"] = before["updated_at"].clone();
    assert_eq!(after, before, "an empty change changes nothing else");
}

/// The addresses of the parts of a list and the names in it.
fn names(page: &Value) -> Vec<&str> {
    let results = page["results"].as_array().expect("a list");
    results
        .iter()
        .map(|evaluation| evaluation["name"].as_str().expect("a name"))
        .collect()
}

#[test]
fn lists_are_searched_ordered_and_cut() {
    let server = Server::start();
    let mut ids = Map::new();
    for (name, fields) in [
        ("Bravo", json!({"description": "has 100% of_it", "enabled": true})),
        (
            "alpha",
            json!({"evaluation_type": "llm_judge", "evaluation_config": {"prompt": "p"}}),
        ),
        (
            "Charlie",
            json!({"directory_id": "0198f7aa-5c6d-7a13-8d3c-6b2f4b6b7c11"}),
        ),
    ] {
        let mut body = hog(json!({"name": name}));
        merge(&mut body, fields);
        ids.insert(name.to_owned(), server.post(PATH, &body)["id"].take());
    }
    let hidden = server.post(PATH, &hog(json!({"name": "hidden"})));
    server
        .send("PATCH", &path_of(&hidden), Some(&json!({"deleted": true})))
        .ok();
    server
        .send(
            "PATCH",
            &format!("{PATH}{}/", ids["Bravo"].as_str().expect("an id")),
            Some(&json!({})),
        )
        .ok();

    let id = |name: &str| ids[name].as_str().expect("an id");
    for (query, expected) in [
        (String::new(), vec!["Charlie", "alpha", "Bravo"]),
        ("?search=ALPHA".to_owned(), vec!["alpha"]),
        ("?search=%20alpha%20".to_owned(), vec!["alpha"]),
        (format!("?id__in={},", id("alpha")), vec!["alpha"]),
        ("?search=0%25+of_".to_owned(), vec!["Bravo"]),
        ("?search=%25%25".to_owned(), vec![]),
        ("?enabled=true".to_owned(), vec!["Bravo"]),
        ("?enabled=false".to_owned(), vec!["Charlie", "alpha"]),
        ("?enabled=perhaps".to_owned(), vec!["Charlie", "alpha", "Bravo"]),
        ("?evaluation_type=llm_judge".to_owned(), vec!["alpha"]),
        ("?evaluation_type=hog&limit=1&offset=1".to_owned(), vec!["Bravo"]),
        ("?directory_id__isnull=true".to_owned(), vec!["alpha", "Bravo"]),
        (
            "?directory_id=0198F7AA-5C6D-7A13-8D3C-6B2F4B6B7C11".to_owned(),
            vec!["Charlie"],
        ),
        (
            format!("?id__in={},{}", id("alpha"), id("Bravo")),
            vec!["alpha", "Bravo"],
        ),
        (format!("?id__in={}", hidden["id"].as_str().expect("an id")), vec![]),
        ("?order_by=created_at".to_owned(), vec!["Bravo", "alpha", "Charlie"]),
        ("?order_by=-updated_at".to_owned(), vec!["Bravo", "Charlie", "alpha"]),
        ("?order_by=-name".to_owned(), vec!["alpha", "Charlie", "Bravo"]),
    ] {
        assert_eq!(names(&server.get(&format!("{PATH}{query}"))), expected, "{query}");
    }
    for (query, attr, code, detail) in [
        (
            "?order_by=colour",
            "order_by",
            "invalid_choice",
            "Select a valid choice. colour is not one of the available choices.",
        ),
        (
            "?evaluation_type=cobol",
            "evaluation_type",
            "invalid_choice",
            "Select a valid choice. cobol is not one of the available choices.",
        ),
    ] {
        assert_refused(&server.send("GET", &format!("{PATH}{query}"), None), attr, code, detail);
    }

    // Addresses of other parts are absolute, and of the host that was asked.
    let first = server.get(&format!("{PATH}?limit=2&search=a"));
    assert_eq!((&first["count"], &first["previous"]), (&json!(3), &json!(null)));
    let next = first["next"].as_str().expect("an address");
    let expected = format!("{}{PATH}?limit=2&offset=2&search=a", server.url);
    assert_eq!(next, expected);
    let second = server.get(next.strip_prefix(&server.url).expect("of this host"));
    assert_eq!(names(&second), ["Bravo"]);
    assert_eq!(second["next"], json!(null));
    assert_eq!(second["previous"], format!("{}{PATH}?limit=2&search=a", server.url));
}

#[test]
fn slim_lists_leave_out_what_is_heavy() {
    let server = Server::start();
    server.post(PATH, &hog(json!({})));
    let bearer = format!("Bearer {}", server.key);
    let slim = |client: &str| {
        let headers = [("authorization", bearer.as_str()), ("x-posthog-client", client)];
        server.send_with(&headers, "GET", PATH, None).ok()["results"][0].take()
    };
    let heavy = [
        "evaluation_config",
        "output_config",
        "conditions",
        "model_configuration",
        "created_by",
        "deleted",
    ];
    let left: Vec<&str> = KEYS.into_iter().filter(|key| !heavy.contains(key)).collect();
    assert_eq!(keys(&slim("mcp")), left);
    assert_eq!(keys(&slim("web")), KEYS);
}

#[test]
fn keys_open_what_their_scopes_say_and_one_project() {
    let server = Server::start();
    let made = server.post(PATH, &hog(json!({})));
    let path = path_of(&made);
    let reader = server.new_key("default", &["evaluation:read"]);
    let stranger = server.new_key("elsewhere", &["evaluation:write"]);
    let with = |key: &str, method: &str, path: &str, body: Option<&Value>| {
        server.send_with(&[("authorization", &format!("Bearer {key}"))], method, path, body)
    };
    let read = with(&reader, "GET", &path, None).ok();
    assert_eq!(read["user_access_level"], "viewer");
    with(&reader, "GET", PATH, None).ok();
    let body = hog(json!({}));
    for (method, path) in [("POST", PATH), ("PUT", &path), ("PATCH", &path), ("DELETE", &path)] {
        let refused = with(&reader, method, path, Some(&body));
        assert_eq!(refused.status, 403, "{method} {}", refused.text);
        assert_eq!(
            refused.json()["detail"],
            "API key missing required scope 'evaluation:write'"
        );
    }
    let datasets = server.new_key("default", &["dataset:write"]);
    assert_eq!(with(&datasets, "GET", PATH, None).status, 403);

    // Another project's evaluation is none.
    for method in ["GET", "PUT", "PATCH"] {
        assert_eq!(with(&stranger, method, &path, Some(&body)).status, 404, "{method}");
    }
    assert_eq!(with(&stranger, "GET", PATH, None).ok()["count"], 0);
    let of_first = path.replace("@current", "1");
    assert_eq!(with(&stranger, "GET", &of_first, None).status, 403);
    assert_eq!(server.get(&path), made);
    for id in ["nothing", "0198f7aa-5c6d-7a13-8d3c-6b2f4b6b7c11", "%00"] {
        assert_eq!(server.send("GET", &format!("{PATH}{id}/"), None).status, 404, "{id}");
    }
}

#[test]
fn changes_at_the_same_time_lose_nothing() {
    let server = Server::start();
    let path = path_of(&server.post(PATH, &hog(json!({}))));
    let change = |field: &str, value: Value| {
        let change = Value::Object(Map::from_iter([(field.to_owned(), value)]));
        server.send("PATCH", &path, Some(&change)).ok();
    };
    thread::scope(|scope| {
        scope.spawn(|| (0..20).for_each(|turn| change("name", json!(format!("name {turn}")))));
        scope.spawn(|| (0..20).for_each(|turn| change("description", json!(format!("text {turn}")))));
        scope.spawn(|| {
            for turn in 0..20 {
                change("evaluation_config", json!({"source": format!("return {turn} > 0")}));
            }
        });
    });
    let last = server.get(&path);
    assert_eq!(
        (&last["name"], &last["description"]),
        (&json!("name 19"), &json!("text 19"))
    );
    assert_eq!(last["evaluation_config"]["source"], "return 19 > 0");
}

#[test]
fn what_was_answered_survives_a_kill() {
    let server = Server::start();
    let made = server.post(
        PATH,
        &hog(json!({"conditions": [{"id": "a", "rollout_percentage": 50}]})),
    );
    let key = server.key.clone();
    let data = server.kill().expect("its data");
    let server = Server::at(data.path(), &[]);
    let bearer = format!("Bearer {key}");
    let read = server.send_with(&[("authorization", &bearer)], "GET", &path_of(&made), None);
    assert_eq!(read.ok(), made);
}
