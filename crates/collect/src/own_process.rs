//! What bellwether itself costs: our own process as the kernel counts it.
//! Source: `proc_pid_status(5)`. It looks at the process that it runs in, never at a recorded one.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use bellwether_signal::{Unit, system::OwnProcess};
use bellwether_sys::clock;

use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier,
    kept_file::{not_offered, read_once},
    rate,
    text::{lines, number, words},
};

/// Our own process.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "own_process",
    tier: Tier::Standard,
    lengthy: false,
    every_second: false,
    topics: &[],
    quiet_topics: &[],
    open,
};

const KIB: u64 = 1_024;

struct OwnProcessCollector {
    own: PathBuf,
    before: Option<Before>,
}

/// The round before.
struct Before {
    at: Duration,
    cpu: Duration,
    /// How often each thread has gone to sleep by itself, by thread id.
    sleeps: BTreeMap<String, u64>,
}

fn open(_: &HostRoot) -> Opened {
    let own = PathBuf::from("/proc/self");
    match fs::metadata(&own) {
        Ok(_) => Ok(Some(Box::new(OwnProcessCollector { own, before: None }))),
        Err(error) if not_offered(&error) => Ok(None),
        Err(source) => Err(CollectError::Read { path: own, source }),
    }
}

impl Collector for OwnProcessCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let (at, cpu) = (round.now.monotonic, clock::process_cpu_time());
        let status = read_once(self.own.join("status")).unwrap_or_default();
        let sleeps = self.sleeps();
        let mut own = OwnProcess {
            memory_bytes: value_of(&status, b"VmRSS:").map(|kib| (kib * KIB) as f64),
            threads: value_of(&status, b"Threads:").map(|threads| threads as f64),
            open_files: self.open_files(),
            ..OwnProcess::default()
        };
        if let Some(before) = &self.before {
            let seconds = at.saturating_sub(before.at).as_secs_f64();
            let used = cpu.saturating_sub(before.cpu).as_secs_f64();
            own.cpu_percent = rate::share_percent(used, seconds);
            own.wakeups_per_second = Unit::PerSecond.round(wakeups(&sleeps, before) / seconds);
        }
        self.before = Some(Before { at, cpu, sleeps });
        out.own_process = Some(own);
        Ok(())
    }
}

impl OwnProcessCollector {
    /// A thread that has gone to sleep was woken before; threads that ended take their counts along.
    fn sleeps(&self) -> BTreeMap<String, u64> {
        let Ok(threads) = fs::read_dir(self.own.join("task")) else { return BTreeMap::new() };
        let sleeps = |thread: fs::DirEntry| {
            let status = read_once(thread.path().join("status"))?;
            let count = value_of(&status, b"voluntary_ctxt_switches:")?;
            Some((thread.file_name().to_string_lossy().into_owned(), count))
        };
        threads.filter_map(|thread| sleeps(thread.ok()?)).collect()
    }

    fn open_files(&self) -> Option<f64> {
        let folder = self.own.join("fd");
        // Since Linux 6.2 the folder's size is what it holds; before it was zero.
        let size = fs::metadata(&folder).ok()?.len();
        let count = if size > 0 { size } else { fs::read_dir(&folder).ok()?.count() as u64 };
        Some(count as f64)
    }
}

fn wakeups(now: &BTreeMap<String, u64>, before: &Before) -> f64 {
    let grown = |(thread, count): (&String, &u64)| {
        count.saturating_sub(before.sleeps.get(thread).copied().unwrap_or_default())
    };
    now.iter().map(grown).sum::<u64>() as f64
}

/// Lines read `VmRSS:      1680 kB`.
fn value_of(status: &[u8], key: &[u8]) -> Option<u64> {
    let rest = lines(status).find_map(|line| line.strip_prefix(key))?;
    words(rest).next().and_then(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_key() {
        let status = b"Name:\tx\nVmRSS:\t    1680 kB\nThreads:\t3\n";
        assert_eq!(value_of(status, b"VmRSS:"), Some(1_680));
        assert_eq!(value_of(status, b"VmSwap:"), None);
    }

    #[test]
    fn threads_that_came_and_went_do_not_count_backwards() {
        let threads = |all: &[(&str, u64)]| -> BTreeMap<String, u64> {
            all.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect()
        };
        let before = Before {
            at: Duration::ZERO,
            cpu: Duration::ZERO,
            sleeps: threads(&[("1", 10), ("2", 500)]),
        };
        assert_eq!(Some(wakeups(&threads(&[("1", 14), ("3", 2)]), &before)), Some(6.0));
    }
}
