//! Secrets stay where they belong: not in logs of any level, not on the wire to others, not in the
//! data folder.

use std::{fs, io::Write as _, path::Path};

use crate::program::{Program, command};
use tempfile::tempdir;

#[test]
fn no_secret_is_logged_listed_or_stored() {
    let data = tempdir().unwrap();
    let more = ["--log", "json", "--log-level", "trace"];
    let mut program = Program::start(data.path(), &more);
    let link = program.link.clone().unwrap();
    let path = link.split_once(&program.address).unwrap().1.to_owned();
    let code = path.split_once("code=").unwrap().1.to_owned();
    let (_, reply) = program.get(&path, "");
    let cookie = reply.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    program.get("/api/session", &format!("Cookie: {cookie}\r\n"));
    // A used link, a wrong token, a good one in a header, one in an address.
    program.get(&path, "");
    let wrong = "wrong-secret-that-somebody-mistyped";
    program.get("/api/session", &format!("Authorization: Bearer {wrong}\r\n"));
    let made = command(&["token", "create", "--role", "viewer", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert_eq!(token.len(), 43);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(program.get("/api/session", &bearer).0, 200);
    assert_eq!(program.get(&format!("/ws?token={token}"), "").0, 426);
    let mut socket = program.connect();
    write!(socket, "GET /ws?token={wrong} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();

    let secrets = [code.as_str(), &session, &token, wrong];
    let cookie = format!("Cookie: {cookie}\r\n");
    for path in ["/api/tokens", "/api/events?topic=activity", "/api/topics?topics=**", "/health"] {
        let (status, answer) = program.get(path, &cookie);
        assert_eq!(status, 200, "{path}: {answer}");
        for secret in secrets {
            assert!(!answer.contains(secret), "{path} tells a secret: {answer}");
        }
    }
    program.signal("TERM");
    let log = program.messages();
    assert!(log.contains("signed in") && log.contains("a request was refused"), "{log}");
    for secret in secrets {
        assert!(!log.contains(secret), "the log tells a secret");
    }
    nothing_in(data.path(), &secrets);
}

/// No file of the folder contains one.
fn nothing_in(folder: &Path, secrets: &[&str]) {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            nothing_in(&entry.path(), secrets);
        } else if entry.file_type().unwrap().is_file() {
            files += 1;
            let bytes = fs::read(entry.path()).unwrap();
            for secret in secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds a secret", entry.path().display());
            }
        }
    }
    assert!(files > 0, "the folder holds the store");
}
