//! `bellwether profile`.

use std::{fmt::Write as _, path::PathBuf};

use anyhow::{Context as _, Result};
use bellwether_models::profile::{ColumnProfile, Profile};
use clap::Args;

const PROFILE_HELP: &str = "\
Says how the file is written, what each column holds, what could be predicted from it and why, and what to \
ask about before that.

Examples:
  bellwether profile churn.csv
  bellwether profile churn.csv --target churned --json | jq '.doubts'";

#[derive(Debug, Args)]
#[command(after_help = PROFILE_HELP)]
pub(crate) struct ProfileFlags {
    /// The CSV file to look at
    #[arg(value_name = "FILE")]
    data: PathBuf,

    /// The column that is to be predicted [default: guessed]
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Looks at a file; returns what to say.
pub(crate) fn profile(flags: &ProfileFlags) -> Result<String> {
    let table = super::table(&flags.data)?;
    if let Some(target) = &flags.target {
        table.column(target)?;
    }
    let profile = Profile::of(&table, flags.target.as_deref());
    if flags.json {
        let mut value = serde_json::to_value(&profile).context("a profile is plain data")?;
        value["dialect"] =
            serde_json::to_value(table.dialect).context("a dialect is plain data")?;
        value["misfits"] =
            serde_json::to_value(&table.misfits).context("misfits are plain data")?;
        return Ok(format!("{value:#}\n"));
    }
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("a string takes everything");
    let dialect = table.dialect;
    line(format!(
        "{} rows, {} columns; {:?}, cells between {:?}, decimal {:?}",
        table.rows,
        table.columns.len(),
        dialect.encoding,
        dialect.delimiter,
        dialect.decimal,
    ));
    let width = profile.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
    for column in &profile.columns {
        line(format!("  {:width$}  {}", column.name, in_a_line(column)));
    }
    match &profile.target {
        Some(guess) => line(format!(
            "target: {}, because {}; {:?}, because {}",
            guess.column, guess.column_reason, guess.task, guess.task_reason,
        )),
        None => line("target: no column can be predicted".to_owned()),
    }
    for doubt in &profile.doubts {
        let place = doubt.column.as_deref().unwrap_or("the table");
        line(format!("ask about {place}: {}", doubt.text));
    }
    for misfit in &table.misfits {
        line(format!(
            "row {}: {:?} in {} counts as missing",
            misfit.row, misfit.text, misfit.column
        ));
    }
    Ok(out)
}

fn in_a_line(column: &ColumnProfile) -> String {
    let kind = format!("{:?}, {} different", column.kind, column.distinct).to_lowercase();
    let missing = (column.missing > 0).then(|| format!("{} missing", column.missing));
    let numbers = column.numbers.as_ref().map(|numbers| {
        let [least, _, median, _, greatest] = numbers.quartiles;
        format!("{least} to {greatest}, median {median}, mean {:.4}", numbers.mean)
    });
    let top = column.top.first().map(|top| format!("most often {:?} ({})", top.text, top.rows));
    let parts: Vec<String> = [Some(kind), missing, numbers, top].into_iter().flatten().collect();
    parts.join(", ")
}
