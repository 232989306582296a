//! Metrics of both APIs: made, listed, changed, deleted; their versions.

use serde_json::{Value, json};

use crate::support::Server;

fn create(server: &Server, metric: &Value) -> String {
    let made = server.post("/v1/metrics", metric);
    assert_eq!(made["inserted"], true);
    made["metric_id"].as_str().expect("an id").to_owned()
}

#[test]
fn metrics_under_v1() {
    let server = Server::start();
    let id = create(
        &server,
        &json!({"type": "PYTHON", "name": "n", "criteria": "result = 1", "sampling_percentage": null}),
    );
    let item = server.get(&format!("/v1/metrics?id={id}"))["metrics"][0].clone();
    for (name, value) in [
        ("id", json!(id)),
        ("description", json!("")),
        ("return_type", json!("float")),
        ("enabled_in_prod", json!(false)),
        ("needs_ground_truth", json!(false)),
        ("sampling_percentage", json!(10)),
        ("filters", json!({"filterArray": []})),
    ] {
        assert_eq!(item[name], value, "{name}");
    }
    let names: Vec<_> = item.as_object().expect("an object").keys().take(4).cloned().collect();
    assert_eq!(names, ["type", "name", "criteria", "sampling_percentage"]);

    let full = json!({"name": "full", "type": "LLM", "criteria": "Rate {{outputs.content}}", "return_type": "float", "scale": 5.0,
        "threshold": {"min": 3, "max": null}, "categories": [{"category": "a", "score": null}], "model_provider": "openai",
        "model_name": "gpt-4o", "child_metrics": [], "enabled_in_prod": true, "sampling_percentage": 100.0,
        "filters": {"filterArray": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}]}});
    let llm = create(&server, &full);
    let item = server.get("/v1/metrics?type=LLM")["metrics"][0].clone();
    for (name, value) in full.as_object().expect("an object") {
        assert_eq!(&item[name], value, "{name}");
    }
    assert_eq!(server.get("/v1/metrics")["metrics"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        server.get("/v1/metrics?name=full")["metrics"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(server.get("/v1/metrics?id=nobody"), json!({"metrics": []}));

    let good = json!({"name": "n", "type": "PYTHON", "criteria": "c", "return_type": "boolean"});
    for (changes, message) in [
        (json!({"name": null}), "name: This field is required."),
        (
            json!({"name": "n".repeat(201)}),
            "name: This must have 1 to 200 characters.",
        ),
        (
            json!({"type": "SQL"}),
            "type: This must be one of PYTHON, LLM, HUMAN, COMPOSITE.",
        ),
        (json!({"criteria": ""}), "criteria: This must not be empty."),
        (json!({"criteria": 1}), "criteria: This must be a text."),
        (
            json!({"return_type": "int"}),
            "return_type: This must be one of boolean, float, string, categorical.",
        ),
        (
            json!({"return_type": "float"}),
            "scale: A metric with return_type float needs a scale: the largest value that it may have.",
        ),
        (json!({"scale": 1.5}), "scale: This must be a whole number from 1 on."),
        (
            json!({"sampling_percentage": 101}),
            "sampling_percentage: This must be from 0 to 100.",
        ),
        (
            json!({"threshold": {"least": 1}}),
            "threshold.least: There is no such field; there are min, max, pass_when, passing_categories.",
        ),
        (
            json!({"threshold": {"pass_when": "yes"}}),
            "threshold.pass_when: This must be a boolean or a number.",
        ),
        (
            json!({"categories": [{"score": 1}]}),
            "categories.category: This field is required.",
        ),
        (json!({"filters": {}}), "filters.filterArray: This field is required."),
        (
            json!({"filters": {"filterArray": [{"field": "x", "operator": "like", "value": "y", "type": "string"}]}}),
            "filters.filterArray.0.operator: This must be one of exists, not exists, is, is not, contains, not contains, \
             greater than, less than, after, before.",
        ),
        (
            json!({"language": "ruby"}),
            "language: This must be one of python, javascript, typescript, hog.",
        ),
    ] {
        let mut metric = good.clone();
        for (name, value) in changes.as_object().expect("an object") {
            metric[name] = value.clone();
        }
        let answer = server.send("POST", "/v1/metrics", Some(&metric));
        assert_eq!(
            (answer.status, &answer.json()["message"]),
            (400, &json!(message)),
            "{changes}"
        );
        assert!(answer.json()["errorCode"].is_string());
    }
    let mut open = good.clone();
    open["colour"] = json!("red");
    assert_eq!(
        server.send("POST", "/v1/metrics", Some(&open)).json()["errorCode"],
        "unrecognized_key"
    );

    // By path, and as older clients do.
    let put = |path: &str, body: Value| server.send("PUT", path, Some(&body));
    assert_eq!(
        put(&format!("/v1/metrics/{id}"), json!({"description": "d"})).ok(),
        json!({"updated": true})
    );
    assert_eq!(
        put("/v1/metrics", json!({"id": id, "enabled_in_prod": true})).ok(),
        json!({"updated": true})
    );
    assert_eq!(put("/v1/metrics/nobody", json!({"description": "d"})).status, 404);
    assert_eq!(put("/v1/metrics", json!({"description": "d"})).status, 400);
    assert_eq!(
        put(&format!("/v1/metrics/{id}"), json!({"return_type": "float"})).status,
        400
    );
    let item = server.get(&format!("/v1/metrics?id={id}"))["metrics"][0].clone();
    assert_eq!(
        (&item["description"], &item["enabled_in_prod"]),
        (&json!("d"), &json!(true))
    );
    let delete = |path: String| server.send("DELETE", &path, None);
    assert_eq!(delete(format!("/v1/metrics/{id}")).ok(), json!({"deleted": true}));
    assert_eq!(delete(format!("/v1/metrics/{id}")).status, 404);
    assert_eq!(
        delete(format!("/v1/metrics?metric_id={llm}")).ok(),
        json!({"deleted": true})
    );
    assert_eq!(server.get("/v1/metrics"), json!({"metrics": []}));
}

#[test]
fn metrics_of_older_clients() {
    let server = Server::start();
    let metric = json!({"zeta": 1.50, "name": "m", "task": "t", "code_snippet": "result = True", "return_type": "boolean",
        "pass_when": false, "threshold": null, "type": "custom", "description": null});
    assert_eq!(server.post("/metrics", &metric)["inserted"], true);
    let listed = server.send("GET", "/metrics?task=t", None);
    let sent = metric.to_string();
    let kept = format!("[{},", sent.trim_end_matches('}'));
    assert!(
        listed.text.starts_with(&kept),
        "{} should start with {kept}",
        listed.text
    );
    let id = listed.ok()[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(server.get("/metrics?task=other"), json!([]));
    assert_eq!(server.get("/metrics").as_array().map(Vec::len), Some(1));

    // Generation C takes no null, and only some types.
    create(
        &server,
        &json!({"name": "d", "type": "LLM", "criteria": "Rate", "return_type": "categorical"}),
    );
    let strict = server.get("/metrics?project_name=p");
    let shown = |index: usize, names: [&str; 5]| names.map(|name| strict[index][name].clone());
    let names = ["name", "task", "type", "description", "return_type"];
    assert_eq!(shown(0, names), ["m", "t", "custom", "", "boolean"].map(Value::from));
    assert_eq!(shown(1, names), ["d", "p", "model", "", "string"].map(Value::from));
    assert_eq!((&strict[0]["_id"], &strict[1]["prompt"]), (&json!(id), &json!("Rate")));

    let put = |body: Value| server.send("PUT", "/metrics", Some(&body));
    assert_eq!(
        put(json!({"metric_id": id, "description": "d"})).ok(),
        json!({"updated": true})
    );
    assert_eq!(put(json!({"metric_id": "nobody"})).ok(), json!({"updated": false}));
    assert_eq!(
        put(json!({"metric_id": id, "code_snippet": 1})).json(),
        json!({"status": 400, "error": "code_snippet: This must be a text."})
    );
    let item = server.get(&format!("/v1/metrics?id={id}"))["metrics"][0].clone();
    assert_eq!(
        (&item["type"], &item["criteria"]),
        (&json!("PYTHON"), &json!("result = True"))
    );
    assert_eq!(
        (&item["description"], &item["threshold"]),
        (&json!("d"), &json!({"pass_when": false}))
    );

    // The newer API makes a metric of its own kind of it.
    server
        .send(
            "PUT",
            &format!("/v1/metrics/{id}"),
            Some(&json!({"criteria": "result = False"})),
        )
        .ok();
    assert_eq!(
        server.get("/metrics?project_name=p")[0]["code_snippet"],
        "result = False"
    );
    assert_eq!(
        put(json!({"metric_id": id, "code_snippet": "result = 0", "pass_when": true})).ok(),
        json!({"updated": true})
    );
    let item = server.get(&format!("/v1/metrics?id={id}"))["metrics"][0].clone();
    assert_eq!(
        (&item["criteria"], &item["threshold"]["pass_when"]),
        (&json!("result = 0"), &json!(true))
    );
    assert_eq!(
        server.send("DELETE", &format!("/metrics?metric_id={id}"), None).ok(),
        json!({"deleted": true})
    );
}

#[test]
fn every_save_is_a_version() {
    let server = Server::start();
    let id = create(
        &server,
        &json!({"name": "n", "type": "PYTHON", "criteria": "result = 1", "return_type": "boolean"}),
    );
    let path = format!("/v1/metrics/{id}/versions");
    let versions = || server.get(&path)["data"].clone();
    let deployed = || {
        let all = versions();
        let deployed = all
            .as_array()
            .expect("a list")
            .iter()
            .filter(|version| version["deployed"] == true);
        deployed
            .map(|version| version["name"].as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    let first = versions()[0].clone();
    assert_eq!(
        (&first["name"], &first["deployed"], &first["message"]),
        (&json!("v1"), &json!(true), &json!(""))
    );
    assert_eq!(first["content"]["criteria"], "result = 1");
    assert_eq!(first["full_sha"].as_str().map(str::len), Some(64));

    server
        .send(
            "PUT",
            &format!("/v1/metrics/{id}"),
            Some(&json!({"criteria": "result = 2"})),
        )
        .ok();
    assert_eq!(deployed(), ["v2"]);
    assert_eq!(versions()[1]["full_sha"], first["full_sha"]);

    let content = json!({"name": "n", "type": "HUMAN", "criteria": "Look", "return_type": "boolean"});
    let made = server.post(&path, &json!({"message": "by hand", "content": content}))["data"].clone();
    assert_eq!(
        (&made["name"], &made["deployed"], &made["message"]),
        (&json!("v3"), &json!(false), &json!("by hand"))
    );
    assert_eq!(made["content"]["enabled_in_prod"], true);
    assert_eq!(
        server.get(&format!("/v1/metrics?id={id}"))["metrics"][0]["criteria"],
        "result = 2"
    );
    let now = server.post(
        &path,
        &json!({"message": "now", "content": content, "deploy_immediately": true}),
    );
    assert_eq!(
        (&now["success"], &now["data"]["deployed"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        server.get(&format!("/v1/metrics?id={id}"))["metrics"][0]["type"],
        "HUMAN"
    );

    let back = server.send("POST", &format!("{path}/v1/deploy"), None).ok();
    assert_eq!(
        (&back["data"]["name"], &back["data"]["deployed"]),
        (&json!("v1"), &json!(true))
    );
    assert_eq!(deployed(), ["v1"]);
    assert_eq!(
        server.get(&format!("/v1/metrics?id={id}"))["metrics"][0]["criteria"],
        "result = 1"
    );
    assert_eq!(versions().as_array().map(Vec::len), Some(4));

    for (method, path, body, status) in [
        ("POST", format!("{path}/v9/deploy"), None, 404),
        ("GET", "/v1/metrics/nobody/versions".to_owned(), None, 404),
        (
            "POST",
            "/v1/metrics/nobody/versions".to_owned(),
            Some(json!({"message": "", "content": content})),
            404,
        ),
        ("POST", path.clone(), Some(json!({"content": content})), 400),
        (
            "POST",
            path.clone(),
            Some(json!({"message": "m", "content": {"name": "n"}})),
            400,
        ),
    ] {
        assert_eq!(
            server.send(method, &path, body.as_ref()).status,
            status,
            "{method} {path} {body:?}"
        );
    }
    server.send("DELETE", &format!("/v1/metrics/{id}"), None).ok();
    assert_eq!(server.send("GET", &path, None).status, 404);
}

#[test]
fn null_is_no_value_for_what_a_metric_needs() {
    let server = Server::start();
    let good = json!({"name": "n", "type": "PYTHON", "criteria": "result = 1", "return_type": "boolean",
        "description": "d", "enabled_in_prod": true, "needs_ground_truth": true, "sampling_percentage": 50,
        "filters": {"filterArray": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}]}});
    let own = create(&server, &good);
    let task = json!({"name": "t", "metrics": [{"name": "of a task", "code_snippet": "result = 1"}]});
    let task = server.post("/tasks", &task);
    let of_task = task["metrics"][0]["id"].as_str().expect("an id");
    let put = |id: &str, body: Value| server.send("PUT", &format!("/v1/metrics/{id}"), Some(&body));
    let listed = server.get("/v1/metrics");
    for id in [&own, of_task] {
        for name in ["name", "type", "criteria"] {
            let answer = put(id, json!({"description": "changed", name: null}));
            let message = format!("{name}: This field is required.");
            assert_eq!((answer.status, &answer.json()["message"]), (400, &json!(message)));
        }
    }
    assert_eq!(server.get("/v1/metrics"), listed);
    let versions = format!("/v1/metrics/{own}/versions");
    assert_eq!(server.get(&versions)["data"].as_array().map(Vec::len), Some(1));

    // The others get their defaults.
    for (name, default) in [
        ("description", json!("")),
        ("enabled_in_prod", json!(false)),
        ("needs_ground_truth", json!(false)),
        ("sampling_percentage", json!(10)),
        ("filters", json!({"filterArray": []})),
        ("return_type", json!("float")),
    ] {
        put(&own, json!({name: null})).ok();
        let item = server.get(&format!("/v1/metrics?id={own}"))["metrics"][0].clone();
        assert_eq!(item[name], default, "{name}");
        assert_eq!(server.get(&versions)["data"][0]["content"][name], default, "{name}");
    }
}

#[test]
fn newer_clients_can_read_whatever_older_ones_kept() {
    let server = Server::start();
    for (name, wrong, shown) in [
        ("description", json!(null), json!("")),
        ("return_type", json!("of their own"), json!("float")),
        ("sampling_percentage", json!("x"), json!(100)),
        ("sampling_percentage", json!(101), json!(100)),
        ("sampling_percentage", json!(5), json!(5)),
        ("filters", json!(5), json!({"filterArray": []})),
        (
            "filters",
            json!({"filterArray": [{"field": "x"}]}),
            json!({"filterArray": []}),
        ),
        ("scale", json!("q"), json!(null)),
        ("scale", json!(1.5), json!(null)),
        ("scale", json!(5), json!(5)),
        ("categories", json!(7), json!(null)),
        ("categories", json!([{"category": 1}]), json!(null)),
        (
            "categories",
            json!([{"category": "a", "score": 1}]),
            json!([{"category": "a", "score": 1}]),
        ),
        ("model_provider", json!(["openai"]), json!(null)),
        ("model_name", json!({}), json!(null)),
        ("event_type", json!(1), json!(null)),
        (
            "threshold",
            json!({"min": 1, "max": "2", "of their own": true}),
            json!({"min": 1}),
        ),
    ] {
        let metric = json!({"name": "m", "code_snippet": "result = 1", name: wrong});
        server.post("/metrics", &metric);
        let item = server.get("/v1/metrics")["metrics"][0].clone();
        assert_eq!(item[name], shown, "{name}: {wrong}");
        // Those who sent it get it back.
        let kept = server.get("/metrics")[0].clone();
        assert_eq!(kept[name], wrong, "{name}");
        let id = kept["id"].as_str().expect("an id");
        let content = server.get(&format!("/v1/metrics/{id}/versions"))["data"][0]["content"].clone();
        assert_eq!(content[name], shown, "{name}: {wrong}");
        server.send("DELETE", &format!("/v1/metrics/{id}"), None).ok();
    }
}
