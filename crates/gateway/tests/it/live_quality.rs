//! A model's life after it was trained, over real sockets: predictions, labels, accuracy, drifted inputs,
//! drift and its causes (M7, M8, M9, M10, M12).

use std::fmt::Write as _;

use crate::fixture::{Gateway, Reply};
use bellwether_models::{
    Model, Next, Settings,
    dataset::{Limits, read},
    registry::NewVersion,
    train,
};
use serde_json::{Value, json};

fn trained() -> Model {
    let mut text = String::from("x,y,colour,kind\n");
    for row in 0..600 {
        let (a, b) = (f64::from(row * 37 % 101) / 101.0, f64::from(row * 53 % 97) / 97.0);
        let colour = ["red", "green", "blue"][usize::try_from(row).unwrap() % 3];
        let kind = if a + 0.1 * b > 0.55 { "high" } else { "low" };
        writeln!(text, "{a:.3},{b:.3},{colour},{kind}").unwrap();
    }
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let settings = Settings { rounds: 20, ..Settings::default() };
    train(&table, &settings, &mut |_| Next::Go).unwrap()
}

/// A gateway with one version in production, `kinds-v1`.
fn gateway() -> Gateway {
    let gateway = Gateway::start();
    let (name, model) = ("kinds".to_owned(), trained());
    let new = NewVersion { name, model, run: None, dataset: None, user: None, took_seconds: None };
    gateway.models.registry.register(new).unwrap();
    gateway.models.registry.deploy("kinds-v1", None).unwrap();
    gateway
}

fn post(gateway: &Gateway, path: &str, body: &Value) -> Reply {
    let headers = "Authorization: Bearer publisher\r\nContent-Type: application/json\r\n";
    gateway.request("POST", path, headers, &body.to_string())
}

/// Ids and what was said.
fn predict(gateway: &Gateway, rows: &[Value]) -> Vec<(String, String)> {
    let reply = post(gateway, "/api/models/kinds/predict", &json!(rows));
    assert_eq!(reply.status, 200, "{reply:?}");
    let told = reply.json()["predictions"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    told.iter().map(|it| (text(&it["prediction_id"]), text(&it["prediction"]))).collect()
}

fn rows(count: u32, x: impl Fn(f64) -> f64, colour: impl Fn(u32) -> &'static str) -> Vec<Value> {
    let even = |row: u32| f64::from(row * 37 % 101) / 101.0;
    let row = |row: u32| json!({"x": x(even(row)), "y": f64::from(row * 53 % 97) / 97.0, "colour": colour(row)});
    (0..count).map(row).collect()
}

fn usual(row: u32) -> &'static str {
    ["red", "green", "blue"][row as usize % 3]
}

fn other(said: &str) -> &'static str {
    if said == "high" { "low" } else { "high" }
}

/// A state as its subscribers have it.
fn state(gateway: &Gateway, topic: &str) -> Value {
    let topic = bellwether_signal::Topic::parse(topic).unwrap();
    gateway.hub.state(&topic).map_or(Value::Null, |(state, _)| Value::Object(state))
}

#[test]
fn from_predictions_to_labels_to_drift_and_its_causes() {
    let gateway = gateway();
    gateway.models.tick();
    let made = predict(&gateway, &rows(300, |x| x, usual));
    let figures = gateway.get("/api/models/kinds/quality", "viewer").json();
    assert_eq!(figures["model_id"], "kinds-v1");
    assert!(figures["metrics"]["accuracy"].is_null(), "nothing is labelled: {figures}");
    let estimate = &figures["estimate"];
    assert_eq!((&estimate["estimated"], &estimate["method"]), (&json!(true), &json!("cbpe")));
    let estimated = estimate["accuracy"].as_f64().unwrap();
    assert!(estimated > 0.8 && estimate["low"].as_f64() < Some(estimated), "{estimate}");
    // M7: one label changes what is published, at once and without a tick.
    let (id, said) = &made[0];
    let reply = post(&gateway, &format!("/api/predictions/{id}/feedback"), &json!({"label": said}));
    let answer = reply.json();
    assert_eq!((&answer["correct"], &answer["accuracy"]), (&json!(true), &json!(1.0)), "{answer}");
    gateway.wait_for("the accuracy to be told", |gateway| {
        state(gateway, "model/kinds-v1/metrics")["accuracy"] == json!(1)
    });
    let wrong = json!({"label": other(said)});
    let answer = post(&gateway, &format!("/api/predictions/{id}/feedback"), &wrong).json();
    assert_eq!((&answer["corrected"], &answer["accuracy"]), (&json!(true), &json!(0.0)));
    // Many at once: a tenth is wrong.
    let labels: Vec<Value> = made
        .iter()
        .enumerate()
        .map(|(row, (id, said))| {
            let label = if row % 10 == 0 { other(said) } else { said.as_str() };
            json!({"prediction_id": id, "label": label})
        })
        .collect();
    let answer = post(&gateway, "/api/models/kinds/feedback", &json!({"labels": labels})).json();
    assert_eq!((&answer["accepted"], &answer["unknown"]), (&json!(300), &json!([])), "{answer}");
    assert!((answer["accuracy"].as_f64().unwrap() - 0.9).abs() < 1e-9, "{answer}");
    let figures = gateway.get("/api/models/kinds-v1/quality", "viewer").json();
    assert_eq!(figures["metrics"]["labelled"], json!(300.0));
    let own = figures["estimate"]["own_error"].as_f64().unwrap();
    assert!(own < 0.15, "the estimate is held against the labels: {figures}");
    let points = figures["points"].as_array().unwrap();
    assert!(points.len() == 3 && points[0]["labelled"] == json!(100), "{points:?}");
    // M12: everything is large now, and of a colour that nobody knew.
    let drift = gateway.get("/api/models/kinds/drift", "viewer").json();
    assert_eq!(drift["drifted"], json!(false), "{drift}");
    for _ in 0..4 {
        predict(&gateway, &rows(300, |x| 0.7 + 0.3 * x, |_| "mauve"));
    }
    gateway.models.tick();
    let told = state(&gateway, "model/kinds-v1/drift");
    assert_eq!((&told["drifted"], &told["features"]["x"]["drifted"]), (&json!(true), &json!(true)));
    let drift = gateway.get("/api/models/kinds/drift", "viewer").json();
    let bins = drift["features"]["x"]["bins"].as_array().unwrap();
    let now: f64 = bins.iter().map(|bin| bin["now"].as_f64().unwrap()).sum();
    assert!(bins.len() == 10 && (now - 1.0).abs() < 1e-9, "{bins:?}");
    assert_eq!(drift["features"]["colour"]["kind"], "category");
    assert_eq!(drift["features"]["colour"]["unseen"], json!(1.0));
    let why = gateway.get("/api/why?subject=model/kinds&symptom=drift", "viewer").json();
    assert_eq!(
        (&why["subject"], &why["causes"][0]["name"]),
        (&json!("model/kinds-v1"), &json!("x"))
    );
    let shares: f64 =
        why["causes"].as_array().unwrap().iter().map(|it| it["share"].as_f64().unwrap()).sum();
    assert!((shares + why["not_explained"].as_f64().unwrap() - 1.0).abs() < 1e-6, "{why}");
    // M10: the milestones of 100, 500 and 1,000 are one event each time that they are looked for.
    assert!(state(&gateway, "model/kinds-v1/metrics")["predictions"].as_f64() > Some(1_000.0));
}

#[test]
fn m9_figures_have_the_fields_of_the_dashboard() {
    let gateway = gateway();
    predict(&gateway, &rows(30, |x| x, usual));
    let all = gateway.get("/api/models/active/status", "viewer").json();
    assert_eq!(all["summary"]["total_active_models"], json!(1));
    assert_eq!(all["summary"]["total_predictions"], json!(30));
    assert_eq!(all["models"][0]["model_id"], "kinds-v1");
    assert!(all["models"][0]["last_prediction"].is_string(), "{all}");
    let one = gateway.get("/api/models/kinds-v1/metrics/realtime", "viewer").json();
    assert_eq!(one["performance"]["total_predictions"], json!(30));
    assert_eq!(one["performance"]["predictions_per_minute"], json!(30));
    assert!(one["performance"]["accuracy"].is_null(), "unlabelled is null, never 0: {one}");
    assert_eq!(one["history"]["recent_predictions"], json!(30));
    assert!(one["performance"]["avg_response_time_ms"].as_f64() > Some(0.0));
    for part in ["accuracy_status", "response_time_status", "prediction_volume_status"] {
        assert!(one["health_details"][part].is_string(), "{one}");
    }
}

#[test]
fn m7_what_is_no_use_is_said() {
    let gateway = gateway();
    let made = predict(&gateway, &rows(2, |x| x, usual));
    let path = format!("/api/predictions/{}/feedback", made[0].0);
    post(&gateway, &path, &json!({"label": "sideways"}))
        .is_problem(422, "is no class of this model");
    post(&gateway, &path, &json!({"truth": "high"})).is_problem(422, "missing field `label`");
    post(&gateway, "/api/predictions/none/feedback", &json!({"label": "high"}))
        .is_problem(404, "no prediction \"none\"");
    post(&gateway, "/api/models/none/feedback", &json!({"labels": []})).is_problem(404, "none");
    let many: Vec<Value> =
        (0..10_001).map(|_| json!({"prediction_id": "none", "label": 1})).collect();
    post(&gateway, "/api/models/kinds/feedback", &json!({"labels": many}))
        .is_problem(413, "At most 10000 labels");
    let answer = post(&gateway, "/api/models/kinds/feedback", &json!({"labels": many[..9_000]}));
    assert_eq!(answer.json()["unknown"].as_array().unwrap().len(), 9_000);
    gateway.get("/api/why?subject=host/web-1", "viewer").is_problem(400, "is no subject");
    gateway
        .get("/api/why?subject=model/kinds&symptom=mood", "viewer")
        .is_problem(400, "no symptom");
    gateway.get("/api/models/none/quality", "viewer").is_problem(404, "none");
}

#[test]
fn m14_a_computation_that_fails_is_told_stops_nothing_and_recovers() {
    let gateway = gateway();
    let (id, said) = predict(&gateway, &rows(1, |x| x, usual)).remove(0);
    let path = format!("/api/predictions/{id}/feedback");
    let other = if said == "high" { "low" } else { "high" };
    // A label is what figures are computed for at once, unless it is known already.
    let label = |it: &str| assert_eq!(post(&gateway, &path, &json!({"label": it})).status, 200);
    let metric = |name: &str| -> f64 {
        let text = gateway.get("/metrics", "viewer").body;
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("bellwether_{name} ")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
    };
    label(&said);
    gateway.wait_for("the first figures", |gateway| {
        state(gateway, "model/kinds-v1/metrics")["accuracy"] == json!(1)
    });
    assert!(metric("quality_computations_total") >= 1.0);
    assert!(metric("quality_messages_total") >= 1.0);
    assert!(metric("quality_messages_bytes_total") >= 100.0);
    assert!(metric("quality_longest_computation_seconds") > 0.0);
    assert_eq!((metric("quality_failing"), metric("quality_watched")), (0.0, 1.0));

    let version = bellwether_signal::ModelId::parse("kinds-v1").unwrap();
    gateway.models.quality.fail_on_purpose(&version, true);
    label(other);
    let quality =
        |gateway: &Gateway| gateway.get("/health", "viewer").json()["models"]["quality"].clone();
    gateway.wait_for("the failure to be told", |gateway| {
        quality(gateway)["failing"]["kinds-v1"].as_str().is_some_and(|it| it.contains("on purpose"))
    });
    gateway.wait_for("its reason to be told", |gateway| {
        let told = state(gateway, "model/kinds-v1/metrics");
        told["health"] == "warning"
            && told["health_reason"].as_str().unwrap().contains("figures are not up to date")
    });
    assert_eq!((metric("quality_failing"), metric("quality_recoveries_total")), (1.0, 0.0));
    assert!(metric("quality_failed_computations_total") >= 1.0);
    assert_eq!(predict(&gateway, &rows(5, |x| x, usual)).len(), 5, "predictions go on");

    gateway.models.quality.fail_on_purpose(&version, false);
    label(&said);
    gateway.wait_for("the recovery to be told", |gateway| {
        quality(gateway)["recoveries"] == json!(1) && quality(gateway)["failing"] == json!({})
    });
    gateway.wait_for("newer figures", |gateway| {
        state(gateway, "model/kinds-v1/metrics")["predictions"] == json!(6)
    });
    assert_eq!((metric("quality_failing"), metric("quality_recoveries_total")), (0.0, 1.0));
}
