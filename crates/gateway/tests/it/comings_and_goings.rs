//! Who comes and goes is told in the activity, and guessing is slowed without locking anybody out.

use crate::fixture::Gateway;
use serde_json::Value;

const ADMIN: &str = "Authorization: Bearer admin\r\n";

/// What the activity says, oldest first: kind and text.
fn told(gateway: &Gateway) -> Vec<(String, String)> {
    let answer = gateway.get("/api/events?topic=activity&limit=100", "viewer").json();
    let mut told: Vec<_> = answer["events"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
        .iter()
        .map(|event| {
            let text = |field: &str| event["data"][field].as_str().unwrap().to_owned();
            (text("kind"), text("text"))
        })
        .collect();
    told.reverse();
    told
}

#[test]
fn who_comes_and_goes_is_told() {
    let gateway = Gateway::start();
    let reply = gateway.request("GET", "/sign-in?code=link", "", "");
    let cookie = reply.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let headers = format!("Cookie: {cookie}\r\nOrigin: http://{}\r\n", gateway.address);
    let wish = r#"{"role":"viewer","name":"dash"}"#;
    let made = gateway.request("POST", "/api/tokens", &headers, wish).json();
    gateway.request("POST", "/api/tokens/link", &headers, r#"{"role":"operator"}"#);
    let path = format!("/api/tokens/{}", made["id"].as_str().unwrap());
    gateway.request("DELETE", &path, &headers, "");
    gateway.request("POST", "/api/sign-out", &headers, "");
    let expected = [
        ("signed_in", "admin signed in from 127.0.0.1 as admin"),
        ("token_created", "admin made a token for dash with the role viewer"),
        ("link_created", "admin made a link for operator with the role operator"),
        ("token_revoked", "admin revoked the token of dash"),
        ("signed_out", "admin signed out"),
    ];
    let told = told(&gateway);
    let told: Vec<(&str, &str)> = told.iter().map(|(kind, text)| (&**kind, &**text)).collect();
    assert_eq!(told, expected);
    let answer = gateway.get("/api/events?topic=activity", "viewer").body;
    let secret = made["secret"].as_str().unwrap();
    assert!(!answer.contains(&format!("{secret}\"")), "no secret is told: {answer}");
}

#[test]
fn a_backup_is_told_by_who_wrote_it() {
    let gateway = Gateway::start();
    let note = |body: &str| gateway.request("POST", "/api/backups", ADMIN, body);
    assert_eq!(note(r#"{"file":"/var/backups/b.db","bytes":1025}"#).status, 204);
    let written = "a wrote a backup to /var/backups/b.db, 2 KiB".to_owned();
    assert_eq!(told(&gateway), [("backup_written".to_owned(), written)]);
    let check = |body: &str, part: &str| note(body).is_problem(422, part);
    check("", "JSON object");
    check(r#"{"file":"/b.db"}"#, "bytes");
    check(r#"{"file":"/b.db","bytes":-1}"#, "bytes");
    check(r#"{"file":"/b.db","bytes":1,"by":"root"}"#, "by");
    check(r#"{"file":" ","bytes":1}"#, "file: has 1 to");
    check(r#"{"file":"/a\nb","bytes":1}"#, "control character");
    check(&format!(r#"{{"file":"{}","bytes":1}}"#, "x".repeat(4_097)), "4096 characters");
    assert_eq!(told(&gateway).len(), 1, "what is refused is not told");
}

#[test]
fn wrong_tries_are_told_once_and_slowed() {
    let gateway = Gateway::start();
    let mut slowed = None;
    for n in 0..40 {
        let reply = gateway.get("/api/session", &format!("wrong-{n}"));
        match reply.status {
            401 => assert!(slowed.is_none(), "{n}"),
            429 => {
                reply.is_problem(429, "Try again in");
                assert!(reply.head.contains("retry-after: "), "{reply:?}");
                slowed = slowed.or(Some(n));
            }
            status => panic!("{status}"),
        }
    }
    assert_eq!(slowed, Some(20));
    // A good token from the same address is not refused, a socket neither.
    assert_eq!(gateway.get("/api/session", "viewer").status, 200);
    gateway.socket("viewer");
    // A link waits; it is not used up by the wait.
    gateway.request("GET", "/sign-in?code=link", "", "").is_problem(429, "Try again in");
    let told = told(&gateway);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "sign_in_refused");
    assert!(told[0].1.contains("127.0.0.1"), "{told:?}");
    let left = gateway.get("/api/tokens", "admin").json();
    let links = left["tokens"].as_array().unwrap().iter().filter(|it| it["kind"] == "link");
    assert_eq!(links.count(), 1);
}

#[test]
fn a_wrong_link_counts_and_a_stale_cookie_does_not() {
    let gateway = Gateway::start();
    for _ in 0..30 {
        let stale = "Cookie: bellwether_session_1=gone\r\n";
        assert_eq!(gateway.request("GET", "/api/session", stale, "").status, 401);
    }
    assert_eq!(told(&gateway), []);
    for _ in 0..20 {
        assert_eq!(gateway.request("GET", "/sign-in?code=guess", "", "").status, 303);
    }
    assert_eq!(gateway.request("GET", "/sign-in?code=guess", "", "").status, 429);
    assert_eq!(told(&gateway).len(), 1);
}

#[test]
fn what_was_not_told_yet_is_told_at_the_end() {
    let gateway = Gateway::start();
    for n in 0..5 {
        gateway.get("/api/session", &format!("wrong-{n}"));
    }
    let before = told(&gateway);
    assert_eq!(before.len(), 1);
    let events = gateway.ended();
    let last: &Value = events.last().unwrap();
    assert!(last["text"].as_str().unwrap().ends_with("4 times"), "{last}");
}

#[test]
fn a_refused_wish_is_no_activity() {
    let gateway = Gateway::start();
    gateway.request("POST", "/api/tokens", ADMIN, "{}").is_problem(422, "role");
    gateway.request("DELETE", "/api/tokens/none", ADMIN, "").is_problem(404, "id");
    assert_eq!(told(&gateway), []);
}
