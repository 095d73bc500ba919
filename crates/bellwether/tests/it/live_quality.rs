//! How a model of the real program does while it is used: labels, rates and times, limits, drift, and what
//! old clients are told of it (M7 to M12, M14).

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::{
    asked::{alert_of, bring, send_json},
    program::Program,
    socket::Socket,
};

const QUALITY: &str = "/api/models/kinds/quality";

/// A program with one version in production, `kinds-v1`.
fn program() -> (Program, TempDir) {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    bring(&program, "kinds");
    (program, data)
}

/// Rows like those that the model learned from.
fn usual(count: u32) -> Vec<Value> {
    (0..count).map(|row| json!({"x": row * 7 % 20, "y": row * 3 % 11})).collect()
}

/// Asks for all rows at once: ids, and what was said.
fn predict(program: &Program, rows: &[Value]) -> Vec<(String, String)> {
    let (status, told) = send_json(program, "POST", "/api/models/kinds/predict", &json!(rows));
    assert_eq!(status, 200, "{told}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = told["predictions"].as_array().unwrap();
    told.iter().map(|it| (text(&it["prediction_id"]), text(&it["prediction"]))).collect()
}

/// Tells what was true, the opposite of what was said where `is_wrong`; the answer.
fn label(program: &Program, made: &[(String, String)], is_wrong: impl Fn(usize) -> bool) -> Value {
    let other = |said: &str| if said == "high" { "low" } else { "high" };
    let label = |(row, (id, said)): (usize, &(String, String))| {
        let truth = if is_wrong(row) { other(said) } else { said };
        json!({"prediction_id": id, "label": truth})
    };
    let labels: Vec<Value> = made.iter().enumerate().map(label).collect();
    let wish = json!({"labels": labels});
    let (status, told) = send_json(program, "POST", "/api/models/kinds/feedback", &wish);
    assert_eq!(status, 200, "{told}");
    told
}

#[test]
fn m7_m8_accuracy_is_estimated_until_labels_come_and_trends_are_of_many() {
    let (program, _data) = program();
    let made = predict(&program, &usual(200));
    let figures = program.wait_for(QUALITY, |it| it["estimate"]["accuracy"].is_number());
    assert_eq!(figures["estimate"]["estimated"], true, "{figures}");
    assert!(figures["metrics"]["accuracy"].is_null(), "nothing is labelled: {figures}");
    assert_eq!(figures["metrics"]["predictions_per_minute"], 200.0, "{figures}");
    let time = |name: &str| figures["metrics"][name].as_f64().unwrap();
    let times = ["response_p50_ms", "response_p95_ms", "response_p99_ms"].map(time);
    assert!(times[0] > 0.0 && times.is_sorted(), "{times:?}");

    // Of the last hundred, all were right; then they were not.
    let told = label(&program, &made, |_| false);
    assert_eq!((&told["accepted"], &told["accuracy"]), (&json!(200), &json!(1.0)), "{told}");
    let told = label(&program, &made, |row| row >= 100);
    assert_eq!(told["accuracy"], 0.0, "{told}");
    let figures = program.wait_for(QUALITY, |it| it["metrics"]["accuracy"] == 0.0);
    assert_eq!(figures["metrics"]["accuracy_trend"], "declining", "{figures}");
    assert_eq!(figures["metrics"]["labelled"], 200.0, "{figures}");
    assert!(figures["estimate"]["own_error"].as_f64() > Some(0.3), "{figures}");
}

#[test]
fn m9_m10_old_clients_are_told_of_use_as_it_happens_and_when_they_ask() {
    let (program, _data) = program();
    let mut socket = Socket::flat(&program);
    let made = predict(&program, &usual(120));
    label(&program, &made, |row| row % 10 == 0);
    // Whichever comes first.
    let (mut volume, mut metrics) = (Value::Null, Value::Null);
    socket.wait_for("a milestone and figures with labels", |it| {
        match it["type"].as_str() {
            Some("prediction_volume") => volume = it.clone(),
            Some("model_metrics_update") if it["accuracy"].is_number() => metrics = it.clone(),
            _ => {}
        }
        !volume.is_null() && !metrics.is_null()
    });
    let told = (&volume["model_id"], &volume["milestone_reached"]);
    assert_eq!(told, (&json!("kinds-v1"), &json!(100)));
    assert_eq!((&metrics["accuracy"], &metrics["predictions_made"]), (&json!(0.9), &json!(120)));
    label(&program, &made, |row| row % 2 == 0);
    let worse = socket.wait_for("a change of health", |it| {
        it["type"] == "model_status_realtime" && it["accuracy"] == 0.5
    });
    assert!(worse["health_score"].as_f64() < Some(0.9), "{worse}");
    let all = program.json("/api/models/active/status");
    assert_eq!(all["summary"]["total_predictions"], 120, "{all}");
    let one = program.json("/api/models/kinds-v1/metrics/realtime");
    assert_eq!(one["performance"]["accuracy"], 0.5, "{one}");
    assert!(one["health_details"]["accuracy_status"].is_string(), "{one}");
}

#[test]
fn m11_limits_of_a_model_decide_its_health_and_its_alerts() {
    let (program, _data) = program();
    let made = predict(&program, &usual(100));
    // Nine in ten: above the usual 0.85.
    label(&program, &made, |row| row % 10 == 0);
    let healthy = program.wait_for(QUALITY, |it| it["metrics"]["accuracy"] == 0.9);
    assert_eq!(healthy["metrics"]["health"], "healthy", "{healthy}");
    let limits = json!({"accuracy_warning": 0.97, "accuracy_critical": 0.95});
    let (status, told) = send_json(&program, "PATCH", "/api/models/kinds/settings", &limits);
    assert_eq!(status, 200, "{told}");
    let alert = alert_of(&program, "model_accuracy", "firing");
    assert_eq!(
        (&alert["subject"], &alert["severity"]),
        (&json!("model/kinds-v1"), &json!("critical"))
    );
    program.wait_for(QUALITY, |it| it["metrics"]["health"] == "critical");
    // What is asked for again is what is usual.
    let usual = json!({"accuracy_warning": null, "accuracy_critical": null});
    send_json(&program, "PATCH", "/api/models/kinds/settings", &usual);
    alert_of(&program, "model_accuracy", "resolved");
}

#[test]
fn m12_drift_is_found_told_and_explained() {
    let (program, _data) = program();
    predict(&program, &usual(300));
    let before = program.json("/api/models/kinds/drift");
    assert_eq!(before["drifted"], false, "{before}");
    let large: Vec<Value> =
        (0..600).map(|row| json!({"x": 15 + row % 5, "y": row * 3 % 11})).collect();
    predict(&program, &large);
    let told = program.wait_for("/api/models/kinds/drift", |it| it["drifted"] == true);
    assert_eq!(told["features"]["x"]["drifted"], true, "{told}");
    assert_eq!(told["features"]["y"]["drifted"], false, "{told}");
    let why = program.json("/api/why?subject=model/kinds&symptom=drift");
    assert_eq!(why["causes"][0]["name"], "x", "{why}");
    let alert = alert_of(&program, "model_drift", "firing");
    assert_eq!(alert["subject"], "model/kinds-v1");
}

#[test]
fn m14_what_watching_costs_is_told() {
    let (program, _data) = program();
    let made = predict(&program, &usual(50));
    label(&program, &made, |_| false);
    program.wait_for(QUALITY, |it| it["metrics"]["accuracy"] == 1.0);
    let (_, text) = program.get("/metrics", "");
    let metric = |name: &str| -> f64 {
        let line = text.lines().find_map(|it| it.strip_prefix(&format!("bellwether_{name} ")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
    };
    assert_eq!((metric("quality_watched"), metric("quality_rows")), (1.0, 50.0));
    assert_eq!((metric("quality_failing"), metric("quality_recoveries_total")), (0.0, 0.0));
    assert!(metric("quality_computations_total") >= 1.0);
    assert!(metric("quality_longest_computation_seconds") > 0.0);
    assert!(metric("quality_messages_bytes_total") / metric("quality_messages_total") > 50.0);
    let health = program.json("/health");
    assert_eq!(health["models"]["quality"]["failing"], json!({}), "{health}");
}
