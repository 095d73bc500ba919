//! What the page may cost and how quick it is, in Chromium: the real page of a real server, and its
//! heaviest components alone.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};
use bellwether_models::dataset::{Limits, read};
use serde_json::Value;

use crate::{
    figure::{Figure, Report},
    program::Program,
    serving,
};

const LIVE_PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/live_page.js");
const MODEL_PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model_page.js");
const SIGNALS_PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/signals_page.js");
const COMPONENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/components.js");

/// From the kernel's answer to the picture, and what a minute of live values does to the page.
pub(crate) fn measure_live(binary: &Path, seconds: u64, report: &mut Report) -> Result<()> {
    let seen = on_a_fresh_server(binary, LIVE_PAGE, seconds)?;
    let number = |path: &str| seen.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let plain = Figure::without_bar;

    report.add(Figure::below("kernel read to DOM, p99", number("/latency/p99_ms"), 50.0, "ms"));
    report.add(plain("  median", number("/latency/p50_ms"), "ms"));
    report.add(plain("  of it, to the socket, median", number("/latency/to_socket_p50_ms"), "ms"));
    report.add(plain("  of it, to the socket, p99", number("/latency/to_socket_p99_ms"), "ms"));
    report.add(plain(
        "  on top, until the next frame, median",
        number("/latency/frame_p50_ms"),
        "ms",
    ));
    report.add(plain("  values seen", number("/latency/samples"), ""));
    let by_tile = seen.pointer("/latency/by_tile").cloned().unwrap_or_default();
    report.note(format!(
        "kernel read to DOM, p99 by tile, ms: {by_tile}; all states of a round share one flush, so \
         the flush clock (100 ms) adds nothing to them; events after them may wait for it"
    ));
    report.add(Figure::below("layout shift while live (CLS)", number("/cls"), 0.02, ""));
    report.add(plain("  watched for", seconds as f64, "s"));
    report.add(plain("Now, live: renderer, of one core", number("/renderer_percent"), "%"));
    report.add(plain("  long tasks, loading included", number("/long_tasks"), ""));
    report.add(plain("  heap of the page", number("/heap_mb"), "MB"));
    let growth = number("/heap_growth_mb_per_hour");
    report.add(plain("  its growth, while buffers fill", growth, "MB/h"));
    report.add(Figure::below("interaction while live, p98", number("/inp_p98_ms"), 100.0, "ms"));
    report.add(plain("  interactions", number("/interactions"), ""));
    Ok(())
}

/// From a prediction to the table that shows it, and from a label to the accuracy that it changes.
pub(crate) fn measure_model(binary: &Path, seconds: u64, report: &mut Report) -> Result<()> {
    let csv = serving::made();
    let table = read(|| Ok(csv.as_bytes()), &Limits::default(), |_| ())?;
    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    let session = program.sign_in()?;
    serving::hand_over(&program, &session, &serving::trained(&table)?)?;
    let rows = data.path().join("bench-rows.json");
    std::fs::write(&rows, format!("[{}]", serving::rows_of(&csv).join(",")))?;
    let rows = rows.to_str().context("the folder's name is text")?;
    let cookie = session.trim_start_matches("Cookie: ");
    let url = format!("http://{}", program.address);
    let seen = node(&[MODEL_PAGE, &url, cookie, "bench-v1", &seconds.to_string(), rows])?;
    let number = |path: &str| seen.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let plain = Figure::without_bar;
    report.add(Figure::below("prediction to DOM, p99", number("/to_table_p99_ms"), 150.0, "ms"));
    report.add(plain("  median", number("/to_table_p50_ms"), "ms"));
    report.add(plain("  of it, to the socket, p99", number("/to_socket_p99_ms"), "ms"));
    report.add(Figure::at_least("  predictions", number("/rate"), 990.0, "/s"));
    report.add(plain("  of them told to the page", number("/told"), ""));
    report.add(Figure::below("label to accuracy in DOM", number("/label_max_ms"), 200.0, "ms"));
    report.add(plain("  median", number("/label_p50_ms"), "ms"));
    Ok(())
}

/// The list of 1,900 of users' own signals, of which twenty say something each second.
pub(crate) fn measure_signals(binary: &Path, seconds: u64, report: &mut Report) -> Result<()> {
    let seen = on_a_fresh_server(binary, SIGNALS_PAGE, seconds)?;
    let number = |path: &str| seen.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let plain = Figure::without_bar;
    report.add(plain("1,900 own signals: load to listed", number("/listed_ms"), "ms"));
    report.add(plain("  longest task until then", number("/loading_longest_ms"), "ms"));
    let long_tasks = number("/moving_long_tasks");
    report.add(Figure::at_most("  long tasks while 20/s move", long_tasks, 0.0, ""));
    report.add(plain("  the longest of them", number("/moving_longest_ms"), "ms"));
    report.add(plain("  renderer, of one core", number("/renderer_percent"), "%"));
    Ok(())
}

/// Fifty charts and 500 rows, once a second.
pub(crate) fn measure_components(page: &Path, seconds: u64, report: &mut Report) -> Result<()> {
    let page = page.to_str().context("the folder's name is text")?;
    let seen = node(&[COMPONENTS, page, &seconds.to_string()])?;
    let number = |path: &str| seen.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let below = Figure::below;
    report.add(below(
        "50 charts at 1 Hz: renderer, of one core",
        number("/charts/percent"),
        10.0,
        "%",
    ));
    report.add(Figure::without_bar("  long tasks", number("/charts/long_tasks"), ""));
    report.add(below("500 processes at 1 Hz: renderer", number("/table/percent"), 5.0, "%"));
    report.add(Figure::at_most("  long tasks (over 50 ms)", number("/table/long_tasks"), 0.0, ""));
    Ok(())
}

/// What a script says of the page of a server without a past, which it is signed in at.
fn on_a_fresh_server(binary: &Path, script: &str, seconds: u64) -> Result<Value> {
    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    let session = program.sign_in()?;
    let cookie = session.trim_start_matches("Cookie: ");
    let url = format!("http://{}", program.address);
    node(&[script, &url, cookie, &seconds.to_string()])
}

/// Runs a script and takes what it prints as JSON.
fn node(arguments: &[&str]) -> Result<Value> {
    let output = Command::new("node").args(arguments).output().context("start node")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("it printed no JSON")
}
