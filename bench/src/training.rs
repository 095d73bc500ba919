//! How quick the live paths are while a training runs on all the threads that it may have: a socket's pings
//! are answered by the same threads that carry everything else to it.

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    figure::{Figure, Report},
    http::{get, post},
    program::Program,
    socket::{Message, Socket},
};

/// Rows and columns of numbers that are learned from: 40 MB as text.
const ROWS: u32 = 463_000;
const COLUMNS: u32 = 15;
/// Between two pings: a client may say 20 things a second (docs/PROTOCOL.md, close code 4429).
const PAUSE: Duration = Duration::from_millis(55);
/// Between two looks whether a training has begun to learn.
const LOOK: Duration = Duration::from_millis(10);
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn measure(binary: &Path, seconds: u64, report: &mut Report) -> Result<()> {
    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    let session = program.sign_in()?;
    let mut socket = Socket::open(&program.address, &session)?;
    let length = Duration::from_secs(seconds);
    let quiet = pings(&mut socket, length / 4)?;
    let Begun { run, progress, round } = train(&program, &session)?;
    let busy = pings(&mut socket, length)?;
    let now = asked(&program, &session, &format!("/api/runs/{run}"))?;
    if now["status"]["state"] != "running" {
        bail!("the training did not last as long as the measurement: {}", now["status"]);
    }
    report.note(format!(
        "training: {ROWS} rows × {COLUMNS} columns, {} rounds done by then",
        now["progress"]["round"]
    ));
    let plain = Figure::without_bar;
    report.add(Figure::below("heartbeat while training, p99", at(&busy, 0.99), 20.0, "ms"));
    report.add(plain("  median", at(&busy, 0.5), "ms"));
    report.add(plain("  slowest", at(&busy, 1.0), "ms"));
    report.add(plain("  without a training, p99", at(&quiet, 0.99), "ms"));
    report.add(plain("  heartbeats", busy.len() as f64, ""));
    report.add(Figure::below("from the wish to progress", progress.as_secs_f64(), 1.0, "s"));
    report.add(plain("  to the first round", round.as_secs_f64(), "s"));
    Ok(())
}

/// A training that learns, and what had passed since it was wished for.
struct Begun {
    run: u64,
    /// When anything of it was done.
    progress: Duration,
    round: Duration,
}

/// Starts a training that would take hours; answers once it learns.
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn train(program: &Program, session: &str) -> Result<Begun> {
    let mut rows = String::from("y");
    for column in 0..COLUMNS {
        write!(rows, ",x{column}")?;
    }
    for row in 0..ROWS {
        let cell =
            |column: u32| f64::from((row * 37 + column * 101 + row / 7 * column) % 9_973) / 10.0;
        write!(rows, "\n{}", cell(1) * cell(2) + cell(3))?;
        for column in 0..COLUMNS {
            write!(rows, ",{}", cell(column))?;
        }
    }
    let form = format!(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bench.csv\"\r\n\r\n\
         {rows}\r\n--X--\r\n"
    );
    // As a page does: who brings a cookie says where it comes from.
    let origin = format!("Origin: http://{}", program.address);
    let kind = "Content-Type: multipart/form-data; boundary=X".to_owned();
    let headers = [session.to_owned(), origin.clone(), kind];
    let uploaded = post(&program.address, "/api/upload", &headers, form.as_bytes())?;
    let uploaded: Value = serde_json::from_slice(&uploaded.body)?;
    let wish = json!({
        "dataset_id": uploaded["dataset_id"],
        "target_column": "y",
        "preset": "fast",
        "parameters": { "eta": 0.001, "rounds": 10_000, "patience": 1_000 },
    });
    let headers = [session.to_owned(), origin];
    let began = Instant::now();
    let made = post(&program.address, "/api/train", &headers, wish.to_string().as_bytes())?;
    let made: Value = serde_json::from_slice(&made.body)?;
    let run = made["run"].as_u64().with_context(|| format!("no run: {made}"))?;
    let end = Instant::now() + PATIENCE;
    let mut progress = None;
    while Instant::now() < end {
        let now = asked(program, session, &format!("/api/runs/{run}"))?;
        let now = &now["progress"];
        if progress.is_none() && now["progress_percent"].as_f64().is_some_and(|done| done > 0.0) {
            progress = Some(began.elapsed());
        }
        if let (Some(progress), true) = (progress, now["round"].is_number()) {
            return Ok(Begun { run, progress, round: began.elapsed() });
        }
        std::thread::sleep(LOOK);
    }
    bail!("the training did not begin to learn within a minute")
}

fn asked(program: &Program, session: &str, path: &str) -> Result<Value> {
    let answer = get(&program.address, path, &[session.to_owned()])?;
    Ok(serde_json::from_slice(&answer.body)?)
}

/// Times from ping to pong in milliseconds, shortest first.
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn pings(socket: &mut Socket, length: Duration) -> Result<Vec<f64>> {
    socket.wait_at_most(PATIENCE)?;
    let end = Instant::now() + length;
    let mut took = Vec::new();
    while Instant::now() < end {
        let sent = Instant::now();
        socket.say(r#"{"op":"ping","ts":1}"#)?;
        loop {
            match socket.next()? {
                Some(Message::Text(text)) if text.starts_with(br#"{"op":"pong""#) => break,
                Some(Message::Text(_)) => {}
                Some(Message::Closed(code)) => bail!("the server closed the socket: {code:?}"),
                None => bail!("no pong within a minute"),
            }
        }
        took.push(sent.elapsed().as_secs_f64() * 1_000.0);
        std::thread::sleep(PAUSE);
    }
    took.sort_by(f64::total_cmp);
    Ok(took)
}

/// A quantile of sorted times.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
fn at(sorted: &[f64], quantile: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1) as f64 * quantile).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}
