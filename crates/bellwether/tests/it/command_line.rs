//! The command line as people and scripts meet it: help, mistakes, exit codes, ends.

use std::{fs, net::TcpListener};

use crate::program::{Program, complaint, run};
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

/// The words of the help's list of commands.
fn commands() -> Vec<String> {
    let help = run(&["--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    let (_, list) = text.split_once("Commands:\n").unwrap();
    let rows = list.lines().take_while(|line| line.starts_with("  "));
    let names = rows.filter_map(|row| row.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

#[test]
fn the_help_of_every_command_has_examples() {
    let commands = commands();
    assert!(commands.len() >= 5, "{commands:?}");
    for name in commands {
        let help = run(&[&name, "--help"]);
        let text = String::from_utf8(help.stdout).unwrap();
        let taught = text.contains("Examples:") || text.contains("Commands:");
        assert!(taught, "bellwether {name} --help: add `after_help` with examples in cli.rs");
    }
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    assert!(help.contains("Exit codes:"), "{help}");
}

#[test]
fn shells_complete_commands_and_flags() {
    let folder = tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        assert!(script.status.success());
        let text = String::from_utf8(script.stdout).unwrap();
        for word in ["serve", "doctor", "allow-origin"] {
            assert!(text.contains(word), "{shell}: {word}");
        }
        let file = folder.path().join(shell);
        fs::write(&file, text).unwrap();
        let read = std::process::Command::new(shell).arg("-n").arg(&file).output();
        assert!(read.is_err() || read.unwrap().status.success(), "{shell} reads it, where it is");
    }
    assert_eq!(run(&["completions", "abacus"]).status.code(), Some(2));
}

#[test]
fn bash_completes_what_was_begun() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("completions");
    fs::write(&file, run(&["completions", "bash"]).stdout).unwrap();
    let ask = r#". "$0"; COMP_WORDS=(bellwether serve --lis); COMP_CWORD=2
        _bellwether bellwether --lis serve; echo "${COMPREPLY[@]}""#;
    let Ok(said) = std::process::Command::new("bash").args(["-c", ask]).arg(&file).output() else {
        return; // there is no bash here
    };
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "--listen", "{}", complaint(&said));
}

#[test]
fn there_is_a_page_of_the_manual_for_every_command() {
    let folder = tempdir().unwrap();
    let made = run(&["man", folder.path().join("man1").to_str().unwrap()]);
    assert!(made.status.success(), "{}", complaint(&made));
    for name in commands() {
        let page = folder.path().join(format!("man1/bellwether-{name}.1"));
        assert!(fs::read_to_string(&page).unwrap().contains(".TH"), "{name}");
    }
    let page = String::from_utf8(run(&["man"]).stdout).unwrap();
    assert!(page.contains("bellwether") && page.contains("Exit codes"), "{page}");
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
