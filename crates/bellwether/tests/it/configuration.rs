//! Settings from flags, the environment, a file and defaults, as `bellwether config` shows them.

use std::{fs, path::Path, process::Command};

use crate::program::{Program, command, complaint, run};
use serde_json::{Value, json};
use tempfile::tempdir;

/// Value, origin and place of a setting.
fn setting(command: &mut Command, name: &str) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", complaint(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = answer["settings"].as_array().unwrap();
    let found = settings.iter().find(|setting| setting["name"] == name).unwrap();
    json!([found["value"], found["from"], found["at"]])
}

fn config(file: &Path, more: &[&str]) -> Command {
    let mut command = command(&["config", "--json", "--config"]);
    command.arg(file).args(more);
    command
}

#[test]
fn flag_before_environment_before_file_before_default() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let check = |command: &mut Command, name: &str, expected: Value| {
        assert_eq!(setting(command, name), expected);
    };
    fs::write(&file, "").unwrap();
    check(&mut config(&file, &[]), "log", json!(["text", "default", null]));
    fs::write(&file, "# ours\nlog = 'json'\nallow-host = ['a', 'b']\nopen = true\n").unwrap();
    check(&mut config(&file, &[]), "log", json!(["json", "file", 2]));
    check(&mut config(&file, &[]), "allow-host", json!([["a", "b"], "file", 3]));
    check(&mut config(&file, &[]), "open", json!([true, "file", 4]));
    let variable = "BELLWETHER_LOG";
    let from_environment = json!(["text", "environment", variable]);
    check(config(&file, &[]).env(variable, "text"), "log", from_environment);
    let from_flag = json!(["json", "flag", "--log"]);
    check(config(&file, &["--log", "json"]).env(variable, "text"), "log", from_flag);
    let switched = config(&file, &[]).env("BELLWETHER_OPEN", "0").output().unwrap();
    let switched: Value = serde_json::from_slice(&switched.stdout).unwrap();
    assert!(switched["settings"].to_string().contains("BELLWETHER_OPEN"), "{switched}");
}

#[test]
fn the_file_is_found_where_xdg_says_and_by_the_environment() {
    let home = tempdir().unwrap();
    let folder = home.path().join("bellwether");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.toml"), "name = 'from-home'\n").unwrap();
    let other = home.path().join("other.toml");
    fs::write(&other, "name = 'from-other'\n").unwrap();
    let mut usual = command(&["config", "--json"]);
    usual.env("XDG_CONFIG_HOME", home.path());
    assert_eq!(setting(&mut usual, "name"), json!(["from-home", "file", 1]));
    usual.env("BELLWETHER_CONFIG", &other);
    assert_eq!(setting(&mut usual, "name"), json!(["from-other", "file", 1]));
    let output = command(&["config"]).env("XDG_CONFIG_HOME", home.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("bellwether/config.toml"), "{text}");
    let line = text.lines().find(|line| line.starts_with("name ")).unwrap();
    assert!(line.contains("from-home") && line.ends_with("file, line 1"), "{line}");
}

#[test]
fn a_wrong_file_is_refused_with_its_line_and_help_still_works() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let path = file.to_str().unwrap();
    let missing = run(&["serve", "--config", path]);
    assert_eq!(missing.status.code(), Some(2));
    let said = complaint(&missing);
    assert!(said.contains(path) && said.contains("config --example"), "{said}");
    fs::write(&file, "\nlisen = '127.0.0.1:0'\nlog = true\n").unwrap();
    for subcommand in ["serve", "config"] {
        let wrong = run(&[subcommand, "--config", path]);
        assert_eq!(wrong.status.code(), Some(2), "{subcommand}");
        let said = complaint(&wrong);
        assert!(said.contains("line 2: there is no setting 'lisen'; did you mean 'listen'?"));
        assert!(said.contains("line 3: 'log' has a boolean here"), "{said}");
    }
    assert!(run(&["serve", "--config", path, "--help"]).status.success());
    assert!(run(&["config", "--config", path, "--example"]).status.success());
}

#[test]
fn the_example_is_a_valid_file() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, run(&["config", "--example"]).stdout).unwrap();
    assert_eq!(setting(&mut config(&file, &[]), "listen"), json!([null, "default", null]));
}

#[test]
fn the_server_takes_its_settings_from_the_file() {
    let data = tempdir().unwrap();
    let file = data.path().join("config.toml");
    fs::write(&file, "anonymous = 'admin'\nname = 'Press 3'\n").unwrap();
    let program =
        Program::start_announced(data.path(), &["--config", file.to_str().unwrap()], false);
    assert_eq!(program.json("/api/session")["host"], "press-3");
    assert_eq!(program.json("/api/session")["role"], "admin");
}
