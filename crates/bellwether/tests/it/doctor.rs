//! `bellwether doctor` on this machine: text and JSON, exit codes, what it says of each part.

use std::{fs, net::TcpListener, path::Path, process::Command};

use crate::program::{Program, command, complaint};
use serde_json::Value;
use tempfile::tempdir;

fn doctor(data: &Path, more: &[&str]) -> Command {
    let mut command = command(&["doctor", "--data"]);
    command.arg(data).args(more);
    command
}

/// Exit code and findings.
fn findings(command: &mut Command) -> (Option<i32>, Vec<Value>) {
    let output = command.arg("--json").output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", complaint(&output)));
    let findings = report["findings"].as_array().unwrap().clone();
    let worst_is_problem = findings.iter().any(|it| it["result"] == "problem");
    assert_eq!(worst_is_problem, report["result"] == "problem");
    assert_eq!(output.status.code(), Some(i32::from(worst_is_problem)));
    (output.status.code(), findings)
}

fn finding<'a>(findings: &'a [Value], check: &str, subject: &str) -> &'a Value {
    let found = findings.iter().find(|it| it["check"] == check && it["subject"] == subject);
    found.unwrap_or_else(|| panic!("no {check}/{subject}: {findings:#?}"))
}

#[test]
fn it_looks_at_every_part_and_says_what_to_do() {
    let data = tempdir().unwrap();
    let (_, found) = findings(&mut doctor(data.path(), &["--listen", "127.0.0.1:0"]));
    for check in [
        "configuration",
        "collectors",
        "sensors",
        "gpu",
        "permissions",
        "address",
        "store",
        "tls",
        "clock",
        "limits",
    ] {
        assert!(found.iter().any(|it| it["check"] == check), "{check}");
    }
    for it in &found {
        assert!(!it["says"].as_str().unwrap().is_empty(), "{it}");
        let bad = it["result"] == "warning" || it["result"] == "problem";
        assert!(!bad || it["action"].is_string(), "it says what to do: {it}");
    }
    assert_eq!(finding(&found, "collectors", "cpu")["result"], "ok");
    assert_eq!(finding(&found, "address", "listen")["result"], "ok");
    assert_eq!(finding(&found, "store", "database")["result"], "not here");
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0, "nothing was made");
    let text = doctor(data.path(), &["--listen", "127.0.0.1:0"]).output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("  ok        cpu: reads /proc/stat"), "{text}");
    assert!(text.lines().last().unwrap().contains("in order"), "{text}");
}

#[test]
fn a_running_server_is_found_and_its_store_is_whole() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "viewer"]);
    program.wait_for("/api/topics?topics=system/health", |it| it["envelopes"][0].is_object());
    let (_, found) = findings(&mut doctor(data.path(), &["--listen", &program.address]));
    let listen = finding(&found, "address", "listen");
    assert_eq!(listen["result"], "ok");
    assert!(listen["says"].as_str().unwrap().contains(&program.id()), "{listen}");
    assert_eq!(finding(&found, "address", "server")["result"], "ok");
    assert_eq!(finding(&found, "store", "database")["result"], "ok");
    let user = finding(&found, "store", "in use");
    assert!(user["says"].as_str().unwrap().contains(&program.id()), "{user}");
    program.signal("TERM");
    assert_eq!(program.ended(), Some(0));
}

#[test]
fn problems_are_named_and_the_exit_code_says_so() {
    let data = tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let cuts = std::thread::spawn(move || drop(taken.accept()));
    fs::write(data.path().join("bellwether.db"), "no database at all, but some text").unwrap();
    let (code, found) = findings(&mut doctor(data.path(), &["--listen", &address]));
    assert_eq!(code, Some(1));
    let listen = finding(&found, "address", "listen");
    assert_eq!(listen["result"], "problem");
    assert!(listen["says"].as_str().unwrap().contains(&std::process::id().to_string()), "{listen}");
    let database = finding(&found, "store", "database");
    assert_eq!(database["result"], "problem");
    assert!(database["says"].as_str().unwrap().contains("damaged"), "{database}");
    cuts.join().unwrap();
    let file = data.path().join("none.pem");
    let file = file.to_str().unwrap();
    let (_, found) = findings(&mut doctor(
        Path::new("/proc/nobody"),
        &["--listen", "127.0.0.1:0", "--tls-cert", file, "--tls-key", file],
    ));
    let pair = finding(&found, "tls", "certificate");
    assert_eq!(pair["result"], "problem");
    assert!(pair["says"].as_str().unwrap().contains("none.pem"), "{pair}");
    let (_, found) = findings(&mut doctor(Path::new("/proc/nobody"), &["--listen", "192.0.2.1:1"]));
    assert_eq!(finding(&found, "store", "folder")["result"], "problem");
    let listen = finding(&found, "address", "listen");
    assert!(listen["action"].as_str().unwrap().contains("no interface"), "{listen}");
}

#[test]
fn a_wrong_configuration_file_is_a_finding() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, "lisen = 'x'\n").unwrap();
    let more = ["--listen", "127.0.0.1:0", "--config", file.to_str().unwrap()];
    let (code, found) = findings(&mut doctor(folder.path(), &more));
    assert_eq!(code, Some(1));
    let said = finding(&found, "configuration", "file");
    assert!(said["says"].as_str().unwrap().contains("did you mean 'listen'?"), "{said}");
}
