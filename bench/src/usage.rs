//! What a process costs: processor time, memory, wake-ups, descriptors.
//! Sources: Linux documentation, scheduler/sched-stats (`/proc/PID/task/TID/schedstat`, first field:
//! nanoseconds on a processor) and filesystems/proc (`status`, `smaps_rollup`).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use bellwether_sys::clock;

/// What a process used and holds at one moment.
pub(crate) struct Usage {
    pub(crate) at: Duration,
    pub(crate) tasks: BTreeMap<String, Task>,
    /// utime + stime.
    pub(crate) ticks: u64,
    pub(crate) rss_mb: f64,
    pub(crate) pss_mb: f64,
    pub(crate) open_files: u64,
    /// Those of them that are not the kernel's: for each process of the machine some of `/proc` are
    /// kept open, and processes come and go.
    pub(crate) own_files: u64,
}

#[derive(Clone, Copy)]
pub(crate) struct Task {
    pub(crate) on_cpu_ns: u64,
    pub(crate) voluntary_switches: u64,
}

impl Usage {
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let mut tasks = BTreeMap::new();
        for entry in fs::read_dir(process.join("task"))?.flatten() {
            // A thread may end while it is looked at.
            let (Ok(schedstat), Ok(status)) =
                (read(&entry.path().join("schedstat")), read(&entry.path().join("status")))
            else {
                continue;
            };
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
        let links: Vec<_> = fs::read_dir(process.join("fd"))?
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok())
            .collect();
        let of_kernel = |link: &&PathBuf| link.starts_with("/proc") || link.starts_with("/sys");
        Ok(Self {
            at: clock::now().monotonic,
            tasks,
            ticks: ticks(&read(&process.join("stat"))?).context("stat has no times")?,
            rss_mb: megabytes(field(&read(&process.join("status"))?, "VmRSS:")?),
            pss_mb: megabytes(field(&read(&process.join("smaps_rollup"))?, "Pss:")?),
            open_files: links.len() as u64,
            own_files: links.iter().filter(|link| !of_kernel(link)).count() as u64,
        })
    }

    /// Processor time since `before`, in per cent of one core.
    pub(crate) fn percent_since(&self, before: &Self) -> f64 {
        let wall = self.at.saturating_sub(before.at).as_secs_f64();
        100.0 * self.tasks_since(before, |task| task.on_cpu_ns) / 1e9 / wall
    }

    /// What all tasks counted since `before`; a task that has ended meanwhile is not in it.
    pub(crate) fn tasks_since(&self, before: &Self, count: fn(&Task) -> u64) -> f64 {
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
