//! `bellwether token`: with a running server, without one, and wrongly.

use std::{
    fs,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::Path,
    process::Output,
};

use crate::program::{Program, command, complaint};
use serde_json::Value;
use tempfile::tempdir;

fn token(data: &Path, arguments: &[&str]) -> Output {
    command(&["token"]).args(arguments).arg("--data").arg(data).output().unwrap()
}

/// Standard output of a command that has to succeed.
fn told(data: &Path, arguments: &[&str]) -> String {
    let output = token(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", complaint(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&told(data, arguments)).unwrap()
}

fn bearer(secret: &str) -> String {
    format!("Authorization: Bearer {secret}\r\n")
}

#[test]
fn a_running_server_is_asked() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &[]);
    let made = told(data.path(), &["create", "--role", "viewer", "--name", "dash"]);
    let secret = made.strip_suffix('\n').unwrap();
    assert_eq!(secret.len(), 43, "the token and nothing else: {made:?}");
    let session = program.get("/api/session", &bearer(secret));
    assert!(session.0 == 200 && session.1.contains("\"user\":\"dash\""), "{session:?}");

    let list = told(data.path(), &["list"]);
    assert!(list.contains("dash") && list.contains("viewer") && !list.contains(secret), "{list}");
    let tokens = json(data.path(), &["list", "--json"]);
    let id = tokens.as_array().unwrap().iter().find(|token| token["name"] == "dash").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    told(data.path(), &["revoke", &id]);
    assert_eq!(program.get("/api/session", &bearer(secret)).0, 401, "it is out at once");
    let again = token(data.path(), &["revoke", &id]);
    assert_eq!(again.status.code(), Some(1));
    assert!(complaint(&again).contains("no token"), "{}", complaint(&again));

    let made = json(data.path(), &["create", "--role", "operator", "--expires", "2h", "--json"]);
    assert!(made["expires_at"].is_number());
    let session = program.get("/api/session", &bearer(made["secret"].as_str().unwrap()));
    assert!(session.1.contains("\"role\":\"operator\""), "{session:?}");
}

#[test]
fn a_link_is_a_whole_address() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &[]);
    let link = told(data.path(), &["link", "--role", "viewer"]);
    let path = link.trim().strip_prefix(&format!("http://{}", program.address)).expect(&link);
    let (status, reply) = program.get(path, "");
    assert!(status == 303 && reply.contains("set-cookie"), "{reply}");
}

#[test]
fn without_a_server_the_folder_is_changed() {
    let data = tempdir().unwrap();
    drop(Program::start(data.path(), &[])); // SIGKILL: its control socket stays behind
    assert!(fs::metadata(data.path().join("control.sock")).is_ok());
    let secret = told(data.path(), &["create", "--role", "viewer"]).trim().to_owned();
    let link = token(data.path(), &["link"]);
    assert!(String::from_utf8_lossy(&link.stdout).starts_with("/sign-in?code="));
    assert!(complaint(&link).contains("No server runs"), "{}", complaint(&link));
    let wrong = token(data.path(), &["create", "--role", "agent"]);
    assert!(complaint(&wrong).contains("name: an agent's token"), "{}", complaint(&wrong));

    let made = json(data.path(), &["create", "--role", "viewer", "--name", "gone", "--json"]);
    told(data.path(), &["revoke", made["id"].as_str().unwrap()]);

    let program = Program::start(data.path(), &[]);
    assert_eq!(program.get("/api/session", &bearer(&secret)).0, 200);
    // What happened while no server ran is told by the next one.
    let (_, reply) = program.get("/api/events?topic=activity", &bearer(&secret));
    let events: Value = serde_json::from_str(reply.split_once("\n\n").unwrap().1).unwrap();
    let texts = events["events"].as_array().unwrap().iter().map(|event| &event["data"]["text"]);
    let texts: Vec<&str> = texts.filter_map(Value::as_str).collect();
    for happened in [
        "local made a token for viewer with the role viewer",
        "local made a link for admin with the role admin",
        "local revoked the token of gone",
    ] {
        assert!(texts.contains(&happened), "{happened}: {texts:?}");
    }
    // The new server took the place of the killed one.
    let tokens = json(data.path(), &["list", "--json"]);
    assert!(tokens.as_array().unwrap().len() >= 3, "{tokens}");
}

#[test]
fn the_control_socket_is_closed_to_others_and_goes_with_the_server() {
    let data = tempdir().unwrap();
    let folder = data.path().join("made");
    let program = Program::start(&folder, &[]);
    let socket = folder.join("control.sock");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&socket), mode(&folder)), (0o600, 0o700));
    assert!(fs::metadata(&socket).unwrap().file_type().is_socket());
    program.signal("TERM");
    assert_eq!(program.ended(), Some(0));
    assert!(!socket.exists());
}

#[test]
fn a_path_that_is_too_long_is_said_and_the_server_runs() {
    let data = tempdir().unwrap();
    let deep = data.path().join("x".repeat(110));
    let mut program = Program::start(&deep, &["--anonymous", "viewer"]);
    let message = program.wait_for_message("control socket");
    assert!(message.contains("shorter data folder"), "{message}");
    assert_eq!(program.get("/healthz", "").0, 200);
    let output = token(&deep, &["list"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains(&program.id()), "{}", complaint(&output));
}

#[test]
fn mistakes_say_what_to_do() {
    let data = tempdir().unwrap();
    let check = |arguments: &[&str], code: i32, parts: &[&str]| {
        let output = token(data.path(), arguments);
        let complaint = complaint(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {complaint}");
        assert!(output.stdout.is_empty());
        for part in parts {
            assert!(complaint.contains(part), "{arguments:?}: {complaint}");
        }
    };
    check(&["create"], 2, &["--role"]);
    check(&["create", "--role", "root"], 2, &["root", "viewer", "publisher"]);
    check(&["create", "--role", "viewer", "--expires", "30"], 2, &["30", "90m, 12h or 30d"]);
    check(&["create", "--role", "viewer", "--expires", "0d"], 2, &["no time at all"]);
    check(&["create", "--role", "viewer", "--expires", "1000w"], 1, &["expires_in_seconds"]);
    check(&["revoke", "x"], 1, &["no token that is still good"]);
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let data = tempdir().unwrap();
    let gone = data.path().join("gone");
    let output = token(&gone, &["list"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("--data"), "{}", complaint(&output));
    assert!(!gone.exists());
}

#[test]
fn help_teaches() {
    let help = String::from_utf8(command(&["token", "--help"]).output().unwrap().stdout).unwrap();
    for part in ["create", "link", "revoke", "Examples:", "Authorization: Bearer"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}
