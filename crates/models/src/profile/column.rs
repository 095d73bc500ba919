//! One column in figures.

use serde::Serialize;

use crate::dataset::{Code, Column};

/// Bins of a histogram.
pub const BINS: usize = 20;
/// Most frequent values that are listed.
pub const TOP: usize = 10;
/// Up to so many distinct texts are categories, whatever the number of rows.
const CATEGORIES: usize = 20;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Dates.
    Time,
    /// Two words, such as yes and no.
    Boolean,
    /// Words that come again.
    Category,
    /// Words that hardly ever do.
    Text,
    /// Nothing at all.
    Empty,
}

/// A column in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Rows in which nothing stands.
    pub missing: usize,
    /// Different values.
    pub distinct: usize,
    /// Of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<NumberProfile>,
    /// First and last, in milliseconds since 1970, of dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times_ms: Option<(i64, i64)>,
    /// The most frequent values, of texts and of numbers that are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<TopValue>,
    /// Whether its values only grow from row to row.
    pub ascending: bool,
}

/// Numbers in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NumberProfile {
    /// Least, quartiles, greatest.
    pub quartiles: [f64; 5],
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation of the rows that there are.
    pub deviation: f64,
    /// Whether all are whole.
    pub whole: bool,
    /// How they are spread.
    pub histogram: Histogram,
}

/// Rows by value, in bins of equal width from `from` to `to`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// Lower edge of the first bin.
    pub from: f64,
    /// Upper edge of the last.
    pub to: f64,
    /// Rows in each.
    pub counts: Vec<usize>,
}

/// A value and how often it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopValue {
    /// The value.
    pub text: String,
    /// Its rows.
    pub rows: usize,
}

impl ColumnProfile {
    pub(super) fn of(name: &str, column: &Column) -> Self {
        let empty = Self {
            name: name.to_owned(),
            kind: ColumnKind::Empty,
            missing: column.missing(),
            distinct: 0,
            numbers: None,
            times_ms: None,
            top: Vec::new(),
            ascending: false,
        };
        if empty.missing == column.len() {
            return empty;
        }
        match column {
            Column::Numbers(numbers) => {
                let mut sorted: Vec<f64> =
                    numbers.iter().copied().filter(|n| !n.is_nan()).collect();
                let ascending = sorted.windows(2).all(|pair| pair.first() < pair.last());
                sorted.sort_unstable_by(f64::total_cmp);
                let distinct = distinct(&sorted);
                let numbers = Some(NumberProfile::of(&sorted));
                let top = if distinct <= TOP { top_numbers(&sorted) } else { Vec::new() };
                Self { kind: ColumnKind::Number, distinct, numbers, top, ascending, ..empty }
            }
            Column::Times(times) => {
                let mut sorted: Vec<i64> = times.iter().flatten().copied().collect();
                let ascending = sorted.windows(2).all(|pair| pair.first() < pair.last());
                sorted.sort_unstable();
                let times_ms = sorted.first().copied().zip(sorted.last().copied());
                Self {
                    kind: ColumnKind::Time,
                    distinct: distinct(&sorted),
                    times_ms,
                    ascending,
                    ..empty
                }
            }
            Column::Texts { texts, codes } => {
                let filled = codes.len() - empty.missing;
                let kind = match texts.len() {
                    2 if texts.iter().all(|text| is_yes_or_no(text)) => ColumnKind::Boolean,
                    few if few <= CATEGORIES || few * 10 <= filled => ColumnKind::Category,
                    _ => ColumnKind::Text,
                };
                Self { kind, distinct: texts.len(), top: top(texts, codes), ..empty }
            }
        }
    }

    /// Whether every row has a value of its own, of the kind that names rows: a text, or whole numbers that
    /// only grow.
    pub fn is_identifier(&self, rows: usize) -> bool {
        let unique = self.distinct == rows - self.missing && rows > CATEGORIES;
        let counts = self.numbers.as_ref().is_some_and(|numbers| numbers.whole && self.ascending);
        unique && (counts || self.kind == ColumnKind::Text)
    }
}

impl ColumnProfile {
    /// Whether its numbers are 0 and 1 and nothing else.
    pub(super) fn is_zero_or_one(&self) -> bool {
        self.distinct == 2
            && self.numbers.as_ref().is_some_and(|numbers| {
                let [least, _, _, _, greatest] = numbers.quartiles;
                numbers.whole && least.abs() < 0.5 && (greatest - 1.0).abs() < 0.5
            })
    }
}

impl NumberProfile {
    /// Of numbers in order.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn of(sorted: &[f64]) -> Self {
        let n = sorted.len().max(1) as f64;
        let mean = sorted.iter().map(|value| value / n).sum::<f64>();
        let variance = sorted.iter().map(|value| (value - mean).powi(2) / n).sum::<f64>();
        let quartiles = [0, 1, 2, 3, 4].map(|quarter| {
            let place = sorted.len().saturating_sub(1) * quarter;
            let value = |at: usize| sorted.get(at).copied().unwrap_or_default();
            let (low, rest) = (value(place / 4), place % 4);
            low + (value(place.div_ceil(4)) - low) * rest as f64 / 4.0
        });
        let [from, _, _, _, to] = quartiles;
        let mut counts = vec![0; BINS];
        let width = (to - from) / BINS as f64;
        for value in sorted {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "cut to the bins"
            )]
            let bin = if width > 0.0 { ((value - from) / width) as usize } else { 0 };
            if let Some(count) = counts.get_mut(bin.min(BINS - 1)) {
                *count += 1;
            }
        }
        let whole = sorted.iter().all(|value| value.fract() == 0.0);
        let histogram = Histogram { from, to, counts };
        Self { quartiles, mean, deviation: variance.sqrt(), whole, histogram }
    }
}

fn distinct<T: PartialEq>(sorted: &[T]) -> usize {
    let steps = sorted.windows(2).filter(|pair| pair.first() != pair.last()).count();
    steps + usize::from(!sorted.is_empty())
}

fn is_yes_or_no(text: &str) -> bool {
    const WORDS: [&str; 8] = ["yes", "no", "true", "false", "y", "n", "t", "f"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Each of a few numbers, in order, with its rows; the most frequent first.
fn top_numbers(sorted: &[f64]) -> Vec<TopValue> {
    let mut values: Vec<TopValue> = sorted
        .chunk_by(|a, b| a.total_cmp(b).is_eq())
        .filter_map(|run| Some(TopValue { text: run.first()?.to_string(), rows: run.len() }))
        .collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.rows));
    values
}

fn top(texts: &[Box<str>], codes: &[Option<Code>]) -> Vec<TopValue> {
    let mut counts = vec![0_usize; texts.len()];
    for code in codes.iter().flatten() {
        if let Some(count) = counts.get_mut(code.place()) {
            *count += 1;
        }
    }
    let mut order: Vec<(usize, &str)> =
        counts.into_iter().zip(texts.iter().map(AsRef::as_ref)).collect();
    order.sort_unstable_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.cmp(right)));
    let value = |(rows, text): (usize, &str)| TopValue { text: text.to_owned(), rows };
    order.into_iter().take(TOP).map(value).collect()
}
