//! What leads to each event of the dashboard's dialect, and the frames that come of it.

use serde_json::{Value, json};

use super::{AT, Dashboard, activity, alert, happen, model, publish};
use crate::fixture::{Gateway, golden};

/// What differs from run to run.
const VARIES: [&str; 3] = ["timestamp", "uptime", "uptime_hours"];

/// Compares a frame with the file of that name. What was measured has a time of its own and stays as
/// it is; what is told now varies.
pub(crate) fn compare(name: &str, frame: &Value) {
    let is_measured =
        frame["timestamp"].as_str().is_some_and(|at| at.starts_with("2026-11-21T20:2"));
    golden::check(&format!("flat/{name}"), frame, if is_measured { &[] } else { &VARIES });
}

/// Waits for a frame of each of these types that says `mark`, and compares them with their files: the
/// type's name, and what follows a colon in the list to tell two of one type apart.
pub(crate) fn expect(client: &mut Dashboard, mark: &str, wanted: &[&str]) {
    let mut missing: Vec<&str> = wanted.to_vec();
    while !missing.is_empty() {
        let frame = client.frame();
        let kind = frame["type"].as_str().unwrap_or_default().to_owned();
        let of_kind = |name: &&str| name.split(':').next() == Some(kind.as_str());
        let says = frame.to_string().contains(mark);
        if let Some(found) = missing.iter().position(of_kind).filter(|_| says) {
            compare(&missing.remove(found).replace(':', "."), &frame);
        }
    }
}

fn metrics(health: &str, accuracy: f64) -> Value {
    json!({
        "health": health, "health_score": 0.97, "predictions": 120, "predictions_per_minute": 12.5,
        "rate_trend": "increasing", "last_prediction_at_ms": AT.0 - 500, "labelled": 100,
        "accuracy": accuracy, "accuracy_trend": "declining", "estimated_accuracy": 0.9,
        "f1": 0.88, "response_mean_ms": 1.25, "response_p50_ms": 1, "response_p95_ms": 2.5,
        "response_p99_ms": 4,
    })
}

fn upload(file: &str, state: &str, percent: f64) -> Value {
    json!({
        "file_name": file, "state": state, "progress_percent": percent,
        "received_bytes": 1_150_000, "total_bytes": 2_300_000,
        "received_bytes_per_second": 2_100_000, "remaining_seconds": 0.5,
        "started_at_ms": AT.0 - 1_000, "rows": 1_470, "columns": 35,
    })
}

fn run(number: u32, state: &str) -> Value {
    json!({
        "run": number, "state": state, "text": format!("Run {number} is {state}"),
        "task": "classification", "model_name": "churn", "dataset": "d-1", "recipe": "recipe-1",
        "user": "anna", "queued_at_ms": AT.0 - 20_000, "started_at_ms": AT.0 - 15_000,
    })
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) {
        fields.extend(more);
    }
    value
}

/// Publishes what leads to each event, and waits for it.
pub(crate) fn events(gateway: &Gateway, client: &mut Dashboard) {
    datasets(gateway, client);
    trainings(gateway, client);
    models(gateway, client);
    happenings(gateway, client);
    alerts(gateway, client);
    machines(gateway, client);
}

fn datasets(gateway: &Gateway, client: &mut Dashboard) {
    let topic = "dataset/d-1/upload";
    publish(gateway, topic, upload("staff.csv", "receiving", 50.0));
    expect(client, "staff.csv", &["upload_progress"]);
    publish(gateway, topic, upload("staff.csv", "completed", 100.0));
    expect(client, "completed", &["upload_progress:completed"]);
    let failed = json!({"error": "Line 7 has 3 cells, the header 35: end it or quote it."});
    publish(gateway, "dataset/d-2/upload", with(upload("cut.csv", "failed", 20.0), failed));
    expect(client, "cut.csv", &["file_validated:failed"]);
    let column = |name: &str, kind: &str| json!({"name": name, "kind": kind, "missing": 2});
    let profile = json!({
        "file_name": "staff.csv", "usable": true, "sha256": "ab", "size_bytes": 2_300_000,
        "rows": 1_470, "columns": {"0": column("age", "number"), "1": column("left", "boolean")},
        "target_column": "left", "task": "classification", "quality": 0.99,
        "summary": "1,470 rows in 2 columns.", "took_ms": 230, "profiled_at_ms": AT.0,
        "issues": [{"severity": "warning", "code": "imbalance", "text": "One class is rare."}],
    });
    publish(gateway, "dataset/d-1/profile", profile);
    expect(client, "d-1", &["file_validated", "dataset_processed", "quality_assessment"]);
}

fn trainings(gateway: &Gateway, client: &mut Dashboard) {
    publish(gateway, "training/8/status", run(8, "queued"));
    expect(client, "Run 8", &["pipeline_status"]);
    publish(gateway, "training/8/status", run(8, "running"));
    expect(client, "Run 8", &["training_started"]);
    let progress = json!({
        "stage": "model_training", "step": "training_model", "progress_percent": 62.5,
        "text": "Round 50 of 80",
        "steps_seconds": {
            "preparing_data": 0.5, "data_validation": 0.25, "feature_engineering": 1,
            "model_selection": 2,
        },
        "elapsed_seconds": 15, "remaining_seconds": 9, "round": 50, "rounds": 80,
        "train_loss": 0.25, "validation_loss": 0.375, "accuracy": 0.875, "predictions": 294,
    });
    publish(gateway, "training/8/progress", progress);
    expect(client, "Round 50", &["training_progress", "job_progress", "pipeline_progress"]);
    let outcome = json!({
        "ended_at_ms": AT.0,
        "outcome": {
            "model": "churn-v2", "task": "classification", "scores": {"accuracy": 0.91},
            "validation_score": 0.9, "took_seconds": 263, "size_bytes": 2_345_678, "rounds": 80,
            "samples": 1_176, "predictions": 294,
        },
    });
    publish(gateway, "training/8/status", with(run(8, "completed"), outcome));
    let ends = ["training_completed", "job_completed", "pipeline_completed"];
    expect(client, "", &ends);
    let failure = json!({
        "ended_at_ms": AT.0,
        "failure": {
            "code": "one_class", "text": "The target has one class only.",
            "step": "data_validation", "progress_percent": 12.5,
            "suggestions": ["Choose another target column."],
        },
    });
    publish(gateway, "training/9/status", with(run(9, "failed"), failure));
    expect(client, "", &["training_failed", "job_failed", "pipeline_failed"]);
    publish(gateway, "training/10/status", run(10, "cancelled"));
    expect(client, "Run 10", &["training_failed:cancelled"]);
}

fn models(gateway: &Gateway, client: &mut Dashboard) {
    publish(gateway, "model/churn-v2/status", model("churn-v2", &["production"]));
    expect(client, "churn-v2", &["model_deployed", "model_status_change"]);
    publish(gateway, "model/churn-v2/metrics", metrics("healthy", 0.93));
    expect(client, "churn-v2", &["model_status_realtime", "model_metrics_update"]);
    let inactive = with(model("churn-v2", &[]), json!({"state": "inactive"}));
    publish(gateway, "model/churn-v2/status", inactive);
    expect(client, "inactive", &["model_status_change:inactive"]);
    let prediction = json!({
        "id": "p-1", "model": "churn-v2", "at_ms": AT.0, "result": "yes", "confidence": 0.75,
        "inputs": {"fee": 12}, "input_hash": "3f2a", "response_ms": 1.25, "predictions": 121,
        "predictions_per_minute": 12.5, "health": "healthy",
    });
    happen(gateway, "model/churn-v2/predictions", prediction);
    expect(client, "3f2a", &["prediction_logged"]);
    let volume = json!({
        "model": "churn-v2", "text": "churn-v2 has made 500 predictions", "predictions": 500,
        "predictions_per_minute": 40, "milestone": 500,
    });
    happen(gateway, "model/churn-v2/volume", volume);
    expect(client, "500", &["prediction_volume"]);
    publish(gateway, "model/churn-v2/metrics", metrics("critical", 0.72));
    expect(client, "0.72", &["model_metrics_realtime"]);
}

fn happenings(gateway: &Gateway, client: &mut Dashboard) {
    let by = json!({"user": "anna", "subject": "model/churn-v2"});
    happen(gateway, "activity", with(activity(1, "A token was made"), by));
    expect(client, "a-1", &["activity_update"]);
    let started = json!({"kind": "server_started", "text": "The server was started"});
    happen(gateway, "activity", with(activity(2, ""), started));
    expect(client, "", &["system_startup"]);
}

fn alerts(gateway: &Gateway, client: &mut Dashboard) {
    let part = |status: &str| {
        let store = json!({"status": status, "detail": "The disk is full: free some space."});
        json!({"status": status, "parts": {"store": store}})
    };
    publish(gateway, "system/health", part("healthy"));
    expect(client, "", &["service_health:parts"]); // it is known before it changes
    publish(gateway, "system/health", part("degraded"));
    expect(client, "", &["health_change:part", "component_health"]);
    publish(gateway, "alert/x-1", alert("x-1", "critical", "firing"));
    expect(client, "97 %", &["system_alert", "health_change"]);
    let seen = json!({"acknowledged": true, "acknowledged_by": "anna"});
    publish(gateway, "alert/x-1", with(alert("x-1", "critical", "firing"), seen.clone()));
    expect(client, "x-1", &["system_alert:acknowledged"]);
    let over = with(seen, json!({"resolved_at_ms": AT.0}));
    publish(gateway, "alert/x-1", with(alert("x-1", "critical", "resolved"), over));
    expect(client, "resolved", &["system_alert:resolved"]);
}

fn machines(gateway: &Gateway, client: &mut Dashboard) {
    publish(gateway, "machine/press-3/readings", json!({"power_kw": 12.5}));
    expect(client, "power_kw", &["metric_updated"]);
    let anomaly = json!({
        "id": "n-1", "metric": "power_kw", "value": 40, "expected_low": 10, "expected_high": 15,
        "score": 0.98, "severity": "critical", "kind": "spike", "measured_at_ms": AT.0,
    });
    happen(gateway, "machine/press-3/anomaly", anomaly);
    expect(client, "press-3", &["anomaly_detected"]);
}

/// Publishes all that goes into a round.
pub(crate) fn known(gateway: &Gateway) {
    let host = |name: &str, value| publish(gateway, &format!("host/web-1/{name}"), value);
    host("summary", json!({"name": "web-1", "cores": 2, "booted_at_ms": 1, "intervals_ms": {}}));
    host("cpu", json!({"total_percent": 12.5, "load_1m": 0.75, "cores": {"0": {}, "1": {}}}));
    host(
        "memory",
        json!({"total_bytes": 4_294_967_296_u64, "used_bytes": 1_073_741_824, "used_percent": 25}),
    );
    let disk = |used: f64| {
        json!({
            "device": "vda1", "kind": "ext4", "total_bytes": 107_374_182_400_u64,
            "used_bytes": 53_687_091_200_u64, "available_bytes": 48_318_382_080_u64,
            "used_percent": used, "read_only": false,
        })
    };
    host("disks", json!({"devices": {}, "filesystems": {"/": disk(52.6), "/data": disk(90.0)}}));
    let card = |n: u32| {
        json!({
            "addresses": [], "received_bytes": 1_000 * n, "sent_bytes": 500 * n,
            "received_packets": 10 * n, "sent_packets": 5 * n,
        })
    };
    host("network", json!({"interfaces": {"eth0": card(1), "eth1": card(2)}}));
    host("processes", json!({"total": 131, "processes": {}}));
    let sockets = json!({
        "connections": 3, "subscriptions": 40, "sent_messages_per_second": 21.5,
        "dropped_connections": 0,
    });
    publish(gateway, "system/gateway", sockets);
    let parts = json!({"collect": {"status": "healthy"}, "store": {"status": "degraded", "detail": "The disk is nearly full."}});
    publish(gateway, "system/health", json!({"status": "degraded", "parts": parts}));
    publish(gateway, "model/churn-v1/status", model("churn-v1", &[]));
    publish(gateway, "model/churn-v1/metrics", super::metrics(30.0));
    publish(gateway, "model/churn-v2/status", model("churn-v2", &["production"]));
    publish(gateway, "model/churn-v2/metrics", metrics("warning", 0.84));
    publish(gateway, "training/8/status", run(8, "queued"));
    publish(gateway, "training/9/status", run(9, "running"));
    let progress = json!({
        "stage": "validation", "step": "validation", "progress_percent": 90, "text": "Judging",
        "steps_seconds": {}, "elapsed_seconds": 3,
    });
    publish(gateway, "training/9/progress", progress);
    let outcome = json!({
        "ended_at_ms": AT.0 - 1_000,
        "outcome": {
            "model": "churn-v1", "task": "classification", "scores": {"accuracy": 0.91},
            "took_seconds": 12.5, "size_bytes": 1_000, "samples": 1_176,
        },
    });
    publish(gateway, "training/7/status", with(run(7, "completed"), outcome));
}
