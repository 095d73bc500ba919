//! From columns to the numbers that a learner takes: fitted on the training rows, kept in the model, so
//! that what predicts is exactly what was trained.

mod row;

pub use row::{FieldError, Note, RowEncoder, Takes};
use serde::{Deserialize, Serialize};

use crate::dataset::{Calendar, Column, DateOrder, Table};

/// Categories of one feature; rarer texts than the most frequent so many are as if missing.
const CATEGORIES: usize = 200;
/// A text column with a larger share of distinct texts names rows rather than kinds of rows.
const DISTINCT_SHARE: f64 = 0.1;
/// Up to here a column is a category whatever the number of rows.
const FEW: usize = 20;

/// The features of a table, and how each comes from a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    features: Vec<Feature>,
    /// Columns that carry nothing for a learner, with the reason.
    pub left_out: Vec<(String, LeftOut)>,
}

/// Why a column is no feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// It has the same value in every row.
    Constant,
    /// Nearly every row has a text of its own.
    NearlyUnique,
    /// Somebody asked for it, or it only says which rows stay together.
    Asked,
}

/// One number of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The column that it comes from.
    pub column: String,
    /// What is taken of it.
    pub part: Part,
}

/// What is taken of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The number itself.
    Number,
    /// The place of the text among these, most frequent first.
    Category(Vec<Box<str>>),
    /// The place of the text's first word among these.
    FirstWord(Vec<Box<str>>),
    /// Something that the calendar says of a time.
    Calendar(CalendarPart, DateOrder),
}

/// What the calendar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarPart {
    /// 1 to 12.
    Month,
    /// 1 (Monday) to 7.
    Weekday,
    /// 0 to 24, with fraction.
    Hour,
    /// 1 to 366.
    DayOfYear,
    /// Days since 1970, with fraction.
    Days,
}

impl CalendarPart {
    fn of(self, calendar: Calendar) -> f32 {
        narrow(match self {
            Self::Month => f64::from(calendar.month),
            Self::Weekday => f64::from(calendar.weekday),
            Self::Hour => calendar.hour,
            Self::DayOfYear => f64::from(calendar.day_of_year),
            Self::Days => calendar.days,
        })
    }
}

impl Feature {
    /// Whether its numbers are places in a list, without an order.
    pub fn is_category(&self) -> bool {
        matches!(self.part, Part::Category(_) | Part::FirstWord(_))
    }
}

/// Rows of features.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Row after row; NaN is missing.
    pub values: Vec<f32>,
    /// How many rows.
    pub rows: usize,
    /// How long each is.
    pub width: usize,
}

impl Matrix {
    /// One row.
    pub fn row(&self, row: usize) -> &[f32] {
        let start = row * self.width;
        self.values.get(start..start + self.width).unwrap_or_default()
    }

    /// Some of the rows, in that order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|row| self.row(*row)).copied().collect();
        Self { values, rows: rows.len(), width: self.width }
    }
}

impl Encoder {
    /// Looks at the training rows. `ordered` says that they are in the order of time: then time itself,
    /// which only grows, is no feature, because no later row has a value that was seen.
    pub fn fit(table: &Table, target: &str, ignored: &[&str], ordered: bool) -> Self {
        let mut encoder = Self { features: Vec::new(), left_out: Vec::new() };
        for (name, column) in table.names.iter().zip(&table.columns) {
            if ignored.contains(&name.as_str()) {
                encoder.left_out.push((name.clone(), LeftOut::Asked));
            } else if name != target {
                encoder.add(name, column, ordered);
            }
        }
        encoder
    }

    fn add(&mut self, name: &str, column: &Column, ordered: bool) {
        let feature = |part| Feature { column: name.to_owned(), part };
        match column {
            Column::Numbers(numbers) if is_constant(numbers) => {
                self.left_out.push((name.to_owned(), LeftOut::Constant));
            }
            Column::Numbers(_) => self.features.push(feature(Part::Number)),
            Column::Times(_) => {
                use CalendarPart::{DayOfYear, Days, Hour, Month, Weekday};
                let parts = [Month, Weekday, Hour, DayOfYear, Days];
                let kept = parts.into_iter().filter(|part| !(ordered && *part == Days));
                let of = |part| feature(Part::Calendar(part, DateOrder::default()));
                self.features.extend(kept.map(of));
            }
            Column::Texts { texts, .. } if texts.len() < 2 && column.missing() == 0 => {
                self.left_out.push((name.to_owned(), LeftOut::Constant));
            }
            Column::Texts { texts, codes } => {
                let filled = codes.iter().flatten().count();
                if texts.len() <= FEW || share(texts.len(), filled) <= DISTINCT_SHARE {
                    let places = codes.iter().flatten().map(|code| code.place());
                    self.features.push(feature(Part::Category(most_frequent(texts, places))));
                    return;
                }
                let words = codes.iter().flatten().filter_map(|code| texts.get(code.place()));
                match first_words(words.map(AsRef::as_ref)) {
                    Some(words) => self.features.push(feature(Part::FirstWord(words))),
                    None => self.left_out.push((name.to_owned(), LeftOut::NearlyUnique)),
                }
            }
        }
    }

    /// The features, in the order of a row.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The rows of a table as numbers. A column that is missing, or is of another kind than in training,
    /// gives missing values.
    pub fn transform(&self, table: &Table) -> Matrix {
        let width = self.features.len();
        let mut values = vec![f32::NAN; table.rows * width];
        for (place, feature) in self.features.iter().enumerate() {
            let Ok(column) = table.column(&feature.column) else { continue };
            let cells = values.iter_mut().skip(place).step_by(width.max(1));
            fill(cells, column, &feature.part);
        }
        Matrix { values, rows: table.rows, width }
    }
}

fn fill<'a>(cells: impl Iterator<Item = &'a mut f32>, column: &Column, part: &Part) {
    match (column, part) {
        (Column::Numbers(numbers), Part::Number) => {
            cells.zip(numbers).for_each(|(cell, number)| *cell = narrow(*number));
        }
        (Column::Times(times), Part::Calendar(part, _)) => {
            let of = |ms| part.of(Calendar::at(ms));
            cells.zip(times).for_each(|(cell, time)| *cell = time.map_or(f32::NAN, of));
        }
        (Column::Texts { texts, codes }, Part::Category(known)) => {
            let places: Vec<f32> = texts.iter().map(|text| place_of(known, text)).collect();
            cells.zip(codes).for_each(|(cell, code)| {
                *cell = code.and_then(|code| places.get(code.place()).copied()).unwrap_or(f32::NAN);
            });
        }
        (Column::Texts { texts, codes }, Part::FirstWord(known)) => {
            let places: Vec<f32> =
                texts.iter().map(|text| place_of(known, first_word(text))).collect();
            cells.zip(codes).for_each(|(cell, code)| {
                *cell = code.and_then(|code| places.get(code.place()).copied()).unwrap_or(f32::NAN);
            });
        }
        // Categories that look like numbers: a file of only such rows is read as numbers.
        (Column::Numbers(numbers), Part::Category(known)) => {
            cells.zip(numbers).for_each(|(cell, number)| {
                *cell =
                    if number.is_nan() { f32::NAN } else { place_of(known, &number.to_string()) };
            });
        }
        _ => {}
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "features are single precision; an overflow is caught"
)]
fn narrow(number: f64) -> f32 {
    let narrow = number as f32;
    if narrow.is_finite() { narrow } else { f32::NAN }
}

#[expect(clippy::cast_precision_loss, reason = "at most a few hundred categories")]
fn place_of(known: &[Box<str>], text: &str) -> f32 {
    known.iter().position(|one| **one == *text).map_or(f32::NAN, |place| place as f32)
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

fn is_constant(numbers: &[f64]) -> bool {
    let mut filled = numbers.iter().filter(|number| !number.is_nan());
    let Some(first) = filled.next() else { return true };
    let has_missing = numbers.iter().any(|number| number.is_nan());
    !has_missing && filled.all(|number| number.total_cmp(first).is_eq())
}

/// Texts by how often they stand, most frequent first, as many as are kept.
fn most_frequent(texts: &[Box<str>], places: impl Iterator<Item = usize>) -> Vec<Box<str>> {
    let mut counts = vec![0_usize; texts.len()];
    for place in places {
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    let mut order: Vec<(usize, &Box<str>)> = counts.into_iter().zip(texts).collect();
    order.sort_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.cmp(right)));
    order.into_iter().take(CATEGORIES).map(|(_, text)| text.clone()).collect()
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The first words of texts that name rows, where those are kinds of rows: `ford` of `ford pinto`.
fn first_words<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Vec<Box<str>>> {
    let mut words: Vec<Box<str>> = Vec::new();
    let mut places = Vec::new();
    let mut known = std::collections::HashMap::new();
    for text in texts {
        let word = first_word(text);
        let place = *known.entry(word).or_insert_with(|| {
            words.push(word.into());
            words.len() - 1
        });
        places.push(place);
    }
    let kinds = words.len() > 1 && share(words.len(), places.len()) <= DISTINCT_SHARE;
    kinds.then(|| most_frequent(&words, places.into_iter()))
}
