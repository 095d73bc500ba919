use std::{fmt::Write as _, time::Duration};

use bellwether_signal::{
    Moment, Timestamp, Topic,
    activity::Activity,
    ports::{Announce, KeepError, RecordChange, RecordKind, Records},
};
use serde_json::{Map, Value, json};

use super::*;
use crate::{
    Model, Predictions, Settings,
    dataset::{Limits, read},
    registry::NewVersion,
    train,
};

/// Keeps nothing, tells nobody.
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

pub(super) struct Place {
    pub(super) serving: Serving,
    registry: Arc<Registry>,
    log: Arc<MemoryLog>,
    _folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let around = Surroundings {
            records: Arc::new(Nowhere),
            announce: Arc::new(Nowhere),
            folder: folder.path().to_owned(),
            clock: now,
        };
        let registry = Arc::new(Registry::open(around.clone()).unwrap());
        let log = Arc::new(MemoryLog::default());
        let quality = crate::quality::LiveQuality::open(
            around.clone(),
            Arc::clone(&registry),
            Arc::clone(&log) as _,
        );
        let serving =
            Serving::open(around, Arc::clone(&registry), Arc::new(quality), Arc::clone(&log) as _);
        Self { serving, registry, log, _folder: folder }
    }

    fn register(&self, model: Model) -> String {
        let new = NewVersion {
            name: "kinds".to_owned(),
            model,
            run: None,
            dataset: None,
            user: None,
            took_seconds: None,
        };
        self.registry.register(new).unwrap().id().to_string()
    }

    fn predict(&self, id: &str, rows: &[Value]) -> Result<Predicted, PredictError> {
        let rows = rows.iter().map(|row| row.as_object().unwrap().clone()).collect();
        self.serving.predict(id, rows, &ask())
    }
}

fn ask() -> Ask {
    let client = Some("shop".into());
    Ask { explain: false, durable: false, cells: false, client, at: now() }
}

const HEADER: &str = "x,y,colour,kind\n";

fn clouds() -> String {
    let mut text = HEADER.to_owned();
    for row in 0..300 {
        let (a, b) = ((row * 37 % 101) as f64 / 101.0, (row * 53 % 97) as f64 / 97.0);
        let colour = ["red", "green", "blue"][row % 3];
        let kind = match (a + b, colour) {
            (sum, "blue") if sum > 1.2 => "far",
            (sum, _) if sum > 1.0 => "high",
            _ => "low",
        };
        writeln!(text, "{a:.3},{b:.3},{colour},{kind}").unwrap();
    }
    text
}

fn trained(text: &str) -> Model {
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let settings = Settings { rounds: 25, ..Settings::default() };
    train(&table, &settings, &mut |_| crate::Next::Go).unwrap()
}

#[test]
fn a_row_gets_what_its_table_gets() {
    let place = Place::new();
    let model = trained(&clouds());
    let csv = format!("{HEADER}0.9,0.8,blue,\n0.1,0.2,red,\n");
    let table = read(|| Ok(csv.as_bytes()), &Limits::default(), |_| ()).unwrap();
    let Predictions::Probabilities(expected) = model.predict(&table).unwrap() else { panic!() };
    let id = place.register(model);
    let rows = [
        json!({"x": 0.9, "y": 0.8, "colour": "blue"}),
        json!({"x": 0.1, "y": 0.2, "colour": "red"}),
    ];
    let both = place.predict(&id, &rows).unwrap();
    assert_eq!((both.rows.len(), both.response_ms), (2, 0.0));
    for (row, expected) in both.rows.iter().zip(expected.chunks(3)) {
        let Outcome::Class { place: best, probabilities } = &row.outcome else { panic!() };
        assert!(probabilities.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
        assert_eq!(row.confidence, Some(probabilities[*best]));
        assert!(row.warnings.is_empty(), "{row:?}");
    }
    let model = &both.predictor.model;
    assert_eq!(both.rows[0].outcome.value(model), "far");
    assert_eq!(both.rows[1].outcome.value(model), "low");
}

#[test]
fn predictions_are_kept_in_memory_and_in_the_log() {
    let place = Place::new();
    let id = place.register(trained(&clouds()));
    let row = json!({"x": 0.9, "y": 0.8, "colour": "blue"});
    let made = place.predict(&id, std::slice::from_ref(&row)).unwrap();
    let kept = place.serving.find(&made.rows[0].id).unwrap().unwrap();
    let logged = place.log.find(&made.rows[0].id).unwrap().unwrap();
    assert_eq!(kept, logged);
    assert_eq!(kept.inputs.as_deref(), Some(r#"{"colour":"blue","x":0.9,"y":0.8}"#));
    assert_eq!((kept.input_hash.len(), kept.prediction.as_str()), (16, Some("far")));
    assert_eq!(kept.client.as_deref(), Some("shop"));
    // More than memory keeps: older ones come from the log.
    for _ in 0..3 {
        place.predict(&id, &vec![row.clone(); 400]).unwrap();
    }
    let all = place.serving.newest(&id, None, 1_300).unwrap();
    assert_eq!(all.len(), 1_201);
    assert!(all.windows(2).all(|pair| pair[0].id > pair[1].id), "newest first, none twice");
    let page = place.serving.newest(&id, Some(&all[1_100].id), 50).unwrap();
    assert_eq!(page, all[1_101..1_151]);
    let label =
        |id: &str| PredictionLabel { id: id.to_owned(), label: "far".into(), at: now().wall };
    let unknown = place.serving.label(vec![label(&kept.id), label("none")]).unwrap();
    assert_eq!(unknown, ["none"]);
    assert_eq!(place.serving.find(&kept.id).unwrap().unwrap().label, Some("far".into()));
}

#[test]
fn equal_rows_have_equal_hashes() {
    let place = Place::new();
    let id = place.register(trained(&clouds()));
    let rows = [
        json!({"x": 0.5, "y": 0.8, "colour": "blue"}),
        json!({"colour": "blue", "y": 0.8, "x": "0.5"}),
        json!({"x": 0.6, "y": 0.8, "colour": "blue"}),
    ];
    place.predict(&id, &rows).unwrap();
    let [c, b, a] = &place.serving.newest(&id, None, 3).unwrap()[..] else { panic!() };
    assert_eq!(a.input_hash, b.input_hash, "a number as text is the number");
    assert_ne!(a.input_hash, c.input_hash);
}

#[test]
fn odd_rows_are_predicted_with_a_warning() {
    let place = Place::new();
    let id = place.register(trained(&clouds()));
    let row = json!({"x": "0.5", "y": null, "colour": "mauve", "size": 4, "kind": "low"});
    let made = place.predict(&id, &[row]).unwrap();
    let warnings = &made.rows[0].warnings;
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].contains("x: the text was taken for a number"));
    assert!(warnings[1].contains("colour: the training saw no \"mauve\""));
    assert!(warnings[2].contains("does not know the field \"size\""), "the target is no surprise");
}

#[test]
fn what_cannot_be_predicted_is_said() {
    let place = Place::new();
    let id = place.register(trained(&clouds()));
    let check = |id: &str, rows: &[Value], part: &str| {
        let Err(error) = place.predict(id, rows) else { panic!("{rows:?}") };
        assert!(error.to_string().contains(part), "{error}");
    };
    let good = json!({"x": 1, "y": 1, "colour": "red"});
    check("kinds-v9", std::slice::from_ref(&good), "there is no model \"kinds-v9\"");
    check("other", std::slice::from_ref(&good), "there is no model \"other\"");
    check(&id, &[], "no rows");
    check(&id, &[json!({"x": 1, "colour": "red"})], "y: the field is missing");
    check(
        &id,
        &[good.clone(), json!({"x": "a", "y": 1, "colour": "red"})],
        "row 2, x: has to be a number",
    );
    check(&id, &vec![good; BATCH_ROWS + 1], "more than the limit of 10000");
    assert!(place.serving.newest(&id, None, 10).unwrap().is_empty(), "none of it is kept");
}

#[test]
fn classes_that_are_numbers_are_told_as_numbers() {
    let text = clouds().replace("far", "10").replace("high", "1").replace("low", "2");
    let model = trained(&text);
    let values: Vec<Value> = model.classes.iter().map(|class| class_value(&model, class)).collect();
    assert_eq!(values, [json!(1), json!(10), json!(2)]);
}
