use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use bellwether_signal::{
    Moment, Timestamp, Topic,
    activity::Activity,
    feature::Features,
    model::{ModelState, StageChangeKind},
    ports::{Announce, RecordChange, RecordKind, Records},
};
use serde_json::{Map, Value};

use super::*;
use crate::{
    dataset::{Limits, read},
    learner::Next,
    train::{Settings, train},
};

/// Records that may be full, and everything that was told.
#[derive(Default)]
struct Around {
    records: Mutex<BTreeMap<(RecordKind, String), Value>>,
    full: AtomicBool,
    told: Mutex<Vec<(String, Value)>>,
}

impl Records for Around {
    fn all(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
        let records = self.records.lock().unwrap();
        let of_kind = records.iter().filter(|((its, _), _)| *its == kind);
        Ok(of_kind.map(|((_, id), body)| (id.clone(), body.clone())).collect())
    }

    fn change(&self, changes: Vec<RecordChange>) -> Result<(), KeepError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(KeepError::Unavailable("no space left on device".to_owned()));
        }
        let mut records = self.records.lock().unwrap();
        for RecordChange { kind, id, body } in changes {
            match body {
                Some(body) => records.insert((kind, id), body),
                None => records.remove(&(kind, id)),
            };
        }
        Ok(())
    }
}

impl Announce for Around {
    fn state(&self, topic: &Topic, state: Map<String, Value>, _: Option<u32>) {
        self.told.lock().unwrap().push((topic.to_string(), Value::Object(state)));
    }

    fn gone(&self, topic: &Topic) {
        self.told.lock().unwrap().push((topic.to_string(), Value::Null));
    }

    fn event(&self, _: &Topic, _: Value, _: bool) {}

    fn logged(&self, _: &Topic, _: Value) {}

    fn activity(&self, activity: Activity) {
        self.told.lock().unwrap().push(("activity".to_owned(), Value::from(activity.text)));
    }
}

/// A registry, and what is around it.
struct Bench {
    around: Arc<Around>,
    folder: tempfile::TempDir,
    registry: Registry,
}

impl Bench {
    fn new() -> Self {
        let (around, folder) = (Arc::new(Around::default()), tempfile::tempdir().unwrap());
        let registry = Registry::open(surroundings(&around, folder.path())).unwrap();
        Self { around, folder, registry }
    }

    /// The same, after a restart.
    fn reopened(self) -> Self {
        let registry = Registry::open(surroundings(&self.around, self.folder.path())).unwrap();
        Self { registry, ..self }
    }

    /// Registers a model that differs by its seed.
    fn add(&self, name: &str, seed: u64) -> ModelId {
        let new = NewVersion {
            name: name.to_owned(),
            model: trained(seed),
            run: None,
            dataset: None,
            user: Some("ann".to_owned()),
            took_seconds: Some(0.5),
        };
        self.registry.register(new).unwrap().id().clone()
    }

    fn status(&self, id: &ModelId) -> ModelStatus {
        self.registry.find(id.as_str()).unwrap().record.status.clone()
    }

    fn in_production(&self, name: &str) -> Option<ModelId> {
        self.registry.find(name).map(|version| version.id().clone())
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        let folder = std::fs::read_dir(self.folder.path().join("models"));
        folder.map(|it| it.map(|file| file.unwrap().path()).collect()).unwrap_or_default()
    }
}

fn surroundings(around: &Arc<Around>, folder: &std::path::Path) -> Surroundings {
    Surroundings {
        records: Arc::clone(around) as _,
        announce: Arc::clone(around) as _,
        folder: folder.to_owned(),
        clock: || Moment { wall: Timestamp(1_000), monotonic: Duration::from_secs(1) },
        features: Features::default(),
    }
}

fn trained(seed: u64) -> Model {
    let mut text = String::from("x,colour,kind\n");
    for row in 0..40 {
        let kind = if row * 7 % 20 > 9 { "high" } else { "low" };
        writeln!(text, "{},{},{kind}", row * 7 % 20, ["red", "blue"][row % 2]).unwrap();
    }
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let settings = Settings { seed, rounds: 10, folds: 2, ..Settings::default() };
    train(&table, &settings, &mut |_| Next::Go).unwrap()
}

#[test]
fn m4_deploy_and_roll_back() {
    let bench = Bench::new();
    let [one, two, three] = [1, 2, 3].map(|seed| bench.add("churn", seed));
    assert_eq!(bench.status(&one).state, ModelState::Inactive);
    assert_eq!(bench.in_production("churn"), None);
    for (id, before) in [(&one, None), (&two, Some(&one)), (&three, Some(&two))] {
        let deployed = bench.registry.deploy(id.as_str(), Some("ann")).unwrap();
        assert_eq!((&deployed.model, deployed.before.as_ref()), (id, before));
        assert_eq!(bench.in_production("churn").as_ref(), Some(id));
        assert!(bench.status(id).is_deployed());
        assert_eq!(bench.registry.routing("churn").production.as_ref(), Some(id));
    }
    assert_eq!(bench.status(&two).state, ModelState::Inactive);
    assert!(bench.status(&two).aliases.is_empty());
    for id in [&two, &one] {
        assert_eq!(bench.registry.roll_back("churn", Some("bo")).unwrap().model, *id);
        assert_eq!(bench.in_production("churn").as_ref(), Some(id));
    }
    let refused = bench.registry.roll_back("churn", None).unwrap_err();
    assert!(matches!(refused, RegistryError::Conflict(_)), "{refused}");

    let bench = bench.reopened();
    assert_eq!(bench.in_production("churn"), Some(one));
    let (_, history) = bench.registry.history("churn").unwrap();
    let kinds: Vec<_> = history.iter().map(|it| (it.kind, it.user.as_deref())).collect();
    let rolled = (StageChangeKind::RolledBack, Some("bo"));
    let deployed = (StageChangeKind::Deployed, Some("ann"));
    let registered = (StageChangeKind::Registered, Some("ann"));
    let expected = [[rolled; 2].as_slice(), &[deployed; 3], &[registered; 3]].concat();
    assert_eq!(kinds, expected);
}

#[test]
fn what_cannot_be_kept_is_not_there() {
    let bench = Bench::new();
    let one = bench.add("churn", 1);
    let before = bench.files();
    bench.around.full.store(true, Ordering::Relaxed);
    let refused = bench.registry.deploy(one.as_str(), None).unwrap_err();
    assert!(matches!(refused, RegistryError::Keep(_)), "{refused}");
    assert_eq!(bench.in_production("churn"), None);
    let bytes = trained(2).encode().unwrap();
    assert!(bench.registry.import("churn", &bytes, None).is_err());
    assert_eq!((bench.registry.list().len(), bench.files()), (1, before));
    bench.around.full.store(false, Ordering::Relaxed);
    assert_eq!(bench.registry.import("churn", &bytes, None).unwrap().id().version(), 2);
}

#[test]
fn where_the_file_has_no_place_nothing_is_registered() {
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("models"), "in the way").unwrap();
    let bytes = trained(1).encode().unwrap();
    let refused = bench.registry.import("churn", &bytes, None).map(drop).unwrap_err();
    assert!(matches!(refused, RegistryError::File(_)), "{refused}");
    assert!(bench.registry.list().is_empty() && bench.around.records.lock().unwrap().is_empty());
}

#[test]
fn m13_loaded_models_have_a_bound_and_come_back() {
    let bench = Bench::new();
    let ids = [1, 2, 3].map(|seed| bench.add("churn", seed));
    let all = bench.registry.loaded();
    assert_eq!((all.models, all.loads, all.put_out), (3, 0, 0));
    let around = surroundings(&bench.around, bench.folder.path());
    // Room for two of three that are alike.
    let registry = Registry::open_within(around, all.bytes * 5 / 6).unwrap();
    let load = |id: &ModelId| registry.model(&registry.find(id.as_str()).unwrap()).unwrap();
    for id in [&ids[0], &ids[1], &ids[0], &ids[2]] {
        load(id);
    }
    let figures = registry.loaded();
    assert_eq!((figures.models, figures.loads, figures.put_out), (2, 3, 1), "{figures:?}");
    assert!(figures.bytes <= figures.limit_bytes);
    load(&ids[0]);
    assert_eq!(registry.loaded().loads, 3, "the one used last stayed");
    load(&ids[1]);
    assert_eq!(registry.loaded().loads, 4, "the other is read again");
    let one = Registry::open_within(surroundings(&bench.around, bench.folder.path()), 1).unwrap();
    one.model(&one.find("churn-v1").unwrap()).unwrap();
    assert_eq!(one.loaded().models, 1, "one that is larger than all room is there alone");
}

#[test]
fn a_damaged_file_puts_its_version_into_error() {
    let bench = Bench::new();
    let (one, two) = (bench.add("churn", 1), bench.add("churn", 2));
    bench.registry.deploy(two.as_str(), None).unwrap();
    bench.registry.deploy(one.as_str(), None).unwrap();
    let bench = bench.reopened();
    let version = bench.registry.find("churn").unwrap();
    let file = bench.folder.path().join("models").join(format!("{}.model", version.record.sha256));
    let whole = std::fs::read(&file).unwrap();
    for (bytes, part) in [(Some(&whole[..whole.len() - 1]), "is damaged"), (None, "is missing")] {
        match bytes {
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        let bench = Bench {
            registry: reopen(&bench),
            around: Arc::clone(&bench.around),
            folder: tempfile::tempdir().unwrap(),
        };
        let refused = bench.registry.model(&version).unwrap_err();
        assert!(refused.to_string().contains(part), "{refused}");
        assert_eq!(bench.status(&one).state, ModelState::Error);
        assert!(bench.status(&one).error.unwrap().contains("from a backup"));
        assert_eq!(bench.in_production("churn").as_ref(), Some(&one), "nobody moves it silently");
    }
    std::fs::write(&file, &whole).unwrap();
    let bench = bench.reopened();
    assert_eq!(bench.status(&one).state, ModelState::Error, "kept over a restart");
    bench.registry.model(&version).unwrap();
    assert!(bench.status(&one).is_deployed() && bench.status(&one).error.is_none());
    assert_eq!(bench.registry.roll_back("churn", None).unwrap().model, two);
}

fn reopen(bench: &Bench) -> Registry {
    Registry::open(surroundings(&bench.around, bench.folder.path())).unwrap()
}

#[test]
fn who_leaves_production_is_told_first() {
    let bench = Bench::new();
    let ids = [1, 2].map(|seed| bench.add("churn", seed));
    for id in [&ids[0], &ids[1], &ids[0]] {
        bench.registry.deploy(id.as_str(), None).unwrap();
    }
    let mut in_production = std::collections::BTreeSet::new();
    for (topic, state) in bench.around.told.lock().unwrap().iter() {
        let Some(id) = topic.strip_prefix("model/") else { continue };
        if state["aliases"].as_array().is_some_and(|aliases| !aliases.is_empty()) {
            in_production.insert(id.to_owned());
        } else {
            in_production.remove(id);
        }
        assert!(in_production.len() < 2, "{in_production:?}");
    }
    assert_eq!(in_production.len(), 1);
}

#[test]
fn m4_a_card_says_how_good_and_how_sure() {
    let bench = Bench::new();
    let ids = [1, 2].map(|seed| bench.add("churn", seed));
    let card = bench.registry.card(ids[0].as_str()).unwrap();
    assert_eq!((card.rows, card.target.kind.as_str()), (40, "binary"));
    assert!((card.importance.iter().map(|it| it.share).sum::<f64>() - 1.0).abs() < 1e-6);
    assert_eq!(card.columns.len(), 2);
    assert_eq!(card.confusion.unwrap().counts.iter().flatten().sum::<u32>(), 40);
    let accuracy = card.scores["accuracy"];
    let (low, high) = (accuracy.low.unwrap(), accuracy.high.unwrap());
    assert!(low < accuracy.value && accuracy.value <= high, "{accuracy:?}");
    assert!(low < 0.95, "40 rows say little: {accuracy:?}");
    let roc = card.roc.unwrap();
    assert_eq!((roc.len(), roc[0].class.as_str()), (1, "low"));
    assert_eq!(roc[0].points.first(), Some(&[0.0, 0.0]));
    assert!(card.calibration.unwrap().iter().map(|it| it.rows).sum::<u32>() == 40);
    let says =
        |part: &str| assert!(card.limits.iter().any(|it| it.contains(part)), "{:?}", card.limits);
    says("40 rows only");
    says("rows only: it is hardly learned");
    says("x from 0 to 19");

    let compared = bench.registry.compare(&["churn-v1", "churn-v2"]).unwrap();
    let find = |name: &str| compared.differences.iter().find(|it| it.name == name).unwrap();
    assert_eq!(find("accuracy").overlap, Some(true));
    assert_eq!(find("seed").values, [1, 2]);
    assert!(bench.registry.compare(&["churn-v1"]).is_err());
}
