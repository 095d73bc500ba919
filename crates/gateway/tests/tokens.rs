//! Tokens over the API: made, listed, used, revoked; and what wrong wishes are told.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod fixture;

use fixture::{Gateway, Reply};
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
