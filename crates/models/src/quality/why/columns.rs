//! Columns by what they do to the predictions.

use bellwether_signal::{
    Timestamp,
    why::{Cause, Evidence},
};

use super::{ASKED, Case, Found, Symptom};
use crate::{
    error::TrainError,
    features::Matrix,
    model::{Model, Predictions},
    quality::{
        drift::{Compared, is_unseen},
        estimate::expected_of,
        window::{Judged, Row},
    },
    reference::{ColumnReference, bins::short},
    serving::Outcome,
    target::Task,
};

/// Columns that are put back one by one, those that drifted most.
const COLUMNS: usize = 20;
/// Rows of one step when the begin of a drift is looked for.
const STEP: usize = 50;
/// Missing values, or texts that training never saw, that are so many more are the drift.
const MORE: f64 = 0.05;

/// A column that drifted.
struct Drifted<'a> {
    place: usize,
    column: &'a ColumnReference,
    compared: &'a Compared,
}

/// Finds causes among the columns.
pub(super) fn find(case: &Case, model: &Model, symptom: Symptom) -> Result<Found, TrainError> {
    let mut found = Found::default();
    let Some(compared) = &case.compared else { return Ok(found) };
    let columns = case.watched.reference.columns.iter().zip(&compared.columns).enumerate();
    let all = columns.map(|(place, (column, compared))| Drifted { place, column, compared });
    let (mut drifted, quiet): (Vec<_>, Vec<_>) =
        all.partition(|one| one.compared.found.is_drifted());
    if !quiet.is_empty() {
        let names: Vec<&str> = quiet.iter().take(5).map(|one| one.column.name.as_str()).collect();
        let more = quiet.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        found.ruled_out.push(format!("as in training: {}{more}", names.join(", ")));
    }
    if drifted.is_empty() {
        return Ok(found);
    }
    let over = |one: &Drifted<'_>| one.compared.found.distance - one.compared.found.threshold;
    drifted.sort_by(|a, b| over(b).total_cmp(&over(a)));
    drifted.truncate(COLUMNS);
    let shares = shares(case, model, &drifted, symptom)?;
    for (one, share) in drifted.iter().zip(shares) {
        if share < super::LEAST {
            let name = &one.column.name;
            found.ruled_out.push(format!("{name} is not as in training, and changes nothing"));
            continue;
        }
        found.causes.push(cause(case, one, share));
    }
    let first = found.causes.iter().max_by(|a, b| a.share.total_cmp(&b.share));
    let first = first.and_then(|cause| drifted.iter().find(|it| it.column.name == cause.name));
    found.since = first.or(drifted.first()).and_then(|one| since(case, one));
    Ok(found)
}

/// What each of the columns explains of the symptom.
fn shares(
    case: &Case,
    model: &Model,
    drifted: &[Drifted<'_>],
    symptom: Symptom,
) -> Result<Vec<f64>, TrainError> {
    let newest = case.rows.len().saturating_sub(ASKED);
    let rows: Vec<&Row> = case.rows.iter().skip(newest).collect();
    let mut values: Vec<f32> = Vec::new();
    for row in &rows {
        values.extend_from_slice(&row.features);
    }
    let width = model.encoder.features().len();
    let now = Matrix { values, rows: rows.len(), width };
    let told = asked(model, &now)?;
    let all: Vec<&ColumnReference> = case.watched.reference.columns.iter().collect();
    let before = asked(model, &put_back(&now, &all))?;
    let mut each = Vec::new();
    for one in drifted {
        each.push(asked(model, &put_back(&now, &[one.column]))?);
    }
    let scored = |told: &[Outcome]| {
        let sum: f64 = told.iter().map(|one| expected_of(&case.watched, one)).sum();
        sum / told.len().max(1) as f64
    };
    if symptom == Symptom::Accuracy {
        // Of classes more is better, of numbers fewer squared errors are.
        let sign = if case.watched.task == Task::Regression { -1.0 } else { 1.0 };
        let here = scored(&told);
        let usual = match &case.watched.trained {
            crate::model::Quality::Classes(quality) => quality.accuracy,
            crate::model::Quality::Numbers(quality) => quality.rmse.powi(2),
        };
        let counted = case.judged.iter().map(Judged::score).sum::<f64>();
        let counted = (case.judged.len() >= 20).then(|| counted / case.judged.len().max(1) as f64);
        let gains: Vec<f64> = each.iter().map(|one| sign * (scored(one) - here)).collect();
        let lost = sign * (usual - counted.unwrap_or(here));
        if lost > 0.0 {
            return Ok(gains.into_iter().map(|gain| (gain / lost).clamp(0.0, 1.0)).collect());
        }
        return Ok(vec![0.0; drifted.len()]);
    }
    let (here, there) = (mean(&told), mean(&before));
    let way: Vec<f64> = here.iter().zip(&there).map(|(here, there)| here - there).collect();
    let length: f64 = way.iter().map(|part| part * part).sum();
    let spread = spread(&before);
    let mut shares: Vec<f64> = each
        .iter()
        .map(|one| {
            let moved = here.iter().zip(mean(one)).zip(&way);
            let along: f64 = moved.map(|((here, one), way)| (here - one) * way).sum();
            if length > 0.0 { (along / length).clamp(0.0, 1.0) } else { 0.0 }
        })
        .collect();
    // Predictions that hardly moved say nothing of who moved them: then distances do.
    if length.sqrt() < 0.1 * spread || shares.iter().sum::<f64>() < super::LEAST {
        let over = |one: &Drifted<'_>| one.compared.found.distance - one.compared.found.threshold;
        let sum: f64 = drifted.iter().map(over).sum();
        shares = drifted.iter().map(|one| over(one) / sum.max(1e-9)).collect();
    }
    Ok(shares)
}

fn asked(model: &Model, rows: &Matrix) -> Result<Vec<Outcome>, TrainError> {
    let margins = model.margins(rows)?;
    Ok(match model.of_margins(&margins) {
        Predictions::Numbers(numbers) => numbers.into_iter().map(Outcome::Number).collect(),
        Predictions::Probabilities(all) => all
            .chunks(model.classes.len().max(1))
            .map(|row| Outcome::of_probabilities(row.to_vec()))
            .collect(),
    })
}

/// The rows with values of the training sample in place of those of some columns, in a fixed order
/// that follows no other column's.
fn put_back(rows: &Matrix, columns: &[&ColumnReference]) -> Matrix {
    let mut out = rows.clone();
    for (number, column) in columns.iter().enumerate() {
        let count = column.samples.len().max(1);
        // Steps of about the golden ratio reach all samples evenly; each column begins elsewhere.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place among a few samples"
        )]
        let place = |row: usize| {
            let at = row as f64 * 0.618_033_988_75 + number as f64 * 0.754_877_666;
            ((at.fract() * count as f64) as usize).min(count - 1)
        };
        for (row, values) in out.values.chunks_mut(rows.width.max(1)).enumerate() {
            let Some(sample) = column.samples.get(place(row)) else { continue };
            let cells = values.iter_mut().skip(column.feature);
            for (cell, value) in cells.zip(sample) {
                *cell = value.unwrap_or(f32::NAN);
            }
        }
    }
    out
}

/// Mean of the predictions: of the probabilities of each class, or of the numbers.
fn mean(told: &[Outcome]) -> Vec<f64> {
    let mut sums: Vec<f64> = Vec::new();
    for one in told {
        match one {
            Outcome::Number(number) => {
                sums.resize(1, 0.0);
                if let Some(sum) = sums.first_mut() {
                    *sum += number;
                }
            }
            Outcome::Class { probabilities, .. } => {
                sums.resize(probabilities.len(), 0.0);
                for (sum, part) in sums.iter_mut().zip(probabilities) {
                    *sum += part;
                }
            }
        }
    }
    sums.into_iter().map(|sum| sum / told.len().max(1) as f64).collect()
}

/// How far predictions are apart, in the same measure.
fn spread(told: &[Outcome]) -> f64 {
    let middle = mean(told);
    let off = told.iter().map(|one| match one {
        Outcome::Number(number) => (number - middle.first().copied().unwrap_or(0.0)).powi(2),
        Outcome::Class { probabilities, .. } => {
            probabilities.iter().zip(&middle).map(|(one, middle)| (one - middle).powi(2)).sum()
        }
    });
    (off.sum::<f64>() / told.len().max(1) as f64).sqrt()
}

fn cause(case: &Case, one: &Drifted<'_>, share: f64) -> Cause {
    let (column, found) = (one.column, &one.compared.found);
    let figure = |text: &str, value: f64, usual: Option<f64>, unit: &str| Evidence {
        text: text.to_owned(),
        value,
        usual,
        unit: Some(unit.to_owned()),
    };
    let mut evidence = vec![Evidence {
        text: "distance from training".to_owned(),
        value: found.distance,
        usual: Some(found.threshold),
        unit: None,
    }];
    let usually_unseen = column.seen.shares.last().copied().unwrap_or(0.0);
    let unseen = found.unseen.unwrap_or(0.0);
    let missing = found.missing - column.seen.missing;
    let name = column.name.clone();
    let (kind, text) = if found.unseen.is_some() && unseen - usually_unseen > MORE.max(missing) {
        let text = frequent_unseen(case, one.place);
        let named = text.map(|text| format!(", most often {text:?}")).unwrap_or_default();
        evidence.push(figure(
            "texts that training never saw",
            unseen,
            Some(usually_unseen),
            "share",
        ));
        let percent = unseen * 100.0;
        ("category", format!("{percent:.0} % of its texts training never saw{named}."))
    } else if missing > MORE {
        let usual = column.seen.missing;
        evidence.push(figure("missing values", found.missing, Some(usual), "share"));
        let (now, usual) = (found.missing * 100.0, usual * 100.0);
        ("missing", format!("{now:.0} % of its values are missing, {usual:.0} % in training."))
    } else if let Some(usual) = column.typical.as_f64().filter(|_| found.unseen.is_none()) {
        let median = median(&case.rows, column.feature);
        evidence.push(Evidence {
            text: "median".to_owned(),
            value: median,
            usual: Some(usual),
            unit: None,
        });
        ("column", format!("its median is {}, in training {}.", short(median), short(usual)))
    } else {
        ("column", moved(one))
    };
    Cause { kind: kind.to_owned(), name, share, text, evidence }
}

/// The text whose share changed most.
fn moved(one: &Drifted<'_>) -> String {
    let (seen, counts) = (&one.column.seen, &one.compared.counts);
    let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let changes = seen
        .shares
        .iter()
        .zip(counts)
        .enumerate()
        .map(|(bin, (then, count))| (bin, *then, f64::from(*count) / all.max(1.0)));
    let most = changes.max_by(|(_, a, b), (_, c, d)| (a - b).abs().total_cmp(&(c - d).abs()));
    most.map_or_else(String::new, |(bin, then, now)| {
        let label = seen.bins.label(bin);
        format!(
            "{label:?} is {:.0} % of its texts, in training {:.0} %.",
            now * 100.0,
            then * 100.0
        )
    })
}

fn median(rows: &[Row], feature: usize) -> f64 {
    let values = rows.iter().filter_map(|row| row.features.get(feature)).copied();
    let mut values: Vec<f32> = values.filter(|value| !value.is_nan()).collect();
    values.sort_unstable_by(f32::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().map_or(f64::NAN, f64::from)
}

fn frequent_unseen(case: &Case, place: usize) -> Option<String> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for (column, text) in case.rows.iter().flat_map(|row| row.unseen.iter()) {
        if *column as usize == place {
            *counts.entry(text.as_ref()).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(text, _)| text.to_owned())
}

/// From which of the predictions in memory on the column was as it is: steps of them, compared one by
/// one, back from the newest.
fn since(case: &Case, one: &Drifted<'_>) -> Option<Timestamp> {
    let seen = &one.column.seen;
    let mut begin = None;
    for step in case.rows.rchunks(STEP) {
        let mut counts = vec![0_u32; seen.counters()];
        for row in step {
            let feature = row.features.get(one.column.feature).copied().map_or(f64::NAN, f64::from);
            let place = seen.bins.place(feature, || is_unseen(row, one.place));
            let count = match place {
                crate::reference::bins::Place::Bin(bin) => counts.get_mut(bin),
                crate::reference::bins::Place::Missing => counts.last_mut(),
            };
            if let Some(count) = count {
                *count += 1;
            }
        }
        if !seen.compare(&counts, 0.01).is_drifted() {
            break;
        }
        begin = step.first().map(|row| row.at);
    }
    begin
}
