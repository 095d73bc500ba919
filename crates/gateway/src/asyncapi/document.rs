//! The `AsyncAPI` 3.0 document, put together, and compared with docs/PROTOCOL.md.

use std::{collections::BTreeSet, env, fs, path::Path};

use bellwether_signal::protocol::{Answer, Envelope, GapNotice, Request, SUBPROTOCOL};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::topics::{TopicRow, documented};
use crate::routes::EVENTS_DOCUMENT;

/// Where it lies in the repository.
const PATH: &str = "docs/api/asyncapi.json";

fn document() -> Value {
    let settings = SchemaSettings::draft07()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut messages = Map::new();
    let mut message = |name: &str, summary: &str, payload: Value| {
        messages.insert(name.into(), json!({ "summary": summary, "payload": payload }));
    };
    message("request", "What a client asks", of::<Request>(&mut generator));
    message("answer", "The welcome, and what came of a request", of::<Answer>(&mut generator));
    message("envelope", "One publication of a topic", of::<Envelope>(&mut generator));
    message("gap", "Events that the client missed", of::<GapNotice>(&mut generator));
    let carried = ["answer", "envelope", "gap"].map(|name| (name, message_of(name)));
    let carried: Map<String, Value> =
        carried.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
    let mut on_socket = carried.clone();
    on_socket.insert("request".into(), message_of("request"));
    let mut channels = Map::new();
    channels.insert("socket".into(), socket(&on_socket));
    channels.insert("stream".into(), stream(&carried));
    let mut operations = operations();
    for row in documented() {
        let key = key(row.address);
        message(&key, row.address, (row.schema)(&mut generator).to_value());
        operations.insert(
            format!("publish.{key}"),
            json!({ "action": "send", "channel": channel_of(&key) }),
        );
        channels.insert(key.clone(), topic(&row, &key));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "bellwether",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Live signals. Channels with an address that begins with `/` are \
                connections; the others are topics, which reach a client inside of envelopes on \
                such a connection. A state's payload is an envelope's `full`, and merge patches \
                (RFC 7396) follow as `patch`; an event's payload is its `data`. docs/PROTOCOL.md \
                says the rest.",
            "license": { "name": "Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "servers": {
            "websocket": server("ws", "Speaks `bellwether.v1`; `wss` with TLS"),
            "http": server("http", "Server-Sent Events; `https` with TLS"),
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn server(protocol: &str, description: &str) -> Value {
    json!({
        "host": "{host}",
        "protocol": protocol,
        "description": description,
        "variables": { "host": { "default": "127.0.0.1:8420" } },
        "security": [{ "$ref": "#/components/securitySchemes/token" }],
    })
}

fn socket(messages: &Map<String, Value>) -> Value {
    json!({
        "address": "/ws",
        "title": format!("A WebSocket with the subprotocol {SUBPROTOCOL}"),
        "servers": [{ "$ref": "#/servers/websocket" }],
        "messages": messages,
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": { "token": { "type": "string" } },
                },
                "headers": {
                    "type": "object",
                    "required": ["Sec-WebSocket-Protocol"],
                    "properties": { "Sec-WebSocket-Protocol": { "const": SUBPROTOCOL } },
                },
                "bindingVersion": "0.1.0",
            },
        },
    })
}

fn stream(messages: &Map<String, Value>) -> Value {
    json!({
        "address": "/api/stream",
        "title": "The same envelopes as Server-Sent Events",
        "servers": [{ "$ref": "#/servers/http" }],
        "messages": messages,
    })
}

fn operations() -> Map<String, Value> {
    let messages = |channel: &str, names: &[&str]| -> Vec<Value> {
        let of = |name: &&str| json!({ "$ref": format!("#/channels/{channel}/messages/{name}") });
        names.iter().map(of).collect()
    };
    let tell = |channel: &str| {
        json!({
            "action": "send",
            "summary": "The welcome first; then what was subscribed",
            "channel": channel_of(channel),
            "messages": messages(channel, &["answer", "envelope", "gap"]),
        })
    };
    let ask = json!({
        "action": "receive",
        "summary": "Each request is answered with its `id`",
        "channel": channel_of("socket"),
        "messages": messages("socket", &["request"]),
        "reply": {
            "channel": channel_of("socket"),
            "messages": messages("socket", &["answer"]),
        },
    });
    let all = [("ask", ask), ("tell", tell("socket")), ("stream", tell("stream"))];
    all.map(|(name, operation)| (name.to_owned(), operation)).into_iter().collect()
}

fn topic(row: &TopicRow, key: &str) -> Value {
    let mut channel = json!({
        "address": row.address,
        "title": format!("{} ({})", row.payload, row.kind),
        "messages": { key: message_of(key) },
        "x-kind": row.kind,
        "x-role": row.role,
    });
    let parameters = parameters(row.address);
    if !parameters.is_empty() {
        channel["parameters"] = parameters.into();
    }
    channel
}

fn parameters(address: &str) -> Map<String, Value> {
    let names = address.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let described = |name: &str| {
        let text = match name {
            "host" => "A host's id: a slug of its name",
            "slug" => "A machine's slug",
            "run" => "A training run's number",
            _ => "An id, percent-encoded where it is no slug",
        };
        (name.to_owned(), json!({ "description": text }))
    };
    names.map(described).collect()
}

/// `host.cpu` for `host/{host}/cpu`.
fn key(address: &str) -> String {
    let words: Vec<&str> = address.split('/').filter(|part| !part.starts_with('{')).collect();
    words.join(".")
}

fn message_of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/messages/{name}") })
}

fn channel_of(key: &str) -> Value {
    json!({ "$ref": format!("#/channels/{key}") })
}

#[test]
fn the_events_document_is_current() {
    let text = format!("{:#}\n", document());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PATH);
    if env::var_os("BELLWETHER_WRITE_DOCS").is_some() {
        fs::write(&file, &text).expect(PATH);
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == text, "{PATH} is not what the code says: run `make docs` and commit it");
}

#[test]
fn every_topic_of_the_protocol_is_documented() {
    let protocol = include_str!("../../../../docs/PROTOCOL.md");
    let (_, table) = protocol.split_once("\n## Topics\n").expect("it lists the topics");
    let table = table.split("\n## ").next().unwrap_or_default();
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let (address, kind) = (cells.next()?.strip_suffix('`')?, cells.next()?);
        let kind = ["state", "event"].into_iter().find(|word| kind.starts_with(word))?;
        // What a user publishes has no payload that we know.
        (!address.starts_with("app/")).then(|| (address.to_owned(), kind))
    });
    let told: BTreeSet<(String, &str)> = rows.collect();
    assert!(told.len() > 20, "the table of topics is not understood any more: {told:?}");
    let documented: BTreeSet<(String, &str)> =
        documented().iter().map(|row| (row.address.to_owned(), row.kind)).collect();
    assert_eq!(
        documented, told,
        "the rows of `topics::documented` (left) and the topics of docs/PROTOCOL.md (right) differ"
    );
}

#[test]
fn the_events_document_holds_together() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document: Value = serde_json::from_str(EVENTS_DOCUMENT).expect("what is served is JSON");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "{found:?}");
    for to in found {
        let there = to.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        assert!(there.is_some(), "{to} leads nowhere");
    }
}
