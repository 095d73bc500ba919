//! One column, typed.

use std::{collections::HashMap, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use super::{
    cell,
    dialect::Decimal,
    time::{self, DateOrder},
};

/// Misfits of a column that are told one by one.
pub const MISFITS: usize = 5;
/// Numbers stay numbers when at most this share of them is something else; that is then missing.
const MISFIT_SHARE: f64 = 0.005;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers.
    Number,
    /// Dates, with or without a time of day.
    Time(DateOrder),
    /// Anything: categories, names, sentences.
    Text,
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// NaN is missing; nothing is infinite.
    Numbers(Vec<f64>),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Times(Vec<Option<i64>>),
    /// Each cell's text by its code.
    Texts {
        /// The distinct texts, in the order of their first appearance.
        texts: Vec<Box<str>>,
        /// One for each row.
        codes: Vec<Option<Code>>,
    },
}

/// The place of a text in its column's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code(NonZeroU32);

impl Code {
    fn of(place: usize) -> Option<Self> {
        NonZeroU32::new(u32::try_from(place).ok()?.checked_add(1)?).map(Self)
    }

    /// From 0.
    pub fn place(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A cell that is not what its column is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// The column's name.
    pub column: String,
    /// Its row; the file's first line is row 1.
    pub row: u64,
    /// What stands there, cut at 64 characters.
    pub text: String,
}

impl Column {
    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Times(times) => times.len(),
            Self::Texts { codes, .. } => codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows in which nothing stands.
    pub fn missing(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
            Self::Times(times) => times.iter().filter(|time| time.is_none()).count(),
            Self::Texts { codes, .. } => codes.iter().filter(|code| code.is_none()).count(),
        }
    }

    /// The text of a row, where the column is text.
    pub fn text(&self, row: usize) -> Option<&str> {
        let Self::Texts { texts, codes } = self else { return None };
        texts.get((*codes.get(row)?)?.place()).map(AsRef::as_ref)
    }
}

/// A column that is being read.
pub(crate) struct ColumnBuilder {
    name: String,
    kind: Kind,
    decimal: Decimal,
    column: Column,
    places: HashMap<Box<str>, Code>,
    filled: usize,
    misfits: Vec<Misfit>,
    misfit_count: usize,
    /// Among texts: whether one of them is a number.
    has_number: bool,
    /// Among texts: the first that is none.
    first_word: Option<Misfit>,
}

impl ColumnBuilder {
    pub(crate) fn new(name: &str, kind: Kind, decimal: Decimal) -> Self {
        let column = match kind {
            Kind::Number => Column::Numbers(Vec::new()),
            Kind::Time(_) => Column::Times(Vec::new()),
            Kind::Text => Column::Texts { texts: Vec::new(), codes: Vec::new() },
        };
        Self {
            name: name.to_owned(),
            kind,
            decimal,
            column,
            places: HashMap::new(),
            filled: 0,
            misfits: Vec::new(),
            misfit_count: 0,
            has_number: false,
            first_word: None,
        }
    }

    pub(crate) fn push(&mut self, text: &str, row: u64) {
        let text = text.trim();
        match (&mut self.column, self.kind) {
            (Column::Numbers(numbers), _) => {
                let number = cell::number(text, self.decimal);
                numbers.push(number.unwrap_or(f64::NAN));
                if number.is_none() && !cell::is_missing_among_numbers(text) {
                    self.misfit(text, row);
                }
                self.filled += usize::from(number.is_some());
            }
            (Column::Times(times), kind) => {
                let order = if let Kind::Time(order) = kind { order } else { DateOrder::default() };
                let time = time::parse(text, order);
                times.push(time);
                if time.is_none() && !cell::is_missing_among_numbers(text) {
                    self.misfit(text, row);
                }
                self.filled += usize::from(time.is_some());
            }
            (Column::Texts { texts, codes }, _) => {
                if cell::is_missing(text) {
                    codes.push(None);
                    return;
                }
                self.filled += 1;
                if let Some(code) = self.places.get(text) {
                    codes.push(Some(*code));
                    return;
                }
                let code = Code::of(texts.len());
                if let Some(code) = code {
                    texts.push(text.into());
                    self.places.insert(text.into(), code);
                }
                codes.push(code);
                self.note_first(text, row);
            }
        }
    }

    fn misfit(&mut self, text: &str, row: u64) {
        self.misfit_count += 1;
        if self.misfits.len() < MISFITS {
            self.misfits.push(self.shown(text, row));
        }
    }

    /// A text that was not there before.
    fn note_first(&mut self, text: &str, row: u64) {
        if !self.has_number && cell::number(text, self.decimal).is_some() {
            self.has_number = true;
        } else if self.first_word.is_none()
            && !cell::is_missing_among_numbers(text)
            && cell::number(text, self.decimal).is_none()
        {
            self.first_word = Some(self.shown(text, row));
        }
    }

    fn shown(&self, text: &str, row: u64) -> Misfit {
        let text = text.chars().take(64).collect();
        Misfit { column: self.name.clone(), row, text }
    }

    /// What the column is after all: as thought, or something wider.
    pub(crate) fn verdict(&self) -> Kind {
        #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
        let too_many = self.misfit_count as f64 > MISFIT_SHARE * self.filled as f64;
        match self.kind {
            kind if !too_many => kind,
            Kind::Time(DateOrder::DayFirst) => Kind::Time(DateOrder::MonthFirst),
            Kind::Time(_) | Kind::Number | Kind::Text => Kind::Text,
        }
    }

    /// The column, its misfits, and the first word where there are numbers as well.
    pub(crate) fn finish(self) -> (Column, (Vec<Misfit>, Option<Misfit>)) {
        let word = self.first_word.filter(|_| self.has_number);
        (self.column, (self.misfits, word))
    }
}
