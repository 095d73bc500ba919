//! What a careful person would ask about before training.

use serde::Serialize;

use super::{ColumnKind, ColumnProfile};
use crate::{
    dataset::{Code, Column, Table, cell},
    metrics::roc_auc_of,
    target::{Target, Task},
};

/// A class with a smaller share of the rows is rare.
const RARE: f64 = 0.05;
/// A column that alone tells the target this well is told, not learned from.
const TOO_GOOD: f64 = 0.999;
/// A column with more missing rows than this is mostly missing.
const MOSTLY: f64 = 0.5;
/// Below, nothing can be said of leaks.
const FEW_ROWS: usize = 50;

/// Something to ask about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubt {
    /// What kind.
    pub kind: DoubtKind,
    /// The column, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What was seen, in a sentence.
    pub text: String,
    /// A row and what stands there, where one shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<(u64, String)>,
}

/// Kinds of doubts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// The same value in every row.
    Constant,
    /// A value of its own in every row.
    Identifier,
    /// It may hold what is to be predicted.
    Leak,
    /// Mostly missing.
    MostlyMissing,
    /// Rows that come again.
    DuplicateRows,
    /// Classes of very different size.
    RareClass,
    /// Rows without a target.
    MissingTarget,
    /// Few rows.
    FewRows,
    /// Numbers with words between them.
    MixedTypes,
}

pub(super) fn doubts(
    table: &Table,
    columns: &[ColumnProfile],
    target: Option<(&str, &Target)>,
    duplicate_rows: usize,
) -> Vec<Doubt> {
    let mut out = Vec::new();
    let rows = table.rows;
    if rows < FEW_ROWS {
        out.push(about(
            None,
            DoubtKind::FewRows,
            format!("{rows} rows are very few: figures will be guesses"),
        ));
    }
    if duplicate_rows > 0 {
        let text = format!(
            "{duplicate_rows} rows stand there already; they count twice and flatter the quality"
        );
        out.push(about(None, DoubtKind::DuplicateRows, text));
    }
    let target_name = target.map(|(name, _)| name);
    for (profile, column) in columns.iter().zip(&table.columns) {
        if Some(profile.name.as_str()) == target_name {
            continue;
        }
        out.extend(of_column(profile, rows));
        out.extend(mixed(table, profile, column));
        if let Some((_, target)) = target.filter(|_| rows >= FEW_ROWS && profile.distinct > 1) {
            out.extend(leak(profile, column, target));
        }
    }
    if let Some((name, target)) = target {
        out.extend(of_target(name, target, rows));
    }
    out
}

fn about(column: Option<&str>, kind: DoubtKind, text: String) -> Doubt {
    Doubt { kind, column: column.map(str::to_owned), text, at: None }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

fn of_column(profile: &ColumnProfile, rows: usize) -> Option<Doubt> {
    let doubt = |kind, text: &str| Some(about(Some(&profile.name), kind, text.to_owned()));
    if profile.kind == ColumnKind::Empty {
        return doubt(DoubtKind::Constant, "it is empty and will not be used");
    }
    if profile.distinct == 1 && profile.missing == 0 {
        return doubt(
            DoubtKind::Constant,
            "it has the same value in every row and will not be used",
        );
    }
    if profile.is_identifier(rows) {
        return doubt(
            DoubtKind::Identifier,
            "every row has a value of its own: it names rows, and tells nothing of new ones",
        );
    }
    let missing = share(profile.missing, rows);
    (missing > MOSTLY).then(|| {
        let text = format!("{:.0} % of its rows are missing", missing * 100.0);
        about(Some(&profile.name), DoubtKind::MostlyMissing, text)
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn of_target(name: &str, target: &Target, rows: usize) -> Vec<Doubt> {
    let mut out = Vec::new();
    let without = rows - target.rows.len();
    if without > 0 {
        let text = format!("{without} rows have no target and will not be used");
        out.push(about(Some(name), DoubtKind::MissingTarget, text));
    }
    let mut counts = vec![0_usize; target.classes.len()];
    for place in 0..target.rows.len() {
        if let Some(count) = counts.get_mut(target.class(place)) {
            *count += 1;
        }
    }
    let rarest = counts.iter().zip(&target.classes).min_by_key(|(count, _)| **count);
    if let Some((count, class)) = rarest.filter(|_| target.task != Task::Regression) {
        let part = *count as f64 / target.rows.len().max(1) as f64;
        if part < RARE {
            let text =
                format!("only {count} rows are {class:?}: watch the class's recall, not accuracy");
            out.push(about(Some(name), DoubtKind::RareClass, text));
        }
    }
    out
}

/// Words between numbers: the numbers lose their meaning, the column is taken as text.
fn mixed(table: &Table, profile: &ColumnProfile, column: &Column) -> Option<Doubt> {
    let word = table.words.iter().find(|word| word.column == profile.name)?;
    let Column::Texts { texts, codes } = column else { return None };
    let is_number: Vec<bool> =
        texts.iter().map(|text| cell::number(text, table.dialect.decimal).is_some()).collect();
    let is_number = |code: &&Code| is_number.get(code.place()).copied().unwrap_or(false);
    let numbers = codes.iter().flatten().filter(is_number).count();
    let part = share(numbers, table.rows - profile.missing);
    (part >= MOSTLY).then(|| {
        let (percent, row, text) = (part * 100.0, word.row, &word.text);
        let text = format!(
            "{percent:.1} % of its cells are numbers, others are words, first {text:?} in row {row}: \
             it is taken as text; correct the words, or leave them empty, to have numbers"
        );
        let at = Some((row, word.text.clone()));
        Doubt { at, ..about(Some(&profile.name), DoubtKind::MixedTypes, text) }
    })
}

/// A column that alone gives the target away.
fn leak(profile: &ColumnProfile, column: &Column, target: &Target) -> Option<Doubt> {
    let tells = match column {
        Column::Numbers(numbers) => {
            let values: Vec<f64> =
                target.rows.iter().filter_map(|row| numbers.get(*row)).copied().collect();
            if values.iter().any(|value| value.is_nan()) {
                return None;
            }
            match target.task {
                Task::Regression => correlation(&values, &target.values).abs(),
                Task::Binary => {
                    let is_second: Vec<bool> =
                        (0..values.len()).map(|place| target.class(place) == 1).collect();
                    let area = roc_auc_of(values.iter().copied().zip(is_second))?;
                    area.max(1.0 - area)
                }
                Task::Multiclass => return None,
            }
        }
        Column::Texts { texts, codes }
            if target.task != Task::Regression && texts.len() <= target.rows.len() / 10 =>
        {
            purity(texts.len(), codes, target)
        }
        Column::Texts { .. } | Column::Times(_) => return None,
    };
    (tells >= TOO_GOOD).then(|| {
        let text = "it alone tells the target nearly always: is it known before the target is?";
        about(Some(&profile.name), DoubtKind::Leak, text.to_owned())
    })
}

/// Pearson's correlation.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().max(1) as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter().zip(b).map(|(x, y)| of(x - mean_a, y - mean_b)).sum()
    };
    let spread = (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt();
    if spread > 0.0 { sum(&|x, y| x * y) / spread } else { 0.0 }
}

/// The share of rows that have the most frequent class of their category, above what the most frequent
/// class of all has: 1 when categories tell everything, 0 when nothing.
fn purity(categories: usize, codes: &[Option<Code>], target: &Target) -> f64 {
    let classes = target.classes.len();
    let mut counts = vec![0_usize; (categories + 1) * classes];
    let mut totals = vec![0_usize; classes];
    for (place, row) in target.rows.iter().enumerate() {
        let category = codes.get(*row).copied().flatten().map_or(categories, Code::place);
        let class = target.class(place);
        if let Some(count) = counts.get_mut(category * classes + class) {
            *count += 1;
        }
        if let Some(total) = totals.get_mut(class) {
            *total += 1;
        }
    }
    let right: usize = counts.chunks(classes.max(1)).filter_map(|row| row.iter().max()).sum();
    let most = totals.iter().max().copied().unwrap_or_default();
    let rows = target.rows.len();
    if rows > most { share(right - most, rows - most) } else { 0.0 }
}
