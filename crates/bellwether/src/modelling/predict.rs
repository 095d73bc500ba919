//! `bellwether predict`.

use std::{
    fs::{self, File},
    io::{BufWriter, Write, stdout},
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use bellwether_models::{Model, Predictions};
use clap::Args;

const PREDICT_HELP: &str = "\
Writes CSV: a column 'prediction', for classes also a column 'p_CLASS' each, one row for each row of the \
file, in its order. Columns that the model does not know are ignored; cells that it does not know count as \
missing.

Examples:
  bellwether predict --model churn.model --data new.csv
  bellwether predict --model churn.model --data new.csv --out predictions.csv";

#[derive(Debug, Args)]
#[command(after_help = PREDICT_HELP)]
pub(crate) struct PredictFlags {
    /// The model, as `bellwether train` wrote it
    #[arg(long, value_name = "FILE")]
    model: PathBuf,

    /// The CSV file to predict
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// Where the predictions go [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Predicts every row of a file.
pub(crate) fn predict(flags: &PredictFlags) -> Result<()> {
    let place = || format!("cannot use {}", flags.model.display());
    let model = Model::decode(&fs::read(&flags.model).with_context(place)?).with_context(place)?;
    let table = super::table(&flags.data)?;
    let predictions = model.predict(&table)?;
    match &flags.out {
        Some(path) => {
            let file =
                File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            write(&model, &predictions, BufWriter::new(file))
        }
        None => write(&model, &predictions, BufWriter::new(stdout().lock())),
    }
    .context("cannot write the predictions")
}

fn write(model: &Model, predictions: &Predictions, out: impl Write) -> Result<()> {
    let mut out = csv::Writer::from_writer(out);
    match predictions {
        Predictions::Numbers(numbers) => {
            out.write_record(["prediction"])?;
            for number in numbers {
                out.write_record([number.to_string()])?;
            }
        }
        Predictions::Probabilities(rows) => {
            out.write_field("prediction")?;
            out.write_record(model.classes.iter().map(|class| format!("p_{class}")))?;
            for row in rows.chunks(model.classes.len()) {
                let best = row.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
                let class = best.and_then(|(place, _)| model.classes.get(place));
                out.write_field(class.map(String::as_str).unwrap_or_default())?;
                out.write_record(row.iter().map(f64::to_string))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
