//! What watching costs: microseconds for each prediction that live quality takes, with 20 columns.
//! `cargo run --release -p bellwether-models --example observed`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example that measures")]

use std::{fmt::Write as _, sync::Arc, time::Duration};

use bellwether_models::{
    Next, Settings,
    dataset::{Limits, read},
    quality::{LiveQuality, Observed},
    registry::{NewVersion, Registry},
    serving::{MemoryLog, Outcome},
    train,
};
use bellwether_signal::{
    Moment, Timestamp, Topic,
    activity::Activity,
    feature::Features,
    ports::{Announce, KeepError, RecordChange, RecordKind, Records, Surroundings},
};
use serde_json::{Map, Value};

struct Nowhere;

impl Records for Nowhere {
    fn all(&self, _: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
        Ok(Vec::new())
    }
    fn change(&self, _: Vec<RecordChange>) -> Result<(), KeepError> {
        Ok(())
    }
}

impl Announce for Nowhere {
    fn state(&self, _: &Topic, _: Map<String, Value>, _: Option<u32>) {}
    fn gone(&self, _: &Topic) {}
    fn event(&self, _: &Topic, _: Value, _: bool) {}
    fn logged(&self, _: &Topic, _: Value) {}
    fn activity(&self, _: Activity) {}
}

fn now() -> Moment {
    Moment { wall: Timestamp(1_795_292_130_000), monotonic: Duration::from_secs(5) }
}

fn main() {
    let names: Vec<String> = (0..20).map(|column| format!("c{column}")).collect();
    let mut text = format!("{},kind\n", names.join(","));
    for row in 0..2_000_u32 {
        let cell = |column: u32| f64::from((row * (column + 7) * 37) % 1_009) / 1_009.0;
        for column in 0..20 {
            write!(text, "{:.3},", cell(column)).unwrap();
        }
        writeln!(text, "{}", if cell(0) + cell(1) > 1.0 { "yes" } else { "no" }).unwrap();
    }
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let settings = Settings { rounds: 20, ..Settings::default() };
    let model = train(&table, &settings, &mut |_| Next::Go).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let around = Surroundings {
        records: Arc::new(Nowhere),
        announce: Arc::new(Nowhere),
        folder: folder.path().to_owned(),
        clock: now,
        features: Features::default(),
    };
    let registry = Arc::new(Registry::open(around.clone()).unwrap());
    let name = "bench".to_owned();
    let (run, dataset, user, took_seconds) = (None, None, None, None);
    let new = NewVersion { name, model: model.clone(), run, dataset, user, took_seconds };
    let version = registry.register(new).unwrap();
    let quality = LiveQuality::open(around, registry, Arc::new(MemoryLog::default()));
    for (batch, count) in [(1_usize, 200_000_usize), (100, 200_000)] {
        let rows: Vec<Vec<Observed>> = (0..count / batch)
            .map(|number| (0..batch).map(|row| observed(number * batch + row)).collect())
            .collect();
        let begun = bellwether_clock();
        for rows in rows {
            quality.observed(&version, &model, rows);
        }
        let took = bellwether_clock().checked_sub(begun).unwrap();
        let each = took.as_secs_f64() * 1e6 / f64::from(u32::try_from(count).unwrap());
        println!("{count} predictions, {batch} at a time: {each:.2} µs each");
    }
}

fn observed(number: usize) -> Observed {
    let share = f64::from(u32::try_from(number % 1_000).unwrap()) / 1_000.0;
    Observed {
        id: format!("{number:036}").as_str().into(),
        at: now(),
        inputs: Some(r#"{"fee":12.5,"plan":"basic"}"#.into()),
        input_hash: "0123456789abcdef".into(),
        features: vec![0.5; 20].into(),
        unseen: Vec::new(),
        outcome: Outcome::of_probabilities(vec![1.0 - share, share]),
        response_ms: 0.1,
        client: None,
        shadow: false,
    }
}

#[expect(clippy::disallowed_methods, reason = "it measures itself")]
fn bellwether_clock() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}
