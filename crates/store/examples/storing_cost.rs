//! What the store costs: a day of 100 series (unless told otherwise) at one sample a second, each second committed by itself
//! as it would be, then read back. Prints processor time per frame, bytes per sample on disk, times
//! of reads and memory. Then so many days of a few series, of which all but the last week is one row a
//! minute. `cargo run --release -p bellwether-store --example storing_cost [HOURS [SERIES [DAYS]]]`.
//!
//! The series are made up, from a fixed seed: a third stand still (totals, limits, idle counters), a
//! third wander (memory in pages, temperatures), a third are noisy (per cent, rates).

use std::{
    env, error, fs,
    io::{Write, stdout},
    path::Path,
    time::Instant,
};

use bellwether_signal::{Timestamp, series::SeriesName};
use bellwether_store::{Frame, Resolution, Store};

/// Midnight, 1 January 2025.
const START_MS: i64 = 1_735_689_600_000;

type Outcome<T> = Result<T, Box<dyn error::Error>>;

/// Xorshift (Marsaglia 2003), 64 bits.
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What a series does.
enum Shape {
    Still { value: f64 },
    Wandering { value: f64, step: f64 },
    Noisy { level: f64 },
}

impl Shape {
    fn next(&mut self, random: &mut Random) -> f64 {
        match self {
            Self::Still { value } => *value,
            Self::Wandering { value, step } => {
                // Moves in one second of four, by whole steps, as allocations do.
                if random.unit() < 0.25 {
                    *value += (random.unit() * 64.0 - 32.0).round() * *step;
                }
                *value
            }
            // Mostly near its level, sometimes far above.
            Self::Noisy { level } => *level * (random.unit() + 9.0 * random.unit().powi(12)),
        }
    }
}

fn series(count: u64) -> Vec<(Box<str>, Shape)> {
    let shape = |n: u64| match n % 6 {
        0 => (format!("limit_{n}_bytes"), Shape::Still { value: 16_384_000_000.0 }),
        1 => (format!("idle_{n}_per_second"), Shape::Still { value: 0.0 }),
        2 => (format!("used_{n}_bytes"), Shape::Wandering { value: 4e9, step: 4_096.0 }),
        3 => (format!("core_{n}_celsius"), Shape::Wandering { value: 50.0, step: 0.01 }),
        4 => (format!("busy_{n}_percent"), Shape::Noisy { level: 10.0 }),
        _ => (format!("rate_{n}_bytes_per_second"), Shape::Noisy { level: 20_000.0 }),
    };
    let name = |(field, shape)| (format!("host/web-1/cost/{field}").into(), shape);
    (0..count).map(shape).map(name).collect()
}

fn main() -> Outcome<()> {
    let hours: i64 = env::args().nth(1).map_or(Ok(24), |text| text.parse())?;
    let count: u64 = env::args().nth(2).map_or(Ok(100), |text| text.parse())?;
    let days: i64 = env::args().nth(3).map_or(Ok(30), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let mut out = stdout().lock();
    let opened = now();
    let store = Store::open(folder.path())?;
    writeln!(out, "opened, new: {:.1} ms", opened.elapsed().as_secs_f64() * 1e3)?;
    writeln!(out, "memory when open: {} KiB", status("VmRSS")?)?;

    let (mut shapes, mut random) = (series(count), Random(42));
    let seconds = hours * 3_600;
    let (began, busy_before) = (now(), busy_seconds()?);
    let mut made = 0.0;
    for second in 0..seconds {
        let before = now();
        let samples =
            shapes.iter_mut().map(|(name, shape)| (name.clone(), shape.next(&mut random)));
        let samples = samples.collect();
        made += before.elapsed().as_secs_f64();
        // A timer is late by a millisecond or two, now and then.
        let late_ms = [0.5, 0.9, 0.99].iter().filter(|share| random.unit() > **share).count();
        let at = Timestamp(START_MS + second * 1_000 + i64::try_from(late_ms)?);
        store.append(Frame { at, interval_ms: 1_000, samples });
        store.flush()?;
    }
    let busy = busy_seconds()? - busy_before - made;
    let frame_us = busy / seconds as f64 * 1e6;
    writeln!(out, "{hours} h of {count} series at 1 s in {:.1} s", began.elapsed().as_secs_f64())?;
    writeln!(
        out,
        "processor time: {frame_us:.0} us a frame, commit and sealing included: {:.4} % of a core at 1 s",
        frame_us / 1e4
    )?;
    writeln!(out, "memory after appending: {} KiB", status("VmRSS")?)?;

    let end = Timestamp(START_MS + seconds * 1_000);
    let names = |count: usize| -> Outcome<Vec<SeriesName>> {
        let picked = shapes.iter().skip(2).take(count);
        Ok(picked.map(|(name, _)| SeriesName::parse(name)).collect::<Result<_, _>>()?)
    };
    for (what, count, from_ms, resolution) in [
        ("the whole range of 1 series, 1000 points", 1, START_MS, Resolution::Points(1_000)),
        ("the whole range of 20 series, 1000 points", 20, START_MS, Resolution::Points(1_000)),
        ("the last hour of 1 series, 1000 points", 1, end.0 - 3_600_000, Resolution::Points(1_000)),
        ("the last 15 minutes of 20 series, raw", 20, end.0 - 900_000, Resolution::Raw),
    ] {
        let (names, mut times) = (names(count)?, Vec::new());
        let mut rows = 0;
        for _ in 0..20 {
            let before = now();
            let answer = store.series(&names, Timestamp(from_ms), end, resolution)?;
            times.push(before.elapsed().as_secs_f64() * 1e3);
            rows = answer.series.iter().map(|columns| columns.at_ms.len()).sum();
        }
        times.sort_by(f64::total_cmp);
        writeln!(
            out,
            "{what}: {:.1} ms median, {:.1} ms worst of 20 ({rows} rows)",
            times[10], times[19]
        )?;
    }
    writeln!(
        out,
        "memory after reading: {} KiB, at most {} KiB",
        status("VmRSS")?,
        status("VmHWM")?
    )?;

    writeln!(out, "on disk while open: {:.0} KiB", store.metrics().size_bytes / 1024.0)?;
    store.tidy(Timestamp(end.0 + 7_200_000))?;
    store.close();
    let opened = now();
    Store::open(folder.path())?.close();
    writeln!(out, "opened again and closed: {:.1} ms", opened.elapsed().as_secs_f64() * 1e3)?;
    report_disk(&mut out, folder.path(), seconds, count)?;
    long(&mut out, days)
}

/// Reads over many days of four series.
fn long(out: &mut impl Write, days: i64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let (mut shapes, mut random) = (series(4), Random(42));
    let seconds = days * 86_400;
    let began = now();
    for second in 0..seconds {
        let samples =
            shapes.iter_mut().map(|(name, shape)| (name.clone(), shape.next(&mut random)));
        let at = Timestamp(START_MS + second * 1_000);
        store.append(Frame { at, interval_ms: 1_000, samples: samples.collect() });
        if second % 3_600 == 0 {
            store.tidy(at)?;
        }
    }
    store.flush()?;
    writeln!(out, "{days} days of 4 series in {:.1} s", began.elapsed().as_secs_f64())?;
    let end = Timestamp(START_MS + seconds * 1_000);
    let name = [SeriesName::parse(&shapes[2].0)?];
    for (what, days) in [("24 h", 1), ("7 days", 7), ("30 days", 30), ("everything", days)] {
        let from = Timestamp(end.0 - days * 86_400_000);
        let mut times = Vec::new();
        let mut answer = None;
        for _ in 0..20 {
            let before = now();
            answer = Some(store.series(&name, from, end, Resolution::Points(1_000))?);
            times.push(before.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let answer = answer.ok_or("it was asked")?;
        writeln!(
            out,
            "{what} of 1 series: {:.1} ms median, {:.1} ms worst of 20 ({} rows of {} s)",
            times[10],
            times[19],
            answer.series[0].at_ms.len(),
            answer.step_ms / 1_000
        )?;
    }
    Ok(())
}

/// What is on disk when all is sealed.
fn report_disk(out: &mut impl Write, folder: &Path, seconds: i64, series: u64) -> Outcome<()> {
    let samples = seconds as f64 * series as f64;
    let path = folder.join("bellwether.db");
    let database = rusqlite::Connection::open(&path)?;
    let sum = |sql| database.query_row(sql, [], |row| row.get::<_, f64>(0));
    let chunks = sum("SELECT sum(length(samples)) * 1.0 FROM chunk")?;
    let clocks = sum("SELECT sum(length(times)) * 1.0 FROM clock")?;
    let minutes = sum("SELECT sum(length(rows)) * 1.0 FROM minute")?;
    let hours = sum("SELECT sum(length(rows)) * 1.0 FROM hour")?;
    let free = sum(
        "SELECT freelist_count * 1.0 * page_size FROM pragma_freelist_count, pragma_page_size",
    )?;
    let file = fs::metadata(&path)?.len() as f64;
    writeln!(
        out,
        "bytes per sample, sealed: {:.3} in the file without its free pages, {:.3} with them \
         (values {:.3}, times {:.4}, minutes {:.4}, hours {:.5})",
        (file - free) / samples,
        file / samples,
        chunks / samples,
        clocks / samples,
        minutes / samples,
        hours / samples
    )?;
    for field in ["limit", "idle", "used", "core", "busy", "rate"] {
        let mut select = database.prepare(
            "SELECT sum(length(samples)) * 1.0 FROM chunk JOIN series ON series.id = chunk.id & 4294967295
             WHERE name LIKE 'host/web-1/cost/' || ?1 || '%'",
        )?;
        let bytes: f64 = select.query_row([field], |row| row.get(0))?;
        let mut select = database.prepare(
            "SELECT count(*) FROM series WHERE name LIKE 'host/web-1/cost/' || ?1 || '%'",
        )?;
        let count: u32 = select.query_row([field], |row| row.get(0))?;
        writeln!(out, "  {field}: {:.3}", bytes / f64::from(count) / seconds as f64)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

/// A line of our own status (proc(5)), in KiB.
fn status(wanted: &str) -> Outcome<u64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(wanted)?.strip_prefix(':'));
    Ok(line.and_then(|line| line.split_whitespace().next()).ok_or("no such line")?.parse()?)
}

/// Processor time of all threads so far: utime and stime of proc(5), in hundredths of a second.
fn busy_seconds() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = text.rsplit_once(')').ok_or("no such file")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / 100.0)
}
