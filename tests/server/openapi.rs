//! The description of the API is complete and consistent, and its page needs nobody else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::routes;
use crate::support::Server;

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// All values in a value, with the names that lead to them.
fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a str, &'a Value)) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                visit(name, value);
                walk(value, visit);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

#[test]
fn the_description_is_complete_and_consistent() {
    let server = Server::start();
    let answer = server.send_with(&[], "GET", "/openapi.json", None);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let description = answer.ok();
    assert!(
        description["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1."))
    );
    assert!(description["info"]["title"].is_string() && description["info"]["version"].is_string());

    let mut described = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let place = format!("{} {path}", method.to_uppercase());
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id), "{place}: another operation is called {id}, too");
            let responses = operation["responses"].as_object().expect("responses");
            assert!(!responses.is_empty(), "{place}");
            for (status, response) in responses {
                let number = status.replace("XX", "00").parse::<u16>();
                assert!(
                    number.is_ok_and(|number| (200..600).contains(&number)),
                    "{place}: {status}"
                );
                assert!(response["description"].is_string(), "{place}: {response}");
            }
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let declared: BTreeSet<_> = in_path
                .map(|parameter| parameter["name"].as_str().expect("a name"))
                .collect();
            let named: BTreeSet<_> = path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            assert_eq!(declared, named, "{place}");
            for parameter in parameters.iter().filter(|parameter| parameter["in"] == "path") {
                assert_eq!(parameter["required"], true, "{place}: {parameter}");
            }
            described.insert(place);
        }
    }
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for route in routes::all() {
        expected.insert(format!("{} {}", route.method, route.path));
        if let Some(rest) = route.path.strip_prefix("/api/projects/") {
            expected.insert(format!("{} /api/environments/{rest}", route.method));
        }
    }
    let missing: Vec<_> = expected.difference(&described).collect();
    let unknown: Vec<_> = described.difference(&expected).collect();
    assert!(missing.is_empty(), "routes that are not described: {missing:#?}");
    assert!(
        unknown.is_empty(),
        "routes whose scope no test looks at (see routes.rs): {unknown:#?}"
    );

    walk(&description, &mut |name, value| {
        if name == "$ref"
            && let Some(reference) = value.as_str()
        {
            let pointer = reference.strip_prefix('#').expect("a reference within the description");
            assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    });
    let schemes = description["components"]["securitySchemes"]
        .as_object()
        .expect("schemes");
    for name in schemes.keys() {
        let asked = description["security"].as_array().expect("security");
        assert!(asked.iter().any(|asked| asked.get(name).is_some()), "{name}");
    }
    for public in ["/healthz", "/readyz"] {
        assert_eq!(
            description["paths"][public]["get"]["security"][0],
            serde_json::json!({}),
            "{public}"
        );
    }
}

#[test]
fn its_page_asks_nobody_else() {
    let server = Server::start();
    let page = server.send_with(&[], "GET", "/docs/", None);
    assert_eq!(page.status, 200, "{}", page.text);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("http"),
        "{policy}"
    );
    let sources = page
        .text
        .split(['"', '\''])
        .filter(|text| text.ends_with(".js") || text.ends_with(".css"));
    let mut seen = 0;
    for source in sources {
        let name = source.trim_start_matches("./");
        assert!(!name.contains("//"), "{source}");
        let path = if name.starts_with('/') {
            name.to_owned()
        } else {
            format!("/docs/{name}")
        };
        let file = server.send_with(&[], "GET", &path, None);
        assert_eq!(file.status, 200, "{path}");
        seen += 1;
        if name.ends_with("initializer.js") {
            assert!(file.text.contains("/openapi.json"), "{}", file.text);
            assert!(file.text.contains("\"validatorUrl\": \"none\""), "{}", file.text);
        }
    }
    assert!(seen >= 3, "{}", page.text);
}
