//! Trainings over real sockets: asked for, watched, cancelled, retried, and refused with a reason.

use std::fmt::Write as _;

use crate::fixture::{Gateway, Reply};
use serde_json::{Value, json};

const OPERATOR: &str = "Authorization: Bearer operator\r\n";
const BOUNDARY: &str = "XbellX";

/// Uploads a file; answers the dataset's id.
fn upload(gateway: &Gateway, file_name: &str, content: &str) -> String {
    let headers = format!(
        "Authorization: Bearer operator\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
    );
    let form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{content}\r\n--{BOUNDARY}--\r\n"
    );
    let reply = gateway.request("POST", "/api/upload", &headers, &form);
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["dataset_id"].as_str().unwrap().to_owned()
}

fn post(gateway: &Gateway, path: &str, body: &Value) -> Reply {
    gateway.request("POST", path, OPERATOR, &body.to_string())
}

fn train(gateway: &Gateway, wish: &Value) -> u64 {
    let reply = post(gateway, "/api/train", wish);
    assert_eq!(reply.status, 202, "{reply:?}");
    reply.json()["run"].as_u64().unwrap()
}

fn run(gateway: &Gateway, run: u64) -> Value {
    gateway.get(&format!("/api/runs/{run}"), "viewer").json()
}

/// Waits until a run is over.
fn ended(gateway: &Gateway, number: u64) -> Value {
    let over = |run: &Value| {
        ["completed", "failed", "cancelled"].contains(&run["status"]["state"].as_str().unwrap())
    };
    gateway.wait_for("the run is over", |gateway| over(&run(gateway, number)));
    run(gateway, number)
}

/// Who pays little and calls often leaves.
fn churn(rows: usize) -> String {
    let mut text = String::from("fee,calls,plan,churned\n");
    for row in 0..rows {
        let (fee, calls) = (row * 37 % 101, row * 53 % 23);
        let churned = if (fee < 50) == (calls > 10) { "yes" } else { "no" };
        writeln!(text, "{fee},{calls},{},{churned}", ["basic", "plus"][row % 2]).unwrap();
    }
    text
}

#[test]
fn m3_a_training_makes_a_model_and_tells_how_far_it_is() {
    let gateway = Gateway::start();
    let mut socket = gateway.socket("viewer");
    socket.say(r#"{"op":"subscribe","id":1,"topics":["training/**"],"interval_ms":0}"#);
    socket.message();
    let dataset = upload(&gateway, "Churn 2026.csv", &churn(300));
    let reply = post(&gateway, "/api/train", &json!({"dataset_id": dataset, "preset": "fast"}));
    assert_eq!((reply.status, &reply.json()["job_id"]), (202, &json!("1")), "{reply:?}");
    let run = ended(&gateway, 1);
    let (status, progress) = (&run["status"], &run["progress"]);
    assert_eq!(status["state"], "completed", "{run}");
    assert_eq!(status["outcome"]["model"], "churn-2026-v1");
    assert_eq!((&status["task"], &status["user"]), (&json!("classification"), &json!("o")));
    assert!(status["outcome"]["scores"]["accuracy"].as_f64().unwrap() > 0.8, "{status}");
    assert_eq!(progress["progress_percent"], 100.0);
    assert_eq!(progress["steps_seconds"].as_object().unwrap().len(), 8, "{progress}");
    let curve = run["curve"].as_array().unwrap();
    assert!(curve.len() > 20 && curve[0]["train_loss"].is_number(), "{curve:?}");
    assert!(curve[0]["validation_loss"].as_f64() > curve[15]["validation_loss"].as_f64());
    let model = gateway.get("/api/models/churn-2026", "viewer").json();
    assert_eq!(model["model_id"], "churn-2026-v1", "the first version is in production: {model}");

    // What the socket heard: each state once, steps in order, never back.
    let (mut heard, mut percent, mut accuracy) = (Vec::new(), 0.0, None);
    while heard.last() != Some(&json!("completed")) {
        let message = socket.message();
        let content =
            if message["full"].is_object() { &message["full"] } else { &message["patch"] };
        if message["topic"] == "training/1/status" && content["state"].is_string() {
            heard.push(content["state"].clone());
        }
        if let Some(now) = content["progress_percent"].as_f64() {
            assert!(now >= percent, "{now} after {percent}");
            percent = now;
        }
        accuracy = content["accuracy"].as_f64().or(accuracy);
    }
    assert_eq!(heard.last(), Some(&json!("completed")));
    assert!(accuracy.is_some_and(|share| share > 0.5), "{accuracy:?}");

    // As the older dashboard asks.
    let job = gateway.get("/api/training/1", "viewer").json();
    assert_eq!((&job["status"], &job["progress"]), (&json!("completed"), &json!(100.0)));
    assert_eq!(job["current_stage"], "Training completed");
    assert_eq!(job["stages_completed"].as_array().unwrap().len(), 8);
    assert_eq!(job["model_id"], "churn-2026-v1");
}

#[test]
fn m3_a_run_is_cancelled_in_a_round_and_those_behind_it_move_up() {
    let gateway = Gateway::start();
    let dataset = upload(&gateway, "churn.csv", &churn(5_000));
    let slow = json!({"dataset_id": dataset, "preset": "fast",
        "parameters": {"eta": 0.001, "rounds": 10_000, "patience": 1_000}});
    let first = train(&gateway, &slow);
    // Before it is under way, the urgent one would come first.
    gateway.wait_for("rounds", |gateway| run(gateway, first)["progress"]["round"].is_number());
    let waits = train(&gateway, &slow);
    let urgent = train(
        &gateway,
        &json!({"dataset_id": dataset, "file_path": null,
        "priority": "high", "parameters": {"rounds": 2, "folds": 2}}),
    );
    assert_eq!(run(&gateway, urgent)["status"]["runs_before"], 1);
    assert_eq!(run(&gateway, waits)["status"]["runs_before"], 2);
    gateway
        .request(
            "DELETE",
            &format!("/api/datasets/{dataset}"),
            "Authorization: Bearer admin\r\n",
            "",
        )
        .is_problem(409, "");
    let cancel = |run: u64| post(&gateway, &format!("/api/runs/{run}/cancel"), &json!({}));
    assert_eq!(cancel(waits).json()["status"]["state"], "cancelled");
    assert_eq!(cancel(first).status, 200);
    assert_eq!(ended(&gateway, first)["status"]["state"], "cancelled");
    assert_eq!(ended(&gateway, urgent)["status"]["state"], "completed");
    cancel(first).is_problem(409, "over");
    let retry = |body: Value| post(&gateway, &format!("/api/runs/{first}/retry"), &body);
    let again = retry(json!({"parameters": {"rounds": 3, "patience": null}}));
    assert_eq!(again.status, 202, "{again:?}");
    let again = ended(&gateway, again.json()["run"].as_u64().unwrap());
    assert_eq!(again["status"]["state"], "completed", "{again}");
    assert_eq!(again["parameters"]["parameters"], json!({"eta": 0.001, "rounds": 3}));
    let runs = gateway.get("/api/runs", "viewer").json();
    assert_eq!(runs["runs"].as_array().unwrap().len(), 4);
    assert_eq!(runs["runs"][0]["run"], 4, "newest first");
}

#[test]
fn m3_settings_are_searched_and_a_time_limit_cuts() {
    let gateway = Gateway::start();
    let dataset = upload(&gateway, "churn.csv", &churn(2_000));
    let searched = train(
        &gateway,
        &json!({"dataset_id": dataset, "parameters": {"trials": 4,
        "rounds": 60}}),
    );
    let searched = ended(&gateway, searched);
    let board = searched["leaderboard"].as_array().unwrap();
    assert_eq!((board.len(), &searched["status"]["state"]), (4, &json!("completed")), "{searched}");
    assert!(board.windows(2).all(|two| two[0]["score"].as_f64() <= two[1]["score"].as_f64()));
    assert_eq!(board.iter().filter(|trial| trial["kept"] == true).count(), 1);
    let endless = json!({"dataset_id": dataset, "preset": "fast", "time_limit_seconds": 1,
        "parameters": {"eta": 0.001, "rounds": 10_000, "patience": 1_000}});
    let cut = train(&gateway, &endless);
    let cut = ended(&gateway, cut);
    assert_eq!((&cut["status"]["state"], &cut["time_was_up"]), (&json!("completed"), &json!(true)));
}

#[test]
fn m3_what_cannot_be_trained_is_told_by_its_field_or_fails_with_a_code() {
    let gateway = Gateway::start();
    let dataset = upload(&gateway, "one.csv", "a,b\n1,x\n2,x\n3,x\n");
    let check = |body: Value, status: u16, part: &str| {
        post(&gateway, "/api/train", &body).is_problem(status, part);
    };
    check(json!({}), 422, "dataset_id: is missing");
    check(json!({"dataset_id": "none"}), 400, "no dataset");
    check(json!({"dataset_id": 7}), 422, "JSON object");
    check(json!({"dataset_id": dataset, "target": "b"}), 422, "target");
    check(json!({"dataset_id": dataset, "target_column": "c"}), 422, "target_column: there is no");
    check(json!({"dataset_id": dataset, "model_name": "A b"}), 422, "such as a-b");
    check(json!({"dataset_id": dataset, "split": "group"}), 422, "group_column");
    check(
        json!({"dataset_id": dataset, "parameters": {"eta": 2}}),
        422,
        "parameters.eta: is 0.001",
    );
    check(json!({"dataset_id": dataset, "time_limit_seconds": 0}), 422, "time_limit_seconds");
    gateway.get("/api/runs/77", "viewer").is_problem(404, "no run 77");
    gateway.get("/api/training/x", "viewer").is_problem(404, "no run");
    let failed = train(&gateway, &json!({"dataset_id": dataset, "target_column": "b"}));
    let failed = ended(&gateway, failed);
    let failure = &failed["status"]["failure"];
    assert_eq!(
        (&failed["status"]["state"], &failure["code"]),
        (&json!("failed"), &json!("one_class"))
    );
    assert_eq!(failure["step"], "data_validation");
    assert!(!failure["suggestions"].as_array().unwrap().is_empty());
    let tiny = upload(&gateway, "tiny.csv", "a,b\n1,x\n2,y\n3,x\n");
    let tiny = train(&gateway, &json!({"file_path": tiny, "model_type": "classification"}));
    let tiny = ended(&gateway, tiny);
    assert_eq!(tiny["status"]["state"], "completed", "{tiny}");
    assert!(tiny["status"]["text"].as_str().unwrap().contains("3 rows are very few"), "{tiny}");
}

#[test]
fn m9_recipes_are_pipelines_and_runs_are_jobs_to_older_clients() {
    let gateway = Gateway::start();
    post(&gateway, "/api/pipelines", &json!({"steps": []})).is_problem(422, "name:");
    let made = post(
        &gateway,
        "/api/pipelines",
        &json!({"name": "nightly", "description": "churn",
        "steps": [{"name": "Clean", "type": "clean"}]}),
    );
    assert_eq!((made.status, &made.json()["status"]), (201, &json!("draft")), "{made:?}");
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/pipelines/{id}");
    post(&gateway, &format!("{path}/run"), &json!({})).is_problem(422, "dataset_id");
    let dataset = upload(&gateway, "churn.csv", &churn(60));
    let wish = json!({"wish": {"dataset_id": dataset, "preset": "fast"}});
    let changed = gateway.request("PUT", &path, OPERATOR, &wish.to_string());
    assert_eq!((changed.status, &changed.json()["name"]), (200, &json!("nightly")));
    let run = gateway.request("POST", &format!("{path}/run"), OPERATOR, "");
    assert_eq!((run.status, &run.json()["pipeline_id"]), (200, &json!(id)), "{run:?}");
    let status = ended(&gateway, run.json()["run"].as_u64().unwrap());
    assert_eq!(status["status"]["recipe"], json!(id), "{status}");
    let status = gateway.get(&format!("{path}/status"), "viewer").json();
    assert_eq!(status["status"], "completed");
    let jobs = gateway.get("/api/processing-jobs", "viewer").json();
    assert_eq!((&jobs["total"], &jobs["jobs"][0]["status"]), (&json!(1), &json!("completed")));
    assert_eq!(jobs["jobs"][0]["result"]["model_id"], "churn-v1");
    assert_eq!(
        gateway.get("/api/processing-jobs/1", "viewer").json()["dataset_id"],
        json!(dataset)
    );
    assert_eq!(gateway.request("DELETE", &path, OPERATOR, "").status, 200);
    gateway.get(&path, "viewer").is_problem(404, "no pipeline");
    assert_eq!(gateway.get("/api/pipelines", "viewer").json()["total"], 0);
}
