//! Tokens over the API: made, listed, used, revoked; and what wrong wishes are told.

use crate::fixture::{Gateway, Reply};
use serde_json::{Value, json};

const ADMIN: &str = "Authorization: Bearer admin\r\n";

fn make(gateway: &Gateway, path: &str, wish: &Value) -> Reply {
    gateway.request("POST", path, ADMIN, &wish.to_string())
}

#[test]
fn a_token_is_made_used_and_revoked() {
    let gateway = Gateway::start();
    let wish = json!({"role": "viewer", "name": "dash", "expires_in_seconds": 3600});
    let reply = make(&gateway, "/api/tokens", &wish);
    assert_eq!(reply.status, 201, "{reply:?}");
    assert!(reply.head.contains("cache-control: no-store"), "{reply:?}");
    let made = reply.json();
    assert!(made["expires_at"].as_i64().unwrap() > 1_600_000_000_000);
    assert_eq!(made["path"], Value::Null);
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert_eq!(gateway.get("/api/session", secret).json()["user"], "dash");

    let list = gateway.get("/api/tokens", "admin");
    assert!(!list.body.contains(&format!("\"{secret}\"")), "no secret is listed: {list:?}");
    let tokens = list.json()["tokens"].as_array().unwrap().clone();
    let find = |id: &str| tokens.iter().find(|token| token["id"] == id).unwrap();
    let dash = find(id);
    assert_eq!((&dash["kind"], &dash["name"]), (&json!("api"), &json!("dash")));
    assert_eq!(dash["current"], false);
    assert_eq!(find("id-admin")["current"], true, "what the list was asked with");

    let path = format!("/api/tokens/{id}");
    assert_eq!(gateway.request("DELETE", &path, ADMIN, "").status, 204);
    gateway.get("/api/session", secret).is_problem(401, "revoked");
    gateway.request("DELETE", &path, ADMIN, "").is_problem(404, "id: no token");
}

#[test]
fn sockets_end_with_their_token() {
    let gateway = Gateway::start();
    let secret = |wish: &Value| {
        let made = make(&gateway, "/api/tokens", wish).json();
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        (text("id"), text("secret"))
    };
    let (id, revoked) = secret(&json!({"role": "viewer", "name": "a"}));
    let (_, expiring) = secret(&json!({"role": "viewer", "name": "b", "expires_in_seconds": 1}));
    let mut sockets = [gateway.socket(&revoked), gateway.socket(&revoked)];
    let mut expires = gateway.socket(&expiring);
    let mut other = gateway.socket("viewer");
    let path = format!("/api/tokens/{id}");
    assert_eq!(gateway.request("DELETE", &path, ADMIN, "").status, 204);
    for socket in &mut sockets {
        let (code, reason) = socket.close();
        assert_eq!((code, &*reason), (4401, "the token was revoked"));
    }
    let refused = gateway.shake_hands("/ws", &format!("Authorization: Bearer {revoked}\r\n")).0;
    assert_eq!(refused.status, 401);
    // Nobody says anything: it ends by the clock alone.
    assert_eq!(expires.close(), (4401, "the token has expired".to_owned()));
    gateway.get("/api/session", &expiring).is_problem(401, "expired");
    other.say(r#"{"op":"ping","ts":1}"#);
    assert_eq!(other.message()["op"], "pong", "others live on");
}

#[test]
fn who_was_told_goodbye_is_not_listened_to() {
    let gateway = Gateway::start();
    let made = make(&gateway, "/api/tokens", &json!({"role": "viewer"})).json();
    let mut socket = gateway.socket(made["secret"].as_str().unwrap());
    let path = format!("/api/tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(gateway.request("DELETE", &path, ADMIN, "").status, 204);
    socket.say(r#"{"op":"ping","ts":1}"#);
    assert_eq!(socket.next().unwrap().0, 0x88, "no pong, but the goodbye");
    assert!(socket.next().is_none(), "nothing comes after it");
}

#[test]
fn a_link_is_made_and_signs_in() {
    let gateway = Gateway::start();
    let made = make(&gateway, "/api/tokens/link", &json!({"role": "operator"})).json();
    let path = made["path"].as_str().unwrap();
    assert_eq!(path, format!("/sign-in?code={}", made["secret"].as_str().unwrap()));
    assert_eq!(gateway.request("GET", path, "", "").status, 303);
}

#[test]
fn wrong_wishes_change_nothing() {
    let gateway = Gateway::start();
    let before = gateway.get("/api/tokens", "admin").json();
    let check = |path: &str, wish: Value, part: &str| {
        make(&gateway, path, &wish).is_problem(422, part);
    };
    check("/api/tokens", json!({"role": "root"}), "role:");
    check("/api/tokens", json!({"role": "viewer", "expires_in_seconds": 0}), "expires_in_seconds");
    check("/api/tokens", json!({"role": "agent"}), "name: an agent's token");
    check("/api/tokens", json!({"role": "viewer", "days": 3}), "there is no such field");
    check("/api/tokens/link", json!({"role": "agent", "name": "web-1"}), "role: a link");
    gateway.request("POST", "/api/tokens", ADMIN, "role=viewer").is_problem(422, "JSON object");
    assert_eq!(gateway.get("/api/tokens", "admin").json()["tokens"].as_array().unwrap().len(), {
        before["tokens"].as_array().unwrap().len()
    });
}

#[test]
fn tokens_are_for_admins() {
    let gateway = Gateway::start();
    for role in ["viewer", "publisher", "agent", "operator"] {
        let headers = format!("Authorization: Bearer {role}\r\n");
        let send = |method: &str, path: &str| {
            gateway.request(method, path, &headers, r#"{"role":"admin"}"#).is_problem(403, "admin");
        };
        send("GET", "/api/tokens");
        send("POST", "/api/tokens");
        send("POST", "/api/tokens/link");
        send("DELETE", "/api/tokens/id-viewer");
    }
    gateway.request("GET", "/api/tokens", "", "").is_problem(401, "link");
    assert_eq!(gateway.get("/api/session", "viewer").status, 200);
}
