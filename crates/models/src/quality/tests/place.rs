//! A small model that is served and watched, with everything that it tells.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use bellwether_signal::{
    ModelId, Moment, Timestamp, Topic,
    activity::Activity,
    feature::Features,
    model::{ModelMetrics, ModelSettings},
    ports::{Announce, KeepError, RecordChange, RecordKind, Records, Surroundings},
};
use serde_json::{Map, Value, json};

use crate::{
    Model, Next, Settings,
    dataset::{Limits, read},
    folds::SplitMix,
    quality::LiveQuality,
    registry::{NewVersion, Registry},
    serving::{Ask, InputRow, MemoryLog, Serving},
    train,
};

thread_local! {
    /// Milliseconds since the start; tests run in threads of their own.
    static CLOCK: Cell<u64> = const { Cell::new(3_600_000) };
}

pub(super) fn advance(ms: u64) {
    CLOCK.set(CLOCK.get() + ms);
}

pub(super) fn now() -> Moment {
    let ms = CLOCK.get();
    let wall = Timestamp(1_795_292_130_000 + i64::try_from(ms).unwrap());
    Moment { wall, monotonic: Duration::from_millis(ms) }
}

pub(super) fn wall() -> Timestamp {
    now().wall
}

#[derive(Default)]
pub(super) struct Announced {
    states: Mutex<Vec<(String, Map<String, Value>)>>,
    events: Mutex<Vec<(String, Value)>>,
    gone: Mutex<Vec<String>>,
}

impl Announced {
    pub(super) fn states(&self, leaf: &str) -> Vec<Map<String, Value>> {
        let all = self.states.lock().unwrap();
        all.iter().filter(|(topic, _)| topic.ends_with(leaf)).map(|(_, it)| it.clone()).collect()
    }

    pub(super) fn events(&self, leaf: &str) -> Vec<Value> {
        let all = self.events.lock().unwrap();
        all.iter().filter(|(topic, _)| topic.ends_with(leaf)).map(|(_, it)| it.clone()).collect()
    }

    pub(super) fn gone(&self) -> Vec<String> {
        self.gone.lock().unwrap().clone()
    }
}

impl Announce for Announced {
    fn state(&self, topic: &Topic, state: Map<String, Value>, _: Option<u32>) {
        self.states.lock().unwrap().push((topic.as_str().to_owned(), state));
    }
    fn gone(&self, topic: &Topic) {
        self.gone.lock().unwrap().push(topic.as_str().to_owned());
    }
    fn event(&self, topic: &Topic, event: Value, _: bool) {
        self.events.lock().unwrap().push((topic.as_str().to_owned(), event));
    }
    fn logged(&self, topic: &Topic, event: Value) {
        self.events.lock().unwrap().push((topic.as_str().to_owned(), event));
    }
    fn activity(&self, _: Activity) {}
}

#[derive(Default)]
pub(super) struct Kept(Mutex<BTreeMap<(RecordKind, String), Value>>);

impl Kept {
    /// As if live quality had never saved anything.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap().retain(|(kind, _), _| *kind != "quality");
    }
}

impl Records for Kept {
    fn all(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
        let all = self.0.lock().unwrap();
        let of_kind = all.iter().filter(|((one, _), _)| *one == kind);
        Ok(of_kind.map(|((_, id), body)| (id.clone(), body.clone())).collect())
    }

    fn change(&self, changes: Vec<RecordChange>) -> Result<(), KeepError> {
        let mut all = self.0.lock().unwrap();
        for RecordChange { kind, id, body } in changes {
            match body {
                Some(body) => drop(all.insert((kind, id), body)),
                None => drop(all.remove(&(kind, id))),
            }
        }
        Ok(())
    }
}

pub(super) struct Place {
    pub(super) quality: Arc<LiveQuality>,
    pub(super) registry: Arc<Registry>,
    pub(super) announced: Arc<Announced>,
    pub(super) records: Arc<Kept>,
    pub(super) id: ModelId,
    serving: Serving,
    log: Arc<MemoryLog>,
    folder: tempfile::TempDir,
}

/// `kind` is yes with the chance `x`, more surely at both ends; `colour` says nothing.
fn model() -> Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    let trained = || {
        let mut random = SplitMix(11);
        let mut text = String::from("x,colour,kind\n");
        for row in 0..900 {
            let x = random.uniform();
            let kind = if random.uniform() < 1.0 / (1.0 + (-12.0 * (x - 0.5)).exp()) {
                "yes"
            } else {
                "no"
            };
            writeln!(text, "{x:.4},{},{kind}", ["red", "green", "blue"][row % 3]).unwrap();
        }
        let bytes = text.into_bytes();
        let table =
            read(|| Ok(std::io::Cursor::new(bytes.clone())), &Limits::default(), |_| ()).unwrap();
        let settings = Settings { rounds: 40, ..Settings::default() };
        train(&table, &settings, &mut |_| Next::Go).unwrap()
    };
    MODEL.get_or_init(trained).clone()
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (records, log) = (Arc::new(Kept::default()), Arc::new(MemoryLog::default()));
        let mut place = Self::open(folder, records, log, None);
        let new = NewVersion {
            name: "kinds".to_owned(),
            model: model(),
            run: None,
            dataset: None,
            user: None,
            took_seconds: None,
        };
        place.id = place.registry.register(new).unwrap().id().clone();
        place
    }

    fn open(
        folder: tempfile::TempDir,
        records: Arc<Kept>,
        log: Arc<MemoryLog>,
        id: Option<ModelId>,
    ) -> Self {
        let announced = Arc::new(Announced::default());
        let around = Surroundings {
            records: Arc::clone(&records) as _,
            announce: Arc::clone(&announced) as _,
            folder: folder.path().to_owned(),
            clock: now,
            features: Features::default(),
        };
        let registry = Arc::new(Registry::open(around.clone()).unwrap());
        let quality =
            LiveQuality::open(around.clone(), Arc::clone(&registry), Arc::clone(&log) as _);
        let quality = Arc::new(quality);
        let serving = Serving::open(
            around,
            Arc::clone(&registry),
            Arc::clone(&quality),
            Arc::clone(&log) as _,
        )
        .unwrap();
        let id = id.unwrap_or_else(|| ModelId::of("none", 1).unwrap());
        Self { quality, registry, announced, records, id, serving, log, folder }
    }

    pub(super) fn restart(&mut self) {
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        let (records, log) = (Arc::clone(&self.records), Arc::clone(&self.log));
        *self = Self::open(folder, records, log, Some(self.id.clone()));
    }

    pub(super) fn predict<'a>(
        &self,
        rows: impl IntoIterator<Item = (f64, &'a str)>,
    ) -> Vec<String> {
        self.predict_for("tests", rows)
    }

    /// NaN is missing.
    pub(super) fn predict_for<'a>(
        &self,
        client: &str,
        rows: impl IntoIterator<Item = (f64, &'a str)>,
    ) -> Vec<String> {
        let row = |(x, colour): (f64, &str)| -> InputRow {
            let x = if x.is_nan() { Value::Null } else { json!(x) };
            [("x".to_owned(), x), ("colour".to_owned(), json!(colour))].into_iter().collect()
        };
        let ask = Ask {
            sticky: false,
            explain: false,
            durable: false,
            cells: false,
            client: Some(client.into()),
            at: now(),
        };
        let rows = rows.into_iter().map(row).collect();
        let told = self.serving.predict(self.id.as_str(), rows, &ask).unwrap();
        told.rows.into_iter().map(|row| row.id).collect()
    }

    pub(super) fn said(&self, id: &str) -> Value {
        self.serving.find(id).unwrap().unwrap().prediction
    }

    pub(super) fn figures(&self) -> ModelMetrics {
        self.quality.figures(&self.id).unwrap()
    }

    pub(super) fn thresholds(&self, warning: f64, critical: f64) {
        let settings = ModelSettings {
            accuracy_warning: warning,
            accuracy_critical: critical,
            ..ModelSettings::default()
        };
        self.registry.set_settings("kinds", settings, None).unwrap();
    }
}
