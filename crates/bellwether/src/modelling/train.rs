//! `bellwether train`.

use std::{
    fmt::Write as _,
    fs,
    io::{IsTerminal as _, Write as _, stderr},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use bellwether_models::{
    LeftOut, Model, Next, Progress, Quality, Settings, TimeLimit, dataset::Table, train as fit,
};
use bellwether_signal::answer::{Preset, Split};
use bellwether_sys::clock;
use clap::{Args, ValueEnum};
use serde_json::json;

const TRAIN_HELP: &str = "\
The file has a header and one row for each example; its delimiter, encoding and types are found out. The \
quality that is printed comes from rows that the model did not see. The same file, flags and seed give \
the same model, byte for byte.

Examples:
  bellwether train --data churn.csv --target churned --out churn.model
  bellwether train --data churn.csv --target churned --out churn.model --preset thorough --time-limit 600
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

    /// How long to look for good settings
    #[arg(long, value_enum, default_value_t = PresetWish::Fast)]
    preset: PresetWish,

    /// End learning after so many seconds, with what is there by then [default: no limit]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    time_limit: Option<u32>,

    /// Which rows judge
    #[arg(long, value_enum, default_value_t = SplitWish::Automatic)]
    split: SplitWish,

    /// The column whose equal values stay together; implies a split by group
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,

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

/// How long good settings are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PresetWish {
    /// Not at all: the usual settings are good ones
    Fast,
    /// 8 trials
    Balanced,
    /// 40 trials
    Thorough,
}

/// Which rows judge each fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SplitWish {
    /// By time where the rows are in the order of a column of times, otherwise at random
    Automatic,
    /// At random, each class spread evenly
    Random,
    /// Blocks of neighbours in time
    Time,
    /// Rows with equal values of the column --group stay together
    Group,
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
        split: match flags.split {
            SplitWish::Automatic if flags.group.is_some() => Split::Group,
            SplitWish::Automatic => Split::Automatic,
            SplitWish::Random => Split::Random,
            SplitWish::Time => Split::Time,
            SplitWish::Group => Split::Group,
        },
        group: flags.group.clone(),
        trials: Settings::trials_of(match flags.preset {
            PresetWish::Fast => Preset::Fast,
            PresetWish::Balanced => Preset::Balanced,
            PresetWish::Thorough => Preset::Thorough,
        }),
        seed: flags.seed,
        threads: usize::from(flags.threads),
        ..Settings::default()
    };
    let shown = stderr().is_terminal() && !flags.json;
    let seconds = |limit: u32| Duration::from_secs(u64::from(limit));
    let mut limit =
        flags.time_limit.map(|limit| TimeLimit::new(clock::now().monotonic, seconds(limit)));
    let model = fit(&table, &settings, &mut |progress| {
        if shown {
            show(progress);
        }
        limit.as_mut().map_or(Next::Go, |limit| limit.next(&progress, clock::now().monotonic))
    });
    if shown {
        // Whatever was written on this line is over.
        _ = write!(stderr(), "\r\x1b[K");
    }
    let model = model.with_context(|| format!("cannot train on {}", flags.data.display()))?;
    let cut = limit.is_some_and(|limit| limit.has_cut());
    let bytes = model.encode()?;
    write(&flags.out, &bytes)?;
    Ok(if flags.json {
        format!("{:#}\n", json(&model, &table, bytes.len(), cut))
    } else {
        told(&model, &table, flags, bytes.len(), cut)
    })
}

fn show(progress: Progress<'_>) {
    let (what, round) = match progress {
        Progress::Searching { done, of, trial, round } => {
            (format!("search {} of {of}, trial {trial}", done + 1), round)
        }
        Progress::Round { fit, fits, round, .. } => (format!("fit {fit} of {fits}"), round),
        Progress::Step(_)
        | Progress::Tried(_)
        | Progress::Chosen(_)
        | Progress::Line
        | Progress::Judged { .. } => return,
    };
    // A terminal that is gone takes nothing away from the training.
    _ = write!(stderr(), "\r\x1b[K{what}, round {}, loss {:.5}", round.round, round.loss);
}

/// A model is there as a whole or not at all.
fn write(path: &std::path::Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().context("--out names no file")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, path));
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn json(model: &Model, table: &Table, bytes: usize, cut: bool) -> serde_json::Value {
    let mut importance = model.importance();
    importance.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    json!({
        "target": model.target,
        "task": model.task,
        "classes": model.classes,
        "rows": model.rows,
        "trees": model.trees(),
        "model_bytes": bytes,
        "settings": model.settings,
        "time_was_up": cut,
        "quality": model.quality,
        "importance": importance,
        "left_out": model.encoder.left_out,
        "misfits": table.misfits,
        "dialect": table.dialect,
    })
}

fn told(model: &Model, table: &Table, flags: &TrainFlags, bytes: usize, cut: bool) -> String {
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
    if cut {
        line("the time limit ended the learning: more time may give a better model".to_owned());
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
