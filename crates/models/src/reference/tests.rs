use std::fmt::Write as _;

use super::*;
use crate::{
    dataset::{Limits, read},
    folds::SplitMix,
};

fn table(text: &str) -> Table {
    read(|| Ok(std::io::Cursor::new(text.to_owned().into_bytes())), &Limits::default(), |_| ())
        .unwrap()
}

/// Rows with a number, a text, a time and a class, and probabilities that know the class half.
fn sample(rows: usize) -> (Table, Encoder, Target, OutOfFold) {
    let mut text = String::from("x,colour,when,kind\n");
    let mut random = SplitMix(9);
    let mut probabilities = Vec::new();
    for row in 0..rows {
        let x = random.uniform();
        let kind = if random.uniform() < x { "yes" } else { "no" };
        let colour = ["red", "green", "green"][row % 3];
        let x_text = if row % 10 == 0 { String::new() } else { format!("{x:.4}") };
        writeln!(text, "{x_text},{colour},2026-01-{:02},{kind}", row % 28 + 1).unwrap();
        probabilities.extend([1.0 - x, x]);
    }
    let table = table(&text);
    let target = Target::of(&table, "kind", None).unwrap();
    let encoder = Encoder::fit(&table, "kind", &[], false);
    let truth = target.values.clone();
    let predicted = Predictions::Probabilities(probabilities);
    (table, encoder, target, OutOfFold { rows: (0..rows).collect(), predicted, truth })
}

#[test]
fn columns_say_what_they_held() {
    let (table, encoder, target, out_of_fold) = sample(900);
    let reference = Reference::of(&table, &encoder, &target, &out_of_fold);
    let [x, colour, when] = reference.columns.as_slice() else { panic!("{reference:?}") };
    assert_eq!((x.name.as_str(), x.kind, x.feature, x.features), ("x", ColumnKind::Number, 0, 1));
    assert!((x.seen.missing - 0.1).abs() < 0.01 && x.seen.bins.len() == 10, "{x:?}");
    assert!(x.typical.as_f64().is_some_and(|median| (0.4..0.6).contains(&median)));
    assert!(x.samples.len() == 64 && x.samples.iter().any(|one| one == &[None]));
    assert_eq!((&colour.typical, colour.kind), (&"green".into(), ColumnKind::Category));
    assert!((colour.seen.shares[0] - 2.0 / 3.0).abs() < 0.01);
    assert_eq!((when.kind, when.features, when.samples[0].len()), (ColumnKind::Time, 5, 5));
    assert!(when.typical.as_str().is_some_and(|text| text.starts_with("2026-01-")));
}

#[test]
fn what_was_said_out_of_fold_is_judged() {
    let (table, encoder, target, out_of_fold) = sample(4_000);
    let reference = Reference::of(&table, &encoder, &target, &out_of_fold);
    assert_eq!(target.classes, ["no", "yes"]);
    assert!(reference.classes.iter().all(|share| (share - 0.5).abs() < 0.05));
    // The probabilities are right as they are: calibration hardly moves them.
    for score in [0.1, 0.3, 0.5, 0.7, 0.9] {
        assert!((reference.calibration.chance(score) - score).abs() < 0.1);
    }
    assert!((reference.chance_of(&[0.9, 0.1]) - 0.9).abs() < 0.1);
    assert_eq!(reference.curves.len(), 1);
    assert!(reference.predicted.as_ref().is_some_and(|one| one.bins.len() == 10));
    let [low, high] = reference.intervals["accuracy"];
    assert!(low < 0.75 && 0.75 < high && high - low < 0.05, "{low} {high}");
}

#[test]
fn it_is_what_its_text_says() {
    let (table, encoder, target, out_of_fold) = sample(300);
    let reference = Reference::of(&table, &encoder, &target, &out_of_fold);
    let text = serde_json::to_string(&reference).unwrap();
    let again: Reference = serde_json::from_str(&text).unwrap();
    assert_eq!(again, reference);
    assert!(text.len() < 40_000, "{} bytes", text.len());
    assert_eq!(serde_json::from_str::<Reference>("{}").unwrap(), Reference::default());
}

#[test]
fn numbers_and_a_handful_of_rows_are_enough() {
    let table = table("a,y\n1,2.5\n2,3.5\n3,4.25\n");
    let target = Target::of(&table, "y", None).unwrap();
    let encoder = Encoder::fit(&table, "y", &[], false);
    let predicted = Predictions::Numbers(vec![3.0, 2.0, 4.0]);
    let truth = vec![3.5, 2.5, 4.25];
    let out_of_fold = OutOfFold { rows: vec![1, 0, 2], predicted, truth };
    let reference = Reference::of(&table, &encoder, &target, &out_of_fold);
    assert_eq!(reference.rows, 3);
    let residuals = reference.residuals.unwrap();
    assert!((residuals.lowest + 0.5).abs() < 1e-12 && (residuals.highest + 0.25).abs() < 1e-12);
    assert_eq!(reference.columns[0].typical, serde_json::json!(2));
    assert!(reference.columns[0].whole);
}
