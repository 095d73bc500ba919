//! A profile as topics and answers carry it: [`DatasetProfile`].

use std::collections::BTreeMap;

use bellwether_signal::{
    Timestamp,
    activity::Severity,
    dataset::{self, DatasetIssue, DatasetProfile, TableFormat},
    training,
};

use super::{ColumnKind, ColumnProfile, Doubt, DoubtKind, Profile, TargetGuess};
use crate::{
    dataset::{Decimal, Misfit, Table},
    digits::grouped,
    target::Task,
};

/// Columns that are told with their histogram and their values; of those beyond, the figures are. A wide
/// table's profile stays below a megabyte or two, which is what a page can take.
const DETAILED: usize = 500;
/// Characters of a value that is told.
const VALUE_CHARS: usize = 64;
/// Issues that are told; the worst come first.
const ISSUES: usize = 200;

/// What is known of the file besides its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its name.
    pub file_name: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub size_bytes: u64,
    /// How long it took to read and judge.
    pub took_ms: f64,
    /// When that was done.
    pub profiled_at_ms: Timestamp,
}

/// A profile for clients.
pub fn told(table: &Table, profile: &Profile, source: Source) -> DatasetProfile {
    let issues = issues(table, profile);
    let columns = profile.columns.iter().enumerate().map(|(place, column)| {
        (place.to_string(), told_column(column, profile.rows, place < DETAILED))
    });
    let (missing, cells) = missing(profile);
    DatasetProfile {
        file_name: source.file_name,
        usable: !issues.iter().any(|issue| issue.severity == Severity::Critical),
        sha256: source.sha256,
        #[expect(clippy::cast_precision_loss, reason = "the size of a file")]
        size_bytes: source.size_bytes as f64,
        rows: Some(count(profile.rows)),
        columns: columns.collect(),
        format: Some(TableFormat {
            delimiter: table.dialect.delimiter.to_string(),
            encoding: table.dialect.encoding.name().to_owned(),
            header: table.dialect.header,
            decimal_comma: table.dialect.decimal == Decimal::Comma,
        }),
        target_column: profile.target.as_ref().map(|guess| guess.column.clone()),
        target_reason: profile
            .target
            .as_ref()
            .map(|guess| format!("{}, and {}", guess.column_reason, guess.task_reason)),
        task: profile.target.as_ref().map(|guess| match guess.task {
            Task::Regression => training::Task::Regression,
            Task::Binary | Task::Multiclass => training::Task::Classification,
        }),
        #[expect(clippy::cast_precision_loss, reason = "counts of cells")]
        quality: Some(thousandths(1.0 - missing as f64 / cells.max(1) as f64)),
        summary: summary(profile, missing, cells),
        issues,
        took_ms: source.took_ms,
        profiled_at_ms: source.profiled_at_ms,
    }
}

fn told_column(column: &ColumnProfile, rows: usize, detailed: bool) -> dataset::ColumnProfile {
    let numbers = column.numbers.as_ref();
    let (lowest, highest) = match (numbers, column.times_ms) {
        (Some(numbers), _) => {
            let [lowest, _, _, _, highest] = numbers.quartiles;
            (Some(lowest), Some(highest))
        }
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ms, the year 287396")]
        (None, Some((first, last))) => (Some(first as f64), Some(last as f64)),
        (None, None) => (None, None),
    };
    let histogram = numbers
        .filter(|_| detailed)
        .map(|numbers| numbers.histogram.counts.iter().map(|rows| count(*rows)).collect());
    let mut frequent = BTreeMap::new();
    for value in column.top.iter().filter(|_| detailed) {
        let rows = frequent.entry(shown(&value.text)).or_insert(0_u32);
        *rows = rows.saturating_add(count(value.rows));
    }
    dataset::ColumnProfile {
        name: column.name.clone(),
        kind: kind(column, rows),
        missing: count(column.missing),
        distinct: Some(count(column.distinct)),
        lowest,
        highest,
        mean: numbers.map(|numbers| numbers.mean),
        histogram,
        frequent: Some(frequent).filter(|frequent| !frequent.is_empty()),
    }
}

fn kind(column: &ColumnProfile, rows: usize) -> dataset::ColumnKind {
    use dataset::ColumnKind as Told;
    match column.kind {
        ColumnKind::Empty => Told::Empty,
        _ if column.distinct == 1 && column.missing == 0 => Told::Constant,
        _ if column.is_identifier(rows) => Told::Id,
        ColumnKind::Number if column.is_zero_or_one() => Told::Boolean,
        ColumnKind::Number => Told::Number,
        ColumnKind::Time => Told::Date,
        ColumnKind::Boolean => Told::Boolean,
        ColumnKind::Category => Told::Category,
        ColumnKind::Text => Told::Text,
    }
}

fn issues(table: &Table, profile: &Profile) -> Vec<DatasetIssue> {
    let mut issues: Vec<DatasetIssue> = Vec::new();
    if let Some(missing) = without_use(profile) {
        issues.push(missing);
    }
    issues.extend(table.misfits.iter().map(of_misfit));
    issues.extend(profile.doubts.iter().map(of_doubt));
    issues.sort_by_key(|issue| std::cmp::Reverse(weight(issue.severity)));
    issues.truncate(ISSUES);
    issues
}

fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::Info | Severity::Success => 0,
        Severity::Warning => 1,
        Severity::Critical => 2,
    }
}

/// Why no model can be trained on it at all.
fn without_use(profile: &Profile) -> Option<DatasetIssue> {
    let (code, text) = if profile.columns.len() < 2 {
        let text = "the table has one column; a model needs one to predict and at least one to \
                    predict from. Is the delimiter a comma, semicolon, tab or bar?";
        ("one_column", text.to_owned())
    } else if let Some(column) = &profile.unfit_target {
        ("unfit_target", format!("column {:?} cannot be predicted: {}", column.0, column.1))
    } else if profile.target.is_none() {
        let text = "no column can be predicted: each is empty, has one value only, or holds dates";
        ("no_target", text.to_owned())
    } else {
        return None;
    };
    let column = profile.unfit_target.as_ref().map(|(column, _)| column.clone());
    let severity = Severity::Critical;
    Some(DatasetIssue { severity, code: code.to_owned(), text, line: None, column, cell: None })
}

fn of_misfit(misfit: &Misfit) -> DatasetIssue {
    let Misfit { column, row, text } = misfit;
    DatasetIssue {
        severity: Severity::Warning,
        code: "mixed_types".to_owned(),
        text: format!(
            "row {row}, column {column:?}: {text:?} is not what the column's other cells are; it \
             counts as missing"
        ),
        line: u32::try_from(*row).ok(),
        column: Some(column.clone()),
        cell: Some(text.clone()),
    }
}

fn of_doubt(doubt: &Doubt) -> DatasetIssue {
    let (severity, code) = match doubt.kind {
        DoubtKind::Constant => (Severity::Info, "constant"),
        DoubtKind::Identifier => (Severity::Info, "identifier"),
        DoubtKind::Leak => (Severity::Warning, "leak"),
        DoubtKind::MostlyMissing => (Severity::Warning, "mostly_missing"),
        DoubtKind::DuplicateRows => (Severity::Warning, "duplicate_rows"),
        DoubtKind::RareClass => (Severity::Warning, "imbalance"),
        DoubtKind::MissingTarget => (Severity::Warning, "missing_target"),
        DoubtKind::FewRows => (Severity::Warning, "few_rows"),
        DoubtKind::MixedTypes => (Severity::Warning, "mixed_types"),
    };
    let text = match &doubt.column {
        Some(column) => format!("column {column:?}: {}", doubt.text),
        None => doubt.text.clone(),
    };
    DatasetIssue {
        severity,
        code: code.to_owned(),
        text,
        line: doubt.at.as_ref().and_then(|(line, _)| u32::try_from(*line).ok()),
        column: doubt.column.clone(),
        cell: doubt.at.as_ref().map(|(_, cell)| cell.clone()),
    }
}

/// Cells in which nothing stands, and all.
fn missing(profile: &Profile) -> (usize, usize) {
    let missing = profile.columns.iter().map(|column| column.missing).sum();
    (missing, profile.rows.saturating_mul(profile.columns.len()))
}

fn summary(profile: &Profile, missing: usize, cells: usize) -> String {
    use dataset::ColumnKind as Told;
    let kinds: Vec<Told> =
        profile.columns.iter().map(|column| kind(column, profile.rows)).collect();
    let parts: Vec<String> = [
        (Told::Number, "number", "numbers"),
        (Told::Category, "category", "categories"),
        (Told::Boolean, "yes or no", "yes or no"),
        (Told::Date, "date", "dates"),
        (Told::Text, "text", "texts"),
        (Told::Id, "identifier", "identifiers"),
        (Told::Constant, "constant", "constant"),
        (Told::Empty, "empty", "empty"),
    ]
    .into_iter()
    .filter_map(|(wanted, one, several)| {
        match kinds.iter().filter(|kind| **kind == wanted).count() {
            0 => None,
            1 => Some(format!("1 {one}")),
            found => Some(format!("{found} {several}")),
        }
    })
    .collect();
    let counted = format!(
        "{} rows and {} columns: {}.",
        grouped(profile.rows as u64),
        kinds.len(),
        parts.join(", ")
    );
    #[expect(clippy::cast_precision_loss, reason = "counts of cells")]
    let percent = missing as f64 / cells.max(1) as f64 * 100.0;
    let missing = match missing {
        0 => "No cell is missing.".to_owned(),
        _ => format!("{percent:.1} % of the cells are missing."),
    };
    let target =
        profile.target.as_ref().map(|TargetGuess { column, task, column_reason, .. }| {
            let what = match task {
                Task::Regression => "a number",
                Task::Binary => "one of two classes",
                Task::Multiclass => "one of several classes",
            };
            format!("A model would predict {column:?}, {what}, because {column_reason}.")
        });
    let sentences: Vec<String> = [counted, missing].into_iter().chain(target).collect();
    sentences.join(" ")
}

fn shown(text: &str) -> String {
    if text.chars().count() <= VALUE_CHARS {
        return text.to_owned();
    }
    text.chars().take(VALUE_CHARS - 1).chain(['…']).collect()
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

fn thousandths(share: f64) -> f64 {
    (share * 1_000.0).round() / 1_000.0
}
