//! How far what a version sees and says is from its training sample, column by column, and whether that
//! matters.

use std::collections::BTreeMap;

use bellwether_signal::model::{FeatureDrift, ModelDrift};

use super::{
    estimate::Estimate,
    observed::Outcome,
    watched::Watched,
    window::{Row, Window},
};
use crate::{
    reference::{ColumnReference, Comparison, bins::Place, feature_of},
    target::Task,
};

/// Fewest predictions that are compared.
pub(crate) const ROWS: usize = 50;
/// The chance that any column of an unchanged source is over its threshold.
const CHANCE: f64 = 0.001;
/// Drift of columns matters when they have this share of all importance together.
const IMPORTANCE: f64 = 0.1;

/// One column, or what was predicted, compared.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub(crate) counts: Vec<u32>,
    pub(crate) found: Comparison,
}

/// All columns in the order of the reference, and what was predicted.
pub(crate) struct Comparisons {
    pub(crate) columns: Vec<Compared>,
    pub(crate) predicted: Option<Compared>,
}

/// Counts the window and compares it; `None` while there is too little, of a model without a
/// reference, and where that is switched off.
pub(crate) fn compare(watched: &Watched, window: &Window) -> Option<Comparisons> {
    let columns = &watched.reference.columns;
    if window.rows.len() < ROWS || watched.reference.rows == 0 || !watched.is_compared {
        return None;
    }
    let chance = CHANCE / (columns.len() + 1) as f64;
    let of_column = |(place, column): (usize, &ColumnReference)| {
        let counts = count(window, place, column);
        Compared { found: column.seen.compare(&counts, chance), counts }
    };
    let predicted = watched.reference.predicted.as_ref().map(|reference| {
        let mut counts = vec![0; reference.counters()];
        for row in &window.rows {
            let place = reference.bins.place(said(watched.task, &row.said), || false);
            add(&mut counts, place);
        }
        Compared { found: reference.compare(&counts, chance), counts }
    });
    Some(Comparisons { columns: columns.iter().enumerate().map(of_column).collect(), predicted })
}

fn count(window: &Window, place: usize, column: &ColumnReference) -> Vec<u32> {
    let mut counts = vec![0; column.seen.counters()];
    for row in &window.rows {
        let feature = row.features.get(column.feature).copied().map_or(f64::NAN, f64::from);
        let unseen = || is_unseen(row, place);
        add(&mut counts, column.seen.bins.place(feature, unseen));
    }
    counts
}

pub(crate) fn is_unseen(row: &Row, place: usize) -> bool {
    row.unseen.iter().any(|(column, _)| *column as usize == place)
}

fn add(counts: &mut [u32], place: Place) {
    let count = match place {
        Place::Bin(bin) => counts.get_mut(bin),
        Place::Missing => counts.last_mut(),
    };
    if let Some(count) = count {
        *count += 1;
    }
}

/// What stands for a prediction when distributions are compared.
pub(crate) fn said(task: Task, outcome: &Outcome) -> f64 {
    match outcome {
        Outcome::Class { probabilities, .. } => feature_of(task, probabilities),
        Outcome::Number(number) => *number,
    }
}

/// The drift as it is told. It matters when what was predicted has drifted, or columns that count have,
/// or the accuracy to be expected is below what it was in training by more than chance.
pub(crate) fn told(
    watched: &Watched,
    window: &Window,
    compared: &Comparisons,
    estimate: Option<&Estimate>,
) -> ModelDrift {
    let columns = || {
        let with = watched.reference.columns.iter().zip(&watched.importance);
        with.zip(&compared.columns).map(|((column, share), found)| (column, *share, found))
    };
    let features: BTreeMap<String, FeatureDrift> = columns()
        .map(|(column, share, one)| (column.name.clone(), feature(&one.found, Some(share))))
        .collect();
    let mut drifted: Vec<(&str, f64)> = columns()
        .filter(|(_, _, one)| one.found.is_drifted())
        .map(|(column, share, _)| (column.name.as_str(), share))
        .collect();
    drifted.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let weight: f64 = drifted.iter().map(|(_, share)| share).sum();
    let said_drifted = compared.predicted.as_ref().is_some_and(|one| one.found.is_drifted());
    let expected = watched.trained_accuracy().zip(estimate);
    let worse = expected.filter(|(trained, estimate)| estimate.high < *trained);
    let names = || {
        let names: Vec<String> = drifted
            .iter()
            .take(3)
            .map(|(name, share)| format!("{name} ({:.0} % of the importance)", share * 100.0))
            .collect();
        let more = drifted.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", names.join(", "))
    };
    let matters = weight >= IMPORTANCE || said_drifted || (worse.is_some() && !drifted.is_empty());
    let mut text = if drifted.is_empty() && !said_drifted {
        "What comes in and what is predicted is as in training.".to_owned()
    } else if drifted.is_empty() {
        "What is predicted is not as in training, though no single column is.".to_owned()
    } else if matters {
        format!("Not as in training: {}.", names())
    } else {
        format!("Not as in training, though hardly looked at: {}.", names())
    };
    if let Some((trained, estimate)) = worse {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _written = write!(
            text,
            " Accuracy is estimated at {:.1} %, it was {:.1} % in training.",
            estimate.value * 100.0,
            trained * 100.0
        );
    }
    ModelDrift {
        drifted: matters,
        text,
        predictions: window.rows.len() as f64,
        since_at_ms: window.rows.front().map(|row| row.at).unwrap_or_default(),
        features,
        predicted: compared.predicted.as_ref().map(|one| feature(&one.found, None)),
    }
}

fn feature(found: &Comparison, importance: Option<f64>) -> FeatureDrift {
    FeatureDrift {
        distance: rounded(found.distance),
        threshold: rounded(found.threshold),
        drifted: found.is_drifted(),
        importance: importance.map(rounded),
        missing: Some(rounded(found.missing)),
        unseen: found.unseen.map(rounded),
        stability_index: Some(rounded(found.stability_index)),
    }
}

/// Four digits: more of them only cost.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}
