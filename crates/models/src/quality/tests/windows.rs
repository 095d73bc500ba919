//! What windows say against a naive recount, and estimates against those of others.

use std::{collections::BTreeMap, sync::Arc};

use bellwether_signal::{ModelId, Timestamp, model::ModelMetrics};
use proptest::prelude::*;

use crate::{
    folds::SplitMix,
    metrics::{ClassQuality, NumberQuality},
    model::Quality,
    quality::{
        accuracy, estimate,
        watched::{Truth, Watched},
        window::{ROWS, Row, Window},
    },
    reference::{Isotonic, Reference, Residuals},
    serving::Outcome,
    target::Task,
};

fn watched(task: Task, reference: Reference) -> Watched {
    let trained = if task == Task::Regression {
        Quality::Numbers(NumberQuality { rmse: 1.0, mae: 1.0, r2: 0.5 })
    } else {
        Quality::Classes(ClassQuality::of(&[0.4, 0.6], 2, &[1]))
    };
    let classes = if task == Task::Regression { vec![] } else { vec!["no".into(), "yes".into()] };
    let (id, target) = (ModelId::of("kinds", 1).unwrap(), "kind".to_owned());
    let (importance, is_estimated, is_compared) = (Vec::new(), true, true);
    Watched { id, task, target, classes, reference, importance, trained, is_estimated, is_compared }
}

fn row(watched: &Watched, number: usize, said: Outcome) -> Row {
    Row {
        id: format!("{number:08}").as_str().into(),
        at: Timestamp(i64::try_from(number).unwrap()),
        features: Box::default(),
        unseen: Box::default(),
        expected: estimate::expected_of(watched, &said),
        said: Arc::new(said),
        response_ms: 1.0,
        client: None,
        truth: None,
    }
}

fn class(yes: f64) -> Outcome {
    Outcome::of_probabilities(vec![1.0 - yes, yes])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Labels in any order, again and corrected: accuracy is that of the 100 that were labelled last.
    #[test]
    fn figures_are_what_a_naive_recount_says(
        scores in prop::collection::vec(0.0..1.0_f64, 1..300),
        labels in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..500),
    ) {
        let watched = watched(Task::Binary, Reference::default());
        let mut window = Window::new(&watched);
        for (number, yes) in scores.iter().enumerate() {
            window.push(row(&watched, number, class(*yes)));
        }
        let mut order: Vec<usize> = Vec::new();
        let mut truths: BTreeMap<usize, usize> = BTreeMap::new();
        for (place, truth) in labels {
            let place = place.index(scores.len());
            let id = format!("{place:08}");
            window.judge(&id, Truth::Class(usize::from(truth)), None).unwrap();
            if truths.insert(place, usize::from(truth)).is_none() {
                order.push(place);
            }
        }
        let newest = order.iter().rev().take(100);
        let right = newest.clone().filter(|place| usize::from(scores[**place] > 0.5) == truths[place]);
        let naive = right.count() as f64 / newest.count() as f64;
        let mut metrics = ModelMetrics::default();
        accuracy::fill(&mut metrics, &watched, &window);
        prop_assert!((metrics.accuracy.unwrap() - naive).abs() < 1e-12);
        let labelled: u32 = window.blocks.iter().map(|block| block.labelled).sum();
        prop_assert_eq!(labelled as usize, truths.len());
        let scored: f64 = window.blocks.iter().map(|block| block.scored).sum();
        let hits = truths.iter().filter(|(place, truth)| usize::from(scores[**place] > 0.5) == **truth);
        prop_assert!((scored - hits.count() as f64).abs() < 1e-9);
    }
}

#[test]
fn memory_is_bounded_and_the_newest_stay() {
    let watched = watched(Task::Binary, Reference::default());
    let mut window = Window::new(&watched);
    for number in 0..25_000 {
        window.push(row(&watched, number, class(0.7)));
    }
    assert_eq!((window.rows.len(), window.blocks.len()), (ROWS, 100));
    assert!(window.find("00024999").is_some() && window.find("00024000").is_some());
    assert!(window.find("00023999").is_none());
    assert_eq!(window.blocks.back().map(|block| block.rows), Some(100));
    assert!(window.judge("00000001", Truth::Class(1), None).is_none());
}

/// The fractional parts of multiples of an irrational number: even, and the same everywhere.
fn even(number: u32, by: f64) -> f64 {
    (f64::from(number) * by).fract()
}

const GOLDEN: f64 = 0.618_033_988_749_894_9;
const PLASTIC: f64 = 0.754_877_666_246_692_7;

/// A score whose true chance is its square, and later rows whose scores are roots of even numbers.
///
/// The accuracy to be expected follows from that alone. A score s above 1/2 is right with chance s², one
/// below with 1 - s²; later scores have density 2s. So the accuracy is the integral of 2s(1 - s²) from 0
/// to 1/2 and of 2s·s² from 1/2 to 1: (1/4 - 1/32) + (1/2 - 1/32) = 0.6875. Pairs: the chance s² of a
/// later row is itself even between 0 and 1, say q. Hits have density 2q, others 2(1 - q), so a hit is
/// above another with the integral of 2q (2q - q²) = 4/3 - 1/2 = 0.8333.
///
/// The same rows in `NannyML` 0.13.1 (`CBPE` of accuracy and ROC AUC, chunks of 1,000) give 0.689774 and
/// 0.833008: equal to three digits.
#[test]
fn estimates_are_those_that_follow_and_those_of_others() {
    let scored = (1..=5_000).map(|number| {
        let score = even(number, GOLDEN);
        (score, even(number, PLASTIC) < score * score)
    });
    let calibration = Isotonic::fit(scored);
    let reference = Reference { rows: 5_000, calibration, ..Reference::default() };
    let watched = watched(Task::Binary, reference);
    let rows: Vec<Row> = (1..=1_000)
        .map(|number| row(&watched, number as usize, class(even(number, GOLDEN).sqrt())))
        .collect();
    let found = estimate::estimate(&watched, &rows.iter()).unwrap();
    assert!((found.value - 0.6875).abs() < 0.005, "{found:?}");
    assert!((found.roc_auc.unwrap() - 0.8333).abs() < 0.005, "{found:?}");
    assert!((found.value - 0.689_774).abs() < 5e-4, "{found:?}");
    assert!((found.roc_auc.unwrap() - 0.833_008).abs() < 5e-4, "{found:?}");
    assert!(found.low < 0.6875 && 0.6875 < found.high && found.high - found.low < 0.06);
}

#[test]
fn the_interval_of_an_estimate_holds_what_comes() {
    let reference = |seed| {
        let mut random = SplitMix(seed);
        let scored = (0..2_000).map(|_| {
            let score = random.uniform();
            (score, random.uniform() < score)
        });
        let calibration = Isotonic::fit(scored.collect::<Vec<_>>().into_iter());
        Reference { rows: 2_000, calibration, ..Reference::default() }
    };
    let held = (0..200_u64).filter(|seed| {
        let watched = watched(Task::Binary, reference(*seed));
        let mut random = SplitMix(1_000 + seed);
        let (mut rows, mut right) = (Vec::new(), 0.0);
        for number in 0..200 {
            let score = random.uniform().sqrt();
            let yes = random.uniform() < score;
            right += f64::from(u8::from((score > 0.5) == yes));
            rows.push(row(&watched, number, class(score)));
        }
        let found = estimate::estimate(&watched, &rows.iter()).unwrap();
        (found.low..=found.high).contains(&(right / 200.0))
    });
    let held = held.count();
    assert!((182..=200).contains(&held), "{held} of 200 at 95 %");
}

#[test]
fn errors_of_numbers_are_expected_by_what_is_predicted() {
    // Off by a tenth of what is predicted: later predictions are larger, so errors are too.
    let pairs: Vec<(f64, f64)> = (1..=1_000)
        .map(|number| {
            let said = f64::from(number);
            (said, said * if number % 2 == 0 { 1.1 } else { 0.9 })
        })
        .collect();
    let mut random = SplitMix(2);
    let reference =
        Reference { rows: 1_000, residuals: Residuals::of(&pairs), ..Reference::default() };
    let watched = watched(Task::Regression, reference);
    let mut window = Window::new(&watched);
    let mut squares = 0.0;
    for number in 0..400 {
        let said = 500.0 + 500.0 * random.uniform();
        let truth = said * if number % 2 == 0 { 1.1 } else { 0.9 };
        squares += (said - truth).powi(2);
        window.push(row(&watched, number, Outcome::Number(said)));
        window.judge(&format!("{number:08}"), Truth::Number(truth), None).unwrap();
    }
    let found = estimate::estimate(&watched, &window.rows.iter()).unwrap();
    let real = (squares / 400.0).sqrt();
    assert!((found.value / real - 1.0).abs() < 0.05, "{found:?} {real}");
    assert!(found.mae.is_some_and(|mae| (mae / 75.0 - 1.0).abs() < 0.1), "{found:?}");
    let own = estimate::own_error(Task::Regression, window.blocks.iter()).unwrap();
    assert!(own < 0.05 * real, "{own}");
    let mut metrics = ModelMetrics::default();
    accuracy::fill(&mut metrics, &watched, &window);
    assert!(metrics.accuracy.is_none() && metrics.r_squared.is_some_and(|r2| r2 > 0.5));
}
