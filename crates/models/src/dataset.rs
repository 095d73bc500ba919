//! A CSV file as typed columns: what it is written in, what its cells mean, what is wrong with it.

mod cell;
mod column;
mod dialect;
mod error;
mod read;
mod time;

pub use column::{Code, Column, Kind, MISFITS, Misfit};
pub use dialect::{Decimal, Dialect, Encoding};
pub use error::DatasetError;
pub use read::{Limits, Table, read};
pub use time::{Calendar, DateOrder};
