//! detect: says which signals are not as they should be, while they arrive.
//! Enters: states of topics in time order, rules, what people do about alerts. Leaves: alerts as topics
//! `alert/{id}`, as records and as activities.
//! May not act on anything, read a clock (it is handed in) or wait for the disk where signals pass.
//! Start at [`Alerts`]; one rule over one series is a [`machine::Machine`]; rules are data, those that
//! are shipped are lines in `shipped`.

mod alerts;
mod book;
mod index;
mod kept;
pub mod machine;
mod shipped;
mod words;

pub use alerts::{AlertCounts, Alerts, HandleError, Present, RuleError};
