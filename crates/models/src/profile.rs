//! What is in a table, before anything is trained: each column in figures, what could be the target, and
//! what a careful person would ask about.

mod column;
mod doubts;
mod told;

use serde::Serialize;

pub use column::{BINS, ColumnKind, ColumnProfile, Histogram, NumberProfile, TOP, TopValue};
pub use doubts::{Doubt, DoubtKind};
pub use told::{Source, told};

use crate::{
    dataset::{Column, Table},
    target::{Target, Task},
};

/// Names that people give to what they want to know.
const TARGET_NAMES: [&str; 12] = [
    "target",
    "label",
    "class",
    "outcome",
    "y",
    "churn",
    "churned",
    "default",
    "survived",
    "species",
    "result",
    "diagnosis",
];

/// A table, looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// Rows, without the header.
    pub rows: usize,
    /// Rows that stand there already, counted from the second on.
    pub duplicate_rows: usize,
    /// The columns in their order.
    pub columns: Vec<ColumnProfile>,
    /// What could be predicted; none when no column can be.
    pub target: Option<TargetGuess>,
    /// A column that was chosen and cannot be predicted, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfit_target: Option<(String, String)>,
    /// What to ask about.
    pub doubts: Vec<Doubt>,
}

/// A guess, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetGuess {
    /// The column.
    pub column: String,
    /// What kind of prediction that is.
    pub task: Task,
    /// Why this column.
    pub column_reason: &'static str,
    /// Why this task.
    pub task_reason: &'static str,
}

impl Profile {
    /// Looks at a table; `target` is what a person chose already.
    pub fn of(table: &Table, target: Option<&str>) -> Self {
        let columns: Vec<ColumnProfile> = table
            .names
            .iter()
            .zip(&table.columns)
            .map(|(name, column)| ColumnProfile::of(name, column))
            .collect();
        let unfit_target = target.and_then(|name| unfit(table, name));
        let target = guess(table, &columns, target.filter(|_| unfit_target.is_none()));
        let duplicate_rows = duplicates(table);
        let read = target.as_ref().and_then(|guess| {
            Target::of(table, &guess.column, Some(guess.task == Task::Regression)).ok()
        });
        let pair = target.as_ref().map(|guess| guess.column.as_str()).zip(read.as_ref());
        let doubts = doubts::doubts(table, &columns, pair, duplicate_rows);
        let target = target.filter(|_| unfit_target.is_none());
        Self { rows: table.rows, duplicate_rows, columns, target, unfit_target, doubts }
    }
}

/// Why a column is no target, where it is none.
fn unfit(table: &Table, name: &str) -> Option<(String, String)> {
    let error = Target::of(table, name, None).err()?;
    Some((name.to_owned(), error.to_string()))
}

fn guess(table: &Table, columns: &[ColumnProfile], chosen: Option<&str>) -> Option<TargetGuess> {
    let can_be = |column: &&ColumnProfile| column.distinct > 1 && column.kind != ColumnKind::Time;
    let named = |column: &&ColumnProfile| {
        TARGET_NAMES.iter().any(|name| column.name.eq_ignore_ascii_case(name))
    };
    let telling = |column: &&ColumnProfile| !column.is_identifier(table.rows);
    let usable = || columns.iter().filter(can_be);
    let (column, column_reason) = if let Some(name) = chosen {
        (usable().find(|column| column.name == name)?, "it was chosen")
    } else if let Some(column) = usable().rev().find(named) {
        (column, "its name is one that targets have")
    } else if let Some(column) = usable().rev().find(telling) {
        let is_last = columns.last().is_some_and(|last| last.name == column.name);
        (
            column,
            if is_last {
                "it is the last column"
            } else {
                "it is the last that is no identifier or date"
            },
        )
    } else {
        return None;
    };
    let task = Target::of(table, &column.name, None).ok()?.task;
    let is_text = matches!(table.column(&column.name), Ok(Column::Texts { .. }));
    let task_reason = match (task, is_text) {
        (Task::Regression, _) => "it holds many different numbers",
        (Task::Binary, _) => "it has two different values",
        (Task::Multiclass, true) => "it holds names of classes",
        (Task::Multiclass, false) => "it holds few different whole numbers",
    };
    Some(TargetGuess { column: column.name.clone(), task, column_reason, task_reason })
}

/// Rows that are like an earlier one in every column, by a hash of 64 bits each.
fn duplicates(table: &Table) -> usize {
    let mut hashes = vec![0_u64; table.rows];
    for column in &table.columns {
        let cell = |row: usize| match column {
            Column::Numbers(numbers) => numbers.get(row).map_or(0, |number| number.to_bits()),
            Column::Times(times) => {
                times.get(row).copied().flatten().map_or(1, |ms| ms.cast_unsigned() ^ 0x5555)
            }
            Column::Texts { codes, .. } => {
                codes.get(row).copied().flatten().map_or(0, |code| code.place() as u64 + 1)
            }
        };
        for (row, hash) in hashes.iter_mut().enumerate() {
            // The finaliser of SplitMix64: every bit of the cell reaches every bit of the sum.
            let mixed = (hash.rotate_left(23) ^ cell(row)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *hash = (mixed ^ (mixed >> 31)).wrapping_mul(0x94D0_49BB_1331_11EB);
        }
    }
    hashes.sort_unstable();
    hashes.windows(2).filter(|pair| pair.first() == pair.last()).count()
}

#[cfg(test)]
mod tests;
