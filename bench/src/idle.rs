//! What the server costs while nobody looks: processor time, memory, wake-ups.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use bellwether_sys::machine;

use crate::figure::{Figure, Report};
use crate::program::Program;
use crate::usage::Usage;

/// What starting costs is over by then.
pub(crate) const SETTLING: Duration = Duration::from_secs(10);

pub(crate) fn measure(binary: &Path, seconds: u64, report: &mut Report) -> Result<()> {
    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    thread::sleep(SETTLING);
    let before = Usage::of(program.pid())?;
    thread::sleep(Duration::from_secs(seconds));
    let after = Usage::of(program.pid())?;

    let wall = after.at.saturating_sub(before.at).as_secs_f64();
    let wakes = after.tasks_since(&before, |task| task.voluntary_switches);
    let ticks = after.ticks.saturating_sub(before.ticks) as f64;
    let ticked = ticks / machine::ticks_per_second() as f64;
    report.add(Figure::below(
        "idle: processor, of one core",
        after.percent_since(&before),
        0.5,
        "%",
    ));
    report.add(Figure::without_bar("  the same by clock ticks", 100.0 * ticked / wall, "%"));
    report.add(Figure::below("idle: resident memory", after.rss_mb, 40.0, "MB"));
    report.add(Figure::without_bar("  its proportional share (PSS)", after.pss_mb, "MB"));
    report.add(Figure::below("idle: wake-ups", wakes / wall, 10.0, "/s"));
    report.add(Figure::without_bar("  threads", after.tasks.len() as f64, ""));
    Ok(())
}
