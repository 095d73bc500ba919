//! What a model should not be trusted with, in plain words.

use crate::{
    features::{CalendarPart, Encoder, Part},
    model::{Model, Quality},
    reference::{ColumnKind, ColumnReference, Reference},
};

/// Below so many rows figures swing.
const FEW_ROWS: usize = 500;
/// Classes with fewer rows are hardly learned.
const RARE_ROWS: u64 = 30;
/// A class of which less is found is named.
const FOUND: f64 = 0.5;
/// Things of one kind that are named one by one.
const NAMED: usize = 3;
/// Columns that count less are not worth a word.
const COUNTS: f64 = 0.05;

pub(super) fn of(model: &Model, reference: &Reference) -> Vec<String> {
    let mut limits = Vec::new();
    if model.rows < FEW_ROWS {
        limits.push(format!(
            "It learned from {} rows only: its figures can be far off, see their intervals.",
            model.rows
        ));
    }
    match &model.quality {
        Quality::Classes(quality) => {
            let rows: Vec<u64> = quality.confusion.iter().map(|row| row.iter().sum()).collect();
            let found = |class: usize| {
                let hits = quality.confusion.get(class).and_then(|row| row.get(class));
                hits.copied().unwrap_or(0) as f64 / rows.get(class).copied().unwrap_or(0) as f64
            };
            not_better_than_guessing(quality.accuracy, &rows, model, &mut limits);
            rare_classes(&rows, model, &mut limits);
            let classes = || model.classes.iter().enumerate();
            let missed = classes().filter(|(class, _)| found(*class) < FOUND);
            for (class, name) in missed.take(NAMED) {
                let percent = (found(class) * 100.0).round();
                limits.push(format!("Of class {name:?} it finds {percent} % only."));
            }
        }
        Quality::Numbers(quality) => {
            if quality.r2 <= 0.0 {
                limits.push("It is no better than always saying the mean.".to_owned());
            }
            if let Some(residuals) = &reference.residuals {
                let [low, high] = residuals.usual;
                limits.push(format!(
                    "One prediction in twenty is off by more than {} below or {} above.",
                    written(-low.min(0.0)),
                    written(high.max(0.0))
                ));
            }
        }
    }
    ranges(model, reference, &mut limits);
    if is_ordered(&model.encoder) {
        limits.push(
            "The rows are in the order of time, and the newest were predicted from older ones: it \
             gets worse as time passes, and has to be trained again."
                .to_owned(),
        );
    }
    categories(model, &mut limits);
    missing(reference, &mut limits);
    if !model.encoder.left_out.is_empty() {
        let names = model.encoder.left_out.iter().map(|(name, _)| name.as_str());
        limits.push(format!("It does not look at {}: see why below.", listed(names)));
    }
    if reference.rows == 0 {
        limits.push(
            "Its file keeps nothing of the training rows (an earlier version made it): there are no \
             intervals, curves or ranges, and drift cannot be told."
                .to_owned(),
        );
    }
    limits
}

fn not_better_than_guessing(accuracy: f64, rows: &[u64], model: &Model, out: &mut Vec<String>) {
    let all = rows.iter().sum::<u64>().max(1) as f64;
    let most = rows.iter().enumerate().max_by_key(|(_, rows)| **rows);
    let Some((class, most)) = most else { return };
    let share = *most as f64 / all;
    let Some(name) = model.classes.get(class) else { return };
    if accuracy <= share {
        out.push(format!(
            "It is right no more often than always saying {name:?} ({} % of the rows are).",
            (share * 100.0).round()
        ));
    } else if share > 0.9 {
        out.push(format!(
            "{} % of the rows are {name:?}: accuracy says little here, look at how much of the \
             other classes is found.",
            (share * 100.0).floor()
        ));
    }
}

fn rare_classes(rows: &[u64], model: &Model, out: &mut Vec<String>) {
    let rare: Vec<(&String, u64)> = model
        .classes
        .iter()
        .zip(rows.iter().copied())
        .filter(|(_, rows)| *rows < RARE_ROWS)
        .collect();
    for (name, rows) in rare.iter().take(NAMED) {
        out.push(format!("Class {name:?} has {rows} rows only: it is hardly learned."));
    }
    if let Some(more) = rare.len().checked_sub(NAMED).filter(|more| *more > 0) {
        out.push(format!("{more} more classes have fewer than {RARE_ROWS} rows each."));
    }
}

/// Beyond what was seen, trees answer as at the edge.
fn ranges(model: &Model, reference: &Reference, out: &mut Vec<String>) {
    let mut told = Vec::new();
    for (name, share) in model.column_importance() {
        let column = reference.columns.iter().find(|column| column.name == name);
        let range = column.filter(|column| column.kind == ColumnKind::Number).and_then(range_of);
        if let Some((low, high)) = range
            && share >= COUNTS
            && told.len() < NAMED
        {
            told.push(format!("{name} from {} to {}", written(low), written(high)));
        }
    }
    if !told.is_empty() {
        out.push(format!(
            "It learned with {}: beyond that, predictions are guesses.",
            told.join(", ")
        ));
    }
}

fn range_of(column: &ColumnReference) -> Option<(f64, f64)> {
    column.lowest.zip(column.highest)
}

/// Times without the day itself are those of rows in the order of time.
fn is_ordered(encoder: &Encoder) -> bool {
    let parts = || {
        encoder.features().iter().filter_map(|feature| match feature.part {
            Part::Calendar(part, _) => Some(part),
            Part::Number | Part::Category(_) | Part::FirstWord(_) => None,
        })
    };
    parts().next().is_some() && !parts().any(|part| part == CalendarPart::Days)
}

fn categories(model: &Model, out: &mut Vec<String>) {
    let counting = model.column_importance();
    let counts = |name: &str| counting.iter().any(|(it, share)| it == name && *share >= COUNTS);
    let names = model.encoder.features().iter().filter(|it| it.is_category() && counts(&it.column));
    let names: Vec<&str> = names.map(|feature| feature.column.as_str()).collect();
    if !names.is_empty() {
        out.push(format!(
            "Values of {} that it never saw count as missing.",
            listed(names.into_iter())
        ));
    }
}

fn missing(reference: &Reference, out: &mut Vec<String>) {
    let mostly = reference.columns.iter().filter(|column| column.seen.missing > 0.5);
    let names: Vec<&str> = mostly.map(|column| column.name.as_str()).collect();
    if !names.is_empty() {
        out.push(format!(
            "More than half of the training rows had no value in {}.",
            listed(names.into_iter())
        ));
    }
}

/// `a`, `a and b`, `a, b, c and 4 more`.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] if names.len() <= NAMED => format!("{} and {last}", head.join(", ")),
        many => {
            let head = many.get(..NAMED).unwrap_or_default().join(", ");
            format!("{head} and {} more", many.len() - NAMED)
        }
    }
}

/// Four digits: what a person reads.
fn written(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return "0".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a number")]
    let before = number.abs().log10().floor() as i32 + 1;
    let unit = 10_f64.powi((4 - before).clamp(-300, 300));
    let rounded = if before >= 4 { number.round() } else { (number * unit).round() / unit };
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_numbers_are_for_people() {
        let check = |names: &[&str], text: &str| assert_eq!(listed(names.iter().copied()), text);
        check(&["a"], "a");
        check(&["a", "b"], "a and b");
        check(&["a", "b", "c"], "a, b and c");
        check(&["a", "b", "c", "d", "e"], "a, b, c and 2 more");
        let check = |number: f64, text: &str| assert_eq!(written(number), text);
        check(0.0, "0");
        check(12.345_678, "12.35");
        check(-0.000_123_456, "-0.0001235");
        check(123_456.7, "123457");
        check(8_684.8, "8685");
    }
}
