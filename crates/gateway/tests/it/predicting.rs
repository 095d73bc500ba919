//! Predictions over real sockets: M5 and M6.

use std::fmt::Write as _;

use crate::fixture::{Gateway, Reply};
use bellwether_models::{
    Model, Settings,
    dataset::{Limits, read},
    registry::NewVersion,
    train,
};
use serde_json::{Value, json};

fn trained() -> Model {
    let mut text = String::from("x,y,colour,kind\n");
    for row in 0..300 {
        let (a, b) = (f64::from(row * 37 % 101) / 101.0, f64::from(row * 53 % 97) / 97.0);
        let colour = ["red", "green", "blue"][usize::try_from(row).unwrap() % 3];
        let kind = if a + b > 1.0 { "high" } else { "low" };
        writeln!(text, "{a:.3},{b:.3},{colour},{kind}").unwrap();
    }
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let settings = Settings { rounds: 15, ..Settings::default() };
    train(&table, &settings, &mut |_| bellwether_models::Next::Go).unwrap()
}

/// A gateway with one version, `kinds-v1`.
fn gateway() -> Gateway {
    let gateway = Gateway::start();
    let (name, model) = ("kinds".to_owned(), trained());
    let new = NewVersion { name, model, run: None, dataset: None, user: None, took_seconds: None };
    gateway.models.registry.register(new).unwrap();
    gateway
}

fn ask(gateway: &Gateway, path: &str, kind: &str, body: &str) -> Reply {
    let headers = format!("Authorization: Bearer publisher\r\nContent-Type: {kind}\r\n");
    gateway.request("POST", path, &headers, body)
}

fn predict(gateway: &Gateway, body: &Value) -> Reply {
    ask(gateway, "/api/models/kinds-v1/predict", "application/json", &body.to_string())
}

#[test]
fn m5_one_row_is_predicted() {
    let gateway = gateway();
    for body in [
        json!({"x": 0.9, "y": 0.9, "colour": "red"}),
        json!({"features": {"x": 0.9, "y": 0.9, "colour": "red"}}),
    ] {
        let reply = predict(&gateway, &body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let answer = reply.json();
        assert_eq!(
            (
                &answer["prediction"],
                &answer["model_id"],
                &answer["model_name"],
                &answer["model_version"]
            ),
            (&json!("high"), &json!("kinds-v1"), &json!("kinds"), &json!(1)),
        );
        let shares = answer["probabilities"].as_object().unwrap();
        let sum: f64 = shares.values().map(|share| share.as_f64().unwrap()).sum();
        assert!(shares.len() == 2 && (sum - 1.0).abs() < 1e-9, "{answer}");
        assert!(answer["confidence"].as_f64().unwrap() > 0.5, "{answer}");
        assert_eq!(answer["prediction_id"].as_str().unwrap().len(), 36);
        assert!(answer["timestamp"].as_str().unwrap().starts_with("20"), "{answer}");
        assert!(answer["response_ms"].as_f64().unwrap() > 0.0, "{answer}");
        assert_eq!(answer["warnings"], json!([]));
    }
}

#[test]
fn m5_many_rows_come_in_every_form() {
    let gateway = gateway();
    let check = |kind: &str, body: &str| {
        let reply = ask(&gateway, "/api/models/kinds-v1/predict", kind, body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let answer = reply.json();
        let said: Vec<&Value> = answer["predictions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| &row["prediction"])
            .collect();
        assert_eq!(said, ["high", "low"], "{body}");
        assert_eq!(answer["warnings"], json!([]));
        assert!(answer["predictions"][0].get("model_id").is_none());
    };
    let rows = [json!({"x":0.9,"y":0.9,"colour":"red"}), json!({"x":0.1,"y":0.1,"colour":"blue"})];
    check("application/json", &json!(rows).to_string());
    let columns =
        json!({"columns": ["colour", "x", "y"], "rows": [["red", 0.9, 0.9], ["blue", 0.1, 0.1]]});
    check("application/json", &columns.to_string());
    check("text/csv; charset=utf-8", "x,y,colour\n0.9,0.9,red\n0.1,0.1,blue\n");
    let many = vec![rows[0].clone(); 2_000];
    let answer = predict(&gateway, &json!(many)).json();
    assert_eq!(answer["predictions"].as_array().unwrap().len(), 2_000);
}

#[test]
fn m5_wrong_fields_are_named() {
    let gateway = gateway();
    let check = |body: &Value, part: &str| {
        predict(&gateway, body).is_problem(422, part);
    };
    check(&json!({"x": "wide", "y": 1, "colour": "red"}), "x: has to be a number");
    check(&json!({"x": 1, "colour": "red"}), "y: the field is missing");
    check(&json!({"x": 1, "y": true, "colour": "red"}), "y: has to be a number");
    check(
        &json!([{"x": 1, "y": 1, "colour": "red"}, {"x": 1, "y": [], "colour": "red"}]),
        "row 2, y:",
    );
    check(&json!([]), "no rows");
    check(&json!(7), "has to be a JSON object");
    let path = "/api/models/kinds-v1/predict";
    for infinite in ["{\"x\":1e999}", "{\"x\":NaN}", "{\"x\":Infinity}", "{\"x\":", ""] {
        ask(&gateway, path, "application/json", infinite)
            .is_problem(422, "has to be a JSON object");
    }
    let row = json!({"x": 1, "y": 1, "colour": "red"}).to_string();
    for id in ["kinds-v7", "other", "kinds"] {
        let path = format!("/api/models/{id}/predict");
        ask(&gateway, &path, "application/json", &row).is_problem(404, "there is no model");
    }
}

#[test]
fn m5_extra_and_unseen_values_are_warned_of() {
    let gateway = gateway();
    let row = json!({"x": "0.9", "y": null, "colour": "mauve", "price": 3});
    let answer = predict(&gateway, &row).json();
    let warnings = answer["warnings"].to_string();
    for part in ["x: the text was taken", "no \\\"mauve\\\"", "\\\"price\\\""] {
        assert!(warnings.contains(part), "{warnings}");
    }
}

#[test]
fn too_much_is_refused_with_the_limit() {
    let gateway = gateway();
    let rows = vec![json!({"x": 1, "y": 1, "colour": "red"}); 10_001];
    predict(&gateway, &json!(rows)).is_problem(413, "10000");
    let path = "/api/models/kinds-v1/predict";
    let huge = format!("{{\"x\":\"{}\"}}", "1".repeat(8 * 1024 * 1024));
    ask(&gateway, path, "application/json", &huge).is_problem(413, "8388608 bytes");
}

#[test]
fn m6_predictions_are_kept_and_found() {
    let gateway = gateway();
    let row = json!({"x": 0.9, "y": 0.9, "colour": "red"});
    let ids: Vec<Value> =
        (0..5).map(|_| predict(&gateway, &row).json()["prediction_id"].clone()).collect();
    let page = gateway.get("/api/models/kinds-v1/predictions?limit=3", "viewer").json();
    let kept = page["predictions"].as_array().unwrap();
    assert_eq!((kept.len(), &kept[0]["id"], &page["older"]), (3, &ids[4], &ids[2]));
    assert_eq!((&kept[0]["inputs"], &kept[0]["prediction"]), (&row, &json!("high")));
    assert_eq!((&kept[0]["client"], &kept[0]["shadow"]), (&json!("p"), &json!(false)));
    assert_eq!(kept[0]["input_hash"], kept[1]["input_hash"]);
    let older = format!("/api/models/kinds-v1/predictions?before={}", ids[2].as_str().unwrap());
    let page = gateway.get(&older, "viewer").json();
    assert_eq!(page["predictions"].as_array().unwrap().len(), 2);
    let one = gateway.get(&format!("/api/predictions/{}", ids[1].as_str().unwrap()), "viewer");
    assert_eq!(one.json()["id"], ids[1]);
    gateway.get("/api/predictions/none", "viewer").is_problem(404, "no prediction");
    gateway.get("/api/models/kinds-v1/predictions?limit=0", "viewer").is_problem(400, "limit");
    gateway.get("/api/models/none/predictions", "viewer").is_problem(404, "no model");
}

#[test]
fn m5_explanations_and_schemas_are_given() {
    let gateway = gateway();
    let row = json!({"x": 0.9, "y": 0.9, "colour": "red"}).to_string();
    let path = "/api/models/kinds-v1/predict?explain=true&durable=true";
    let answer = ask(&gateway, path, "application/json", &row).json();
    let told = &answer["explanation"];
    let all = told["contributions"].as_array().unwrap();
    let sum: f64 = all.iter().map(|one| one["contribution"].as_f64().unwrap()).sum();
    let off = told["base"].as_f64().unwrap() + sum - told["margin"].as_f64().unwrap();
    assert!(off.abs() < 1e-5 && all.len() == 3, "{told}");
    assert_eq!((&told["unit"], &told["class"]), (&json!("log-odds"), &json!("high")));
    let schema = gateway.get("/api/models/kinds-v1/schema", "viewer").json();
    assert_eq!(schema["x-bellwether"]["classes"], json!(["high", "low"]));
    assert_eq!(schema["properties"]["colour"]["enum"], json!(["blue", "green", "red", null]));
    gateway.get("/api/models/none/schema", "viewer").is_problem(404, "no model");
    gateway.get("/api/models/kinds-v1/shadow", "viewer").is_problem(404, "not asked beside");
}
