//! `bellwether train`.

use std::{
    fmt::Write as _,
    fs,
    io::{IsTerminal as _, Write as _, stderr},
    path::PathBuf,
};

use anyhow::{Context as _, Result, bail};
use bellwether_models::{
    LeftOut, Model, Next, Progress, Quality, Settings, dataset::Table, train as fit,
};
use clap::{Args, ValueEnum};
use serde_json::json;

const TRAIN_HELP: &str = "\
The file has a header and one row for each example; its delimiter, encoding and types are found out. The \
quality that is printed comes from rows that the model did not see. The same file, flags and seed give \
the same model, byte for byte.

Examples:
  bellwether train --data churn.csv --target churned --out churn.model
  bellwether train --data power.csv --target kwh --task regression --out power.model --json
  bellwether predict --model churn.model --data new.csv";

#[derive(Debug, Args)]
#[command(after_help = TRAIN_HELP)]
pub(crate) struct TrainFlags {
    /// The CSV file to learn from
    #[arg(long, value_name = "FILE")]
    data: PathBuf,

    /// The column to predict [default: the last one]
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,

    /// Where the model goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Write over a model that is there already
    #[arg(long)]
    force: bool,

    /// What kind of prediction
    #[arg(long, value_enum, default_value_t = TaskWish::Auto)]
    task: TaskWish,

    /// The same seed gives the same model
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Threads; the model does not depend on it
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: u16,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TaskWish {
    /// Numbers with more than twenty values are predicted as numbers, all else as classes
    Auto,
    /// Classes, however many there are
    #[value(aliases = ["binary", "multiclass"])]
    Classification,
    /// A number
    Regression,
}

/// Trains and writes the model; returns what to say.
pub(crate) fn train(flags: &TrainFlags) -> Result<String> {
    if !flags.force && flags.out.exists() {
        bail!("{} exists already; --force writes over it", flags.out.display());
    }
    let table = super::table(&flags.data)?;
    let settings = Settings {
        target: flags.target.clone(),
        regression: match flags.task {
            TaskWish::Auto => None,
            TaskWish::Classification => Some(false),
            TaskWish::Regression => Some(true),
        },
        seed: flags.seed,
        threads: usize::from(flags.threads),
        ..Settings::default()
    };
    let shown = stderr().is_terminal() && !flags.json;
    let model = fit(&table, &settings, &mut |progress| {
        if shown {
            show(progress);
        }
        Next::Go
    });
    if shown {
        // Whatever was written on this line is over.
        _ = write!(stderr(), "\r\x1b[K");
    }
    let model = model.with_context(|| format!("cannot train on {}", flags.data.display()))?;
    let bytes = model.encode()?;
    write(&flags.out, &bytes)?;
    Ok(if flags.json {
        format!("{:#}\n", json(&model, &table, bytes.len()))
    } else {
        told(&model, &table, flags, bytes.len())
    })
}

fn show(progress: Progress) {
    let Progress::Round { fit, fits, round, .. } = progress else { return };
    // A terminal that is gone takes nothing away from the training.
    _ = write!(
        stderr(),
        "\r\x1b[Kfit {fit} of {fits}, round {}, loss {:.5}",
        round.round,
        round.loss
    );
}

/// A model is there as a whole or not at all.
fn write(path: &std::path::Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().context("--out names no file")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, path));
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn json(model: &Model, table: &Table, bytes: usize) -> serde_json::Value {
    let mut importance = model.importance();
    importance.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    json!({
        "target": model.target,
        "task": model.task,
        "classes": model.classes,
        "rows": model.rows,
        "trees": model.trees(),
        "model_bytes": bytes,
        "quality": model.quality,
        "importance": importance,
        "left_out": model.encoder.left_out,
        "misfits": table.misfits,
        "dialect": table.dialect,
    })
}

fn told(model: &Model, table: &Table, flags: &TrainFlags, bytes: usize) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("a string takes everything");
    line(format!(
        "{} rows, {} trees, {bytes} bytes in {}",
        model.rows,
        model.trees(),
        flags.out.display()
    ));
    match &model.quality {
        Quality::Classes(quality) => line(format!(
            "{:?} of {}: accuracy {:.4}, log loss {:.4}, F1 {:.4}, ROC AUC {:.4}, on unseen rows",
            model.task,
            model.target,
            quality.accuracy,
            quality.log_loss,
            quality.f1,
            quality.roc_auc,
        )),
        Quality::Numbers(quality) => line(format!(
            "Regression of {}: RMSE {:.5}, mean absolute error {:.5}, R² {:.4}, on unseen rows",
            model.target, quality.rmse, quality.mae, quality.r2,
        )),
    }
    let mut importance = model.importance();
    importance.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    for (name, share) in importance.iter().take(5) {
        line(format!("  {:>5.1} %  {name}", share * 100.0));
    }
    for (name, reason) in &model.encoder.left_out {
        line(format!("left out: {name}, {}", why(*reason)));
    }
    for misfit in &table.misfits {
        line(format!(
            "row {}: {:?} in {} counts as missing",
            misfit.row, misfit.text, misfit.column
        ));
    }
    if model.rows < FEW_ROWS {
        line(format!("{} rows are very few: take the figures above as a guess", model.rows));
    }
    out
}

/// Below, figures of quality are little more than a guess.
const FEW_ROWS: usize = 100;

fn why(reason: LeftOut) -> &'static str {
    match reason {
        LeftOut::Constant => "the same in every row",
        LeftOut::NearlyUnique => "nearly every row has a text of its own",
        LeftOut::Asked => "as asked for",
    }
}
