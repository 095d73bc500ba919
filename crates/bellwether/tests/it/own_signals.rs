//! Users' own signals and durable subscriptions, with the real program and its store: numbers become
//! series, and a place that was acknowledged survives a kill.

use crate::{
    asked::{alert_of, send_json},
    program::Program,
    socket::Socket,
};
use serde_json::{Value, json};
use tempfile::tempdir;

const OPERATOR: [&str; 2] = ["--anonymous", "operator"];

/// The positions of the next so many events, which follow each other without a gap.
fn positions(socket: &mut Socket, count: usize) -> Vec<[u64; 2]> {
    let mut found = Vec::new();
    while found.len() < count {
        let message = socket.message();
        assert!(message.get("gap").is_none(), "{message}");
        if message.get("data").is_some() {
            let number = |field: &str| message[field].as_u64().unwrap();
            found.push([number("epoch"), number("offset")]);
        }
    }
    found
}

#[test]
fn what_is_published_becomes_series_and_the_place_of_a_name_survives_a_kill() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &OPERATOR);
    let mut socket = Socket::open(&program);
    let wish = json!({"op": "subscribe", "id": 1, "topics": ["activity"], "durable": "reader"});
    assert_eq!(socket.ask(&wish), json!({"op": "ok", "id": 1}));
    let started = positions(&mut socket, 1)[0];
    for (id, power) in [(2, 2.5), (3, 4.0)] {
        let data = json!({"power_kw": power, "mode": "run"});
        let publish =
            json!({"op": "publish", "id": id, "topic": "app/press", "kind": "state", "data": data});
        assert_eq!(socket.ask(&publish)["op"], "ok");
    }
    let series = "/api/series?names=app/press/power_kw";
    let answer = program.wait_for(series, |answer| {
        answer["series"][0]["max"].as_array().is_some_and(|rows| rows.contains(&json!(4.0)))
    });
    assert!(answer["series"][0]["unit"].is_string(), "{answer}");
    let ack =
        json!({"op": "ack", "id": 4, "durable": "reader", "positions": {"activity": started}});
    assert_eq!(socket.ask(&ack), json!({"op": "ok", "id": 4}));
    program.signal("KILL");
    assert_eq!(program.ended(), None, "killed by a signal");

    // Each start is told in the activity: what came after the place is what was not acknowledged.
    let [epoch, offset] = started;
    for more in [1, 2] {
        let program = Program::start(data.path(), &OPERATOR);
        // The one of the start before stands there too, from the log.
        program.wait_for("/api/topics?topics=activity", |it| {
            let envelopes = it["envelopes"].as_array();
            envelopes.is_some_and(|all| all.iter().any(|one| one["offset"] == offset + more))
        });
        program.signal("KILL");
        program.ended();
    }
    let program = Program::start(data.path(), &OPERATOR);
    let mut socket = Socket::open(&program);
    assert_eq!(socket.ask(&wish), json!({"op": "ok", "id": 1}));
    let later = positions(&mut socket, 3);
    assert_eq!(later, [1, 2, 3].map(|more| [epoch, offset + more]));
    let list = program.json("/api/durables");
    assert_eq!(list["durables"][0]["connected"], true, "{list}");
    assert!(program.json(series)["series"][0]["mean"][0].is_number(), "series are kept, too");
}

fn publish(program: &Program, topic: &str, data: &Value) {
    let wish = json!({"kind": "state", "data": data});
    let (status, said) = send_json(program, "POST", &format!("/api/publish/{topic}"), &wish);
    assert_eq!(status, 200, "{said}");
}

#[test]
fn rules_look_at_users_numbers_and_switches_from_published_to_resolved() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    publish(&program, "app/shop/orders", &json!({"waiting": 40, "mails": {"bounced": 1}}));
    publish(&program, "app/shop/bills", &json!({"waiting": 2}));
    // Said once, before there is a rule: it stands all the same.
    publish(&program, "app/door", &json!({"open": true}));

    let known = program.json("/api/series/names?q=app%2F");
    let names: Vec<&str> =
        known["series"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "app/door/open",
            "app/shop/bills/waiting",
            "app/shop/orders/mails/bounced",
            "app/shop/orders/waiting",
        ]
    );
    assert_eq!(known["series"][0]["is_switch"], true, "{known}");

    let queue = json!({
        "title": "Queue is long", "series": "app/shop/*/waiting", "comparison": "above",
        "levels": {"warning": 10}, "text": "{item} has {value} waiting, over {limit}.",
    });
    let (status, test) = send_json(&program, "POST", "/api/rules/queue/test", &queue);
    assert_eq!((status, &test["looks_at"], &test["over"]), (200, &json!(2), &json!(1)), "{test}");
    assert_eq!(test["series"][0]["text"], "orders has 40 waiting, over 10.");
    let (status, wrong) =
        send_json(&program, "POST", "/api/rules/queue/test", &json!({"title": "x", "levels": 3}));
    assert_eq!(status, 422, "{wrong}");

    let door = json!({
        "title": "Door is open", "series": "app/door/open", "comparison": "is_true",
        "text": "{subject} is open.",
    });
    for (name, rule) in [("queue", &queue), ("door", &door)] {
        let (status, said) = send_json(&program, "PUT", &format!("/api/rules/{name}"), rule);
        assert_eq!(status, 200, "{said}");
    }
    for rule in ["queue", "door"] {
        alert_of(&program, rule, "firing");
    }
    let fired = alert_of(&program, "queue", "firing");
    assert_eq!(fired["text"], "orders has 40 waiting, over 10.");
    assert_eq!(fired["metric"], "app/shop/orders/waiting");

    publish(&program, "app/shop/orders", &json!({"waiting": 3}));
    publish(&program, "app/door", &json!({"open": false}));
    alert_of(&program, "door", "resolved");
    let over = alert_of(&program, "queue", "resolved");
    let told = program.json(&format!("/api/alerts/{}", over["id"].as_str().unwrap()));
    let kinds: Vec<&Value> =
        told["changes"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["fired", "resolved"]);
    assert_eq!(told["topic"], "app/shop/orders");
    assert_eq!(told["rule"]["name"], "queue");
}
