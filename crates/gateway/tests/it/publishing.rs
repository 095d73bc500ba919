//! Users' own signals: published by socket and by HTTP, checked, bounded, and seen by subscribers.

use crate::fixture::{Gateway, Reply, Socket};
use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::Limits;
use bellwether_signal::Topic;
use serde_json::{Value, json};

fn post(gateway: &Gateway, token: &str, topic: &str, body: &Value) -> Reply {
    let headers = format!("Authorization: Bearer {token}\r\n");
    gateway.request("POST", &format!("/api/publish/{topic}"), &headers, &body.to_string())
}

/// Says a request and reads up to its answer; what came before it is dropped.
fn ask(socket: &mut Socket, request: &Value) -> Value {
    socket.say(&request.to_string());
    loop {
        let message = socket.message();
        if message["id"] == request["id"] {
            return message;
        }
    }
}

fn publish(id: u64, topic: &str, kind: &str, data: &Value) -> Value {
    json!({"op": "publish", "id": id, "topic": topic, "kind": kind, "data": data})
}

/// The next envelope or gap.
fn envelope(socket: &mut Socket) -> Value {
    loop {
        let message = socket.message();
        if message.get("op").is_none() {
            return message;
        }
    }
}

#[test]
fn what_a_publisher_says_reaches_subscribers_as_patches_and_the_store_whole() {
    let gateway = Gateway::start();
    let mut viewer = gateway.socket("viewer");
    assert_eq!(
        ask(
            &mut viewer,
            &json!({"op": "subscribe", "id": 1, "topics": ["app/**"], "interval_ms": 0})
        )["op"],
        "ok"
    );
    let mut publisher = gateway.socket("publisher");
    let first = publish(1, "app/line-1/press", "state", &json!({"power_kw": 2.5, "mode": "run"}));
    let answer = ask(&mut publisher, &first);
    assert_eq!(answer, json!({"op": "ok", "id": 1, "position": [7, 1]}));
    let seen = envelope(&mut viewer);
    assert_eq!(seen["full"], json!({"power_kw": 2.5, "mode": "run"}));
    // A patch of somebody else, by HTTP.
    let patch = json!({"kind": "state", "data": {"power_kw": 3, "mode": null}});
    let reply = post(&gateway, "operator", "app/line-1/press", &patch);
    assert_eq!((reply.status, reply.json()), (200, json!({"position": [7, 2]})));
    assert_eq!(envelope(&mut viewer)["patch"], json!({"power_kw": 3, "mode": null}));
    // The whole state.
    let mut full = publish(2, "app/line-1/press", "state", &json!({"parts": 7}));
    full["full"] = json!(true);
    assert_eq!(ask(&mut publisher, &full)["position"], json!([7, 3]));
    assert_eq!(envelope(&mut viewer)["patch"], json!({"parts": 7, "power_kw": null}));
    let kept: Vec<Value> =
        gateway.published().into_iter().map(|(_, state, _)| Value::Object(state)).collect();
    assert_eq!(
        kept,
        [json!({"power_kw": 2.5, "mode": "run"}), json!({"power_kw": 3}), json!({"parts": 7})]
    );
    // An event, with a time and a percent-encoded segment of its own.
    let now = bellwether_sys::clock::now().wall.0;
    let event = json!({"kind": "event", "data": {"what": "stopped"}, "ts": now - 5_000, "priority": "high"});
    assert_eq!(post(&gateway, "publisher", "app/line%2F1/stops", &event).status, 200);
    let seen = envelope(&mut viewer);
    assert_eq!(seen["topic"], "app/line%2F1/stops");
    assert_eq!((&seen["ts"], &seen["data"]), (&json!(now - 5_000), &json!({"what": "stopped"})));
    assert_eq!(gateway.published().len(), 3, "events are no series");
}

#[test]
fn a_publisher_publishes_and_does_nothing_else() {
    let gateway = Gateway::start();
    let mut publisher = gateway.socket("publisher");
    let answer = ask(&mut publisher, &json!({"op": "subscribe", "id": 1, "topics": ["app/**"]}));
    assert_eq!((&answer["op"], &answer["code"]), (&json!("error"), &json!("forbidden")));
    assert_eq!(ask(&mut publisher, &publish(2, "app/a", "event", &json!(1)))["op"], "ok");
    let mut viewer = gateway.socket("viewer");
    let refused = ask(&mut viewer, &publish(1, "app/a", "event", &json!(1)));
    assert_eq!(refused["code"], "forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("viewer"), "{refused}");
    post(&gateway, "viewer", "app/a", &json!({"kind": "event", "data": 1}))
        .is_problem(403, "publish");
    assert!(gateway.hub.state(&Topic::parse("app/a").unwrap()).is_none());
}

#[test]
fn each_refusal_names_its_field_and_its_limit_and_changes_nothing() {
    let gateway = Gateway::start_with(
        None,
        SocketTiming::default(),
        Limits { app_topics: 2, ..Limits::default() },
    );
    let mut socket = gateway.socket("operator");
    assert_eq!(ask(&mut socket, &publish(1, "app/a", "state", &json!({"n": 1})))["op"], "ok");
    assert_eq!(ask(&mut socket, &publish(2, "app/e", "event", &json!("x")))["op"], "ok");
    let now = bellwether_sys::clock::now().wall.0;
    let deep = (0..16).fold(json!({}), |inner, _| json!({ "a": inner }));
    let numbers: Value = (0..251).map(|n| (format!("n{n}"), json!(n))).collect();
    let cases = [
        (
            publish(3, "app/a", "state", &json!({"n": [null]})),
            "bad_data",
            422,
            "data.n.0",
            json!(null),
        ),
        (publish(3, "app/e", "event", &json!({"x": null})), "bad_data", 422, "data.x", json!(null)),
        (publish(3, "app/a", "state", &json!([1])), "bad_data", 422, "data", json!(null)),
        (publish(3, "app/a", "state", &deep), "too_large", 413, "data", json!(16)),
        (
            publish(3, "app/e", "event", &json!("x".repeat(32_767))),
            "too_large",
            413,
            "data",
            json!(32_768),
        ),
        (publish(3, "app/a", "state", &numbers), "too_large", 413, "data", json!(250)),
        (publish(3, "app/a", "event", &json!(1)), "wrong_kind", 409, "topic", json!(null)),
        (publish(3, "app/e", "state", &json!({})), "wrong_kind", 409, "topic", json!(null)),
        (publish(3, "app/b", "event", &json!(1)), "too_many", 503, "topic", json!(2)),
        (publish(3, "host/web-1/cpu", "state", &json!({})), "bad_topic", 400, "topic", json!(null)),
        (publish(3, "app", "state", &json!({})), "bad_topic", 400, "topic", json!(null)),
        (publish(3, "app/a*", "state", &json!({})), "bad_topic", 400, "topic", json!(null)),
        (
            with(publish(3, "app/e", "event", &json!(1)), "full", json!(true)),
            "bad_message",
            422,
            "full",
            json!(null),
        ),
        (
            with(publish(3, "app/a", "state", &json!({})), "priority", json!("high")),
            "bad_message",
            422,
            "priority",
            json!(null),
        ),
        (
            with(publish(3, "app/e", "event", &json!(1)), "ts", json!(now + 3_600_000)),
            "out_of_range",
            422,
            "ts",
            json!(null),
        ),
        (
            with(publish(3, "app/e", "event", &json!(1)), "ts", json!(1)),
            "out_of_range",
            422,
            "ts",
            json!(null),
        ),
    ];
    for (request, code, status, field, limit) in cases {
        let answer = ask(&mut socket, &request);
        let text = request.to_string().chars().take(100).collect::<String>();
        assert_eq!(answer["code"], code, "{text}: {answer}");
        assert_eq!(answer["limit"], limit, "{text}: {answer}");
        let topic = request["topic"].as_str().unwrap();
        let mut body = request.clone();
        for field in ["op", "id", "topic"] {
            body.as_object_mut().unwrap().remove(field);
        }
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.starts_with(field), "{text}: {answer}");
        post(&gateway, "operator", topic, &body).is_problem(status, field);
    }
    let (state, _) = gateway.hub.state(&Topic::parse("app/a").unwrap()).unwrap();
    assert_eq!(Value::Object(state), json!({"n": 1}));
    // One that comes with a limit passed is also the last one of a state that grew.
    let half = json!({ "a": "x".repeat(20_000) });
    assert_eq!(ask(&mut socket, &publish(4, "app/a", "state", &half))["op"], "ok");
    let grown = publish(5, "app/a", "state", &json!({ "b": "x".repeat(20_000) }));
    assert_eq!(ask(&mut socket, &grown)["code"], "too_large");
    assert_eq!(gateway.published().len(), 2);
}

fn with(mut request: Value, field: &str, value: Value) -> Value {
    request[field] = value;
    request
}

#[test]
fn who_publishes_too_often_is_told_to_back_off() {
    let gateway = Gateway::start();
    // More at once than the token's 100, over several connections, of which none says too much.
    let mut sockets: Vec<Socket> = (0..6).map(|_| gateway.socket("publisher")).collect();
    for socket in &mut sockets {
        for id in 0..55 {
            socket.say(&publish(id, "app/a", "event", &json!(id)).to_string());
        }
    }
    let answers: Vec<Value> =
        sockets.iter_mut().flat_map(|socket| (0..55).map(|_| socket.message())).collect();
    let taken = answers.iter().filter(|answer| answer["op"] == "ok").count();
    assert!((100..330).contains(&taken), "{taken}");
    let refused = answers.iter().find(|answer| answer["op"] == "error").unwrap();
    assert_eq!((&refused["code"], &refused["limit"]), (&json!("too_many"), &json!(50)));
    // Another token goes on.
    let body = json!({"kind": "event", "data": 1});
    assert_eq!(post(&gateway, "operator", "app/a", &body).status, 200);
    let reply = post(&gateway, "publisher", "app/a", &body);
    assert!(reply.status == 200 || reply.head.contains("retry-after: 1"), "{reply:?}");
}
