use std::{fmt::Write as _, time::Duration};

use bellwether_signal::{
    Moment, Timestamp, Topic,
    activity::Activity,
    feature::Features,
    ports::{Announce, KeepError, RecordChange, RecordKind, Records},
};
use serde_json::{Map, Value, json};

use super::*;
use crate::{
    Model, Next, Predictions, Settings,
    dataset::{Limits, read},
    registry::{NewVersion, RoutingWish, Split},
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
            features: Features::default(),
        };
        let registry = Arc::new(Registry::open(around.clone()).unwrap());
        let log = Arc::new(MemoryLog::default());
        let quality = Arc::new(crate::quality::LiveQuality::open(
            around.clone(),
            Arc::clone(&registry),
            Arc::clone(&log) as _,
        ));
        let (known, kept) = (Arc::clone(&registry), Arc::clone(&log) as _);
        let serving = Serving::open(around, known, quality, kept).unwrap();
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
    Ask { explain: false, durable: false, cells: false, client, sticky: false, at: now() }
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
        assert!(row.confidence.is_some() && probabilities[*best] > 0.3, "{row:?}");
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

/// A number that is not smooth, with a category, missing values and a date.
fn numbers(rows: usize) -> String {
    let mut text = String::from("a,b,colour,when,y\n");
    for row in 0..rows {
        let (a, b) = ((row * 37 % 101) as f64 / 10.0, (row * 53 % 97) as f64);
        let colour = ["red", "green", "blue", "grey"][row * 7 % 4];
        let (month, day) = (row % 12 + 1, row % 28 + 1);
        let bump = if colour == "red" { 20.0 } else { 0.0 };
        let b_text = if row % 11 == 0 { String::new() } else { b.to_string() };
        let y = 100.0 + 3.0 * a + (b / 9.0).sin() * 10.0 + bump + month as f64;
        writeln!(text, "{a},{b_text},{colour},2026-{month:02}-{day:02},{y}").unwrap();
    }
    text
}

fn with(text: &str, settings: &Settings) -> Arc<Model> {
    let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
    Arc::new(train(&table, settings, &mut |_| Next::Go).unwrap())
}

/// Models of every kind, with rows to ask them.
fn kinds() -> Vec<(&'static str, Arc<Model>, String)> {
    let short = || Settings { rounds: 30, ..Settings::default() };
    let two = clouds().replace("far", "high");
    let lines = Settings { linear_leaves: Some(true), ..short() };
    let plain = Settings { linear_leaves: Some(false), ..short() };
    vec![
        ("three classes", with(&clouds(), &short()), clouds()),
        ("two classes", with(&two, &short()), two),
        ("numbers", with(&numbers(400), &plain), numbers(400)),
        ("numbers with lines in leaves", with(&numbers(400), &lines), numbers(400)),
    ]
}

#[test]
fn laid_out_flat_every_model_says_the_same() {
    for (kind, model, text) in kinds() {
        let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
        let rows = model.encoder.transform(&table);
        let predictor = Predictor::new(Arc::clone(&model));
        assert!(predictor.is_flat(), "{kind}");
        let (found, expected) = (predictor.margins(&rows).unwrap(), model.margins(&rows).unwrap());
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{kind}: {a} {b}");
        }
    }
}

#[test]
fn m5_explanations_add_up_to_the_margin() {
    for (kind, model, text) in kinds() {
        let table = read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap();
        let rows = model.encoder.transform(&table);
        let predictor = Predictor::new(Arc::clone(&model));
        let outcomes = predictor.outcomes(&rows).unwrap();
        for (place, outcome) in outcomes.iter().enumerate().step_by(17) {
            let told = predictor.explain(rows.row(place), &InputRow::new(), outcome).unwrap();
            let sum: f64 = told.contributions.iter().map(|one| one.contribution).sum();
            let off = (told.base + sum - told.margin).abs();
            assert!(off < 1e-5 * told.margin.abs().max(1.0), "{kind}: {off} {told:?}");
            assert!(
                told.contributions
                    .is_sorted_by(|a, b| { a.contribution.abs() >= b.contribution.abs() })
            );
            match outcome {
                Outcome::Number(number) => assert!((told.margin - number).abs() < 1e-9, "{kind}"),
                Outcome::Class { place, probabilities } if model.classes.len() == 2 => {
                    let odds = (probabilities[*place] / (1.0 - probabilities[*place])).ln();
                    // Probabilities close to 1 have few digits left.
                    let off = (told.margin - odds).abs();
                    assert!(told.margin > 12.0 || off < 1e-6, "{kind}: for the predicted class");
                    assert_eq!(told.class.as_ref(), Some(&model.classes[*place]));
                }
                Outcome::Class { .. } => {}
            }
        }
    }
}

#[test]
fn a_category_that_matters_is_at_the_top() {
    let place = Place::new();
    let text = numbers(400);
    let model =
        with(&text, &Settings { rounds: 60, linear_leaves: Some(false), ..Settings::default() });
    let id = place.register(Model::clone(&model));
    let row = json!({"a": 5, "b": null, "colour": "red", "when": "2026-06-06"});
    let rows = vec![row.as_object().unwrap().clone()];
    let ask = Ask { explain: true, ..ask() };
    let made = place.serving.predict(&id, rows, &ask).unwrap();
    let told = made.rows[0].explanation.as_ref().unwrap();
    assert_eq!(
        (told.contributions[0].column.as_str(), &told.contributions[0].value),
        ("colour", &json!("red"))
    );
    assert_eq!((told.contributions.len(), told.unit.as_str(), &told.class), (4, "y", &None));
}

#[test]
fn numbers_come_with_an_interval_and_ranges_are_watched() {
    let place = Place::new();
    let model = with(&numbers(400), &Settings { rounds: 30, ..Settings::default() });
    let has_reference = Predictor::new(Arc::clone(&model)).reference().rows > 0;
    let id = place.register(Model::clone(&model));
    // `b` was missing in training, so a row may leave it out.
    let row = json!({"a": 500, "colour": "red", "when": "2026-06-06"});
    let made = place.predict(&id, &[row]);
    if !has_reference {
        assert!(matches!(made, Err(PredictError::Field { .. })));
        return;
    }
    let made = made.unwrap();
    let Outcome::Number(number) = made.rows[0].outcome else { panic!() };
    let [lowest, highest] = made.rows[0].interval.unwrap();
    assert!(lowest < number && number < highest && highest - lowest < 80.0, "{lowest} {highest}");
    assert!(made.rows[0].warnings[0].contains("a: 500 is outside"), "{:?}", made.rows[0].warnings);
    let schema = schema(made.version.id(), &made.predictor);
    assert_eq!(schema["required"], json!(["a", "colour", "when"]));
    assert_eq!(schema["properties"]["a"]["x-range"], json!([0.0, 10.0]));
    assert!(schema["properties"]["colour"]["enum"].as_array().unwrap().contains(&json!("grey")));
    let typical = schema["examples"][0].as_object().unwrap().clone();
    let answer = place.serving.predict(&id, vec![typical], &ask()).unwrap();
    assert!(answer.rows[0].warnings.is_empty(), "{:?}", answer.rows[0].warnings);
}

#[test]
fn a_candidate_answers_silently_and_takes_its_share() {
    let place = Place::new();
    let first = place.register(trained(&clouds()));
    let second = place.register(trained(&clouds().replace(",low\n", ",tall\n")));
    place.registry.deploy(&first, None).unwrap();
    let row = json!({"x": 0.1, "y": 0.2, "colour": "red"});
    let candidate = ModelId::parse(&second).unwrap();
    let route = |shadow: Option<ModelId>, split: Option<(ModelId, f64)>| {
        let split = split.map(|(model_id, share)| Split { model_id, share });
        let change = RoutingWish { shadow: Some(shadow), split: Some(split) };
        place.registry.route("kinds", change, None).unwrap();
    };
    route(Some(candidate.clone()), None);
    let answer = place.predict("kinds", &vec![row.clone(); 10]).unwrap();
    assert_eq!(answer.version.id().as_str(), first);
    place.serving.close();
    let figures = place.serving.shadow(&candidate).unwrap();
    assert_eq!((figures.compared, figures.failed, figures.shed), (10, 0, 0));
    let silent = place.serving.newest(&second, None, 20).unwrap();
    assert!(silent.len() == 10 && silent.iter().all(|one| one.shadow));

    route(None, Some((candidate, 0.3)));
    let asked = |ask: &Ask| {
        let rows = vec![row.as_object().unwrap().clone()];
        place.serving.predict("kinds", rows, ask).unwrap().version.id().to_string()
    };
    let count = (0..400).filter(|_| asked(&ask()) == second).count();
    assert!((80..160).contains(&count), "{count} of 400 for a share of 0.3");
    let sticky = |name: String| Ask { client: Some(name.as_str().into()), sticky: true, ..ask() };
    for client in 0..20 {
        let ask = sticky(format!("client {client}"));
        let first = asked(&ask);
        assert!((0..5).all(|_| asked(&ask) == first), "a client stays where it is");
    }
    let versions: std::collections::BTreeSet<String> =
        (0..20).map(|client| asked(&sticky(format!("client {client}")))).collect();
    assert_eq!(versions.len(), 2);
    let by_id = place.predict(&first, &[row]).unwrap();
    assert_eq!(by_id.version.id().as_str(), first, "an id is always itself");
}
