//! The same predictions by other servers of models, where Python is at hand: `LightGBM` behind `FastAPI`,
//! `BentoML` and `mlflow models serve`, in an environment of its own in the folder of what was built.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// What the peers need.
#[derive(Deserialize)]
pub(super) struct Peers {
    /// Processor time of each server for one request of one row; without those that did not start.
    pub(super) request_ms: RequestMs,
    /// `LightGBM` in its own process, one thread, batches of 20,000 rows.
    pub(super) rows_a_second: f64,
}

#[derive(Deserialize)]
pub(super) struct RequestMs {
    fastapi: Option<f64>,
    bentoml: Option<f64>,
    mlflow: Option<f64>,
}

impl RequestMs {
    /// What each figure is called, and the figure.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, f64)> {
        [
            ("  FastAPI + LightGBM: CPU per request", self.fastapi),
            ("  BentoML + LightGBM: CPU per request", self.bentoml),
            ("  mlflow models serve: CPU per request", self.mlflow),
        ]
        .into_iter()
        .filter_map(|(name, ms)| Some((name, ms?)))
    }
}

const PACKAGES: &str = include_str!("peers/requirements.txt");
const SCRIPTS: [(&str, &str); 3] = [
    ("measure.py", include_str!("peers/measure.py")),
    ("behind_fastapi.py", include_str!("peers/behind_fastapi.py")),
    ("behind_bentoml.py", include_str!("peers/behind_bentoml.py")),
];

/// Installs what is wanted into `folder` unless it is there, then measures with the rows of `csv`.
pub(super) fn measure(folder: &Path, csv: &str) -> Result<Peers> {
    let python = install(folder)?;
    let work = tempfile::tempdir()?;
    for (name, script) in SCRIPTS {
        fs::write(work.path().join(name), script)?;
    }
    let data = work.path().join("rows.csv");
    fs::write(&data, csv)?;
    let out = Command::new(&python)
        .arg(work.path().join("measure.py"))
        .arg(&data)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run Python")?;
    if !out.status.success() {
        bail!("measure.py ended with {}", out.status);
    }
    serde_json::from_slice(&out.stdout).context("measure.py printed something else than figures")
}

/// The environment's Python; made anew when other packages are wanted than it was made with.
fn install(folder: &Path) -> Result<PathBuf> {
    let python = folder.join("bin/python");
    let made_with = folder.join("requirements.txt");
    if fs::read_to_string(&made_with).is_ok_and(|packages| packages == PACKAGES) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, PACKAGES)?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--requirement"])
        .arg(&wanted))?;
    // Last, so that an installation that was cut off begins anew.
    fs::rename(&wanted, &made_with)?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).status().context("cannot run Python")?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
