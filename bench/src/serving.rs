//! Predictions over loopback: what one costs the server, how long it takes, and how many come in batches.
//! The model has 100 trees on 20 features; it is trained here on rows that are made here, and handed to the
//! program as a file. Logging, metrics and live tracking are on, as always.

mod peers;

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use bellwether_models::{
    Model, Next, Settings,
    dataset::{Limits, Table, read},
    serving::Predictor,
    train,
};
use bellwether_sys::clock;

use crate::{
    figure::{Figure, Report},
    program::Program,
    usage::Usage,
};

const FEATURES: usize = 20;
const ROWS: usize = 20_000;
/// As many folds of so many rounds are 100 trees.
const FOLDS: usize = 5;
const ROUNDS: usize = 20;
/// Clients that ask at the same time.
const CONNECTIONS: usize = 32;
/// Requests of each, after as many to warm up as a tenth of it.
const REQUESTS: usize = 1_000;
/// Rows of a batch, and batches.
const BATCH: usize = 1_000;
const BATCHES: usize = 30;
/// How long rows are predicted in this process.
const IN_PROCESS: Duration = Duration::from_secs(2);

pub(crate) fn measure(binary: &Path, with_peers: bool, report: &mut Report) -> Result<()> {
    let csv = made();
    let table = read(|| Ok(csv.as_bytes()), &Limits::default(), |_| ())?;
    let model = trained(&table)?;
    report.note(format!(
        "serving: {} trees of up to {} leaves on {FEATURES} features; {CONNECTIONS} connections × \
         {REQUESTS} requests of one row, then {BATCHES} batches of {BATCH} rows on one connection",
        model.trees(),
        Settings::default().leaves,
    ));
    over_loopback(binary, &model, &csv, report)?;
    let ours = in_process(model, &table, report)?;
    if with_peers {
        let folder = binary.parent().unwrap_or(Path::new(".")).join("bench-python");
        match peers::measure(&folder, &csv) {
            Ok(peers) => {
                for (name, ms) in peers.request_ms.named() {
                    report.add(Figure::without_bar(name, ms, "ms"));
                }
                report.add(Figure::without_bar(
                    "  LightGBM in its own process, 1 thread",
                    peers.rows_a_second,
                    "rows/s",
                ));
                report.add(Figure::at_least(
                    "serving: batch rate over LightGBM's",
                    ours / peers.rows_a_second,
                    0.5,
                    "×",
                ));
            }
            Err(error) => report.note(format!("no figures of Python's peers: {error:#}")),
        }
    }
    Ok(())
}

/// What the predictions are asked of.
pub(crate) fn trained(table: &Table) -> Result<Model> {
    let (folds, rounds) = (FOLDS, ROUNDS);
    let settings = Settings { folds, rounds, linear_leaves: Some(false), ..Settings::default() };
    Ok(train(table, &settings, &mut |_| Next::Go)?)
}

/// Hands the model to a program, which then knows it as `bench-v1`.
pub(crate) fn hand_over(program: &Program, session: &str, model: &Model) -> Result<()> {
    let headers = format!(
        "{session}\r\nOrigin: http://{}\r\nContent-Type: application/octet-stream\r\n",
        program.address
    );
    let mut client = Client::connect(&program.address)?;
    client.post("/api/models/import?name=bench", &headers, &model.encode()?)?;
    Ok(())
}

/// Rows whose class is a noisy, bent function of some columns.
pub(crate) fn made() -> String {
    // A linear congruential generator (Knuth, MMIX): the same rows each time.
    let mut state = 7_u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    let names: Vec<String> = (0..FEATURES).map(|n| format!("f{n}")).collect();
    let mut text = names.join(",") + ",label\n";
    for _ in 0..ROWS {
        let row: Vec<f64> = (0..FEATURES).map(|_| uniform()).collect();
        let at = |place: usize| row.get(place).copied().unwrap_or_default();
        let signal = (6.0 * at(0)).sin() + 2.0 * at(1) * at(2) + (at(3) - 0.5).abs() * 3.0 - at(4)
            + at(5) * at(6) * 2.0;
        let noise = (uniform() + uniform() + uniform() - 1.5) * 1.2;
        for value in &row {
            write!(text, "{value:.5},").expect("a text takes everything");
        }
        text.push_str(if signal + noise > 1.4 { "yes\n" } else { "no\n" });
    }
    text
}

fn over_loopback(binary: &Path, model: &Model, csv: &str, report: &mut Report) -> Result<()> {
    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    let session = program.sign_in()?;
    let headers = format!("{session}\r\nOrigin: http://{}\r\n", program.address);
    hand_over(&program, &session, model)?;
    let mut client = Client::connect(&program.address)?;
    let rows = rows_of(csv);
    let kind = "Content-Type: application/json\r\n";
    let headers = headers + kind;
    let path = "/api/models/bench-v1/predict";

    let ask_all = |requests: usize| -> Result<Vec<Duration>> {
        let asks = (0..CONNECTIONS).map(|connection| {
            let (address, headers, rows) = (program.address.clone(), headers.clone(), rows.clone());
            thread::spawn(move || -> Result<Vec<Duration>> {
                let mut client = Client::connect(&address)?;
                let mut took = Vec::with_capacity(requests);
                for row in rows.iter().cycle().skip(connection * 97).take(requests) {
                    let began = clock::now().monotonic;
                    client.post(path, &headers, row.as_bytes())?;
                    took.push(clock::now().monotonic.saturating_sub(began));
                }
                Ok(took)
            })
        });
        let mut all = Vec::new();
        for ask in asks.collect::<Vec<_>>() {
            match ask.join() {
                Ok(took) => all.extend(took?),
                Err(_) => bail!("a client panicked"),
            }
        }
        Ok(all)
    };
    ask_all(REQUESTS / 10)?;
    let before = Usage::of(program.pid())?;
    let mut took = ask_all(REQUESTS)?;
    let after = Usage::of(program.pid())?;
    took.sort_unstable();
    let cpu_ms = after.tasks_since(&before, |task| task.on_cpu_ns) / 1e6 / took.len() as f64;
    let wall = after.at.saturating_sub(before.at).as_secs_f64();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of requests"
        )]
        let place = ((took.len() as f64 * share) as usize).min(took.len().saturating_sub(1));
        took.get(place).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    };
    report.add(Figure::at_most("serving: server CPU per prediction", cpu_ms, 0.1, "ms"));
    report.add(Figure::below("serving: p99 at 32 connections", at(0.99), 5.0, "ms"));
    report.add(Figure::without_bar("  median", at(0.5), "ms"));
    report.add(Figure::without_bar("  rate", took.len() as f64 / wall, "/s"));

    let before = Usage::of(program.pid())?;
    for batch in rows.chunks(BATCH).cycle().take(BATCHES) {
        client.post(path, &headers, format!("[{}]", batch.join(",")).as_bytes())?;
    }
    let after = Usage::of(program.pid())?;
    let count = (BATCH * BATCHES) as f64;
    let wall = after.at.saturating_sub(before.at).as_secs_f64();
    let row_us = after.tasks_since(&before, |task| task.on_cpu_ns) / 1e3 / count;
    report.add(Figure::without_bar("  batches over HTTP", count / wall, "rows/s"));
    report.add(Figure::without_bar("  their server CPU per row", row_us, "µs"));
    Ok(())
}

/// The rows as JSON objects, without their labels.
pub(crate) fn rows_of(csv: &str) -> Vec<String> {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').take(FEATURES).collect();
    let row = |line: &str| {
        let cells = names.iter().zip(line.split(','));
        let fields: Vec<String> = cells
            .map(|(name, cell)| format!("\"{name}\":{}", cell.parse::<f64>().unwrap_or(0.0)))
            .collect();
        format!("{{{}}}", fields.join(","))
    };
    lines.take(5_000).map(row).collect()
}

/// Rows per second in this process, by our flat forest; the engine's own beside it.
fn in_process(model: Model, table: &Table, report: &mut Report) -> Result<f64> {
    let rows = model.encoder.transform(table);
    let predictor = Predictor::new(Arc::new(model));
    if !predictor.is_flat() {
        report.note("the model could not be laid out flat: the engine predicts".to_owned());
    }
    let began = clock::now().monotonic;
    let mut count = 0_usize;
    while clock::now().monotonic.saturating_sub(began) < IN_PROCESS {
        count += predictor.outcomes(&rows)?.len();
    }
    let rate = count as f64 / clock::now().monotonic.saturating_sub(began).as_secs_f64();
    report.add(Figure::without_bar("  in this process, 1 thread", rate, "rows/s"));
    Ok(rate)
}

/// A connection that stays.
struct Client {
    address: String,
    stream: BufReader<TcpStream>,
}

impl Client {
    fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { address: address.to_owned(), stream: BufReader::new(stream) })
    }

    fn post(&mut self, path: &str, headers: &str, body: &[u8]) -> Result<Vec<u8>> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        self.stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let (mut length, mut status) = (0, 0_u16);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                bail!("the connection was closed");
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if line.starts_with("http/1.1 ") {
                status =
                    line.split(' ').nth(1).and_then(|it| it.parse().ok()).context("no status")?;
            }
            if let Some(text) = line.strip_prefix("content-length:") {
                length = text.trim().parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        if !(200..300).contains(&status) {
            bail!("POST {path}: {status} {}", String::from_utf8_lossy(&answer));
        }
        Ok(answer)
    }
}
