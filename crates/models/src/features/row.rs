//! The features of one row that comes as JSON, without a table around it: what [`Encoder::transform`]
//! makes of a CSV file with the same cells, bit for bit (`tests::a_row_is_a_table_of_one`).

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{CalendarPart, Encoder, Part, first_word, narrow};
use crate::dataset::{self, Calendar};

/// Longest text of a value that a message repeats.
const REPEATED: usize = 40;

/// An [`Encoder`], turned round: by column, with each category's place at hand.
#[derive(Clone, Debug)]
pub struct RowEncoder {
    columns: Vec<Input>,
    width: usize,
}

/// One column.
#[derive(Clone, Debug)]
struct Input {
    name: String,
    takes: Takes,
    /// Whether a row may leave it out.
    optional: bool,
    features: Vec<(usize, Reader)>,
}

/// What a column takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Numbers.
    Number,
    /// Texts; numbers and yes/no count as their text.
    Text,
    /// Dates, with or without a time of day, as text.
    Time,
}

#[derive(Clone, Debug)]
enum Reader {
    Number,
    Category(HashMap<Box<str>, f32>),
    FirstWord(HashMap<Box<str>, f32>),
    Calendar(CalendarPart),
}

/// A value that is no use for its column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{column}: {detail}")]
pub struct FieldError {
    /// The column's name.
    pub column: String,
    /// What is wrong, and what to send instead.
    pub detail: String,
}

/// Something about a value that its sender may want to know. The row is predicted all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A number came as text.
    NumberAsText {
        /// The column's name.
        column: String,
    },
    /// The training saw no such category, so it counts as missing.
    Unseen {
        /// The column's name.
        column: String,
        /// The category, cut.
        text: String,
    },
    /// The number is too large for a feature, so it counts as missing.
    TooLarge {
        /// The column's name.
        column: String,
    },
}

impl RowEncoder {
    /// `optional` says which columns a row may leave out.
    pub fn new(encoder: &Encoder, optional: impl Fn(&str) -> bool) -> Self {
        let mut columns: Vec<Input> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (feature, known) in encoder.features().iter().enumerate() {
            let (takes, reader) = reader(&known.part);
            let place = *places.entry(&known.column).or_insert_with(|| {
                let (name, features) = (known.column.clone(), Vec::new());
                let optional = optional(&name);
                columns.push(Input { name, takes, optional, features });
                columns.len() - 1
            });
            if let Some(column) = columns.get_mut(place) {
                column.features.push((feature, reader));
            }
        }
        Self { columns, width: encoder.features().len() }
    }

    /// Features of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The columns, in the order of their features, and what they take.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Takes, bool)> {
        self.columns.iter().map(|column| (column.name.as_str(), column.takes, column.optional))
    }

    /// The places of a column's features.
    pub fn features_of(&self, column: usize) -> impl Iterator<Item = usize> {
        let features = self.columns.get(column).map(|column| column.features.as_slice());
        features.unwrap_or_default().iter().map(|(feature, _)| *feature)
    }

    /// Whether there is a column of that name.
    pub fn knows(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// Adds the features of a row to `out`, and what there is to say to `notes`. Numbers that came as
    /// text are numbers in the row afterwards.
    pub fn encode(
        &self,
        row: &mut Map<String, Value>,
        out: &mut Vec<f32>,
        notes: &mut Vec<Note>,
    ) -> Result<(), FieldError> {
        let start = out.len();
        out.resize(start + self.width, f32::NAN);
        for column in &self.columns {
            let Some(value) = row.get_mut(&column.name) else {
                if column.optional {
                    continue;
                }
                let detail = "the field is missing; null says that its value is not known";
                return Err(column.error(detail.to_owned()));
            };
            let cells = out.get_mut(start..).unwrap_or_default();
            match column.takes {
                Takes::Number => column.number(value, cells, notes)?,
                Takes::Text => column.text(value, cells, notes)?,
                Takes::Time => column.time(value, cells)?,
            }
        }
        Ok(())
    }
}

fn reader(part: &Part) -> (Takes, Reader) {
    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred categories")]
    let places = |known: &[Box<str>]| -> HashMap<Box<str>, f32> {
        // The first of equal names is its place.
        known.iter().enumerate().rev().map(|(place, one)| (one.clone(), place as f32)).collect()
    };
    match part {
        Part::Number => (Takes::Number, Reader::Number),
        Part::Category(known) => (Takes::Text, Reader::Category(places(known))),
        Part::FirstWord(known) => (Takes::Text, Reader::FirstWord(places(known))),
        Part::Calendar(part, _) => (Takes::Time, Reader::Calendar(*part)),
    }
}

impl Input {
    fn error(&self, detail: String) -> FieldError {
        FieldError { column: self.name.clone(), detail }
    }

    fn number(
        &self,
        value: &mut Value,
        cells: &mut [f32],
        notes: &mut Vec<Note>,
    ) -> Result<(), FieldError> {
        let number = match &*value {
            Value::Null => return Ok(()),
            Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
            Value::String(text) if dataset::is_missing_among_numbers(text.trim()) => return Ok(()),
            Value::String(text) => {
                let Some(number) = dataset::number(text.trim()) else {
                    let detail = format!("has to be a number, not the text {:?}", cut(text));
                    return Err(self.error(detail));
                };
                notes.push(Note::NumberAsText { column: self.name.clone() });
                *value = number.into();
                number
            }
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return Err(self.error(format!("has to be a number, not {}", kind(value))));
            }
        };
        let narrowed = narrow(number);
        if narrowed.is_nan() {
            notes.push(Note::TooLarge { column: self.name.clone() });
        }
        self.fill(cells, |reader| match reader {
            Reader::Number => narrowed,
            Reader::Category(_) | Reader::FirstWord(_) | Reader::Calendar(_) => f32::NAN,
        });
        Ok(())
    }

    fn text(
        &self,
        value: &Value,
        cells: &mut [f32],
        notes: &mut Vec<Note>,
    ) -> Result<(), FieldError> {
        let written;
        let text = match value {
            Value::Null => return Ok(()),
            Value::String(text) => text.trim(),
            // As a file of such numbers is read.
            Value::Number(number) => {
                written = number.as_f64().unwrap_or(f64::NAN).to_string();
                &written
            }
            Value::Bool(yes) => self.spelled(*yes),
            Value::Array(_) | Value::Object(_) => {
                return Err(self.error(format!("has to be a text, not {}", kind(value))));
            }
        };
        if dataset::is_missing(text) {
            return Ok(());
        }
        let mut known = true;
        self.fill(cells, |reader| {
            let place = match reader {
                Reader::Category(places) => places.get(text),
                Reader::FirstWord(places) => places.get(first_word(text)),
                Reader::Number | Reader::Calendar(_) => None,
            };
            known &= place.is_some();
            place.copied().unwrap_or(f32::NAN)
        });
        if !known {
            notes.push(Note::Unseen { column: self.name.clone(), text: cut(text) });
        }
        Ok(())
    }

    /// How the training's file spelled yes and no.
    fn spelled(&self, yes: bool) -> &'static str {
        let spellings = if yes { ["true", "True", "TRUE"] } else { ["false", "False", "FALSE"] };
        let known = |text: &&str| {
            self.features.iter().any(|(_, reader)| match reader {
                Reader::Category(places) | Reader::FirstWord(places) => places.contains_key(*text),
                Reader::Number | Reader::Calendar(_) => false,
            })
        };
        let [usual, ..] = spellings;
        spellings.into_iter().find(known).unwrap_or(usual)
    }

    fn time(&self, value: &Value, cells: &mut [f32]) -> Result<(), FieldError> {
        let text = match value {
            Value::Null => return Ok(()),
            Value::String(text) if dataset::is_missing_among_numbers(text.trim()) => return Ok(()),
            Value::String(text) => text,
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                let detail = format!("{}, not {}", WANTED_TIME, kind(value));
                return Err(self.error(detail));
            }
        };
        let Some(ms) = dataset::time(text) else {
            return Err(self.error(format!("{}, not {:?}", WANTED_TIME, cut(text))));
        };
        let calendar = Calendar::at(ms);
        self.fill(cells, |reader| match reader {
            Reader::Calendar(part) => part.of(calendar),
            Reader::Number | Reader::Category(_) | Reader::FirstWord(_) => f32::NAN,
        });
        Ok(())
    }

    fn fill(&self, cells: &mut [f32], mut read: impl FnMut(&Reader) -> f32) {
        for (feature, reader) in &self.features {
            if let Some(cell) = cells.get_mut(*feature) {
                *cell = read(reader);
            }
        }
    }
}

const WANTED_TIME: &str =
    "has to be a date as text, such as \"2026-11-21\" or \"2026-11-21T20:15:00Z\"";

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn cut(text: &str) -> String {
    text.chars().take(REPEATED).collect()
}

#[cfg(test)]
mod tests;
