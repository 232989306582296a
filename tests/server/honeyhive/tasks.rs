//! Tasks (generation B), and the metrics in them.

use serde_json::{Value, json};

use crate::support::Server;

/// A task with every field there is, and some that there aren't; nothing to fill in.
const COMPLETE: &str = concat!(
    r#"{"zeta":{"y":1.50,"x":[123456789012345678901234567890,-0,1e-7,null]},"id":"t-1","name":"summaries","#,
    r#""description":null,"type":"Summarization","tenant":"ours","created_at":"2023-12-01T10:00:00.000Z","#,
    r#""updated_at":"2023-12-02T10:00:00.000Z","prompts":[{"name":"p","version":"3","text":"Sum up {{text}}","#,
    r#""input_variables":["text"],"hyperparameters":{"temperature":0.70},"is_deployed":true,"few_shot_examples":[{"a":1}]}],"#,
    r#""datasets":[{"id":"d","purpose":"Test","file":[{"row":1}],"bytes":12.0}],"#,
    r#""fine_tuned_models":[{"id":"f","hyperparams":"{}","training_files":"a"}],"#,
    r#""metrics":[{"updated_at":"2023-12-01T10:00:00Z","id":"m-1","name":"häufig","task":"summaries","code_snippet":"result = 1\n","#,
    r#""prompt":null,"criteria":"","return_type":"float","enabled_in_prod":false,"needs_ground_truth":null,"pass_when":true,"#,
    r#""threshold":{"min":0.50,"own":["kept"]},"unknown":{"b":1,"a":2}}],"extra":"kept"}"#
);

#[test]
fn tasks_come_back_as_they_went() {
    let server = Server::start();
    let key = format!("Bearer {}", server.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let answer = server.send_bytes(&headers, "POST", "/tasks", COMPLETE.as_bytes());
    assert_eq!((answer.status, answer.text.as_str()), (200, COMPLETE));
    let listed = server.send("GET", "/tasks?name=summaries", None);
    assert_eq!(listed.text, format!("[{COMPLETE}]"));
    assert_eq!(server.get("/tasks?name=other"), json!([]));

    // What is not given comes after what is.
    let made = server.send(
        "POST",
        "/tasks",
        Some(&json!({"name": "n", "description": null, "metrics": [{"name": "m"}]})),
    );
    let text = made.text.as_str();
    assert!(
        text.starts_with(r#"{"name":"n","description":null,"metrics":[{"name":"m","id":""#),
        "{text}"
    );
    let made = made.ok();
    assert_eq!(made["tenant"], "default");
    assert_eq!(made["created_at"], made["updated_at"]);
    let id = made["id"].as_str().expect("an id");
    let names: Vec<Value> = server
        .get("/tasks")
        .as_array()
        .expect("a list")
        .iter()
        .map(|task| task["name"].clone())
        .collect();
    assert_eq!(names, ["summaries", "n"]);

    // Changes keep the place of what they change.
    let update = |body: Value| server.send("PUT", "/tasks", Some(&body)).ok();
    let counts = |matched: u8, modified: u8| json!({"acknowledged": true, "matchedCount": matched, "modifiedCount": modified, "upsertedCount": 0, "upsertedId": null});
    assert_eq!(
        update(json!({"task_id": id, "description": "d", "new": 1})),
        counts(1, 1)
    );
    assert_eq!(update(json!({"task_id": id, "description": "d"})), counts(1, 0));
    assert_eq!(update(json!({"task_id": "nobody", "description": "d"})), counts(0, 0));
    let changed = server.send("GET", "/tasks?name=n", None).text;
    assert!(
        changed.starts_with(r#"[{"name":"n","description":"d","metrics":"#),
        "{changed}"
    );

    for (body, error) in [
        (json!({"name": 1}), "name: This must be a text."),
        (json!({"metrics": {}}), "metrics: This must be a list of objects."),
        (
            json!({"metrics": [{"name": "m", "pass_when": "yes"}]}),
            "metrics.0.pass_when: This must be a boolean.",
        ),
        (json!([]), "The body must be a JSON object."),
    ] {
        let answer = server.send("POST", "/tasks", Some(&body));
        assert_eq!(
            (answer.status, answer.json()),
            (400, json!({"status": 400, "error": error})),
            "{body}"
        );
    }
    assert_eq!(server.send("POST", "/tasks", Some(&json!({"id": "t-1"}))).status, 409);
    assert_eq!(server.send("PUT", "/tasks", Some(&json!({"name": "n"}))).status, 400);

    let deleted = server.send("DELETE", "/tasks?name=summaries", None).ok();
    assert_eq!(deleted, json!({"result": {"acknowledged": true, "deletedCount": 1}}));
    assert_eq!(server.send("DELETE", "/tasks", None).status, 400);
    assert_eq!(server.get("/tasks").as_array().map(Vec::len), Some(1));
}

#[test]
fn a_task_has_only_so_many_metrics() {
    let server = Server::start();
    let task = |count: usize| json!({"name": "t", "metrics": vec![json!({}); count]});
    let refused = server.send("POST", "/tasks", Some(&task(1001)));
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("1000"), "{}", refused.text);
    assert_eq!(server.get("/tasks"), json!([]), "nothing of it is kept");
    let made = server.post("/tasks", &task(1000));
    let mut change = task(1001);
    change["task_id"] = made["id"].clone();
    assert_eq!(server.send("PUT", "/tasks", Some(&change)).status, 400);
    assert_eq!(server.get("/tasks"), json!([made]), "it stays as it was");
}

#[test]
fn metrics_of_tasks_are_metrics_like_others() {
    let server = Server::start();
    server.post(
        "/tasks",
        &json!({"name": "t", "metrics": [
        {"id": "m", "name": "words", "code_snippet": "result = 1", "return_type": "boolean", "pass_when": true}]}),
    );
    let listed = server.get("/metrics?task=t");
    assert_eq!(
        (&listed[0]["id"], &listed[0]["task"], &listed[0]["name"]),
        (&json!("m"), &json!("t"), &json!("words"))
    );
    let newer = server.get("/v1/metrics?id=m");
    assert_eq!(newer["metrics"][0]["criteria"], "result = 1");
    assert_eq!(newer["metrics"][0]["threshold"], json!({"pass_when": true}));

    let updated = server
        .send(
            "PUT",
            "/metrics",
            Some(&json!({"metric_id": "m", "code_snippet": "result = 2"})),
        )
        .ok();
    assert_eq!(updated, json!({"updated": true}));
    let updated = server
        .send(
            "PUT",
            "/v1/metrics/m",
            Some(&json!({"criteria": "result = 3", "description": "d"})),
        )
        .ok();
    assert_eq!(updated, json!({"updated": true}));
    let metric = server.get("/tasks?name=t")[0]["metrics"][0].clone();
    assert_eq!(
        (&metric["code_snippet"], &metric["description"]),
        (&json!("result = 3"), &json!("d"))
    );
    assert_eq!(metric.get("criteria"), None);

    assert_eq!(
        server.send("DELETE", "/metrics?metric_id=m", None).ok(),
        json!({"deleted": true})
    );
    assert_eq!(
        server.send("DELETE", "/metrics?metric_id=m", None).ok(),
        json!({"deleted": false})
    );
    assert_eq!(server.get("/tasks?name=t")[0]["metrics"], json!([]));
}
