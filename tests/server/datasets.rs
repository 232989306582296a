//! PostHog's datasets and dataset items, older generation, and what the newer one adds.

use serde_json::{Value, json};

use crate::support::{Answer, Server};

const DATASETS: &str = "/api/projects/@current/datasets/";
const ITEMS: &str = "/api/projects/@current/dataset_items/";

fn names(page: &Value) -> Vec<&str> {
    let results = page["results"].as_array().expect("results");
    results.iter().filter_map(|dataset| dataset["name"].as_str()).collect()
}

fn count(page: &Value) -> u64 {
    page["count"].as_u64().expect("a count")
}

/// The members of an object that are of the older generation.
fn only<'a>(object: &'a Value, names: &[&'a str]) -> Vec<(&'a str, &'a Value)> {
    names
        .iter()
        .map(|name| (*name, object.get(name).expect(name)))
        .collect()
}

#[track_caller]
fn problem(answer: &Answer, status: u16, kind: &str, code: &str, attr: Value, detail: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let expected = json!({"type": kind, "code": code, "detail": detail, "attr": attr});
    assert_eq!(answer.json(), expected);
}

#[test]
fn datasets_are_made_listed_changed_and_deleted() {
    let server = Server::start();
    let made = server.send(
        "POST",
        "/api/environments/1/datasets/",
        Some(
            &json!({"name": "  Questions ", "description": "hard ones", "metadata": {"topic": "Ünits"}, "unknown": 1}),
        ),
    );
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!(
        only(&made, &["name", "description", "metadata", "deleted", "team"]),
        [
            ("name", &json!("Questions")),
            ("description", &json!("hard ones")),
            ("metadata", &json!({"topic": "Ünits"})),
            ("deleted", &json!(false)),
            ("team", &json!(1)),
        ]
    );
    assert_eq!(made["created_by"]["first_name"], "default", "the project");
    assert!(made.get("unknown").is_none());
    let time = made["created_at"].as_str().expect("a time");
    assert!(time.len() == 27 && time.ends_with('Z'), "{time}");
    assert_eq!(made["updated_at"], made["created_at"]);
    assert_eq!(
        only(&made, &["archived", "current_revision"]),
        [("archived", &json!(false)), ("current_revision", &json!(null)),]
    );
    let id = made["id"].as_str().expect("an id");

    // The same through every address, with and without a slash at the end, and with the id in capitals.
    for path in [
        format!("{DATASETS}{id}/"),
        format!("/api/environments/@current/datasets/{id}"),
        format!("/api/projects/1/datasets/{}/", id.to_uppercase()),
    ] {
        assert_eq!(server.get(&path), made, "{path}");
    }
    let path = format!("{DATASETS}{id}/");

    let patched = server.send("PATCH", &path, Some(&json!({"description": null}))).ok();
    assert_eq!(patched["description"], json!(null));
    assert_eq!(
        (&patched["name"], &patched["metadata"]),
        (&made["name"], &made["metadata"])
    );
    assert!(patched["updated_at"].as_str() > made["updated_at"].as_str());
    assert_eq!(patched["created_at"], made["created_at"]);
    let put = server
        .send("PUT", &path, Some(&json!({"name": "Answers", "metadata": [1, null]})))
        .ok();
    assert_eq!((&put["name"], &put["metadata"]), (&json!("Answers"), &json!([1, null])));
    let nothing = server.send("PATCH", &path, None);
    assert_eq!(nothing.status, 200, "{}", nothing.text);

    let refused = server.send("DELETE", &path, None);
    assert_eq!(refused.header("allow"), Some("GET, HEAD, PUT, PATCH, OPTIONS"));
    problem(
        &refused,
        405,
        "invalid_request",
        "method_not_allowed",
        json!(null),
        r#"Hard delete of this model is not allowed. Use a patch API call to set "deleted" to true"#,
    );
    let deleted = server.send("PATCH", &path, Some(&json!({"deleted": true}))).ok();
    assert_eq!(deleted["deleted"], true);
    for method in ["GET", "PATCH"] {
        let gone = server.send(
            method,
            &path,
            Some(&json!({"deleted": false})).filter(|_| method == "PATCH"),
        );
        problem(&gone, 404, "invalid_request", "not_found", json!(null), "Not found.");
    }
    assert_eq!(count(&server.get(DATASETS)), 0);
}

#[test]
fn lists_of_datasets_are_searched_ordered_and_in_parts() {
    let server = Server::start();
    let mut ids = Vec::new();
    for (name, description, metadata) in [
        ("alpha", "first", json!({"owner": "Zoë"})),
        ("beta", "100 %", json!(null)),
        ("gamma", "second", json!(["ALPHA"])),
    ] {
        let body = json!({"name": name, "description": description, "metadata": metadata});
        ids.push(server.post(DATASETS, &body)["id"].as_str().expect("an id").to_owned());
    }
    let empty = json!({"count": 0, "next": null, "previous": null, "results": []});
    for (query, found) in [
        ("", vec!["gamma", "beta", "alpha"]),
        ("?search=ALPHA", vec!["gamma", "alpha"]),
        ("?search=zo%C3%AB", vec!["alpha"]),
        ("?search=%25", vec!["beta"]),
        ("?search=_", vec![]),
        ("?search=", vec!["gamma", "beta", "alpha"]),
        ("?order_by=created_at", vec!["alpha", "beta", "gamma"]),
        ("?order_by=-updated_at,created_at", vec!["gamma", "beta", "alpha"]),
        ("?limit=nonsense&offset=-3", vec!["gamma", "beta", "alpha"]),
        ("?offset=2", vec!["alpha"]),
    ] {
        assert_eq!(names(&server.get(&format!("{DATASETS}{query}"))), found, "{query}");
    }
    assert_eq!(server.get(&format!("{DATASETS}?search=nothing")), empty);
    let some = server.get(&format!("{DATASETS}?id__in={},{}", ids[0], ids[2]));
    assert_eq!(names(&some), ["gamma", "alpha"]);

    // What changed last is first by time of change.
    server
        .send(
            "PATCH",
            &format!("{DATASETS}{}/", ids[0]),
            Some(&json!({"name": "alpha"})),
        )
        .ok();
    let page = server.get(&format!("{DATASETS}?order_by=-updated_at"));
    assert_eq!(names(&page), ["alpha", "gamma", "beta"]);

    // The addresses of other parts lead to them.
    let first = server.get(&format!("{DATASETS}?order_by=created_at&limit=1"));
    assert_eq!((count(&first), names(&first)), (3, vec!["alpha"]));
    let next = first["next"].as_str().expect("an address");
    let expected = format!("{}{DATASETS}?limit=1&offset=1&order_by=created_at", server.url);
    assert_eq!(next, expected);
    let path = next.strip_prefix(&server.url).expect("this server's");
    let second = server.get(path);
    assert_eq!(names(&second), ["beta"]);
    let previous = format!("{}{DATASETS}?limit=1&order_by=created_at", server.url);
    assert_eq!(second["previous"], json!(previous));

    for (query, attr, code, detail) in [
        (
            "?order_by=name",
            "order_by",
            "invalid_choice",
            "Select a valid choice. name is not one of the available choices.",
        ),
        ("?id__in=x", "id__in", "invalid_input", "Enter a valid UUID."),
        (
            "?archived=perhaps",
            "archived",
            "invalid_input",
            "Must be a valid boolean.",
        ),
    ] {
        let answer = server.send("GET", &format!("{DATASETS}{query}"), None);
        problem(&answer, 400, "validation_error", code, json!(attr), detail);
    }
}

#[test]
fn what_is_wrong_with_a_dataset_is_told_as_posthog_tells_it() {
    let server = Server::start();
    let long = "x".repeat(401);
    for (body, attr, code, detail) in [
        (json!({}), json!("name"), "required", "This field is required."),
        (
            json!({"name": null}),
            json!("name"),
            "null",
            "This field may not be null.",
        ),
        (
            json!({"name": " "}),
            json!("name"),
            "blank",
            "This field may not be blank.",
        ),
        (
            json!({"name": []}),
            json!("name"),
            "invalid_input",
            "Not a valid string.",
        ),
        (
            json!({"name": long}),
            json!("name"),
            "max_length",
            "Ensure this field has no more than 400 characters.",
        ),
        (
            json!({"name": "a", "deleted": "perhaps"}),
            json!("deleted"),
            "invalid_input",
            "Must be a valid boolean.",
        ),
        (
            json!([]),
            json!("non_field_errors"),
            "invalid_input",
            "Invalid data. Expected a dictionary, but got list.",
        ),
    ] {
        let answer = server.send("POST", DATASETS, Some(&body));
        problem(&answer, 400, "validation_error", code, attr, detail);
    }
    let broken = server.send_bytes(
        &[("x-api-key", &server.key), ("content-type", "application/json")],
        "POST",
        DATASETS,
        b"{\"name\": ",
    );
    assert_eq!(broken.status, 400);
    let broken = broken.json();
    assert_eq!(
        (&broken["code"], &broken["attr"]),
        (&json!("parse_error"), &json!(null))
    );
    for id in ["no-id", "019a0000-0000-7000-8000-000000000000"] {
        let missing = server.send("GET", &format!("{DATASETS}{id}/"), None);
        problem(&missing, 404, "invalid_request", "not_found", json!(null), "Not found.");
    }
    assert_eq!(count(&server.get(DATASETS)), 0, "nothing wrong was kept");
}

#[test]
fn items_belong_to_datasets() {
    let server = Server::start();
    let dataset = |name: &str| {
        let made = server.post(DATASETS, &json!({"name": name}));
        made["id"].as_str().expect("an id").to_owned()
    };
    let (one, two) = (dataset("one"), dataset("two"));
    let made = server.send(
        "POST",
        ITEMS,
        Some(&json!({
            "dataset": one,
            "input": {"question": "Why?"},
            "output": "Because.",
            "metadata": null,
            "ref_trace_id": "trace",
            "ref_timestamp": "2026-03-01T12:00:00+02:00",
            "ref_source_id": "span",
        })),
    );
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    let time = json!("2026-03-01T10:00:00.000000Z");
    assert_eq!(
        only(
            &made,
            &[
                "dataset",
                "input",
                "output",
                "metadata",
                "ref_trace_id",
                "ref_timestamp",
                "ref_source_id",
                "ref_trace_timestamp",
                "ref_span_id",
                "deleted",
                "team",
                "expected_output",
            ]
        ),
        [
            ("dataset", &json!(one)),
            ("input", &json!({"question": "Why?"})),
            ("output", &json!("Because.")),
            ("metadata", &json!(null)),
            ("ref_trace_id", &json!("trace")),
            ("ref_timestamp", &time),
            ("ref_source_id", &json!("span")),
            ("ref_trace_timestamp", &time),
            ("ref_span_id", &json!("span")),
            ("deleted", &json!(false)),
            ("team", &json!(1)),
            ("expected_output", &json!(null)),
        ]
    );
    assert_eq!(made["created_by"], made["version_created_by"]);
    assert_eq!(made["created_by"]["first_name"], "default", "the project");
    // The names of the first months.
    let older = json!({"dataset": two, "ref_span_id": "older", "ref_trace_timestamp": "2026-03-01T10:00"});
    let older = server.post(ITEMS, &older);
    assert_eq!(
        (&older["ref_source_id"], &older["ref_timestamp"]),
        (&json!("older"), &time)
    );
    assert_eq!(older["input"], json!(null));

    assert_eq!(count(&server.get(ITEMS)), 2);
    let of_one = server.get(&format!("{ITEMS}?dataset={one}"));
    assert_eq!(of_one["results"], json!([made]));
    let of_none = server.get(&format!("{ITEMS}?dataset=019a0000-0000-7000-8000-000000000000"));
    assert_eq!(count(&of_none), 0);

    let path = format!("{ITEMS}{}/", made["id"].as_str().expect("an id"));
    assert_eq!(server.get(&path), made);
    let moved = server
        .send("PATCH", &path, Some(&json!({"dataset": two, "output": [1]})))
        .ok();
    assert_eq!(
        (&moved["dataset"], &moved["output"], &moved["input"]),
        (&json!(two), &json!([1]), &made["input"])
    );
    let put = server
        .send("PUT", &path, Some(&json!({"dataset": one, "input": "new"})))
        .ok();
    assert_eq!(
        (&put["dataset"], &put["input"], &put["output"]),
        (&json!(one), &json!("new"), &json!([1]))
    );

    assert_eq!(server.send("DELETE", &path, None).status, 405);
    server.send("PATCH", &path, Some(&json!({"deleted": true}))).ok();
    assert_eq!(server.send("GET", &path, None).status, 404);
    assert_eq!(count(&server.get(&format!("{ITEMS}?dataset={one}"))), 0);
    let dataset = server.get(&format!("{DATASETS}{one}/"));
    assert_eq!(
        dataset["updated_at"], dataset["created_at"],
        "a change of an item is none of its dataset"
    );

    let missing = "019a0000-0000-7000-8000-000000000000";
    let long = "x".repeat(256);
    for (body, attr, code, detail) in [
        (
            json!({"input": 1}),
            "dataset",
            "required",
            "This field is required.".to_owned(),
        ),
        (
            json!({"dataset": null}),
            "dataset",
            "null",
            "This field may not be null.".to_owned(),
        ),
        (
            json!({"dataset": "x"}),
            "dataset",
            "invalid_input",
            "“x” is not a valid UUID.".to_owned(),
        ),
        (
            json!({"dataset": {}}),
            "dataset",
            "incorrect_type",
            "Incorrect type. Expected pk value, received dict.".to_owned(),
        ),
        (
            json!({"dataset": missing}),
            "dataset",
            "does_not_exist",
            format!("Invalid pk \"{missing}\" - object does not exist."),
        ),
        (
            json!({"dataset": one, "ref_trace_id": long}),
            "ref_trace_id",
            "max_length",
            "Ensure this field has no more than 255 characters.".to_owned(),
        ),
    ] {
        let answer = server.send("POST", ITEMS, Some(&body));
        problem(&answer, 400, "validation_error", code, json!(attr), &detail);
    }
    let filtered = server.send("GET", &format!("{ITEMS}?dataset=x"), None);
    let detail = "Select a valid choice. That choice is not one of the available choices.";
    problem(
        &filtered,
        400,
        "validation_error",
        "invalid_choice",
        json!("dataset"),
        detail,
    );
}

#[test]
fn the_newer_generation_adds_versions_archives_and_ids_of_clients() {
    let server = Server::start();
    let dataset = server.post(DATASETS, &json!({"name": "one"}));
    let dataset_path = format!("{DATASETS}{}/", dataset["id"].as_str().expect("an id"));
    let body = json!({"dataset": dataset["id"], "external_id": "Case 1", "input": 1, "expected_output": {"a": 1}});
    let first = server.send("POST", ITEMS, Some(&body));
    assert_eq!(first.status, 201, "{}", first.text);
    let item = first.json();
    assert_eq!(
        only(
            &item,
            &[
                "external_id",
                "version",
                "dataset_revision",
                "archived",
                "expected_output"
            ]
        ),
        [
            ("external_id", &json!("Case 1")),
            ("version", &json!(1)),
            ("dataset_revision", &json!(1)),
            ("archived", &json!(false)),
            ("expected_output", &json!({"a": 1})),
        ]
    );
    let again = server.send("POST", ITEMS, Some(&body));
    assert_eq!(
        (again.status, again.json()),
        (200, item.clone()),
        "asked twice, made once"
    );
    let mut other = body.clone();
    other["input"] = json!(2);
    let refused = server.send("POST", ITEMS, Some(&other));
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (409, &json!("external_id_conflict"))
    );
    other["external_id"] = json!("case 1");
    assert_eq!(server.send("POST", ITEMS, Some(&other)).status, 201, "the case matters");

    let path = format!("{ITEMS}{}/", item["id"].as_str().expect("an id"));
    let change = |base: u64| server.send("PATCH", &path, Some(&json!({"base_version": base, "input": base})));
    let changed = change(1).ok();
    assert_eq!(
        (&changed["version"], &changed["dataset_revision"]),
        (&json!(2), &json!(3))
    );
    assert_ne!(changed["version_id"], item["version_id"]);
    let stale = change(1);
    assert_eq!(stale.status, 409);
    let stale = stale.json();
    assert_eq!(
        (&stale["code"], &stale["current_version"]),
        (&json!("stale_version"), &json!(2))
    );
    assert_eq!(change(0).json()["attr"], "base_version");
    let dataset = server.get(&dataset_path);
    assert_eq!(dataset["current_revision"], 3);
    assert_eq!(dataset["current_revision_id"], changed["dataset_revision_id"]);

    assert_eq!(server.post(&format!("{path}archive/"), &json!({}))["archived"], true);
    assert_eq!(count(&server.get(ITEMS)), 1);
    assert_eq!(count(&server.get(&format!("{ITEMS}?archived=true"))), 1);
    assert_eq!(change(3).json()["code"], "dataset_item_archived");
    assert_eq!(server.post(&format!("{path}restore/"), &json!({}))["archived"], false);

    assert_eq!(
        server.post(&format!("{dataset_path}archive/"), &json!({}))["archived"],
        true
    );
    assert_eq!(count(&server.get(DATASETS)), 0);
    assert_eq!(count(&server.get(&format!("{DATASETS}?archived=true"))), 1);
    let refused = server.send("POST", ITEMS, Some(&json!({"dataset": dataset["id"]})));
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (409, &json!("dataset_archived"))
    );
    server.post(&format!("{dataset_path}restore/"), &json!({}));
    assert_eq!(
        server
            .send("POST", ITEMS, Some(&json!({"dataset": dataset["id"]})))
            .status,
        201
    );
}
