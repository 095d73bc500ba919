//! One column of the training sample.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bins::{Bins, Distribution, Place};
use crate::{
    dataset::{Column, Table},
    features::{Encoder, Feature, Matrix, Part},
};

/// Values that stand for a column's distribution, at most.
const SAMPLES: usize = 64;
/// All columns' together, at most.
const ALL_SAMPLES: usize = 20_000;

/// What a column's cells are to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Dates, of which the calendar is taken.
    Time,
    /// One of some texts.
    Category,
    /// Texts of which the first word is taken.
    FirstWord,
}

/// One column that the model looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnReference {
    /// Its name.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
    /// The first of its features.
    pub feature: usize,
    /// How many features it has: more than one has only a time.
    pub features: usize,
    /// The median, or the most frequent text; null where all are missing.
    pub typical: Value,
    /// The lowest number, or the earliest time (epoch milliseconds).
    pub lowest: Option<f64>,
    /// The highest number, or the latest time (epoch milliseconds).
    pub highest: Option<f64>,
    /// Whether all numbers are whole.
    pub whole: bool,
    /// Its values. Of times only whether there is one: they move on by themselves.
    pub seen: Distribution,
    /// Values that stand for its distribution, as features; `None` is missing.
    pub samples: Vec<Vec<Option<f32>>>,
}

impl ColumnReference {
    /// All columns that the encoder takes something of, in its order. `rows` are those of the table
    /// that were trained on.
    pub(super) fn all(table: &Table, encoder: &Encoder, rows: &[usize]) -> Vec<Self> {
        let matrix = encoder.transform(table);
        let features = encoder.features();
        let samples = (ALL_SAMPLES / features.len().max(1)).clamp(8, SAMPLES);
        let mut columns = Vec::new();
        let mut first = 0;
        for of_column in features.chunk_by(|a, b| a.column == b.column) {
            let found = of_column
                .first()
                .zip(of_column.first().and_then(|feature| table.column(&feature.column).ok()));
            if let Some((feature, column)) = found {
                let place = Span { first, count: of_column.len(), samples };
                columns.push(Self::of(feature, column, &matrix, rows, place));
            }
            first += of_column.len();
        }
        columns
    }

    fn of(feature: &Feature, column: &Column, matrix: &Matrix, rows: &[usize], span: Span) -> Self {
        let value = |row: usize| -> f64 {
            matrix.row(row).get(span.first).copied().map_or(f64::NAN, f64::from)
        };
        let is_there = |row: usize| match column {
            Column::Texts { codes, .. } => codes.get(row).is_some_and(Option::is_some),
            Column::Numbers(numbers) => numbers.get(row).is_some_and(|number| !number.is_nan()),
            Column::Times(times) => times.get(row).is_some_and(Option::is_some),
        };
        let (kind, bins) = match &feature.part {
            Part::Number => {
                (ColumnKind::Number, Bins::of_numbers(rows.iter().map(|row| value(*row))))
            }
            Part::Calendar(..) => (ColumnKind::Time, Bins::Numbers { edges: Vec::new() }),
            Part::Category(names) => (ColumnKind::Category, Bins::Texts { names: names.clone() }),
            Part::FirstWord(names) => (ColumnKind::FirstWord, Bins::Texts { names: names.clone() }),
        };
        let places: Vec<Place> =
            rows.iter().map(|row| bins.place(value(*row), || is_there(*row))).collect();
        let numbers = numbers_of(column, rows);
        Self {
            name: feature.column.clone(),
            kind,
            feature: span.first,
            features: span.count,
            typical: typical(column, kind, &numbers, rows),
            lowest: numbers.first().copied(),
            highest: numbers.last().copied(),
            whole: kind == ColumnKind::Number && numbers.iter().all(|one| one.fract() == 0.0),
            seen: Distribution::of(bins, &places),
            samples: samples(matrix, rows, span),
        }
    }
}

/// A column's place in a row of features.
#[derive(Clone, Copy)]
struct Span {
    first: usize,
    count: usize,
    samples: usize,
}

/// The column's numbers or times, rising.
fn numbers_of(column: &Column, rows: &[usize]) -> Vec<f64> {
    let mut numbers: Vec<f64> = match column {
        Column::Numbers(numbers) => rows
            .iter()
            .filter_map(|row| numbers.get(*row))
            .copied()
            .filter(|number| !number.is_nan())
            .collect(),
        Column::Times(times) => {
            rows.iter().filter_map(|row| *times.get(*row)?).map(|ms| ms as f64).collect()
        }
        Column::Texts { .. } => Vec::new(),
    };
    numbers.sort_unstable_by(f64::total_cmp);
    numbers
}

fn typical(column: &Column, kind: ColumnKind, numbers: &[f64], rows: &[usize]) -> Value {
    if let Column::Texts { texts, codes } = column {
        let mut counts = vec![0_usize; texts.len()];
        for code in rows.iter().filter_map(|row| *codes.get(*row)?) {
            if let Some(count) = counts.get_mut(code.place()) {
                *count += 1;
            }
        }
        let most = counts.iter().zip(texts).max_by(|(a, x), (b, y)| a.cmp(b).then(y.cmp(x)));
        return most.map_or(Value::Null, |(_, text)| text.as_ref().into());
    }
    let Some(median) = numbers.get(numbers.len().saturating_sub(1) / 2) else { return Value::Null };
    #[expect(clippy::cast_possible_truncation, reason = "whole, and small enough to be exact")]
    let whole = || (median.fract() == 0.0 && median.abs() < 9e15).then_some(*median as i64);
    match (kind, whole()) {
        (ColumnKind::Time, Some(ms)) => written(ms).into(),
        (_, Some(whole)) => whole.into(),
        (_, None) => (*median).into(),
    }
}

/// Rows at even distances in the order of the column's first feature.
fn samples(matrix: &Matrix, rows: &[usize], span: Span) -> Vec<Vec<Option<f32>>> {
    let value = |row: usize| matrix.row(row).get(span.first).copied().unwrap_or(f32::NAN);
    let mut order = rows.to_vec();
    order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
    let count = span.samples.min(order.len());
    let at = |place: usize| order.get((2 * place + 1) * order.len() / (2 * count.max(1)));
    let features = |row: &usize| -> Vec<Option<f32>> {
        let row = matrix.row(*row);
        let cells = row.iter().skip(span.first).take(span.count);
        cells.map(|cell| (!cell.is_nan()).then_some(*cell)).collect()
    };
    (0..count).filter_map(at).map(features).collect()
}

/// `2026-11-21`, or `2026-11-21T20:26:05Z` where there is a time of day. The day is counted as in
/// [`crate::dataset::Calendar`].
fn written(ms: i64) -> String {
    let (day, of_day) = (ms.div_euclid(86_400_000) + 719_468, ms.rem_euclid(86_400_000) / 1_000);
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    if of_day == 0 {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_they_are_read() {
        let check = |ms, text: &str| assert_eq!(written(ms), text);
        check(0, "1970-01-01");
        check(1_795_292_130_000, "2026-11-21T20:15:30Z");
        check(1_709_164_800_000, "2024-02-29");
    }
}
