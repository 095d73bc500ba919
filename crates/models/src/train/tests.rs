use std::fmt::Write as _;

use super::*;
use crate::{
    dataset::{Limits, read},
    error::ModelFileError,
    features,
    model::{Predictions, Quality},
    target::Task,
};

fn table(text: &str) -> Table {
    read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap()
}

fn trained(text: &str, settings: &Settings) -> Result<Model, TrainError> {
    train(&table(text), settings, &mut |_| Next::Go)
}

fn target(name: &str) -> Settings {
    Settings { target: Some(name.to_owned()), ..Settings::default() }
}

/// Two overlapping clouds, a third class in a corner, a category that carries some of it.
fn clouds(rows: usize) -> String {
    let mut text = String::from("x,y,colour,kind\n");
    for row in 0..rows {
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

fn line(rows: usize) -> String {
    let mut text = String::from("a,b,y\n");
    for row in 0..rows {
        let (a, b) = ((row * 37 % 101) as f64, (row * 53 % 97) as f64);
        writeln!(text, "{a},{b},{}", 1_000.0 + 3.0 * a - 2.0 * b).unwrap();
    }
    text
}

#[test]
fn classes_are_learned_and_judged_on_unseen_rows() {
    let text = clouds(600);
    let model = trained(&text, &target("kind")).unwrap();
    assert_eq!(
        (model.task, model.classes.as_slice()),
        (Task::Multiclass, &["far", "high", "low"].map(String::from)[..])
    );
    let Quality::Classes(quality) = &model.quality else { panic!("classes") };
    assert!(quality.accuracy > 0.95, "{quality:?}");
    assert_eq!(quality.confusion.iter().flatten().sum::<u64>(), 600);
    let Predictions::Probabilities(rows) = model.predict(&table(&text)).unwrap() else { panic!() };
    assert!(rows.chunks(3).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-9));
    let shares: f64 = model.importance().iter().map(|(_, share)| share).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
}

#[test]
fn a_straight_line_is_found() {
    let text = line(400);
    let model = trained(&text, &target("y")).unwrap();
    let Quality::Numbers(quality) = &model.quality else { panic!("numbers") };
    assert!(quality.r2 > 0.999, "{quality:?}");
    let Predictions::Numbers(numbers) = model.predict(&table(&text)).unwrap() else { panic!() };
    assert!((numbers[0] - 1_000.0).abs() < 5.0, "{}", numbers[0]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let text = clouds(300);
    let bytes = |seed, threads| {
        let settings = Settings { seed, threads, rounds: 40, ..target("kind") };
        trained(&text, &settings).unwrap().encode().unwrap()
    };
    assert_eq!(bytes(1, 1), bytes(1, 2));
    assert_ne!(bytes(1, 1), bytes(2, 1));
}

#[test]
fn a_model_is_its_file() {
    let text = clouds(200);
    let model = trained(&text, &Settings { rounds: 20, ..target("kind") }).unwrap();
    let bytes = model.encode().unwrap();
    let again = Model::decode(&bytes).unwrap();
    assert_eq!(again.predict(&table(&text)).unwrap(), model.predict(&table(&text)).unwrap());
    assert_eq!(again.encode().unwrap(), bytes);
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    assert!(matches!(Model::decode(&changed), Err(ModelFileError::Damaged(_))));
    assert!(matches!(Model::decode(b"PK\x03\x04"), Err(ModelFileError::Foreign)));
    let mut newer = bytes.clone();
    newer[8] = 9;
    assert!(matches!(Model::decode(&newer), Err(ModelFileError::Newer(9))));
    for cut in [0, 4, 8, 11, 20, 60, bytes.len() - 1] {
        assert!(Model::decode(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn three_rows_are_enough() {
    for text in
        ["a,ok\n1,yes\n2,no\n3,yes\n", "a,ok\n1,0\n2,1\n3,0\n", "a,b\n1,0.5\n2,1.5\n3,2.5\n"]
    {
        let model = trained(text, &Settings::default()).unwrap();
        assert_eq!(model.rows, 3);
        match model.predict(&table(text)).unwrap() {
            Predictions::Numbers(numbers) => assert!(numbers.iter().all(|n| n.is_finite())),
            Predictions::Probabilities(rows) => {
                assert!(rows.iter().all(|p| (0.0..=1.0).contains(p)));
            }
        }
    }
}

#[test]
fn rows_without_a_target_are_left_out() {
    let text = clouds(200) + "0.5,0.5,red,\n0.1,,green,\n";
    assert_eq!(trained(&text, &Settings { rounds: 5, ..target("kind") }).unwrap().rows, 200);
}

#[test]
fn unknown_categories_and_missing_columns_predict() {
    let model = trained(&clouds(300), &Settings { rounds: 30, ..target("kind") }).unwrap();
    let Predictions::Probabilities(rows) =
        model.predict(&table("colour,x\npurple,0.9\n,\n")).unwrap()
    else {
        panic!("classes")
    };
    assert!(rows.len() == 6 && rows.iter().all(|p| p.is_finite()));
}

#[test]
fn what_cannot_be_learned_is_said() {
    let check = |text: &str, name: &str, expected: &str| {
        let error = trained(text, &target(name)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("a,b\n1,x\n2,x\n3,x\n", "b", "only one class, \"x\"");
    check("a,b\n1,\n2,\n3,\n", "b", "is empty");
    check("a,b\n1,x\n2,y\n", "b", "2 rows have a target, training needs at least 3");
    check("a,b\n1,x\n1,y\n1,x\n", "b", "no column besides the target");
    check("a,b\n1,x\n2,y\n3,x\n", "c", "there is no column \"c\"");
    check("a,b\n1,2026-01-01\n2,2026-01-02\n3,2026-01-03\n", "b", "holds dates");
    let many: Vec<String> = (0..1_500).map(|row| format!("{row},id-{row}")).collect();
    check(&format!("a,b\n{}\n", many.join("\n")), "b", "1500 classes");
    let forced = Settings { regression: Some(true), ..target("b") };
    let error = trained("a,b\n1,x\n2,y\n3,x\n", &forced).unwrap_err().to_string();
    assert!(error.contains("regression needs numbers"), "{error}");
}

#[test]
fn a_training_can_be_cancelled_in_any_round() {
    let mut rounds = 0;
    let stopped = train(&table(&clouds(200)), &target("kind"), &mut |progress| {
        let Progress::Round { round, .. } = progress else { return Next::Go };
        rounds += 1;
        if round.round == 7 { Next::Cancel } else { Next::Go }
    });
    assert!(matches!(stopped, Err(TrainError::Cancelled)));
    assert_eq!(rounds, 7);
}

#[test]
fn a_course_of_time_is_validated_in_blocks() {
    let mut text = String::from("when,load,y\n");
    for row in 0..200 {
        let (hour, minute) = (row / 60, row % 60);
        let load = row % 7;
        writeln!(text, "2026-01-01 {hour:02}:{minute:02},{load},{}", load * 3).unwrap();
    }
    let table = table(&text);
    assert!(is_course_of_time(&table));
    let encoder = Encoder::fit(&table, "y", &[], true);
    let days = features::CalendarPart::Days;
    let has_days = encoder
        .features()
        .iter()
        .any(|feature| matches!(&feature.part, features::Part::Calendar(part, _) if *part == days));
    assert!(!has_days, "what only grows says nothing of what comes");
}

/// Rows that each fit is judged on.
fn judged(text: &str, settings: &Settings) -> Vec<usize> {
    let mut fits = std::collections::BTreeMap::new();
    let few = Settings { rounds: 2, linear_leaves: Some(false), ..settings.clone() };
    train(&table(text), &few, &mut |progress| {
        if let Progress::Round { fit, rows, .. } = progress {
            fits.insert(fit, rows);
        }
        Next::Go
    })
    .unwrap();
    fits.into_values().collect()
}

#[test]
fn many_rows_are_judged_by_a_part_and_courses_in_wide_blocks() {
    assert_eq!(judged(&line(500), &target("y")), [100; 5]);
    assert_eq!(judged(&line(8_000), &target("y")), [800; 3], "each fit learns from nine tenths");
    assert_eq!(judged(&line(8_000), &Settings { folds: 2, ..target("y") }), [4_000; 2]);
    let mut rare = String::from("a,b,fails\n");
    for row in 0..8_000 {
        writeln!(rare, "{},{},{}", row % 89, row % 97, row % 30 == 0).unwrap();
    }
    assert_eq!(judged(&rare, &target("fails")).len(), 5, "267 rare cases are few");
    let mut course = String::from("when,a,y\n");
    for row in 0..300 {
        writeln!(course, "2026-01-01 {:02}:{:02},{},{}", row / 60, row % 60, row % 7, row % 11)
            .unwrap();
    }
    let settings = Settings { regression: Some(true), ..target("y") };
    assert_eq!(judged(&course, &settings), [100; 3]);
}

#[test]
fn lines_in_leaves_are_tried_on_some_of_many_rows() {
    let mut fits = Vec::new();
    let model = train(&table(&line(9_000)), &Settings { rounds: 3, ..target("y") }, &mut |told| {
        if let Progress::Round { fit, fits: of, rows, .. } = told {
            fits.push((fit, of, rows));
        }
        Next::Go
    })
    .unwrap();
    fits.dedup();
    let (race, fold) = (RACED / 4, 900);
    let race = race.min(fold);
    assert_eq!(fits, [(1, 5, race), (2, 5, race), (3, 5, fold), (4, 5, fold), (5, 5, fold)]);
    assert!(model.trees() > 0);
}
