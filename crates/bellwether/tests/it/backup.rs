//! Copies of everything that is kept: written while the server runs, taken back when it does not.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::asked::{bring, rows, send, upload};
use crate::program::{Program, complaint, run};
use tempfile::tempdir;

const VIEWER: [&str; 2] = ["--anonymous", "viewer"];

fn backup(data: &Path, file: &Path, more: &[&str]) -> Result<String, String> {
    command("backup", data, file, more)
}

fn restore(data: &Path, file: &Path, more: &[&str]) -> Result<String, String> {
    command("restore", data, file, more)
}

fn command(name: &str, data: &Path, file: &Path, more: &[&str]) -> Result<String, String> {
    let mut line = vec![name, file.to_str().unwrap(), "--data", data.to_str().unwrap()];
    line.extend(more);
    let output = run(&line);
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap());
    }
    assert_eq!(output.status.code(), Some(1), "{}", complaint(&output));
    Err(complaint(&output))
}

fn events(program: &Program) -> serde_json::Value {
    program.json("/api/events?topic=activity")["events"].clone()
}

#[test]
fn a_copy_of_a_running_server_is_what_was_shown() {
    let (data, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let (copy, other) = (elsewhere.path().join("copy.db"), elsewhere.path().join("data"));
    let program = Program::start(data.path(), &VIEWER);
    let path = "/api/series?names=system/metrics/store/series";
    program.wait_for("/api/events?topic=activity", |answer| !answer["events"][0].is_null());
    let before = program.wait_for(path, |answer| !answer["series"][0]["at_ms"][0].is_null());
    let said = backup(data.path(), &copy, &[]).unwrap();
    assert!(said.contains("copy.db written and checked"), "{said}");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let refused = backup(data.path(), &copy, &[]).unwrap_err();
    assert!(refused.contains("is there already") && refused.contains("--force"), "{refused}");
    backup(data.path(), &copy, &["--force"]).unwrap();
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing is left beside it");

    let happened = events(&program);
    assert!(restore(&other, &copy, &[]).unwrap().contains("restored"));
    let restored = Program::start(&other, &VIEWER);
    let after = restored.json(path);
    let (before, after) = (&before["series"][0]["at_ms"], &after["series"][0]["at_ms"]);
    assert!(after.as_array().unwrap().starts_with(before.as_array().unwrap()), "{before} {after}");
    let found = restored.wait_for("/api/events?topic=activity", |answer| {
        answer["events"][0]["data"]["kind"] == "server_started"
            && answer["events"].as_array().unwrap().len() > 1
    });
    let found = found["events"].as_array().unwrap();
    assert_eq!(found.last(), happened.as_array().unwrap().last());
    // What the first server showed after the copy has its positions; they are not given again.
    assert!(found[0]["epoch"].as_u64() > happened[0]["epoch"].as_u64(), "{found:?}");
    assert_eq!(program.get("/healthz", "").0, 200);
}

#[test]
fn a_running_server_tells_of_its_backup() {
    let (data, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let program = Program::start(data.path(), &VIEWER);
    let copy = elsewhere.path().join("copy.db");
    let said = backup(data.path(), &copy, &[]).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    let answer = program.wait_for("/api/events?topic=activity", |answer| {
        answer["events"][0]["data"]["kind"] == "backup_written"
    });
    let told = &answer["events"][0]["data"];
    let text = told["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("local wrote a backup to {}, ", copy.display())), "{text}");
    assert_eq!(told["user"], "local");

    // A server that does not hear of it takes nothing from the copy.
    fs::remove_file(data.path().join("control.sock")).unwrap();
    fs::write(data.path().join("control.sock"), "in the way").unwrap();
    let said = backup(data.path(), &copy, &["--force"]).unwrap();
    assert!(said.contains("written and checked"), "{said}");
}

#[test]
fn a_copy_never_goes_over_the_data_itself() {
    let (data, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let missing = backup(data.path(), &elsewhere.path().join("x.db"), &[]).unwrap_err();
    assert!(missing.contains("no database") && missing.contains("--data"), "{missing}");
    let program = Program::start(data.path(), &VIEWER);
    let link = elsewhere.path().join("link.db");
    std::os::unix::fs::symlink(data.path().join("bellwether.db"), &link).unwrap();
    for name in ["bellwether.db", "bellwether.db-wal", "bellwether.lock"] {
        let refused = backup(data.path(), &data.path().join(name), &["--force"]).unwrap_err();
        assert!(refused.contains("where the server keeps its data"), "{name}: {refused}");
    }
    assert!(backup(data.path(), &link, &["--force"]).unwrap_err().contains("keeps its data"));
    let nowhere = elsewhere.path().join("no/such/folder/x.db");
    assert!(backup(data.path(), &nowhere, &[]).unwrap_err().contains("no/such/folder"));
    backup(data.path(), &data.path().join("copy.db"), &[]).unwrap();
    assert_eq!(program.get("/healthz", "").0, 200);
}

#[test]
fn a_copy_is_taken_back_only_where_it_harms_nothing() {
    let (data, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let copy = elsewhere.path().join("copy.db");
    let program = Program::start(data.path(), &VIEWER);
    program.wait_for("/api/events?topic=activity", |answer| !answer["events"][0].is_null());
    backup(data.path(), &copy, &[]).unwrap();
    let running = restore(data.path(), &copy, &["--force"]).unwrap_err();
    assert!(running.contains(&program.id()) && running.contains("in use"), "{running}");
    drop(program); // SIGKILL: its log stays beside the database
    let there = restore(data.path(), &copy, &[]).unwrap_err();
    assert!(there.contains("already") && there.contains("--force"), "{there}");

    let sound = fs::read(&copy).unwrap();
    let before = fs::read(data.path().join("bellwether.db")).unwrap();
    let refuse = |bytes: &[u8], part: &str| {
        let wrong = elsewhere.path().join("wrong.db");
        fs::write(&wrong, bytes).unwrap();
        let refused = restore(data.path(), &wrong, &["--force"]).unwrap_err();
        assert!(refused.contains(part), "{part}: {refused}");
        assert!(refused.contains("wrong.db"), "{refused}");
        assert_eq!(fs::read(data.path().join("bellwether.db")).unwrap(), before);
    };
    refuse(b"no database at all, only words", "wrong.db");
    refuse(b"", "empty");
    refuse(&sound[..sound.len() / 2], "damaged");
    let mut newer = sound.clone();
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes()); // user_version in the file's header
    refuse(&newer, "schema version 9999");
    let mut foreign = sound.clone();
    foreign[68..72].copy_from_slice(&7_u32.to_be_bytes()); // application_id
    refuse(&foreign, "another program");
    assert!(
        restore(data.path(), &elsewhere.path().join("none.db"), &[])
            .unwrap_err()
            .contains("none.db")
    );

    let said = restore(data.path(), &copy, &["--force"]).unwrap();
    let aside = data.path().join("bellwether.db.old-1");
    assert!(said.contains(aside.to_str().unwrap()), "{said}");
    assert_eq!(fs::read(&copy).unwrap(), sound, "the copy stays as it is");
    let program = Program::start(data.path(), &VIEWER);
    program.wait_for("/api/events?topic=activity", |answer| {
        answer["events"].as_array().unwrap().len() > 1
    });
    drop(program);
    // What was put aside is a whole database, its log included.
    restore(&elsewhere.path().join("old"), &aside, &[]).unwrap();
}

#[test]
fn m13_a_copy_has_the_files_of_datasets_and_models_and_predicts_the_same() {
    let (data, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let (copy, other) = (elsewhere.path().join("copy.tar"), elsewhere.path().join("data"));
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    bring(&program, "churn");
    let content = rows(500);
    let dataset = upload(&program, &content);
    let ask = |program: &Program| {
        let path = "/api/models/churn/predict?durable=true&explain=true";
        let (status, told) = send(program, "POST", path, br#"{"x":3,"y":4}"#);
        assert_eq!(status, 200, "{told}");
        told
    };
    let before = ask(&program);
    let said = backup(data.path(), &copy, &[]).unwrap();
    assert!(said.contains("written and checked") && said.contains("with 2 files"), "{said}");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing is left beside it");
    // What happens afterwards is not in it.
    assert_eq!(send(&program, "DELETE", &format!("/api/datasets/{dataset}"), b"").0, 204);

    assert!(restore(&other, &copy, &[]).unwrap().contains("with 2 files"));
    let check = |data: &Path| {
        let restored = Program::start(data, &["--anonymous", "admin"]);
        let after = ask(&restored);
        for part in ["prediction", "probabilities", "explanation", "model_id"] {
            assert_eq!(after[part], before[part], "{part}");
        }
        let id = before["prediction_id"].as_str().unwrap();
        assert_eq!(restored.json(&format!("/api/predictions/{id}"))["model"], "churn-v1");
        let (status, reply) = restored.get(&format!("/api/datasets/{dataset}/export"), "");
        assert_eq!(status, 200, "{reply}");
        assert!(reply.ends_with(&content), "the very file");
    };
    check(&other);

    // Over a folder that has others: they stay beside the database that names them.
    let running = restore(data.path(), &copy, &["--force"]).unwrap_err();
    assert!(running.contains("in use"), "{running}");
    drop(program);
    let there = restore(data.path(), &copy, &[]).unwrap_err();
    assert!(there.contains("--force"), "{there}");
    let said = restore(data.path(), &copy, &["--force"]).unwrap();
    assert!(said.contains("bellwether.db.old-1"), "{said}");
    assert_eq!(fs::read_dir(data.path().join("models.old-1")).unwrap().count(), 1);
    check(data.path());

    // A copy that is cut is refused, and what is there stays.
    let whole = fs::read(&copy).unwrap();
    fs::write(&copy, &whole[..whole.len() - whole.len() / 3]).unwrap();
    let refused = restore(data.path(), &copy, &["--force"]).unwrap_err();
    assert!(refused.contains("copy.tar"), "{refused}");
    check(data.path());
}
