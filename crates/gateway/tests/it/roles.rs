//! Who may call what: every route with every role, as CONTRACTS has it. A route without a row here
//! fails, and the gateway answers it to nobody.

use crate::fixture::Gateway;
use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::Limits;
use bellwether_signal::Role;

/// Who is answered: nobody in particular (`-`), viewers, publishers, agents, operators, admins.
const EVERYBODY: &str = "-vpaoA";
const READERS: &str = "voA";
const PUBLISHERS: &str = "poA";
const TALKERS: &str = "vpoA";
const OPERATORS: &str = "oA";
const ADMINS: &str = "A";

/// Method, address, who.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/ws", TALKERS),
    ("GET", "/api/v1/ws/{kind}", READERS),
    ("GET", "/api/analytics/api/v1/ws/{kind}", READERS),
    ("GET", "/api/analytics/ws", READERS),
    ("GET", "/socket.io/", READERS),
    ("POST", "/socket.io/", READERS),
    ("GET", "/sign-in", EVERYBODY),
    ("POST", "/api/sign-out", EVERYBODY),
    ("GET", "/api/session", READERS),
    ("GET", "/api/topics", READERS),
    ("GET", "/api/stream", READERS),
    ("GET", "/api/events", READERS),
    ("GET", "/api/series", READERS),
    ("GET", "/api/series/names", READERS),
    ("GET", "/api/durables", READERS),
    ("DELETE", "/api/durables/{name}", READERS),
    ("POST", "/api/train", OPERATORS),
    ("GET", "/api/runs", READERS),
    ("GET", "/api/runs/{run}", READERS),
    ("POST", "/api/runs/{run}/cancel", OPERATORS),
    ("POST", "/api/runs/{run}/retry", OPERATORS),
    ("GET", "/api/training/{job}", READERS),
    ("GET", "/api/pipelines", READERS),
    ("POST", "/api/pipelines", OPERATORS),
    ("GET", "/api/pipelines/{id}", READERS),
    ("PUT", "/api/pipelines/{id}", OPERATORS),
    ("DELETE", "/api/pipelines/{id}", OPERATORS),
    ("POST", "/api/pipelines/{id}/run", OPERATORS),
    ("GET", "/api/pipelines/{id}/status", READERS),
    ("GET", "/api/processing-jobs", READERS),
    ("GET", "/api/processing-jobs/{id}", READERS),
    ("POST", "/api/publish/{*topic}", PUBLISHERS),
    ("GET", "/api/models", READERS),
    ("POST", "/api/models/import", OPERATORS),
    ("GET", "/api/models/compare", READERS),
    ("GET", "/api/models/{id}", READERS),
    ("GET", "/api/models/{id}/card", READERS),
    ("DELETE", "/api/models/{id}", ADMINS),
    ("POST", "/api/models/{id}/deploy", OPERATORS),
    ("POST", "/api/models/{id}/rollback", OPERATORS),
    ("PUT", "/api/models/{id}/aliases/{alias}", OPERATORS),
    ("DELETE", "/api/models/{id}/aliases/{alias}", OPERATORS),
    ("PUT", "/api/models/{id}/routing", OPERATORS),
    ("PATCH", "/api/models/{id}/settings", OPERATORS),
    ("GET", "/api/models/{id}/history", READERS),
    ("GET", "/api/models/{id}/export", READERS),
    ("POST", "/api/models/{id}/predict", PUBLISHERS),
    ("GET", "/api/models/{id}/predictions", READERS),
    ("GET", "/api/models/{id}/schema", READERS),
    ("GET", "/api/models/{id}/shadow", READERS),
    ("GET", "/api/predictions/{id}", READERS),
    ("POST", "/api/predictions/{id}/feedback", PUBLISHERS),
    ("POST", "/api/models/{id}/feedback", PUBLISHERS),
    ("GET", "/api/models/{id}/quality", READERS),
    ("GET", "/api/models/{id}/drift", READERS),
    ("GET", "/api/models/{id}/metrics/realtime", READERS),
    ("GET", "/api/models/active/status", READERS),
    ("GET", "/api/why", READERS),
    ("GET", "/api/openapi.json", READERS),
    ("GET", "/api/asyncapi.json", READERS),
    ("GET", "/api/settings", READERS),
    ("PATCH", "/api/settings", READERS),
    ("GET", "/api/tokens", ADMINS),
    ("POST", "/api/tokens", ADMINS),
    ("POST", "/api/tokens/link", ADMINS),
    ("DELETE", "/api/tokens/{id}", ADMINS),
    ("POST", "/api/backups", ADMINS),
    ("POST", "/api/upload", OPERATORS),
    ("GET", "/api/datasets", READERS),
    ("POST", "/api/datasets", OPERATORS),
    ("GET", "/api/datasets/{id}", READERS),
    ("POST", "/api/datasets/uploads", OPERATORS),
    ("GET", "/api/datasets/uploads/{id}", OPERATORS),
    ("PATCH", "/api/datasets/uploads/{id}", OPERATORS),
    ("DELETE", "/api/datasets/uploads/{id}", OPERATORS),
    ("POST", "/api/datasets/uploads/{id}/finish", OPERATORS),
    ("DELETE", "/api/datasets/{id}", ADMINS),
    ("GET", "/api/datasets/{id}/preview", READERS),
    ("GET", "/api/datasets/{id}/statistics", READERS),
    ("GET", "/api/datasets/{id}/export", READERS),
    ("POST", "/api/datasets/{id}/validate", OPERATORS),
    ("POST", "/api/datasets/{id}/process", OPERATORS),
    ("GET", "/api/clients", ADMINS),
    ("DELETE", "/api/clients/{id}", ADMINS),
    ("GET", "/api/alerts", READERS),
    ("GET", "/api/alerts/{id}", READERS),
    ("POST", "/api/alerts/acknowledge", OPERATORS),
    ("POST", "/api/alerts/{id}/acknowledge", OPERATORS),
    ("POST", "/api/alerts/{id}/silence", OPERATORS),
    ("POST", "/api/alerts/{id}/resolve", OPERATORS),
    ("GET", "/api/rules", READERS),
    ("POST", "/api/rules/{name}/test", READERS),
    ("PUT", "/api/rules/{name}", ADMINS),
    ("DELETE", "/api/rules/{name}", ADMINS),
    ("GET", "/api/monitoring/system", READERS),
    ("GET", "/api/monitoring/services", READERS),
    ("GET", "/api/monitoring/metrics", READERS),
    ("GET", "/api/monitoring/alerts", READERS),
    ("GET", "/api/components/health", READERS),
    ("GET", "/api/components/{name}/health", READERS),
    ("GET", "/api/components/{name}/metrics", READERS),
    ("POST", "/api/monitoring/alerts/acknowledge", OPERATORS),
    ("GET", "/api/status", READERS),
    ("GET", "/api/health", READERS),
    ("GET", "/api/system/overview", READERS),
    ("GET", "/api/system/summary", READERS),
    ("GET", "/api/system/metrics", READERS),
    ("GET", "/api/system/processes", READERS),
    ("GET", "/api/system/cpu", READERS),
    ("GET", "/api/system/memory", READERS),
    ("GET", "/api/system/disk", READERS),
    ("GET", "/api/system/network", READERS),
    ("GET", "/health", EVERYBODY),
    ("GET", "/healthz", EVERYBODY),
    ("GET", "/readyz", EVERYBODY),
    ("GET", "/metrics", READERS),
];

/// Methods and addresses of `routes::router`, read from its text.
fn written() -> Vec<(&'static str, &'static str)> {
    let text = include_str!("../../src/routes.rs");
    let mut routes = Vec::new();
    for line in text.lines() {
        let Some(line) = line.trim().strip_prefix(".route(\"") else { continue };
        let (path, handlers) = line.split_once("\", ").expect(line);
        let words = [
            ("GET", "get("),
            ("GET", "any("),
            ("POST", "post("),
            ("PUT", "put("),
            ("PATCH", "patch("),
            ("DELETE", "delete("),
        ];
        let methods = words.into_iter().filter(|(_, word)| handlers.contains(word));
        let before = routes.len();
        routes.extend(methods.map(|(method, _)| (method, path)));
        assert!(routes.len() > before, "no method was found in {line}");
    }
    routes
}

#[test]
fn every_route_has_a_row() {
    let written = written();
    assert!(written.len() > 20, "{written:?}");
    for (method, path) in written {
        let found = ROUTES.iter().any(|row| (row.0, row.1) == (method, path));
        assert!(found, "{method} {path}: say here and in access::rights who may call it");
    }
}

#[test]
fn every_role_calls_what_it_may_and_nothing_else() {
    let gateway = Gateway::start();
    let written = written();
    let there = |method, path| written.contains(&(method, path));
    for (method, path, who) in ROUTES.iter().filter(|row| there(row.0, row.1)) {
        let visitors = [
            ("-", ""),
            ("v", "viewer"),
            ("p", "publisher"),
            ("a", "agent"),
            ("o", "operator"),
            ("A", "admin"),
        ];
        for (letter, token) in visitors {
            let proof = match token {
                "" => String::new(),
                token => format!("Authorization: Bearer {token}\r\n"),
            };
            // A stream does not end; its head is enough.
            let status = gateway.status(method, &path.replace("{id}", "none"), &proof);
            let refused = if token.is_empty() { 401 } else { 403 };
            if who.contains(letter) {
                assert!(![401, 403, 405].contains(&status), "{method} {path} {token}: {status}");
            } else {
                assert_eq!(status, refused, "{method} {path} {token}");
            }
        }
    }
}

#[test]
fn other_methods_are_not_taken() {
    let gateway = Gateway::start();
    let admin = "Authorization: Bearer admin\r\n";
    for (method, path) in [
        ("POST", "/api/session"),
        ("PUT", "/api/settings"),
        ("DELETE", "/ws"),
        ("POST", "/metrics"),
    ] {
        gateway.request(method, path, admin, "").is_problem(405, "method");
    }
    assert_eq!(gateway.request("HEAD", "/api/session", admin, "").status, 200);
    assert_eq!(gateway.request("HEAD", "/api/session", "", "").status, 401);
}

#[test]
fn who_comes_without_a_token_has_the_role_that_was_chosen() {
    let roles = [(Role::Viewer, 403), (Role::Operator, 403), (Role::Admin, 200)];
    for (role, tokens) in roles {
        let gateway = Gateway::start_with(Some(role), SocketTiming::default(), Limits::default());
        assert_eq!(gateway.request("GET", "/api/session", "", "").status, 200);
        assert_eq!(gateway.request("GET", "/api/tokens", "", "").status, tokens, "{role:?}");
        assert_eq!(gateway.get("/api/session", "publisher").status, 403, "a token counts more");
    }
}
