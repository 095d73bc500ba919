//! A CSV file as typed columns: what it is written in, what its cells mean, what is wrong with it.

pub(crate) mod cell;
mod column;
mod dialect;
mod error;
mod read;
mod time;

pub use column::{Code, Column, Kind, MISFITS, Misfit};
pub use dialect::{Decimal, Dialect, Encoding};
pub use error::DatasetError;
pub use read::{Limits, Table, peek, read};
pub use time::{Calendar, DateOrder};

pub(crate) use cell::{is_missing, is_missing_among_numbers};

/// A finite number with a point before its fraction.
pub(crate) fn number(text: &str) -> Option<f64> {
    cell::number(text, Decimal::Point)
}

/// Milliseconds since 1970-01-01T00:00:00Z of a date that stands alone: where day and month could be
/// either, a dot says day first and a slash month first.
pub(crate) fn time(text: &str) -> Option<i64> {
    use DateOrder::{DayFirst, MonthFirst, YearFirst};
    let either = if text.contains('/') { [MonthFirst, DayFirst] } else { [DayFirst, MonthFirst] };
    let parse = |order| time::parse(text, order);
    parse(YearFirst).or_else(|| either.into_iter().find_map(parse))
}
