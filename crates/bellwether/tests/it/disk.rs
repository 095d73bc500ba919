//! Disks and databases that do not do their part: what is live goes on, what is wrong is said with what
//! to do about it, and nothing is made worse.

use std::{fs, path::Path, process::Command};

use crate::asked::{bring, rows, send, upload};
use crate::program::{Program, serve};
use serde_json::Value;
use tempfile::tempdir;

const VIEWER: [&str; 2] = ["--anonymous", "viewer"];

fn store_health(program: &Program, holds: impl Fn(&Value) -> bool) -> Value {
    let health = program.wait_for("/health", |health| holds(&health["parts"]["store"]));
    health["parts"]["store"].clone()
}

/// Live values pass, activity is shown, and history is there for what was measured since.
fn works_live(program: &Program) {
    let live = "/api/topics?topics=system/health";
    program.wait_for(live, |topics| topics["envelopes"][0]["full"]["parts"].is_object());
    program.wait_for("/api/topics?topics=activity", |topics| !topics["envelopes"][0].is_null());
    let series = "/api/series?names=system/metrics/store/series";
    program.wait_for(series, |answer| !answer["series"][0]["at_ms"][0].is_null());
}

/// Starts on a folder whose database cannot be used, and looks that all but that works.
fn check_in_memory(data: &Path, parts: &[&str]) {
    let program = Program::start(data, &[]);
    assert_eq!(program.get("/api/session", "").0, 401);
    let link = program.link.clone().unwrap();
    let (status, reply) = program.get(link.split_once(&program.address).unwrap().1, "");
    assert_eq!(status, 303, "the link signs in: {reply}");
    drop(program);
    let mut program = Program::start(data, &VIEWER);
    works_live(&program);
    let health = store_health(&program, |store| store["status"] == "degraded");
    let detail = health["detail"].as_str().unwrap();
    for part in parts.iter().chain(&["nothing is kept on disk", data.to_str().unwrap()]) {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    program.signal("TERM");
    let messages = program.messages();
    assert!(parts.iter().all(|part| messages.contains(part)), "{messages}");
}

#[test]
fn a_database_that_cannot_be_used_is_left_alone_and_memory_takes_its_place() {
    let data = tempdir().unwrap();
    drop(Program::start(data.path(), &VIEWER));
    let path = data.path().join("bellwether.db");
    // The first start of all made the file; a stop in good order leaves it whole.
    let program = Program::start(data.path(), &VIEWER);
    program.signal("TERM");
    assert_eq!(program.ended(), Some(0));
    let sound = fs::read(&path).unwrap();
    let check = |bytes: Vec<u8>, parts: &[&str]| {
        fs::write(&path, &bytes).unwrap();
        check_in_memory(data.path(), parts);
        assert_eq!(fs::read(&path).unwrap(), bytes, "{parts:?}");
        let names = fs::read_dir(data.path()).unwrap().map(|file| file.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(names, ["bellwether.db", "bellwether.lock"], "{parts:?}");
    };
    check(vec![b'x'; 8_192], &["damaged", "move it away"]);
    check(sound[..sound.len() / 2].to_vec(), &["damaged", "restore a copy"]);
    let mut newer = sound.clone();
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes()); // user_version in the file's header
    check(newer, &["schema version 9999", "newer program"]);
    let mut foreign = sound.clone();
    foreign[68..72].copy_from_slice(&7_u32.to_be_bytes()); // application_id
    check(foreign, &["another program", "--data"]);

    fs::write(&path, sound).unwrap();
    let program = Program::start(data.path(), &VIEWER);
    store_health(&program, |store| store["status"] == "healthy");
}

#[test]
fn a_folder_that_cannot_be_written_is_not_and_memory_takes_its_place() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o555)).unwrap();
    // Root may write anywhere, except where the kernel makes the files.
    let root = fs::write(closed.join("probe"), "").is_ok();
    let closed = if root { Path::new("/sys").to_owned() } else { closed };
    check_in_memory(&closed, &["cannot write", "--data"]);
}

/// Lets no file of the program grow beyond this, or lets them all. Stands in for a full disk where
/// nobody may mount a small one.
pub(crate) fn limit_files(program: &Program, bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let set = Command::new("prlimit").args(["--pid", &program.id(), &limit]).status().unwrap();
    assert!(set.success());
}

/// A process is killed by what it writes beyond the limit, unless that signal is ignored.
pub(crate) fn ignoring_limits(command: &Command) -> Command {
    let mut ignoring = Command::new("sh");
    ignoring.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    ignoring.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => ignoring.env(name, value),
            None => ignoring.env_remove(name),
        };
    }
    ignoring
}

#[test]
fn a_disk_that_takes_nothing_for_a_while_costs_nothing() {
    let data = tempdir().unwrap();
    let program = Program::spawn(ignoring_limits(&serve(data.path(), &VIEWER)), false);
    works_live(&program);
    let kinds = |answer: &Value| -> Vec<(String, u64)> {
        let events = answer["envelopes"].as_array().unwrap();
        let event = |event: &Value| {
            Some((event["data"]["kind"].as_str()?.to_owned(), event["epoch"].as_u64()?))
        };
        events.iter().filter_map(event).collect()
    };
    let before = kinds(&program.json("/api/topics?topics=activity"));
    assert_eq!(before.len(), 1);

    limit_files(&program, "0");
    let health = store_health(&program, |store| store["status"] == "degraded");
    let detail = health["detail"].as_str().unwrap();
    assert!(detail.contains("not being written") && detail.contains("check the disk"), "{detail}");
    // What is live goes on: a change of health is told meanwhile, at a position of its own.
    let told = program.wait_for("/api/topics?topics=activity", |answer| kinds(answer).len() >= 2);
    let told = kinds(&told);
    assert_eq!(told[1].0, "health_changed");
    assert!(told[1].1 > before[0].1, "under a new epoch: {told:?}");

    limit_files(&program, "unlimited");
    store_health(&program, |store| store["status"] == "healthy");
    program.wait_for("/api/events?topic=activity", |answer| {
        answer["events"].as_array().unwrap().iter().any(|event| event["epoch"] == told[1].1)
    });
    // Nothing that was measured meanwhile is missing.
    let series = program.json("/api/series?names=system/metrics/store/series");
    let at: Vec<i64> = series["series"][0]["at_ms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| at.as_i64().unwrap())
        .collect();
    assert!(at.len() >= 3, "{at:?}");
    assert!(at.windows(2).all(|pair| pair[1] - pair[0] < 8_000), "{at:?}");
}

#[test]
fn files_of_models_go_to_a_temporary_folder_where_memory_takes_the_place_of_the_database() {
    let (data, temporary) = (tempdir().unwrap(), tempdir().unwrap());
    let path = data.path().join("bellwether.db");
    fs::write(&path, vec![b'x'; 8_192]).unwrap();
    let kept = format!("models/{}.model", "0".repeat(64));
    fs::create_dir(data.path().join("models")).unwrap();
    fs::write(data.path().join(&kept), "of a database that may be mended").unwrap();
    let mut command = serve(data.path(), &["--anonymous", "admin"]);
    command.env("TMPDIR", temporary.path());
    let program = Program::spawn(command, false);
    bring(&program, "churn");
    let dataset = upload(&program, &rows(50));
    let (status, told) = send(&program, "POST", "/api/models/churn/predict", br#"{"x":1,"y":2}"#);
    assert_eq!(status, 200, "{told}");
    assert_eq!(program.get(&format!("/api/datasets/{dataset}/export"), "").0, 200);
    let files = |folder: &Path| {
        let found = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let mut found: Vec<String> = found.map(|name| name.into_string().unwrap()).collect();
        found.sort();
        found
    };
    let there = files(temporary.path());
    assert!(there.len() == 1 && there[0].starts_with("bellwether-"), "{there:?}");
    let own = temporary.path().join(&there[0]);
    assert_eq!(files(&own.join("models")).len(), 1);
    program.signal("TERM");
    assert_eq!(program.ended(), Some(0));
    assert!(files(temporary.path()).is_empty(), "they end with the program");
    assert_eq!(files(data.path()), ["bellwether.db", "bellwether.lock", "models"]);
    let left = fs::read_to_string(data.path().join(&kept)).unwrap();
    assert_eq!(left, "of a database that may be mended");
}
