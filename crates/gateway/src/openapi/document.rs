//! The `OpenAPI` document, put together, and compared with the routes that there are.

use std::{collections::BTreeSet, env, fs, path::Path};

use bellwether_signal::answer::Problem;
use http::StatusCode;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{Content, Operation, Parameter, Place, documented, of};
use crate::{
    access::{Who, rights},
    routes::DOCUMENT,
};

/// Where it lies in the repository.
const PATH: &str = "docs/api/openapi.json";

fn document() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for operation in documented() {
        // `{*topic}` is how the router writes the rest of a path.
        let path = operation.path.replace("{*", "{");
        let path = paths.entry(path).or_insert_with(|| json!({}));
        path[operation.method.to_lowercase()] = described(&operation, &mut generator);
    }
    let problem = of::<Problem>(&mut generator);
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "bellwether",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Live signals of hosts, and their history. Times are epoch \
                milliseconds. Errors are problems (RFC 9457). docs/PROTOCOL.md describes the \
                topics and the WebSocket.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Problem": {
                    "description": "What is wrong, and what to do",
                    "content": { "application/problem+json": { "schema": problem } },
                },
            },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "bellwether_session_8420",
                    "description": "Set by the sign-in link; the name ends with the server's port",
                },
            },
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let Operation { method, path, summary, status, problems, .. } = operation;
    let who = who(method, path);
    let mut responses = Map::new();
    let mut answer = json!({ "description": reason(*status) });
    if let Some(content) = &operation.answer {
        answer["description"] = content.meaning.into();
        answer["content"] = media(content, generator);
    }
    responses.insert(status.to_string(), answer);
    let mut refusals: BTreeSet<u16> = problems.iter().copied().collect();
    refusals.extend([421, 500, 503, 504]); // a wrong host name; mistakes and outages of ours
    if who != Some(Who::Everybody) {
        refusals.extend([401, 403]);
    }
    if *method != "GET" {
        refusals.insert(403); // a page of another origin
    }
    if operation.body.is_some() {
        refusals.insert(413);
    }
    for status in refusals {
        let response = json!({ "$ref": "#/components/responses/Problem" });
        responses.insert(status.to_string(), response);
    }
    let mut described = json!({
        "summary": summary,
        "operationId": id(method, path),
        "responses": responses,
        "security": security(who),
    });
    if let Some(who) = audience(who) {
        described["description"] = who.into();
    }
    if !operation.parameters.is_empty() {
        let parameters = operation.parameters.iter().map(|it| parameter(it, generator));
        described["parameters"] = parameters.collect::<Vec<_>>().into();
    }
    if let Some(body) = &operation.body {
        described["requestBody"] = json!({
            "required": true,
            "description": body.meaning,
            "content": media(body, generator),
        });
    }
    described
}

fn media(content: &Content, generator: &mut SchemaGenerator) -> Value {
    let schema = content.schema.map_or(json!({ "type": "string" }), |of| of(generator).to_value());
    json!({ content.media_type: { "schema": schema } })
}

fn parameter(parameter: &Parameter, generator: &mut SchemaGenerator) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": (parameter.schema)(generator).to_value(),
    })
}

fn who(method: &str, path: &str) -> Option<Who> {
    rights().find(|(row, takes, _)| *row == path && takes.as_str() == method).map(|(.., who)| who)
}

fn security(who: Option<Who>) -> Value {
    match who {
        Some(Who::Everybody) => json!([]),
        Some(Who::Readers | Who::Publishers | Who::Talkers | Who::Operators | Who::Admins)
        | None => {
            json!([{ "token": [] }, { "session": [] }])
        }
    }
}

fn audience(who: Option<Who>) -> Option<&'static str> {
    match who? {
        Who::Everybody => None,
        Who::Readers => Some("For viewers, operators and admins."),
        Who::Publishers => Some("For publishers, operators and admins."),
        Who::Talkers => Some("For viewers, publishers, operators and admins."),
        Who::Operators => Some("For operators and admins."),
        Who::Admins => Some("For admins."),
    }
}

/// `getApiTokensById` for `GET /api/tokens/{id}`.
fn id(method: &str, path: &str) -> String {
    let mut id = method.to_lowercase();
    for part in path.split(['/', '.', '-']).filter(|part| !part.is_empty()) {
        let word = part.trim_start_matches(['{', '*']).trim_end_matches('}');
        id.push_str(if part.starts_with('{') { "By" } else { "" });
        let mut letters = word.chars();
        id.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        id.extend(letters);
    }
    id
}

fn reason(status: u16) -> &'static str {
    let status = StatusCode::from_u16(status).expect("documented statuses are statuses");
    status.canonical_reason().expect("documented statuses are usual ones")
}

/// The routes that the router has, read from its source: `.route("/x", get(a).patch(b))`.
fn routed() -> BTreeSet<(String, String)> {
    let source: String = include_str!("../routes.rs").split_whitespace().collect();
    let mut routed = BTreeSet::new();
    for route in source.split(".route(\"").skip(1) {
        let (path, rest) = route.split_once("\",").expect("a route has a path");
        let calls = rest.split(".route(").next().unwrap_or_default();
        let calls = calls.split(".fallback(").next().unwrap_or_default();
        for method in ["get", "post", "put", "patch", "delete", "any"] {
            let is_called =
                calls.starts_with(&format!("{method}(")) || calls.contains(&format!(").{method}("));
            if is_called {
                let method = if method == "any" { "GET" } else { method };
                routed.insert((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    routed
}

#[test]
fn every_route_is_documented() {
    let documented: BTreeSet<(String, String)> =
        documented().iter().map(|it| (it.method.to_owned(), it.path.to_owned())).collect();
    let allowed: BTreeSet<(String, String)> =
        rights().map(|(path, method, _)| (method.to_string(), path.to_owned())).collect();
    let routed = routed();
    assert!(routed.len() >= 20, "routes.rs is not understood any more: {routed:?}");
    for (method, path) in routed.union(&allowed) {
        assert!(
            documented.contains(&(method.clone(), path.clone())),
            "{method} {path} is not documented: add a row to `documented` in \
             crates/gateway/src/openapi.rs (summary, parameters, answer, problems), run `make \
             docs` and commit docs/api/openapi.json"
        );
    }
    for (method, path) in &documented {
        let there = routed.contains(&(method.clone(), path.clone()));
        assert!(there, "{method} {path} is documented, but not in routes.rs: take its row away");
    }
}

#[test]
fn the_document_is_current() {
    let text = format!("{:#}\n", document());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PATH);
    if env::var_os("BELLWETHER_WRITE_DOCS").is_some() {
        fs::write(&file, &text).expect(PATH);
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == text, "{PATH} is not what the code says: run `make docs` and commit it");
}

#[test]
fn the_document_holds_together() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
                    found.push(to.to_owned());
                }
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document: Value = serde_json::from_str(DOCUMENT).expect("what is served is JSON");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for to in found {
        let there = to.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        assert!(there.is_some(), "{to} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for operation in documented() {
        let id = id(operation.method, operation.path);
        assert!(ids.insert(id.clone()), "{id} is there twice");
        for part in operation.path.split('/') {
            let Some(name) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) else {
                continue;
            };
            let name = name.trim_start_matches('*');
            let told =
                operation.parameters.iter().any(|it| it.place == Place::Path && it.name == name);
            assert!(told, "{}: {name} is not described", operation.path);
        }
    }
}
