//! What history costs on disk beside the same samples in Prometheus' format, and how quickly it
//! comes back.

use std::{collections::BTreeMap, path::Path, time::Instant};

use anyhow::{Context, Result};
use bellwether_signal::{Timestamp, series::SeriesName};
use bellwether_store::{Frame, Options, Resolution, Store};

use crate::{
    figure::{Figure, Report},
    recording::record,
    xor_chunk::{Sample, aligned, encoded_bytes},
};

/// 1 January 2025, the start of an hour.
const START_MS: i64 = 1_735_689_600_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Bytes per sample of a recorded host, projected to a day of sealed hours.
pub(crate) fn measure_size(seconds: u64, report: &mut Report) -> Result<()> {
    let frames = record(seconds)?;
    let count = |frames: &[Frame]| frames.iter().map(|it| it.samples.len()).sum::<usize>() as f64;
    let half_ms = i64::try_from(seconds)? * 500;
    let (first, _) = frames.split_at(frames.partition_point(|frame| frame.at.0 < half_ms));

    let nothing = stored_bytes(&[])?;
    let (half, full) = (stored_bytes(first)? - nothing, stored_bytes(&frames)? - nothing);
    let samples = count(&frames);
    // A chunk holds a series' hour: a part does not grow (names, heads, tables of the coder), the
    // rest does with each sample. Two lengths tell them apart; an hour is measured as it is.
    let each = (full - half) / (samples - count(first));
    let fixed = full - each * samples;
    let hour = samples * 3_600.0 / seconds as f64;
    let projected = (fixed + each * hour) / hour;

    let mut series: BTreeMap<&str, Vec<Sample>> = BTreeMap::new();
    for frame in &frames {
        for (name, value) in &frame.samples {
            series.entry(name).or_default().push((frame.at.0, *value));
        }
    }
    let as_recorded: usize = series.values().map(|it| encoded_bytes(it)).sum();
    let as_scraped: usize = series.values().map(|it| encoded_bytes(&aligned(it, 1_000))).sum();

    report.note(format!(
        "storage: {} series of this host, {samples:.0} samples in {seconds} s; {full:.0} B sealed, \
         of them {fixed:.0} once an hour",
        series.len()
    ));
    report.add(Figure::at_most("history: a sealed day, per sample", projected, 1.0, "B"));
    let beside = as_scraped as f64 / samples;
    report.add(Figure::without_bar("  the same in Prometheus' chunks", beside, "B"));
    let beside = as_recorded as f64 / samples;
    report.add(Figure::without_bar("  there, with times as recorded", beside, "B"));
    report.add(Figure::without_bar("  ours as recorded, not projected", full / samples, "B"));
    report.add(Figure::without_bar("  a day of this host", projected * hour * 24.0 / 1e6, "MB"));
    Ok(())
}

/// What lies in the file when everything is sealed: all used bytes of all pages.
fn stored_bytes(frames: &[Frame]) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let options = Options { seal_after_ms: 0, ..Options::default() };
    let store = Store::open_with(folder.path(), options)?;
    fill(&store, frames.iter().cloned())?;
    store.tidy(Timestamp(START_MS + 2 * HOUR_MS))?;
    store.close();
    drop(store);
    let database = rusqlite::Connection::open(folder.path().join("bellwether.db"))?;
    let used = "SELECT sum(pgsize - unused) * 1.0 FROM dbstat";
    database.query_row(used, [], |row| row.get(0)).context("read the sizes of tables")
}

/// Frames count from 0; here they get their place in time.
fn fill(store: &Store, frames: impl Iterator<Item = Frame>) -> Result<()> {
    let mut waiting = 0;
    for mut frame in frames {
        frame.at.0 += START_MS;
        waiting += frame.samples.len();
        store.append(frame);
        // Far from the bound at which frames are shed.
        if waiting > 10_000 {
            store.flush()?;
            waiting = 0;
        }
    }
    Ok(store.flush()?)
}

/// How long history takes to come back: a day of one series, and a month.
pub(crate) fn measure_reads(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let end = month(folder.path())?;
    let store = Store::open(folder.path())?;
    let name = [SeriesName::parse("host/web-1/cpu/total_percent")?];
    for (what, days, bar) in
        [("history: 24 h of one series", 1, 20.0), ("history: 30 days of one series", 30, 100.0)]
    {
        let mut times = Vec::new();
        let mut rows = 0;
        for _ in 0..21 {
            let before = now();
            let from = Timestamp(end - days * DAY_MS);
            let answer = store.series(&name, from, Timestamp(end), Resolution::Points(1_000))?;
            times.push(before.elapsed().as_secs_f64() * 1e3);
            rows = answer.series.first().map_or(0, |columns| columns.at_ms.len());
        }
        times.sort_by(f64::total_cmp);
        report.add(Figure::below(what, times[times.len() / 2], bar, "ms"));
        let slowest = times.last().copied().unwrap_or(f64::NAN);
        report.add(Figure::without_bar("  the slowest of 21", slowest, "ms"));
        report.add(Figure::without_bar("  rows", rows as f64, ""));
    }
    store.close();
    Ok(())
}

/// Thirty days of four series: the last at one second, those before at ten.
fn month(folder: &Path) -> Result<i64> {
    let store = Store::open(folder)?;
    let mut wave = 0.0_f64;
    for day in 0..30 {
        let step_ms = if day == 29 { 1_000 } else { 10_000 };
        let frames = (0..DAY_MS / step_ms).map(|n| {
            wave += 0.37;
            let level = 50.0 + 40.0 * (wave * 0.01).sin() + 5.0 * wave.sin();
            let percent = (level * 10.0).round() / 10.0;
            let sample = |field: &str, value: f64| (format!("host/web-1/{field}").into(), value);
            Frame {
                at: Timestamp(day * DAY_MS + n * step_ms),
                interval_ms: u32::try_from(step_ms).expect("seconds"),
                samples: vec![
                    sample("cpu/total_percent", percent),
                    sample("memory/used_bytes", (level * 1e8).round()),
                    sample("network/received_bytes_per_second", (level * 777.0).round()),
                    sample("cpu/load_1m", (level * 3.0).round() / 100.0),
                ],
            }
        });
        fill(&store, frames)?;
        store.tidy(Timestamp(START_MS + (day + 1) * DAY_MS))?;
    }
    store.close();
    Ok(START_MS + 30 * DAY_MS)
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}
