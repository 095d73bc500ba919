//! `bellwether predict`.

use std::{
    fs::{self, File},
    io::{BufWriter, Write, stdout},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context as _, Result};
use bellwether_models::{
    Matrix, Model, Predictions,
    serving::{InputRow, Predictor},
};
use clap::Args;

const PREDICT_HELP: &str = "\
Writes CSV: a column 'prediction', for classes also a column 'p_CLASS' each, one row for each row of the \
file, in its order. Columns that the model does not know are ignored; cells that it does not know count as \
missing.

With --explain each row also says what each column did: 'margin', the log-odds of the predicted class or \
the predicted number, is 'base' and all of 'c_COLUMN' added up.

Examples:
  bellwether predict --model churn.model --data new.csv
  bellwether predict --model churn.model --data new.csv --out predictions.csv
  bellwether predict --model churn.model --data new.csv --explain";

#[derive(Debug, Args)]
#[command(after_help = PREDICT_HELP)]
pub(crate) struct PredictFlags {
    /// The model, as `bellwether train` wrote it
    #[arg(long, value_name = "FILE")]
    model: PathBuf,

    /// The CSV file to predict
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// Also say what each column did to each prediction
    #[arg(long)]
    explain: bool,

    /// Where the predictions go [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Predicts every row of a file.
pub(crate) fn predict(flags: &PredictFlags) -> Result<()> {
    let place = || format!("cannot use {}", flags.model.display());
    let model = Model::decode(&fs::read(&flags.model).with_context(place)?).with_context(place)?;
    let table = super::table(&flags.data)?;
    let rows = model.encoder.transform(&table);
    let predictions = model.predict(&table)?;
    let explained = flags.explain.then(|| Explained::of(&model, &rows)).transpose()?;
    let explained = explained.as_ref();
    match &flags.out {
        Some(path) => {
            let file =
                File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            write(&model, &predictions, explained, BufWriter::new(file))
        }
        None => write(&model, &predictions, explained, BufWriter::new(stdout().lock())),
    }
    .context("cannot write the predictions")
}

/// What each column did to each row.
struct Explained {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Explained {
    fn of(model: &Model, rows: &Matrix) -> Result<Self> {
        let predictor = Predictor::new(Arc::new(model.clone()));
        let columns: Vec<String> =
            predictor.rows.columns().map(|(name, ..)| name.to_owned()).collect();
        let nothing = InputRow::new();
        let explain = |(place, outcome): (usize, &_)| {
            let told = predictor.explain(rows.row(place), &nothing, outcome);
            let told = told.context("this model cannot be explained")?;
            let of = |column: &String| {
                let found = told.contributions.iter().find(|one| one.column == *column);
                found.map_or(0.0, |one| one.contribution)
            };
            let mut cells = vec![told.margin, told.base];
            cells.extend(columns.iter().map(of));
            Ok(cells)
        };
        let outcomes = predictor.outcomes(rows)?;
        let rows = outcomes.iter().enumerate().map(explain).collect::<Result<_>>()?;
        let names = ["margin", "base"].map(str::to_owned).into_iter();
        let names = names.chain(columns.iter().map(|name| format!("c_{name}"))).collect();
        Ok(Self { names, rows })
    }

    fn cells(explained: Option<&Self>, row: usize) -> impl Iterator<Item = String> {
        let cells = explained.and_then(|all| all.rows.get(row)).map(Vec::as_slice);
        cells.unwrap_or_default().iter().map(f64::to_string)
    }
}

fn write(
    model: &Model,
    predictions: &Predictions,
    explained: Option<&Explained>,
    out: impl Write,
) -> Result<()> {
    let mut out = csv::Writer::from_writer(out);
    let more = explained.map(|all| all.names.clone()).unwrap_or_default();
    match predictions {
        Predictions::Numbers(numbers) => {
            out.write_field("prediction")?;
            out.write_record(more)?;
            for (place, number) in numbers.iter().enumerate() {
                out.write_field(number.to_string())?;
                out.write_record(Explained::cells(explained, place))?;
            }
        }
        Predictions::Probabilities(rows) => {
            out.write_field("prediction")?;
            let classes = model.classes.iter().map(|class| format!("p_{class}"));
            out.write_record(classes.chain(more))?;
            for (place, row) in rows.chunks(model.classes.len()).enumerate() {
                let best = row.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
                let class = best.and_then(|(place, _)| model.classes.get(place));
                out.write_field(class.map(String::as_str).unwrap_or_default())?;
                let shares = row.iter().map(f64::to_string);
                out.write_record(shares.chain(Explained::cells(explained, place)))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
