//! Versions of models over real sockets: M4 and M9, and what goes wrong with them.

use std::{fmt::Write as _, io::Write as _, thread};

use crate::fixture::{Gateway, Reply};
use bellwether_models::{
    Next, Settings,
    dataset::{Limits, read},
    registry::NewVersion,
    train,
};
use bellwether_signal::RunId;
use serde_json::{Value, json};

const OPERATOR: &str = "Authorization: Bearer operator\r\n";
const ADMIN: &str = "Authorization: Bearer admin\r\n";

/// A model that tells high from low; the seed makes it a file of its own.
fn trained(seed: u64) -> bellwether_models::Model {
    let mut text = String::from("x,colour,kind\n");
    for row in 0..60 {
        let kind = if row * 7 % 20 > 9 { "high" } else { "low" };
        writeln!(text, "{},{},{kind}", row * 7 % 20, ["red", "blue"][row % 2]).unwrap();
    }
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let settings = Settings { seed, rounds: 10, folds: 2, ..Settings::default() };
    train(&table, &settings, &mut |_| Next::Go).unwrap()
}

/// A gateway with so many versions of `churn`.
fn with_versions(count: u64) -> Gateway {
    let gateway = Gateway::start();
    for seed in 0..count {
        let new = NewVersion {
            name: "churn".to_owned(),
            model: trained(seed),
            run: Some(RunId(seed + 1)),
            dataset: Some("d-1".to_owned()),
            user: Some("o".to_owned()),
            took_seconds: Some(1.5),
        };
        gateway.models.registry.register(new).unwrap();
    }
    gateway
}

fn deploy(gateway: &Gateway, id: &str) -> Reply {
    gateway.request("POST", &format!("/api/models/{id}/deploy"), OPERATOR, "")
}

fn status(gateway: &Gateway, id: &str) -> Value {
    gateway.get(&format!("/api/models/{id}"), "viewer").json()
}

#[test]
fn m9_models_have_the_fields_of_the_dashboard() {
    let gateway = with_versions(2);
    assert_eq!(deploy(&gateway, "churn-v2").status, 200);
    let all = gateway.get("/api/models", "viewer").json();
    let ids: Vec<&str> =
        all.as_array().unwrap().iter().map(|it| it["model_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["churn-v2", "churn-v1"], "what answers comes first");
    let model = &all[0];
    for field in [
        "model_id",
        "name",
        "version",
        "accuracy",
        "created_at",
        "status",
        "predictions_made",
        "avg_response_time",
        "predictions_per_minute",
        "prediction_rate",
        "is_active",
        "target_column",
        "training_duration",
        "hyperparameters",
        "validation_metrics",
        "feature_importance",
        "confusion_matrix",
        "model_size",
        "training_samples",
        "validation_samples",
        "test_samples",
        "file_path",
    ] {
        assert!(model.get(field).is_some(), "{field}: {model}");
    }
    assert_eq!(model["name"], "churn");
    assert_eq!(model["version"], "v2");
    assert_eq!(model["status"], "deployed");
    assert_eq!(model["is_active"], true);
    assert_eq!(model["target_column"], "kind");
    assert_eq!(model["hyperparameters"]["algorithm"], "gradient_boosting");
    assert_eq!(model["training_samples"], 60);
    assert_eq!(model["training_duration"], 1.5);
    assert!(model["accuracy"].as_f64().unwrap() > 0.9, "{model}");
    assert_eq!(model["accuracy"], model["validation_metrics"]["validation_accuracy"]);
    assert!(model["created_at"].as_str().unwrap().ends_with('Z'));
    assert!(model["model_size"].as_str().unwrap().ends_with("KB"), "{model}");
    let shares = model["feature_importance"].as_object().unwrap();
    assert!((shares.values().map(|it| it.as_f64().unwrap()).sum::<f64>() - 1.0).abs() < 1e-6);
    assert_eq!(shares.len(), 2);
    let rows = model["confusion_matrix"].as_object().unwrap();
    let counted: u64 = rows
        .values()
        .flat_map(|row| row.as_object().unwrap().values())
        .map(|it| it.as_u64().unwrap())
        .sum();
    assert_eq!(counted, 60);
    assert_eq!(all[1]["status"], "inactive");
    assert_eq!(all[1]["run"], 1);
    // By name: what is in production.
    assert_eq!(status(&gateway, "churn")["model_id"], "churn-v2");
    assert_eq!(status(&gateway, "churn-v1")["model_id"], "churn-v1");
    gateway.get("/api/models/nothing", "viewer").is_problem(404, "no model \"nothing\"");
    let server = gateway.get("/api/status", "viewer").json();
    assert_eq!((&server["total_models"], &server["active_models"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&server["total_predictions"], &server["active_training_jobs"]),
        (&json!(0), &json!(0))
    );
    let health = gateway.get("/health", "viewer").json();
    assert_eq!(health["models"]["loaded"], 2);
    assert_eq!(health["models"]["active_training"], 0);
    let metrics = gateway.get("/metrics", "viewer").body;
    assert!(metrics.contains("bellwether_models 2\n"), "{metrics}");
    assert!(metrics.contains("bellwether_models_loaded_bytes "), "{metrics}");
}

#[test]
fn m4_a_version_is_deployed_rolled_back_and_remembered() {
    let gateway = with_versions(2);
    let mut socket = gateway.socket("viewer");
    socket.say(r#"{"op":"subscribe","id":1,"topics":["model/*/status"],"interval_ms":0}"#);
    let reply = deploy(&gateway, "churn-v1").json();
    assert_eq!((&reply["model_id"], &reply["before"]), (&json!("churn-v1"), &json!(null)));
    assert!(reply["message"].as_str().unwrap().contains("churn-v1"));
    assert_eq!(deploy(&gateway, "churn-v2").json()["before"], "churn-v1");
    assert_eq!(status(&gateway, "churn-v1")["status"], "inactive");
    let back = gateway.request("POST", "/api/models/churn/rollback", OPERATOR, "");
    assert_eq!((back.status, &back.json()["model_id"]), (200, &json!("churn-v1")));
    let none = gateway.request("POST", "/api/models/churn/rollback", OPERATOR, "");
    none.is_problem(409, "No version of churn was in production before");
    let history = gateway.get("/api/models/churn/history", "viewer").json();
    let told: Vec<(&str, &str)> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["kind"].as_str().unwrap(), it["model"].as_str().unwrap()))
        .collect();
    let expected = [
        ("rolled_back", "churn-v1"),
        ("deployed", "churn-v2"),
        ("deployed", "churn-v1"),
        ("registered", "churn-v2"),
        ("registered", "churn-v1"),
    ];
    assert_eq!(told, expected);
    assert_eq!(history["changes"][0]["user"], "o");
    assert!(history["changes"][0]["at_ms"].as_i64().unwrap() > 0);
    // The last that the socket hears of v1 is that it is in production.
    loop {
        let message = socket.message();
        if message["topic"] == "model/churn-v1/status" {
            let state =
                if message["full"].is_null() { &message["patch"] } else { &message["full"] };
            if state["aliases"] == json!(["production"]) && state["state"] == "active" {
                break;
            }
        }
    }
    let happened = gateway.ended();
    let kinds: Vec<&str> = happened.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "model_deployed").count(), 3, "{kinds:?}");
    assert!(happened.iter().any(|it| it["subject"] == "model/churn-v2" && it["user"] == "o"));
}

#[test]
fn of_two_deploys_at_once_the_last_wins_and_both_are_told() {
    let gateway = with_versions(4);
    thread::scope(|scope| {
        for id in 1..=4 {
            let gateway = &gateway;
            scope.spawn(move || {
                for _ in 0..5 {
                    assert_eq!(deploy(gateway, &format!("churn-v{id}")).status, 200);
                    let all = gateway.get("/api/models", "viewer").json();
                    let in_production =
                        all.as_array().unwrap().iter().filter(|it| it["status"] == "deployed");
                    assert_eq!(in_production.count(), 1, "{all}");
                }
            });
        }
    });
    let history = gateway.get("/api/models/churn/history", "viewer").json();
    let changes = history["changes"].as_array().unwrap();
    assert_eq!(changes.iter().filter(|it| it["kind"] == "deployed").count(), 20);
    assert_eq!(status(&gateway, "churn")["model_id"], changes[0]["model"], "the last wins");
}

#[test]
fn aliases_and_routing_are_checked() {
    let gateway = with_versions(3);
    let put = |path: &str, body: &str| {
        gateway.request("PUT", &format!("/api/models/{path}"), OPERATOR, body)
    };
    let nobody = put("churn/routing", r#"{"shadow":"churn-v1"}"#);
    nobody.is_problem(409, "Nothing of churn is in production");
    assert_eq!(put("churn/aliases/candidate", r#"{"model_id":"churn-v2"}"#).status, 204);
    assert_eq!(status(&gateway, "churn@candidate")["model_id"], "churn-v2");
    assert_eq!(put("churn/aliases/candidate", r#"{"model_id":"churn-v3"}"#).status, 204);
    assert_eq!(status(&gateway, "churn-v2")["aliases"], json!([]));
    assert_eq!(put("churn/aliases/production", r#"{"model_id":"churn-v1"}"#).status, 204);
    put("churn/aliases/candidate", r#"{"model_id":"churn-v9"}"#).is_problem(404, "churn-v9");
    put("churn/aliases/candidate", r#"{"model_id":"other-v1"}"#)
        .is_problem(422, "no version of churn");
    put("churn/aliases/candidate", "{}").is_problem(422, "model_id");
    put("churn/aliases/Wrong", r#"{"model_id":"churn-v2"}"#).is_problem(422, "slug");
    put("nothing/aliases/candidate", r#"{"model_id":"churn-v2"}"#).is_problem(404, "nothing");

    let reply = put(
        "churn/routing",
        r#"{"shadow":"churn-v3","split":{"model_id":"churn-v2","share":0.1}}"#,
    );
    assert_eq!(
        reply.json(),
        json!({"production": "churn-v1", "shadow": "churn-v3", "split": {"model_id": "churn-v2", "share": 0.1}})
    );
    assert_eq!(status(&gateway, "churn-v2")["status"], "active");
    put("churn/routing", r#"{"shadow":"churn-v1"}"#).is_problem(409, "is in production");
    put("churn/routing", r#"{"split":{"model_id":"churn-v2","share":1}}"#)
        .is_problem(422, "share:");
    put("churn/routing", r#"{"split":{"share":1}}"#).is_problem(422, "split: missing field");
    put("churn/routing", r#"{"spilt":null}"#).is_problem(422, "no such field");
    // What is deployed is no longer tried out.
    assert_eq!(deploy(&gateway, "churn-v2").status, 200);
    assert_eq!(status(&gateway, "churn")["routing"]["split"], json!(null));
    assert_eq!(put("churn/routing", r#"{"shadow":null}"#).json()["shadow"], json!(null));
    let gone = gateway.request("DELETE", "/api/models/churn/aliases/candidate", OPERATOR, "");
    assert_eq!(gone.status, 204);
    let gone = gateway.request("DELETE", "/api/models/churn/aliases/candidate", OPERATOR, "");
    gone.is_problem(404, "churn@candidate");
}

#[test]
fn m11_thresholds_are_per_model() {
    let gateway = with_versions(2);
    let patch = |body: &str| gateway.request("PATCH", "/api/models/churn/settings", OPERATOR, body);
    let usual = json!({"accuracy_warning": 0.85, "accuracy_critical": 0.8, "response_warning_ms": 100.0, "response_critical_ms": 200.0});
    assert_eq!(status(&gateway, "churn-v1")["settings"], usual);
    let changed = patch(r#"{"accuracy_warning":0.9}"#).json();
    assert_eq!(
        (&changed["accuracy_warning"], &changed["accuracy_critical"]),
        (&json!(0.9), &json!(0.8))
    );
    assert_eq!(patch(r#"{"accuracy_warning":null}"#).json(), usual);
    patch(r#"{"accuracy_warning":0.7}"#).is_problem(422, "accuracy_critical:");
    patch(r#"{"accuracy_warning":"high"}"#).is_problem(422, "accuracy_warning:");
    patch(r#"{"acuracy":1}"#).is_problem(422, "no such field");
    patch("[]").is_problem(422, "body");
    assert_eq!(patch(r#"{"keep_versions":1}"#).status, 200);
    assert_eq!(gateway.models.registry.list().len(), 1, "the older one was not used");
}

#[test]
fn m4_a_version_is_deleted_with_its_file() {
    let gateway = with_versions(2);
    let delete = |id: &str, who| gateway.request("DELETE", &format!("/api/models/{id}"), who, "");
    deploy(&gateway, "churn-v2");
    delete("churn-v1", OPERATOR).is_problem(403, "admin");
    delete("churn-v2", ADMIN).is_problem(409, "is in production");
    delete("churn-v7", ADMIN).is_problem(404, "churn-v7");
    delete("churn", ADMIN).is_problem(404, "no version \"churn\"");
    let message = delete("churn-v1", ADMIN).json();
    assert_eq!(message["message"], "churn-v1 is deleted");
    gateway.get("/api/models/churn-v1", "viewer").is_problem(404, "churn-v1");
    // The last one goes, in production or not, and its number is never given again.
    assert_eq!(delete("churn-v2", ADMIN).status, 200);
    assert_eq!(gateway.get("/api/models", "viewer").json(), json!([]));
    let new = NewVersion {
        name: "churn".to_owned(),
        model: trained(7),
        run: None,
        dataset: None,
        user: None,
        took_seconds: None,
    };
    assert_eq!(gateway.models.registry.register(new).unwrap().id().as_str(), "churn-v3");
}

#[test]
fn m4_a_version_travels_as_one_file() {
    let (from, to) = (with_versions(1), Gateway::start());
    let file = raw(&from, "GET", "/api/models/churn-v1/export", &[]);
    assert!(file.0.contains("filename=\"churn-v1.bellwether\""), "{}", file.0);
    let (head, body) = raw(&to, "POST", "/api/models/import?name=moved", &file.1);
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    let imported: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&imported["model_id"], &imported["status"]),
        (&json!("moved-v1"), &json!("inactive"))
    );
    assert_eq!(imported["scores"], status(&from, "churn-v1")["scores"]);
    let again = raw(&to, "GET", "/api/models/moved-v1/export", &[]);
    assert!(again.1 == file.1, "the file is the same");
    // Both are there, with one file between them; it stays while one of them does.
    raw(&to, "POST", "/api/models/import?name=moved", &file.1);
    assert_eq!(to.request("DELETE", "/api/models/moved-v1", ADMIN, "").status, 200);
    assert_eq!(deploy(&to, "moved-v2").status, 200);

    let refused = |bytes: &[u8], path: &str| {
        let (head, body) = raw(&to, "POST", path, bytes);
        (head.split(' ').nth(1).unwrap().parse::<u16>().unwrap(), String::from_utf8(body).unwrap())
    };
    let check = |bytes: &[u8], path: &str, status: u16, part: &str| {
        let (found, text) = refused(bytes, path);
        assert!(found == status && text.contains(part), "{found} {text}");
    };
    let import = "/api/models/import?name=moved";
    check(b"PK\x03\x04", import, 400, "not a model");
    check(&file.1[..file.1.len() / 2], import, 400, "damaged");
    let mut flipped = file.1.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    check(&flipped, import, 400, "damaged");
    let mut newer = file.1.clone();
    newer[8..12].copy_from_slice(&99_u32.to_le_bytes());
    check(&newer, import, 400, "format 99");
    check(b"", import, 400, "not a model");
    check(&file.1, "/api/models/import", 422, "name: is missing");
    check(&file.1, "/api/models/import?name=No%20Slug", 422, "slug");
    assert_eq!(to.models.registry.list().len(), 1);
}

#[test]
fn what_predicts_something_else_is_not_imported_under_that_name() {
    let gateway = with_versions(1);
    let text = "a,b,price\n1,2,3.5\n2,3,5.5\n3,4,7.25\n4,5,9.5\n5,6,11.5\n6,7,13.25\n";
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let model = train(&table, &Settings::default(), &mut |_| Next::Go).unwrap();
    let (head, body) =
        raw(&gateway, "POST", "/api/models/import?name=churn", &model.encode().unwrap());
    let body = String::from_utf8(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 409") && body.contains("price"), "{head} {body}");
}

#[test]
fn a_damaged_file_is_told_and_can_be_put_back() {
    let gateway = with_versions(2);
    deploy(&gateway, "churn-v1");
    let file =
        gateway.folder().join("models").join(format!("{}.model", sha256(&gateway, "churn-v2")));
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..100]).unwrap();
    let (head, body) = raw(&gateway, "GET", "/api/models/churn-v2/export", &[]);
    let body = String::from_utf8(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 409"), "{head} {body}");
    assert!(body.contains("is damaged") && body.contains("from a backup"), "{body}");
    assert_eq!(status(&gateway, "churn-v2")["status"], "error");
    assert!(status(&gateway, "churn-v2")["error"].as_str().unwrap().contains("is damaged"));
    deploy(&gateway, "churn-v2").is_problem(409, "is damaged");
    assert_eq!(status(&gateway, "churn")["model_id"], "churn-v1", "what works stays");
    assert_eq!(gateway.get("/health", "viewer").json()["models"]["in_error"], 1);
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(deploy(&gateway, "churn-v2").status, 200);
    let well = status(&gateway, "churn");
    assert_eq!((&well["status"], &well["error"]), (&json!("deployed"), &json!(null)));
    let (_, changes) = gateway.models.registry.history("churn").unwrap();
    let kinds: Vec<Value> = changes.iter().map(|it| json!(it.kind)).collect();
    assert_eq!(kinds[..3], ["deployed", "recovered", "failed"]);
}

fn sha256(gateway: &Gateway, id: &str) -> String {
    gateway.models.registry.find(id).unwrap().record.sha256.clone()
}

/// A request with bytes, answered with bytes.
fn raw(gateway: &Gateway, method: &str, path: &str, body: &[u8]) -> (String, Vec<u8>) {
    use std::io::Read as _;
    let mut stream = gateway.connect();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {}\r\n{OPERATOR}Content-Length: {}\r\nConnection: close\r\n\r\n",
        gateway.address,
        body.len()
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    (String::from_utf8(bytes[..end].to_vec()).unwrap(), bytes[end + 4..].to_vec())
}
