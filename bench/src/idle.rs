//! What the server costs while nobody looks: processor time, memory, wake-ups.
//! Sources: Linux documentation, scheduler/sched-stats (`/proc/PID/task/TID/schedstat`, first field:
//! nanoseconds on a processor) and filesystems/proc (`status`, `smaps_rollup`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use bellwether_sys::{clock, machine};

use crate::figure::{Figure, Report};
use crate::program::Program;

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
    let busy = after.tasks_since(&before, |task| task.on_cpu_ns) / 1e9;
    let wakes = after.tasks_since(&before, |task| task.voluntary_switches);
    let ticks = after.ticks.saturating_sub(before.ticks) as f64;
    let ticked = ticks / machine::ticks_per_second() as f64;
    report.add(Figure::below("idle: processor, of one core", 100.0 * busy / wall, 0.5, "%"));
    report.add(Figure::without_bar("  the same by clock ticks", 100.0 * ticked / wall, "%"));
    report.add(Figure::below("idle: resident memory", after.rss_mb, 40.0, "MB"));
    report.add(Figure::without_bar("  its proportional share (PSS)", after.pss_mb, "MB"));
    report.add(Figure::below("idle: wake-ups", wakes / wall, 10.0, "/s"));
    report.add(Figure::without_bar("  threads", after.tasks.len() as f64, ""));
    Ok(())
}

struct Usage {
    at: Duration,
    tasks: BTreeMap<String, Task>,
    /// utime + stime.
    ticks: u64,
    rss_mb: f64,
    pss_mb: f64,
}

#[derive(Clone, Copy)]
struct Task {
    on_cpu_ns: u64,
    voluntary_switches: u64,
}

impl Usage {
    fn of(pid: u32) -> Result<Self> {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let mut tasks = BTreeMap::new();
        for entry in fs::read_dir(process.join("task"))?.flatten() {
            let schedstat = read(&entry.path().join("schedstat"))?;
            let status = read(&entry.path().join("status"))?;
            let task = Task {
                on_cpu_ns: schedstat
                    .split_whitespace()
                    .next()
                    .and_then(|it| it.parse().ok())
                    .context("schedstat has no time")?,
                voluntary_switches: field(&status, "voluntary_ctxt_switches:")?,
            };
            tasks.insert(entry.file_name().to_string_lossy().into_owned(), task);
        }
        Ok(Self {
            at: clock::now().monotonic,
            tasks,
            ticks: ticks(&read(&process.join("stat"))?).context("stat has no times")?,
            rss_mb: megabytes(field(&read(&process.join("status"))?, "VmRSS:")?),
            pss_mb: megabytes(field(&read(&process.join("smaps_rollup"))?, "Pss:")?),
        })
    }

    /// What all tasks counted since `before`; a task that has ended meanwhile is not in it.
    fn tasks_since(&self, before: &Self, count: fn(&Task) -> u64) -> f64 {
        let since = |(id, task): (&String, &Task)| {
            count(task).saturating_sub(before.tasks.get(id).map_or(0, count))
        };
        self.tasks.iter().map(since).sum::<u64>() as f64
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

/// The number after a name at the start of a line.
fn field(text: &str, name: &str) -> Result<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
        .with_context(|| format!("no {name}"))
}

/// Fields 14 and 15; the name in field 2 may hold spaces and parentheses (`proc_pid_stat(5)`).
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// The kernel's kB are 1024 bytes; ours are 10^6.
fn megabytes(kibibytes: u64) -> f64 {
    kibibytes as f64 * 1024.0 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat_is_read_past_an_odd_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 12 30 0 0 20 0 1 0 5 6 7";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks("7 (a) S 1"), None);
    }

    #[test]
    fn fields_are_found_by_name() {
        let status = "Name:\ta\nVmRSS:\t  1000 kB\nnonvoluntary_ctxt_switches:\t9\n\
                      voluntary_ctxt_switches:\t5\n";
        assert_eq!(field(status, "voluntary_ctxt_switches:").unwrap(), 5);
        assert!((megabytes(field(status, "VmRSS:").unwrap()) - 1.024).abs() < 1e-9);
        assert!(field(status, "Pss:").is_err());
    }

    #[test]
    fn own_usage_can_be_read() {
        let before = Usage::of(std::process::id()).unwrap();
        let mut sum = 0_u64;
        let mut after = Usage::of(std::process::id()).unwrap();
        while after.tasks_since(&before, |task| task.on_cpu_ns) < 1e6 {
            sum = std::hint::black_box(sum.wrapping_add(1));
            after = Usage::of(std::process::id()).unwrap();
        }
        assert!(after.rss_mb > 0.5 && after.pss_mb > 0.1);
    }
}
