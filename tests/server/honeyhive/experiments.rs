//! Datasets, datapoints, and runs of experiments with their results.

use serde_json::{Value, json};

use crate::support::Server;

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text, not {value}"))
        .to_owned()
}

#[test]
fn datasets_and_datapoints() {
    let server = Server::start();
    let made = server.post("/v1/datasets", &json!({"name": "d", "description": "of a test"}));
    assert_eq!(made["inserted"], true);
    let dataset = text(&made["result"]["insertedId"]);
    let rows = json!({"data": [{"q": 1, "a": 2, "x": "y", "h": [{"role": "user"}]}, {"q": 3, "a": 4}],
        "mapping": {"inputs": ["q"], "ground_truth": ["a"], "history": ["h"]}});
    let added = server.post(&format!("/v1/datasets/{dataset}/datapoints"), &rows);
    let [first, second] = [0, 1].map(|index| text(&added["datapoint_ids"][index]));
    let listed = server.get(&format!(
        "/v1/datapoints?datapoint_ids%5B%5D={second}&datapoint_ids%5B%5D={first}"
    ));
    assert_eq!(
        (&listed["datapoints"][0]["id"], &listed["datapoints"][1]["id"]),
        (&json!(second), &json!(first))
    );
    let point = server.get(&format!("/v1/datapoints/{first}"))["datapoint"][0].clone();
    for (name, value) in [
        ("inputs", json!({"q": 1})),
        ("ground_truth", json!({"a": 2})),
        ("history", json!([{"role": "user"}])),
        ("metadata", json!({"x": "y"})),
        ("linked_event", json!(null)),
        ("linked_datasets", json!([dataset])),
    ] {
        assert_eq!(point[name], value, "{name}");
    }
    let own = server.post(
        "/v1/datapoints",
        &json!({"inputs": {"q": 5}, "linked_datasets": [dataset]}),
    );
    let own = text(&own["result"]["insertedIds"][0]);
    server.post(
        "/v1/events",
        &json!({"event_id": "e", "event_type": "model", "inputs": {"q": 6}, "feedback": {"ground_truth": 7}}),
    );
    let batch = server.post(
        "/v1/datapoints/batch",
        &json!({"events": ["e"], "dataset_id": dataset,
        "mapping": {"inputs": ["inputs.q"], "ground_truth": ["feedback.ground_truth"]}}),
    );
    let of_event = text(&batch["insertedIds"][0]);
    let of_dataset = server.get("/v1/datapoints?dataset_name=d")["datapoints"].clone();
    let ids: Vec<_> = of_dataset
        .as_array()
        .expect("a list")
        .iter()
        .map(|point| text(&point["id"]))
        .collect();
    assert_eq!(ids, [&*first, &*second, &*own, &*of_event]);
    let other = server.post("/v1/datasets", &json!({"name": "other"}));
    let other = text(&other["result"]["insertedId"]);
    for (query, found) in [
        (
            format!("dataset_id={dataset}"),
            vec![&*first, &*second, &*own, &*of_event],
        ),
        (
            format!("dataset_id={dataset}&dataset_name=d"),
            vec![&*first, &*second, &*own, &*of_event],
        ),
        (format!("dataset_id={dataset}&dataset_name=other"), vec![]),
        (format!("dataset_id={dataset}&datapoint_ids%5B%5D={own}"), vec![&*own]),
        (format!("dataset_id={other}"), vec![]),
        ("dataset_id=nobody".to_owned(), vec![]),
    ] {
        let listed = server.get(&format!("/v1/datapoints?{query}"))["datapoints"].clone();
        let ids: Vec<_> = listed
            .as_array()
            .expect("a list")
            .iter()
            .map(|point| text(&point["id"]))
            .collect();
        assert_eq!(ids, found, "{query}");
    }
    server.send("DELETE", &format!("/v1/datasets/{other}"), None).ok();
    assert_eq!(
        (&of_dataset[3]["inputs"], &of_dataset[3]["ground_truth"]),
        (&json!({"q": 6}), &json!({"ground_truth": 7}))
    );
    assert_eq!(of_dataset[3]["linked_event"], "e");

    let put = |path: &str, body: Value| server.send("PUT", path, Some(&body));
    let delete = |path: &str| server.send("DELETE", path, None);
    assert_eq!(
        put(&format!("/v1/datapoints/{own}"), json!({"inputs": {"q": 8}})).ok(),
        json!({"updated": true, "result": {"modifiedCount": 1}})
    );
    assert_eq!(
        server.get(&format!("/v1/datapoints/{own}"))["datapoint"][0]["inputs"],
        json!({"q": 8})
    );
    assert_eq!(delete(&format!("/v1/datapoints/{own}")).ok(), json!({"deleted": true}));
    assert_eq!(
        delete(&format!("/v1/datasets/{dataset}/{first}")).ok()["dereferenced"],
        true
    );
    assert_eq!(
        delete(&format!("/v1/datasets/{dataset}/datapoints/{of_event}")).ok()["dereferenced"],
        true
    );
    let renamed = put("/v1/datasets", json!({"dataset_id": dataset, "name": "n"})).ok()["result"].clone();
    assert_eq!(
        (&renamed["name"], &renamed["datapoints"], &renamed["description"]),
        (&json!("n"), &json!([second]), &json!("of a test"))
    );
    assert_eq!(server.get("/v1/datasets?name=n")["datasets"][0]["id"], json!(dataset));
    assert_eq!(server.get("/datasets?project=p")["testcases"][0]["id"], json!(dataset));

    for (method, path, body, status) in [
        ("POST", "/v1/datasets", json!({"colour": 1}), 400),
        ("POST", "/v1/datasets", json!({"datapoints": [1]}), 400),
        ("PUT", "/v1/datasets", json!({"name": "n"}), 400),
        ("PUT", "/v1/datasets/nobody", json!({"name": "n"}), 404),
        ("POST", "/v1/datasets/nobody/datapoints", rows.clone(), 404),
        ("POST", "/v1/datapoints", json!({"inputs": []}), 400),
        ("POST", "/v1/datapoints/batch", json!({"events": ["nobody"]}), 400),
        ("PUT", "/v1/datapoints/nobody", json!({"inputs": {}}), 404),
    ] {
        assert_eq!(
            server.send(method, path, Some(&body)).status,
            status,
            "{method} {path} {body}"
        );
    }
    assert_eq!(
        delete(&format!("/v1/datasets?dataset_id={dataset}")).ok(),
        json!({"result": {"id": dataset}})
    );
    for path in [format!("/v1/datasets/{dataset}"), format!("/v1/datapoints/{own}")] {
        assert_eq!(delete(&path).status, 404, "{path}");
    }
    assert_eq!(server.get("/v1/datasets"), json!({"datasets": []}));
}

/// A run with a session for each of these scores.
fn run(server: &Server, name: &str, scores: &[(&str, f64)]) -> String {
    let made = server.post(
        "/v1/runs",
        &json!({"name": name, "event_ids": [], "configuration": {"k": 1}}),
    );
    let id = text(&made["run_id"]);
    assert_eq!(
        (&made["evaluation"]["run_id"], &made["evaluation"]["status"]),
        (&json!(id), &json!("pending"))
    );
    let mut sessions = Vec::new();
    for (datapoint, score) in scores {
        let session = server.post(
            "/session/start",
            &json!({"session": {"session_name": name, "source": "evaluation",
            "metadata": {"run_id": id, "datapoint_id": datapoint}}}),
        );
        let session = text(&session["session_id"]);
        server.post("/v1/events", &json!({"event_type": "model", "event_name": "answer", "source": "evaluation", "session_id": session,
            "inputs": {}, "metrics": {"score": score, "ok": *score > 0.4, "tone": "good", "note": "text", "score_explanation": "why"}}));
        sessions.push(session);
    }
    let updated = server.send(
        "PUT",
        &format!("/v1/runs/{id}"),
        Some(&json!({"status": "completed", "event_ids": sessions})),
    );
    assert_eq!(updated.ok()["evaluation"]["status"], "completed");
    id
}

#[test]
fn runs_and_what_came_of_them() {
    let server = Server::start();
    for metric in [
        json!({"name": "score", "type": "PYTHON", "criteria": "result = 1", "return_type": "float", "scale": 1, "threshold": {"min": 0.5}}),
        json!({"name": "tone", "type": "LLM", "criteria": "Rate", "return_type": "categorical",
            "categories": [{"category": "good", "score": 3}], "threshold": {"passing_categories": ["good"]}}),
    ] {
        server.post("/v1/metrics", &metric);
    }
    let old = run(&server, "old", &[("a", 0.5), ("b", 1.0), ("c", 0.25)]);
    let new = run(&server, "new", &[("a", 1.0), ("b", 0.75), ("d", 0.5)]);

    let result = server.get(&format!("/v1/runs/{old}/result"));
    assert_eq!(
        (&result["status"], &result["success"]),
        (&json!("completed"), &json!(false))
    );
    assert_eq!(
        (&result["passed"], &result["failed"]),
        (&json!(["a", "b"]), &json!(["c"]))
    );
    assert_eq!(result["run_object"]["configuration"], json!({"k": 1}));
    assert_eq!(result["metrics"]["aggregation_function"], "average");
    let detail = |result: &Value, name: &str| {
        let details = result["metrics"]["details"].as_array().expect("a list");
        details
            .iter()
            .find(|detail| detail["metric_name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        detail(&result, "score"),
        json!({"metric_name": "score", "metric_type": "PYTHON", "event_name": "answer", "event_type": "model",
            "aggregate": 1.75 / 3.0, "values": [0.5, 1.0, 0.25], "passing_range": {"min": 0.5, "max": null},
            "datapoints": {"passed": ["a", "b"], "failed": ["c"]}})
    );
    assert_eq!(
        (&detail(&result, "ok")["values"], &detail(&result, "ok")["metric_type"]),
        (&json!([1.0, 1.0, 0.0]), &json!("CLIENT_SIDE"))
    );
    assert_eq!(
        (
            &detail(&result, "tone")["aggregate"],
            &detail(&result, "tone")["datapoints"]["failed"]
        ),
        (&json!(3.0), &json!([]))
    );
    assert_eq!(
        (
            &detail(&result, "note")["aggregate"],
            &detail(&result, "note")["values"]
        ),
        (&json!(null), &json!([]))
    );
    assert_eq!(detail(&result, "score_explanation"), json!(null));
    let point = &result["datapoints"][2];
    assert_eq!((&point["datapoint_id"], &point["passed"]), (&json!("c"), &json!(false)));
    let kinds: Vec<Value> = result["event_details"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|kind| kind["event_type"].clone())
        .collect();
    assert_eq!(kinds, ["session", "model"]);
    for (function, aggregate) in [
        ("sum", 1.75),
        ("min", 0.25),
        ("max", 1.0),
        ("median", 0.5),
        ("p90", 0.9),
        ("count", 3.0),
    ] {
        let result = server.get(&format!("/v1/runs/{old}/result?aggregate_function={function}"));
        let found = detail(&result, "score")["aggregate"].as_f64().expect("a number");
        assert!((found - aggregate).abs() < 1e-9, "{function}: {found}");
    }
    assert_eq!(
        server
            .send("GET", &format!("/v1/runs/{old}/result?aggregate_function=mode"), None)
            .status,
        400
    );
    let metrics = server.get(&format!("/v1/runs/{old}/metrics"));
    assert_eq!(metrics["totalEvents"], 6);
    assert_eq!(metrics["events"][1]["metadata"], json!({"datapoint_id": "a"}));

    let compared = server.get(&format!("/v1/runs/{new}/compare-with/{old}"));
    assert_eq!(compared["commonDatapoints"], json!(["a", "b"]));
    let score = compared["metrics"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|metric| metric["metric_name"] == "score");
    let score = score.expect("the score");
    for (name, value) in [
        ("new_aggregate", json!(0.75)),
        ("improved", json!(["a"])),
        ("degraded", json!(["b"])),
        ("same", json!([])),
        ("improved_count", json!(1)),
    ] {
        assert_eq!(score[name], value, "{name}");
    }
    assert!((score["percentage_change"].as_f64().expect("a number") - 28.571_428_571).abs() < 1e-6);
    assert_eq!(
        (&compared["old_run"]["id"], &compared["new_run"]["id"]),
        (&json!(old), &json!(new))
    );
    let presence = |name: &str| {
        let kinds = compared["event_details"].as_array().expect("a list");
        let found = kinds.iter().find(|kind| kind["event_name"] == name);
        found.map(|kind| kind["presence"].clone())
    };
    // Sessions are named after their run.
    for (name, expected) in [("answer", "both"), ("new", "new_only"), ("old", "old_only")] {
        assert_eq!(presence(name), Some(json!(expected)), "{name}");
    }
    let events = server.get(&format!("/v1/runs/{new}/compare/{old}/events?event_type=model"));
    assert_eq!(
        (&events["totalEvents"], &events["events"][0]["datapoint_id"]),
        (&json!(2), &json!("a"))
    );

    // A run that names no sessions has those that name it, and bounds of its own win.
    let bounds = json!({"event_ids": [], "passing_ranges": {"score": {"min": 0, "max": 0.75}}});
    server.send("PUT", &format!("/v1/runs/{new}"), Some(&bounds)).ok();
    let result = server.get(&format!("/v1/runs/{new}/summary"));
    assert_eq!(
        (&result["passed"], &result["failed"]),
        (&json!(["b", "d"]), &json!(["a"]))
    );

    let listed = server.get("/v1/runs?limit=1&page=2");
    assert_eq!(listed["evaluations"][0]["id"], json!(old));
    let pages = json!({"page": 2, "limit": 1, "total": 2, "total_unfiltered": 2, "total_pages": 2, "has_next": false, "has_prev": true});
    assert_eq!(listed["pagination"], pages);
    assert_eq!(listed["metrics"], json!(["score", "tone"]));
    assert_eq!(
        server.get(&format!("/v1/runs?run_ids%5B%5D={new}"))["evaluations"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(server.get("/v1/runs?status=pending")["evaluations"], json!([]));
    assert_eq!(server.get(&format!("/v1/runs/{new}"))["evaluation"]["name"], "new");
    assert_eq!(
        server.send("POST", "/v1/runs", Some(&json!({"run_id": new}))).status,
        409
    );
    assert_eq!(
        server.send("POST", "/v1/runs", Some(&json!({"status": "odd"}))).status,
        400
    );
    assert_eq!(
        server.send("DELETE", &format!("/v1/runs/{new}"), None).ok(),
        json!({"id": new, "deleted": true})
    );
    for (method, path) in [("GET", "result"), ("GET", "metrics"), ("GET", "schema")] {
        assert_eq!(
            server.send(method, &format!("/v1/runs/{new}/{path}"), None).status,
            404,
            "{path}"
        );
    }
}

/// A model's event of a run and datapoint, with the value of a client's metric.
fn of_run(id: &str, run: &str, datapoint: &str, ok: bool, more: &Value) -> Value {
    let mut event = json!({"event_id": id, "event_type": "model", "event_name": "answer", "source": "evaluation", "inputs": {},
        "metadata": {"run_id": run, "datapoint_id": datapoint, "dataset_id": "of the run"}, "metrics": {"ok": ok}});
    for (name, value) in more.as_object().expect("an object") {
        event[name] = value.clone();
    }
    event
}

#[test]
fn events_that_name_a_run_are_its() {
    let server = Server::start();
    let ok = json!({"name": "ok", "type": "HUMAN", "criteria": "Is it?", "return_type": "boolean", "threshold": {"pass_when": true}});
    server.post("/v1/metrics", &ok);
    server.post("/v1/runs", &json!({"run_id": "r", "name": "r", "event_ids": []}));
    let session = json!({"session_id": "s", "session_name": "s", "metadata": {"run_id": "r", "datapoint_id": "a"}});
    server.post("/v1/sessions", &session);
    server.post(
        "/v1/events/batch",
        &json!({"events": [
            // Of a session that counts already, and of its datapoint.
            of_run("in-session", "r", "a", true, &json!({"session_id": "s"})),
            of_run("beside-it", "r", "a", true, &json!({})),
            of_run("b", "r", "b", true, &json!({"start_time": 2000})),
            of_run("b-too", "r", "b", false, &json!({"start_time": 1000, "event_type": "tool"})),
            of_run("c", "r", "c", true, &json!({"start_time": 3000})),
            of_run("of-another", "r2", "c", false, &json!({})),
            // It only speaks of the run.
            of_run("speaking", "r2", "c", false, &json!({"inputs": {"run_id": "r"}})),
        ]}),
    );
    let metrics = server.get("/v1/runs/r/metrics");
    let events = metrics["events"].as_array().expect("a list");
    let ids: Vec<_> = events.iter().map(|event| text(&event["event_id"])).collect();
    assert_eq!(metrics["totalEvents"], 6);
    assert_eq!(ids, ["s", "in-session", "beside-it", "b-too", "b", "c"]);
    let datapoints: Vec<_> = events
        .iter()
        .map(|event| text(&event["metadata"]["datapoint_id"]))
        .collect();
    assert_eq!(datapoints, ["a", "a", "a", "b", "b", "c"]);
    let result = server.get("/v1/runs/r/result");
    for (name, value) in [
        ("success", json!(false)),
        ("error", json!(null)),
        ("passed", json!(["a", "c"])),
        ("failed", json!(["b"])),
    ] {
        assert_eq!(result[name], value, "{name}");
    }
    let details = result["metrics"]["details"].as_array().expect("a list");
    let values: Vec<_> = details
        .iter()
        .map(|detail| (&detail["event_type"], &detail["values"]))
        .collect();
    let (model, tool) = (json!([1.0, 1.0, 1.0, 1.0]), json!([0.0]));
    assert_eq!(values, [(&json!("model"), &model), (&json!("tool"), &tool)]);

    // A run that names its sessions has these, and each of their events once.
    let named = json!({"event_ids": ["s", "in-session", "c"]});
    server.send("PUT", "/v1/runs/r", Some(&named)).ok();
    assert_eq!(server.get("/v1/runs/r/metrics")["totalEvents"], 3);
    assert_eq!(server.get("/v1/runs/r/result")["passed"], json!(["a", "c"]));
}

#[test]
fn a_run_is_no_success_where_nothing_was_judged() {
    let server = Server::start();
    let logged = |id: &str| json!({"event_id": id, "event_type": "model", "inputs": {}, "source": "production"});
    server.post("/v1/events", &logged("before"));
    for (name, criteria) in [
        ("fails", "result = event['nothing']"),
        ("does not compile", "def f(event:"),
        ("says nothing", "def f(event):\n    return None"),
        ("last", "result = True"),
    ] {
        let filter = json!({"field": "event_name", "operator": "is", "value": name, "type": "string"});
        // The last one judges all, so that it shows when the others have.
        let filters = if name == "last" { json!([]) } else { json!([filter]) };
        let metric = json!({"name": name, "type": "PYTHON", "criteria": criteria, "return_type": "boolean", "enabled_in_prod": true,
            "sampling_percentage": 100, "filters": {"filterArray": filters}});
        server.post("/v1/metrics", &metric);
        let mut event = logged(name);
        event["event_name"] = name.into();
        server.post("/v1/events", &event);
    }
    server.until("all metrics have run", |server| {
        let metrics = server.get("/v1/events/last")["event"]["metrics"].clone();
        metrics.get("last").map(|_| ())
    });
    let missing = "Log these, or take them out of the run's event_ids and session_ids.";
    let again = "Mend them, and log the events again under new ids.";
    for (ids, passed, failed, error) in [
        (
            json!([]),
            json!([]),
            json!([]),
            Some("Nothing was logged for this run. Log events with its id as metadata.run_id, or name sessions in event_ids.".to_owned()),
        ),
        (
            json!(["nope1", "nope2"]),
            json!([]),
            json!(["nope1", "nope2"]),
            Some(format!("Nothing was logged under nope1, nope2. {missing}")),
        ),
        (
            json!(["before", "1", "2", "3", "4", "5", "6"]),
            json!(["before"]),
            json!(["1", "2", "3", "4", "5", "6"]),
            Some(format!("Nothing was logged under 1, 2, 3, 4, 5 and 1 more. {missing}")),
        ),
        (
            json!(["fails"]),
            json!([]),
            json!(["fails"]),
            Some(format!("Metrics failed (fails: KeyError: 'nothing' (line 1)). {again}")),
        ),
        (
            json!(["before", "does not compile"]),
            json!(["before"]),
            json!(["does not compile"]),
            Some(format!("Metrics failed (does not compile: line 1, column 6: SyntaxError: '(' was never closed). {again}")),
        ),
        // Without metrics there is nothing to fail by, and none is no failure.
        (json!(["before"]), json!(["before"]), json!([]), None),
        (json!(["says nothing"]), json!(["says nothing"]), json!([]), None),
        (json!(["last"]), json!(["last"]), json!([]), None),
    ] {
        let run = text(&server.post("/v1/runs", &json!({"name": "r", "event_ids": ids}))["run_id"]);
        let result = server.get(&format!("/v1/runs/{run}/result"));
        assert_eq!((&result["passed"], &result["failed"]), (&passed, &failed), "{ids}");
        assert_eq!(result["error"], json!(error), "{ids}");
        assert_eq!(result["success"], json!(error.is_none()), "{ids}");
    }
    let run = text(&server.post("/v1/runs", &json!({"event_ids": ["fails"]}))["run_id"]);
    let result = server.get(&format!("/v1/runs/{run}/result"));
    let detail = &result["metrics"]["details"][0];
    assert_eq!(
        (
            &detail["metric_name"],
            &detail["metric_type"],
            &detail["values"],
            &detail["datapoints"]["failed"]
        ),
        (&json!("fails"), &json!("PYTHON"), &json!([]), &json!(["fails"]))
    );
    let judged = &result["datapoints"][0]["metrics"][0];
    assert_eq!(
        (&judged["name"], &judged["value"], &judged["passed"]),
        (&json!("fails"), &json!(null), &json!(false))
    );
}

#[test]
fn configurations_and_the_project() {
    let server = Server::start();
    let configuration = json!({"name": "c", "provider": "openai", "parameters": {"call_type": "chat", "model": "gpt-4o"}, "env": ["dev"]});
    let made = server.post("/v1/configurations", &configuration);
    assert_eq!(made["acknowledged"], true);
    let id = text(&made["insertedId"]);
    let listed = server.get("/v1/configurations?env=dev")["configurations"][0].clone();
    assert_eq!(
        (&listed["id"], &listed["parameters"], &listed["tags"]),
        (&json!(id), &configuration["parameters"], &json!([]))
    );
    assert_eq!(server.get("/v1/configurations?env=prod"), json!({"configurations": []}));
    assert_eq!(server.get("/configurations?project=p")[0]["name"], "c");
    let updated = server.send(
        "PUT",
        &format!("/v1/configurations/{id}"),
        Some(&json!({"name": "n", "tags": ["t"]})),
    );
    assert_eq!(updated.ok()["modifiedCount"], 1);
    assert_eq!(
        server.get("/v1/configurations?name=n&tags=t")["configurations"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        server
            .send("POST", "/v1/configurations", Some(&json!({"name": "c"})))
            .status,
        400
    );
    let deleted = server.send("DELETE", &format!("/v1/configurations/{id}"), None).ok();
    assert_eq!(deleted, json!({"acknowledged": true, "deletedCount": 1}));
    assert_eq!(
        server.send("DELETE", &format!("/v1/configurations/{id}"), None).status,
        404
    );
    assert_eq!(
        server.get("/projects?name=anything"),
        json!([{"id": "1", "name": "default", "description": ""}])
    );
    assert_eq!(server.get("/tools"), json!([]));
}
