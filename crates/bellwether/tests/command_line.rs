//! The command line as people and scripts meet it: help, mistakes, exit codes, ends.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod program;

use std::{fs, net::TcpListener};

use program::{Program, complaint, run};
use tempfile::tempdir;

#[test]
fn help_teaches() {
    let help = run(&["serve", "--help"]);
    assert!(help.status.success());
    let text = String::from_utf8_lossy(&help.stdout);
    for part in ["--listen", "BELLWETHER_DATA", "--anonymous", "Examples:", "ssh -L"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let version = run(&["--version"]);
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("bellwether 0."));
}

#[test]
fn mistakes_are_answered_with_the_nearest_right_name() {
    let check = |arguments: &[&str], parts: &[&str]| {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let complaint = complaint(&output);
        for part in parts {
            assert!(complaint.contains(part), "{arguments:?}: {complaint}");
        }
    };
    check(&["serve", "--lisen", "x"], &["--lisen", "--listen"]);
    check(&["serv"], &["serv", "serve"]);
    check(&["serve", "--listen", "everywhere"], &["everywhere", "ADDR:PORT"]);
    check(&["serve", "--anonymous", "root"], &["root", "viewer"]);
}

#[test]
fn a_taken_port_that_was_asked_for_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempdir().unwrap();
    let output = run(&["serve", "--listen", &address, "--data", data.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = complaint(&output);
    assert!(complaint.contains(&address) && complaint.contains("in use"), "{complaint}");
    assert!(complaint.contains("port 0"), "it says what to do: {complaint}");
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("data");
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--data", below.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = complaint(&output);
    assert!(complaint.contains(below.to_str().unwrap()), "{complaint}");
    assert!(complaint.contains("--data"), "it says what to do: {complaint}");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let data = tempdir().unwrap();
    let first = Program::start(data.path(), &["--anonymous", "viewer"]);
    let output =
        run(&["serve", "--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = complaint(&output);
    assert!(complaint.contains(&first.id()), "it names the other's process: {complaint}");
    assert_eq!(first.get("/healthz", "").0, 200, "the first one is not disturbed");
}
