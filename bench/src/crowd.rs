//! Processes that do nothing, so that there are as many as on a usual machine.

use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Sleeping processes; ended by their ids when dropped.
pub(crate) struct Crowd {
    sleepers: Vec<Child>,
}

impl Crowd {
    /// Starts as many as are missing to `wanted` in all.
    pub(crate) fn gather(wanted: usize) -> Result<Self> {
        let mut crowd = Self { sleepers: Vec::new() };
        for _ in running()?..wanted {
            let sleeper = Command::new("sleep")
                .arg("3600")
                .stdin(Stdio::null())
                .spawn()
                .context("start sleep")?;
            crowd.sleepers.push(sleeper);
        }
        Ok(crowd)
    }

    /// All processes of the machine now.
    pub(crate) fn total(&self) -> usize {
        running().unwrap_or(self.sleepers.len())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for sleeper in &mut self.sleepers {
            drop(sleeper.kill());
            drop(sleeper.wait());
        }
    }
}

fn running() -> Result<usize> {
    let entries = std::fs::read_dir("/proc").context("read /proc")?;
    let is_pid = |name: &str| name.bytes().all(|it| it.is_ascii_digit());
    Ok(entries.flatten().filter(|it| it.file_name().to_str().is_some_and(is_pid)).count())
}
