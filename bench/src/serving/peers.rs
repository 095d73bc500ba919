//! The same predictions by `FastAPI` and `LightGBM`, where Python is at hand: in an environment of its own
//! in the folder of what was built.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// What the peers need.
pub(super) struct Peers {
    /// Processor time of the server for one request of one row.
    pub(super) request_ms: f64,
    /// `LightGBM` in its own process, one thread, batches of 20,000 rows.
    pub(super) rows_a_second: f64,
}

const PACKAGES: [&str; 5] = ["fastapi", "uvicorn", "lightgbm", "pandas", "httpx"];
const SCRIPT: &str = include_str!("peers.py");

pub(super) fn measure(folder: &Path, csv: &str) -> Result<Peers> {
    let python = folder.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    }
    let work = tempfile::tempdir()?;
    let (data, script) = (work.path().join("rows.csv"), work.path().join("peers.py"));
    fs::write(&data, csv)?;
    fs::write(&script, SCRIPT)?;
    let out = Command::new(&python)
        .arg(&script)
        .arg(&data)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run Python")?;
    if !out.status.success() {
        bail!("peers.py ended with {}", out.status);
    }
    let said: Value = serde_json::from_slice(&out.stdout).context("peers.py printed no JSON")?;
    let figure = |name: &str| said.get(name).and_then(Value::as_f64).context("a figure is missing");
    Ok(Peers { request_ms: figure("request_ms")?, rows_a_second: figure("rows_a_second")? })
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).status().context("cannot run Python")?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
