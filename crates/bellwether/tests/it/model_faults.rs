//! Faults around models, with the real program: killed while it predicts, damaged files, a full disk, and
//! values that no model can learn from.

use std::{
    fmt::Write as _,
    fs,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread,
};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::{
    asked::{bring, model_of, rows, send, try_send, upload},
    disk::{ignoring_limits, limit_files},
    program::{Program, serve},
};

const ADMIN: [&str; 2] = ["--anonymous", "admin"];
const ROW: &[u8] = br#"{"x":1,"y":2}"#;

/// Trains, and waits for the end.
fn train(program: &Program, wish: &Value) -> Value {
    let (status, told) = send(program, "POST", "/api/train", wish.to_string().as_bytes());
    assert_eq!(status, 202, "{told}");
    program.wait_for(&format!("/api/runs/{}", told["run"]), |run| {
        ["completed", "failed"].contains(&run["status"]["state"].as_str().unwrap())
    })
}

#[test]
fn m6_what_was_kept_durably_and_all_before_it_survives_a_kill() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &ADMIN);
    bring(&program, "churn");
    let durable = AtomicUsize::new(0);
    // Each asks one after the other: three that nobody waits for, then one that is to last.
    let ask = || {
        let mut acknowledged: Vec<(bool, String)> = Vec::new();
        for number in 0_usize.. {
            let lasts = number % 4 == 3;
            let how = if lasts { "?durable=true" } else { "" };
            let path = format!("/api/models/churn/predict{how}");
            let Ok((200, told)) = try_send(&program, "POST", &path, ROW) else { break };
            let Some(id) = told["prediction_id"].as_str() else { break };
            acknowledged.push((lasts, id.to_owned()));
            if lasts {
                durable.fetch_add(1, SeqCst);
            }
        }
        acknowledged
    };
    let clients: Vec<Vec<(bool, String)>> = thread::scope(|scope| {
        let clients: Vec<_> = (0..3).map(|_| scope.spawn(ask)).collect();
        while durable.load(SeqCst) < 60 {
            thread::yield_now();
        }
        program.signal("KILL");
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    drop(program);

    let program = Program::start(data.path(), &ADMIN);
    let is_kept = |id: &str| send(&program, "GET", &format!("/api/predictions/{id}"), b"").0 == 200;
    let mut lost = 0;
    for asked in &clients {
        let newest = asked.iter().rposition(|(lasts, _)| *lasts).unwrap();
        for (place, (lasts, id)) in asked.iter().enumerate() {
            let kept = is_kept(id);
            assert!(kept || place > newest, "number {place} (durable: {lasts}) of {}", asked.len());
            lost += usize::from(!kept);
        }
    }
    assert!(lost <= 9, "of each client at most the three after its last durable one: {lost}");
}

#[test]
fn a_damaged_model_answers_with_what_to_do_until_its_file_is_back() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &ADMIN);
    bring(&program, "churn");
    program.signal("TERM");
    program.ended();
    let folder = data.path().join("models");
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();

    let program = Program::start(data.path(), &ADMIN);
    let ask = || send(&program, "POST", "/api/models/churn/predict", ROW);
    for _ in 0..2 {
        let (status, problem) = ask();
        assert_eq!(status, 409, "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        for part in ["churn-v1", "is damaged", "from a backup", name] {
            assert!(detail.contains(part), "{part}: {detail}");
        }
    }
    let entry = program.json("/api/models/churn-v1");
    assert_eq!(entry["status"], "error", "{entry}");
    assert_eq!(program.json("/health")["models"]["in_error"], 1);

    // Put back, it predicts again: nobody has to start the server anew.
    fs::write(&file, &whole).unwrap();
    let (status, problem) = ask();
    assert_eq!(status, 409, "the file is not read again at each request: {problem}");
    let uptime = || program.json("/health")["uptime_seconds"].as_f64().unwrap();
    let later = uptime() + 6.0;
    program.wait_for("/health", |health| health["uptime_seconds"].as_f64().unwrap() > later);
    let (status, told) = ask();
    assert_eq!(status, 200, "{told}");
    assert_eq!(program.json("/api/models/churn-v1")["status"], "deployed");
}

#[test]
fn a_full_disk_takes_no_model_and_keeps_those_that_are_there() {
    let data = tempdir().unwrap();
    let program = Program::spawn(ignoring_limits(&serve(data.path(), &ADMIN)), false);
    bring(&program, "churn");
    limit_files(&program, "0");
    // Another one: a file that is there already is not written again.
    let other = model_of(&rows(300));
    let import = || send(&program, "POST", "/api/models/import?name=churn", &other);
    let (status, problem) = import();
    assert!([503, 507].contains(&status), "{status} {problem}");
    let ids = |program: &Program| -> Vec<String> {
        let all = program.json("/api/models");
        let all = all.as_array().unwrap().iter();
        all.map(|one| one["model_id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&program), ["churn-v1"]);
    assert_eq!(send(&program, "POST", "/api/models/churn/predict", ROW).0, 200);
    let left = fs::read_dir(data.path().join("models")).unwrap().count();
    assert_eq!(left, 1, "nothing half written is left");

    limit_files(&program, "unlimited");
    program.wait_for("/health", |health| health["parts"]["store"]["status"] == "healthy");
    let (status, entry) = import();
    assert_eq!((status, &entry["model_id"]), (201, &json!("churn-v2")), "{entry}");
}

#[test]
fn m3_a_hundred_thousand_classes_are_refused_with_what_to_do() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &ADMIN);
    let mut rows = String::from("x,group\n");
    for row in 0..100_000_u32 {
        writeln!(rows, "{},g{row}", row * 7 % 1_000).unwrap();
    }
    let dataset = upload(&program, &rows);
    let wish = json!({"dataset_id": dataset, "target_column": "group",
        "model_type": "classification", "preset": "fast"});
    let failed = train(&program, &wish);
    let failure = &failed["status"]["failure"];
    assert_eq!(failure["code"], "too_many_classes", "{failed}");
    assert!(failure["text"].as_str().unwrap().contains("100000 classes"), "{failure}");
    assert!(!failure["suggestions"].as_array().unwrap().is_empty(), "{failure}");
    assert_eq!(program.json("/api/models"), json!([]));
}

#[test]
fn m2_infinite_values_are_told_and_missing_and_predicted_only_where_they_are_numbers() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &ADMIN);
    let mut rows = String::from("x,y,kind\n");
    for row in 0..1_200 {
        let kind = if row * 7 % 20 > 9 { "high" } else { "low" };
        let x = match row {
            500 => "inf".to_owned(),
            700 => "1e999".to_owned(),
            900 => "-Infinity".to_owned(),
            // Few values would be categories, whatever they are.
            _ => format!("{}.{}", row * 7 % 20, row % 4),
        };
        writeln!(rows, "{x},{},{kind}", row * 3 % 11).unwrap();
    }
    let dataset = upload(&program, &rows);
    let profile = program.json(&format!("/api/datasets/{dataset}"))["profile"].clone();
    let column = &profile["columns"]["0"];
    assert_eq!((&column["kind"], &column["missing"]), (&json!("number"), &json!(3)), "{column}");
    let mixed = profile["issues"].as_array().unwrap().iter().find(|it| it["code"] == "mixed_types");
    let mixed = mixed.expect("the cells are told");
    assert_eq!((&mixed["line"], &mixed["cell"]), (&json!(502), &json!("inf")), "{mixed}");
    let wish = json!({"dataset_id": dataset, "target_column": "kind", "preset": "fast",
        "model_name": "kinds"});
    let run = train(&program, &wish);
    assert_eq!(run["status"]["state"], "completed", "{run}");

    let ask = |row: &str| send(&program, "POST", "/api/models/kinds/predict", row.as_bytes());
    let (status, problem) = ask(r#"{"x":1e999,"y":2}"#);
    assert_eq!(status, 422, "{problem}");
    for word in ["Infinity", "inf", "-1e999"] {
        let (status, problem) = ask(&format!(r#"{{"x":"{word}","y":2}}"#));
        assert_eq!(status, 422, "{word}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains('x'), "{word}: {problem}");
    }
    let (status, told) = ask(r#"{"x":1e300,"y":2}"#);
    assert_eq!(status, 200, "{told}");
    assert!(told["warnings"].to_string().contains("too large"), "{told}");
}

#[test]
fn m4_a_silent_comparison_goes_on_after_a_restart() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &ADMIN);
    bring(&program, "churn");
    let second = model_of(&rows(300));
    assert_eq!(send(&program, "POST", "/api/models/import?name=churn", &second).0, 201);
    let routing = br#"{"shadow":"churn-v2"}"#;
    assert_eq!(send(&program, "PUT", "/api/models/churn/routing", routing).0, 200);
    let ask = |program: &Program| {
        assert_eq!(send(program, "POST", "/api/models/churn/predict", ROW).0, 200);
    };
    let path = "/api/models/churn-v2/shadow";
    ask(&program);
    // There once it was compared, which nobody waits for.
    while send(&program, "GET", path, b"").0 != 200 {
        thread::yield_now();
    }
    (0..4).for_each(|_| ask(&program));
    let before = program.wait_for(path, |figures| figures["compared"] == 5.0);
    program.signal("TERM");
    program.ended();

    let program = Program::start(data.path(), &ADMIN);
    assert_eq!(program.json(path), before);
    ask(&program);
    program.wait_for(path, |figures| figures["compared"] == 6.0);
}
