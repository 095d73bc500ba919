//! Datasets over real sockets: uploads in one request and in pieces, what is listed and shown, and
//! everything that can be wrong with a file.

use std::io::{Read as _, Write as _};

use crate::fixture::{Gateway, Reply};
use serde_json::{Value, json};

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
        let (months, plan) = (row * 7 % 31, if row.is_multiple_of(3) { "basic" } else { "plus" });
        let churned = if row.is_multiple_of(4) { "yes" } else { "no" };
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

/// Status, head and body of a request with a JSON body or none.
fn ask(gateway: &Gateway, method: &str, path: &str, token: &str, body: &str) -> Reply {
    gateway.request(method, path, &format!("Authorization: Bearer {token}\r\n"), body)
}

fn json(reply: &Reply) -> Value {
    serde_json::from_str(&reply.body).unwrap_or_else(|_| panic!("{reply:?}"))
}

fn patch(gateway: &Gateway, id: &str, offset: usize, bytes: &str) -> Reply {
    let headers = format!("Authorization: Bearer operator\r\nUpload-Offset: {offset}\r\n");
    gateway.request("PATCH", &format!("/api/datasets/uploads/{id}"), &headers, bytes)
}

fn begin(gateway: &Gateway, content: &str) -> String {
    let wish = json!({ "file_name": "churn.csv", "size_bytes": content.len() });
    let reply = ask(gateway, "POST", "/api/datasets/uploads", "operator", &wish.to_string());
    assert_eq!(reply.status, 201, "{reply:?}");
    let begun = json(&reply);
    assert_eq!(begun["offset"], 0);
    assert!(begun["chunk_bytes"].as_u64().unwrap() > 1_000);
    begun["upload_id"].as_str().unwrap().to_owned()
}

#[test]
fn m1_a_large_file_comes_in_pieces_and_a_cut_is_gone_on_from() {
    let gateway = Gateway::start();
    let content = churn();
    let id = begin(&gateway, &content);
    let (first, rest) = content.split_at(500);
    assert_eq!(json(&patch(&gateway, &id, 0, first))["offset"], 500);

    // A client that is cut in the middle of a request: half of what it announced has come.
    let (half, _) = rest.split_at(200);
    let mut stream = gateway.connect();
    write!(
        stream,
        "PATCH /api/datasets/uploads/{id} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer operator\r\n\
         Upload-Offset: 500\r\nContent-Length: {}\r\n\r\n{half}",
        gateway.address,
        rest.len()
    )
    .unwrap();
    let place = format!("/api/datasets/uploads/{id}");
    gateway.wait_for("the half", |gateway| {
        json(&ask(gateway, "GET", &place, "operator", ""))["offset"] == 700
    });
    drop(stream);
    let head = ask(&gateway, "HEAD", &place, "operator", "");
    assert_eq!(head.status, 200);
    assert!(head.head.contains("upload-offset: 700"), "{}", head.head);
    let length = format!("upload-length: {}", content.len());
    assert!(head.head.contains(&length), "{}", head.head);

    // Who does not know where to go on is told.
    let reply = patch(&gateway, &id, 500, rest);
    reply.is_problem(409, "700 bytes are here");
    assert!(reply.head.contains("upload-offset: 700"), "{}", reply.head);
    patch(&gateway, &id, 700, &format!("{rest}{rest}")).is_problem(400, "announced");
    let finish = format!("/api/datasets/uploads/{id}/finish");
    ask(&gateway, "POST", &finish, "operator", "").is_problem(409, "send the rest");
    assert_eq!(patch(&gateway, &id, 700, content.split_at(700).1).status, 200);
    let finished = json(&ask(&gateway, "POST", &finish, "operator", ""));
    assert_eq!(finished["dataset_id"], id.as_str());
    assert_eq!((&finished["rows"], &finished["existed"]), (&60.into(), &false.into()));
    assert_eq!(finished["columns"]["3"]["name"], "churned");

    let topics = json(&gateway.get("/api/topics?topics=dataset/**", "viewer"));
    let of = |end: &str| {
        let envelopes = topics["envelopes"].as_array().unwrap();
        let found = envelopes.iter().find(|it| it["topic"].as_str().unwrap().ends_with(end));
        found.unwrap_or_else(|| panic!("{topics}"))["full"].clone()
    };
    assert_eq!(
        (&of("/upload")["state"], &of("/upload")["rows"]),
        (&"completed".into(), &60.into())
    );
    assert_eq!(of("/profile")["target_column"], "churned");
    ask(&gateway, "DELETE", &place, "operator", "").is_problem(404, "no upload");
}

#[test]
fn what_cannot_be_used_is_refused_with_its_place() {
    let gateway = Gateway::start();
    let check = |name: &str, content: &str, status: u16, part: &str| {
        upload(&gateway, name, content).is_problem(status, part);
    };
    check("a.csv", "", 400, "empty");
    check("a.csv", "a,b,c\n", 400, "no rows");
    check("a.csv", "one\n1\n2\n", 400, "one column");
    check("a.csv", "a,b\n1,2\n3\n", 400, "row 3");
    check("a.csv", "\u{7f}ELF\0\0\u{1}\u{2}", 400, "not text");
    check("a.png", "a,b\n1,2\n", 400, ".csv");
    let list = json(&gateway.get("/api/datasets", "viewer"));
    assert_eq!(list["total"], 0);

    let other = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--{BOUNDARY}--\r\n"
    );
    gateway.request("POST", "/api/upload", &headers("operator"), &other).is_problem(400, "file");
    let plain = "Authorization: Bearer operator\r\nContent-Type: text/csv\r\n";
    gateway.request("POST", "/api/upload", plain, "a,b\n1,2\n").is_problem(400, "multipart");
    let begin = |body: &str| ask(&gateway, "POST", "/api/datasets/uploads", "operator", body);
    begin("{").is_problem(422, "file_name");
    begin(r#"{"file_name":"a.csv"}"#).is_problem(422, "size_bytes");
    begin(r#"{"file_name":"a.csv","size_bytes":0}"#).is_problem(400, "empty");
}

#[test]
fn ten_gigabytes_are_refused_before_they_are_sent() {
    let gateway = Gateway::start();
    let wish = r#"{"file_name":"a.csv","size_bytes":10000000000}"#;
    ask(&gateway, "POST", "/api/datasets/uploads", "operator", wish).is_problem(413, "50000000");
    for expect in ["", "Expect: 100-continue\r\n"] {
        let mut stream = gateway.connect();
        write!(
            stream,
            "POST /api/upload HTTP/1.1\r\nHost: {}\r\n{}{expect}Content-Length: 10000000000\r\n\
             Connection: close\r\n\r\n",
            gateway.address,
            headers("operator")
        )
        .unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 413"), "{reply}");
    }
    // And one that says nothing of its size is cut where the limit is.
    gateway.models.catalog.limit_uploads(100_000);
    let big = format!("a,b\n{}", "1,2\n".repeat(50_000));
    upload(&gateway, "a.csv", &big).is_problem(413, "100000");
    assert_eq!(json(&gateway.get("/api/datasets", "viewer"))["total"], 0);
}

#[test]
fn a_dataset_is_previewed_judged_exported_and_deleted() {
    let gateway = Gateway::start();
    let uploaded = json(&upload(&gateway, "größe, x.csv", &churn()));
    let id = uploaded["dataset_id"].as_str().unwrap();
    let path = |rest: &str| format!("/api/datasets/{id}{rest}");
    let preview = json(&gateway.get(&path("/preview?rows=2"), "viewer"));
    assert_eq!(preview["columns"], json!(["customer", "months", "plan", "churned"]));
    assert_eq!(
        preview["rows"][1],
        json!({ "customer": "c1", "months": 7.0, "plan": "plus", "churned": "no" })
    );
    assert_eq!(
        (preview["rows"].as_array().unwrap().len(), &preview["total_rows"]),
        (2, &60.into())
    );
    let statistics = json(&gateway.get(&path("/statistics"), "viewer"));
    assert_eq!(statistics["basic_stats"]["columns"], 4);
    assert_eq!(statistics["column_stats"]["numeric_columns"], 1);

    let validate = |body: &str| ask(&gateway, "POST", &path("/validate"), "operator", body);
    let verdict = json(&validate(""));
    assert_eq!((&verdict["valid"], &verdict["issues"]), (&true.into(), &json!([])));
    let verdict = json(&validate(r#"{"target_column":"months"}"#));
    assert_eq!(verdict["profile"]["target_column"], "months");
    assert_eq!(json(&gateway.get(&path(""), "viewer"))["target_column"], "months");
    validate(r#"{"target_column":"weight"}"#).is_problem(422, "weight");
    validate("[").is_problem(422, "target_column");

    let process = ask(&gateway, "POST", &path("/process"), "operator", "");
    assert_eq!(process.status, 202);
    let job = json(&process)["job_id"].as_str().unwrap().to_owned();
    gateway.wait_for("the profiling", |gateway| {
        let jobs = gateway.models.catalog.profilings();
        jobs.iter().any(|it| it.id == job && it.progress_percent >= 100.0)
    });

    let export = gateway.get(&path("/export"), "viewer");
    assert_eq!(export.body, churn());
    let disposition = "filename*=utf-8''gr%c3%b6%c3%9fe%2c%20";
    assert!(export.head.contains(disposition), "{}", export.head);

    assert_eq!(ask(&gateway, "DELETE", &path(""), "operator", "").status, 403);
    assert_eq!(ask(&gateway, "DELETE", &path(""), "admin", "").status, 204);
    for rest in ["", "/preview", "/statistics", "/export"] {
        gateway.get(&path(rest), "viewer").is_problem(404, "no dataset");
    }
    let kinds: Vec<Value> = gateway.ended().into_iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(kinds, ["dataset_uploaded", "dataset_deleted"]);
}

#[test]
fn an_equal_file_is_the_dataset_that_is_there() {
    let gateway = Gateway::start();
    let first = json(&upload(&gateway, "churn.csv", &churn()));
    let second = json(&upload(&gateway, "copy.csv", &churn()));
    assert_eq!(second["dataset_id"], first["dataset_id"]);
    assert_eq!(second["message"], "churn.csv is there already");
    assert_eq!(json(&gateway.get("/api/datasets", "viewer"))["total"], 1);
}
