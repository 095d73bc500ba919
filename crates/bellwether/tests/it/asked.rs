//! What tests ask of the real program: requests with a body, a model to bring, an alert.

use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    path::Path,
    sync::OnceLock,
};

use serde_json::{Value, json};

use crate::program::{Program, complaint, run};

/// The file of a model that tells high from low, trained once for all tests of this process.
pub(crate) fn model() -> &'static [u8] {
    static MODEL: OnceLock<Vec<u8>> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        trained(folder.path(), &rows(400))
    })
}

/// The file of a model of these rows, which has to be another one than [`model`].
pub(crate) fn model_of(rows: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), rows)
}

/// Rows of a CSV with a pattern that is easily learned.
pub(crate) fn rows(count: usize) -> String {
    let mut text = String::from("x,y,kind\n");
    for row in 0..count {
        let kind = if row * 7 % 20 > 9 { "high" } else { "low" };
        writeln!(text, "{},{},{kind}", row * 7 % 20, row * 3 % 11).unwrap();
    }
    text
}

/// The file of a model that is trained on these rows.
pub(crate) fn trained(folder: &Path, rows: &str) -> Vec<u8> {
    let (data, model) = (folder.join("data.csv"), folder.join("kind.model"));
    fs::write(&data, rows).unwrap();
    let (data, out) = (data.to_str().unwrap(), model.to_str().unwrap());
    let told = run(&["train", "--data", data, "--target", "kind", "--out", out]);
    assert!(told.status.success(), "{}", complaint(&told));
    fs::read(model).unwrap()
}

/// Status and JSON of a request with a body.
pub(crate) fn send(program: &Program, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
    try_send(program, method, path, body).unwrap()
}

/// The same with a body of JSON.
pub(crate) fn send_json(program: &Program, method: &str, path: &str, body: &Value) -> (u16, Value) {
    send(program, method, path, body.to_string().as_bytes())
}

/// The alert of a rule, once it is as it has to be.
pub(crate) fn alert_of(program: &Program, rule: &str, state: &str) -> Value {
    let is_it = |alert: &&Value| alert["rule"] == rule && alert["state"] == state;
    let find = |list: &Value| list["alerts"].as_array()?.iter().find(is_it).cloned();
    find(&program.wait_for("/api/alerts?state=all", |list| find(list).is_some())).unwrap()
}

/// What [`send`] answers, of a program that may end meanwhile.
pub(crate) fn try_send(
    program: &Program,
    method: &str,
    path: &str,
    body: &[u8],
) -> std::io::Result<(u16, Value)> {
    let mut stream = std::net::TcpStream::connect(&program.address)?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30)))?;
    let (host, length) = (&program.address, body.len());
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    let reply = String::from_utf8_lossy(&reply);
    let (head, body) = reply.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok((status, serde_json::from_str(body).unwrap_or_default()))
}

/// Brings the model in under a name, and puts it in production.
pub(crate) fn bring(program: &Program, name: &str) {
    let (status, entry) =
        send(program, "POST", &format!("/api/models/import?name={name}"), model());
    assert_eq!(status, 201, "{entry}");
    let id = entry["model_id"].as_str().unwrap();
    let (status, told) = send(program, "POST", &format!("/api/models/{id}/deploy"), b"");
    assert_eq!(status, 200, "{told}");
}

/// Uploads a CSV in one piece; the dataset's id.
pub(crate) fn upload(program: &Program, content: &str) -> String {
    let wish = json!({"file_name": "rows.csv", "size_bytes": content.len()}).to_string();
    let (status, begun) = send(program, "POST", "/api/datasets/uploads", wish.as_bytes());
    assert_eq!(status, 201, "{begun}");
    let place = format!("/api/datasets/uploads/{}", begun["upload_id"].as_str().unwrap());
    let mut stream = program.connect();
    let (host, length) = (&program.address, content.len());
    write!(
        stream,
        "PATCH {place} HTTP/1.1\r\nHost: {host}\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{content}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    let (status, finished) = send(program, "POST", &format!("{place}/finish"), b"");
    assert_eq!(status, 200, "{finished}");
    finished["dataset_id"].as_str().unwrap().to_owned()
}
