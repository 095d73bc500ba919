//! Datasets over real sockets: uploads in one request and in pieces, what is listed and shown, and
//! everything that can be wrong with a file.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod fixture;

use fixture::{Gateway, Reply};
use serde_json::Value;

const BOUNDARY: &str = "XbellX";

/// A form with one file, as a browser sends it.
fn form(file_name: &str, content: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{content}\r\n--{BOUNDARY}--\r\n"
    )
}

fn headers(token: &str) -> String {
    format!(
        "Authorization: Bearer {token}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
    )
}

fn upload(gateway: &Gateway, file_name: &str, content: &str) -> Reply {
    gateway.request("POST", "/api/upload", &headers("operator"), &form(file_name, content))
}

/// 60 customers, some of whom left.
fn churn() -> String {
    let row = |row: usize| {
        let (months, plan) = (row * 7 % 31, if row % 3 == 0 { "basic" } else { "plus" });
        let churned = if row % 4 == 0 { "yes" } else { "no" };
        format!("c{row},{months},{plan},{churned}\n")
    };
    ["customer,months,plan,churned\n".to_owned()].into_iter().chain((0..60).map(row)).collect()
}

#[test]
fn m1_a_small_file_becomes_a_dataset() {
    let gateway = Gateway::start();
    let reply = upload(&gateway, "churn.csv", &churn());
    assert_eq!(reply.status, 200, "{reply:?}");
    let uploaded: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(uploaded["filename"], "churn.csv");
    assert_eq!((&uploaded["rows"], &uploaded["columns"]), (&60.into(), &4.into()));
    let id = uploaded["dataset_id"].as_str().unwrap();
    assert_eq!(uploaded["file_path"], id);
    assert_eq!(uploaded["message"], "churn.csv was uploaded");

    let list: Value = serde_json::from_str(&gateway.get("/api/datasets", "viewer").body).unwrap();
    assert_eq!(list["total"], 1);
    assert_eq!(list["datasets"][0]["id"], id);
    assert_eq!(list["datasets"][0]["target_column"], "churned");
    let one = gateway.get(&format!("/api/datasets/{id}"), "viewer");
    let one: Value = serde_json::from_str(&one.body).unwrap();
    assert_eq!(one["profile"]["columns"]["0"]["kind"], "id");
    assert_eq!(one["profile"]["columns"]["2"]["kind"], "category");
    assert_eq!(one["profile"]["target_reason"].as_str().unwrap().split(',').count(), 2);
    assert!(one["created_at"].as_str().unwrap().ends_with('Z'), "{one}");
    gateway.get("/api/datasets/none", "viewer").is_problem(404, "no dataset");
}
