//! Processes: who is there, what they use, who came and who went.
//! Source: `proc_pid_stat(5)`, `proc_pid_io(5)`, `proc_pid_status(5)`, `proc_pid_cmdline(5)`.
//!
//! All processes are watched every second, and published by tier. `table` decides who is looked at,
//! `tracked` follows one process, `files` keeps descriptors within their budget. Costly files
//! (`smaps`, `net/tcp`) are never touched.

mod files;
mod identity;
mod sessions;
mod stat_line;
mod table;
mod tracked;
mod usage;
mod users;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use bellwether_signal::host::{
    Commands, HostState, ProcessKey, ProcessState, Processes, User, Users,
};

use self::{
    sessions::Sessions,
    table::{Scan, Table},
    tracked::Tracked,
    usage::Scale,
};
use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier,
    boot_time::BootTime,
    cpu::Stat,
    kept_file::{KeptFile, read_once},
    memory::Meminfo,
    rate,
};

/// Processes.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "processes",
    tier: Tier::Important,
    lengthy: true,
    every_second: true,
    topics: &["processes"],
    // Users are sums over all processes: nobody needs them more often.
    quiet_topics: &["commands", "users"],
    open,
};

/// Most processes that are published; totals count all of them.
const MOST_PUBLISHED: usize = 2_000;
/// Pause between two looks at how much memory the host has.
const MEMORY_PAUSE: Duration = Duration::from_mins(1);
/// Pause between two publications of command lines that did not change, and of users:
/// [`Tier::Background`], less what a wake-up may come early.
const QUIET_PAUSE: Duration = Duration::from_millis(9_900);

struct ProcessCollector {
    table: Table,
    stat: Option<KeptFile>,
    counters: Stat,
    boot_time: BootTime,
    meminfo: PathBuf,
    memory_read_at: Option<Duration>,
    scale: Scale,
    /// Command lines as they were published, and when.
    commands: BTreeMap<ProcessKey, Arc<str>>,
    commands_at: Option<Duration>,
    sessions: Sessions,
    users_at: Option<Duration>,
}

fn open(root: &HostRoot) -> Opened {
    Ok(Some(Box::new(ProcessCollector {
        table: Table::open(root)?,
        stat: KeptFile::open_if_offered(root.proc.join("stat"))?,
        counters: Stat::default(),
        boot_time: BootTime::open(root)?,
        meminfo: root.proc.join("meminfo"),
        memory_read_at: None,
        scale: Scale {
            ticks_per_second: root.calls.ticks_per_second,
            page_bytes: root.calls.page_bytes,
            memory_bytes: None,
        },
        commands: BTreeMap::new(),
        commands_at: None,
        sessions: Sessions::new(root),
        users_at: None,
    })))
}

impl Collector for ProcessCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let now = round.now.monotonic;
        self.refresh_memory(now);
        let counted = match &mut self.stat {
            Some(file) => self.counters.parse(file.read()?),
            None => false,
        };
        let (booted_at_ms, uptime) = self.boot_time.read(round.now)?;
        let scan = Scan {
            now,
            scale: self.scale,
            busy_ticks: counted.then(|| self.counters.total.of_tasks()),
            uptime,
        };
        self.table.scan(scan, &mut out.events)?;
        if round.publish {
            self.publish(now, booted_at_ms, &mut out.states);
        }
        Ok(())
    }
}

impl ProcessCollector {
    fn publish(&mut self, now: Duration, booted_at_ms: i64, states: &mut Vec<HostState>) {
        let everybody = &self.table.tracked;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let running = |one: &&Tracked| one.state == ProcessState::Running;
        let denied = self.table.denied.len();
        let mut processes = Processes {
            total: count(everybody.len() + denied),
            running: count(everybody.values().filter(running).count()),
            threads: everybody.values().fold(0, |sum, one| one.threads.saturating_add(sum)),
            unreadable: count(denied),
            processes: BTreeMap::new(),
        };
        let scale = self.scale;
        let mut commands = BTreeMap::new();
        let rank = |one: &Tracked| {
            (one.cpu_percent(scale).unwrap_or_default(), one.memory_bytes(scale), one.key.pid)
        };
        for pid in foremost(everybody.values().map(rank).collect(), MOST_PUBLISHED) {
            let Some(one) = everybody.get(&pid) else { continue };
            processes.processes.insert(one.key.to_string(), one.process(scale, booted_at_ms));
            commands.extend(one.command().map(|command| (one.key, Arc::clone(command))));
        }
        for one in self.table.tracked.values_mut() {
            one.mark_published();
        }
        states.push(HostState::Processes(processes));
        self.publish_commands(now, commands, states);
        if self.users_at.is_none_or(|at| now.saturating_sub(at) >= QUIET_PAUSE) {
            states.push(HostState::Users(self.users(now)));
        }
    }

    /// What each user's processes use, and who is signed in.
    fn users(&mut self, now: Duration) -> Users {
        let mut users: BTreeMap<String, User> = BTreeMap::new();
        for one in self.table.tracked.values() {
            let Some(name) = one.user() else { continue };
            let user = match users.get_mut(name.as_ref()) {
                Some(user) => user,
                None => users.entry(name.as_ref().to_owned()).or_default(),
            };
            user.processes += 1;
            user.memory_bytes += one.memory_bytes(self.scale) as f64;
        }
        let spent_ns = std::mem::take(&mut self.table.spent_ns);
        if let Some(before) = self.users_at.replace(now) {
            let seconds = now.saturating_sub(before).as_secs_f64();
            for (name, user) in &mut users {
                let spent = spent_ns.get(name.as_str()).copied().unwrap_or_default();
                user.cpu_percent = rate::share_percent(spent as f64 / 1e9, seconds);
            }
        }
        let there = |pid| self.table.tracked.contains_key(&pid);
        for (name, sessions) in self.sessions.by_user(there) {
            users.entry(name).or_default().sessions = sessions;
        }
        Users { users }
    }

    /// Command lines seldom change: they are told when one did, and now and then as a sign of life.
    fn publish_commands(
        &mut self,
        now: Duration,
        commands: BTreeMap<ProcessKey, Arc<str>>,
        states: &mut Vec<HostState>,
    ) {
        let is_due = self.commands_at.is_none_or(|at| now.saturating_sub(at) >= QUIET_PAUSE);
        if is_due || commands != self.commands {
            let text = |(key, command): (&ProcessKey, &Arc<str>)| {
                (key.to_string(), command.as_ref().to_owned())
            };
            let commands_by_key = commands.iter().map(text).collect();
            states.push(HostState::Commands(Commands { commands: commands_by_key }));
            self.commands = commands;
            self.commands_at = Some(now);
        }
    }

    fn refresh_memory(&mut self, now: Duration) {
        if self.memory_read_at.is_none_or(|at| now.saturating_sub(at) >= MEMORY_PAUSE) {
            self.memory_read_at = Some(now);
            let text = read_once(&self.meminfo).unwrap_or_default();
            self.scale.memory_bytes = Meminfo::parse(&text).total;
        }
    }
}

/// Of processes as (CPU, memory, id) those that matter most: the busiest, and of those that are
/// equally busy, which is mostly not at all, the largest.
fn foremost(mut all: Vec<(f64, u64, u32)>, most: usize) -> impl Iterator<Item = u32> {
    if all.len() > most {
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        all.truncate(most);
    }
    all.into_iter().map(|one| one.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_limit_the_busiest_and_then_the_largest_are_told() {
        let all = vec![(0.0, 5, 1), (0.1, 1, 2), (0.0, 9, 3), (250.0, 2, 4), (0.0, 7, 5)];
        assert_eq!(foremost(all.clone(), 4).collect::<Vec<_>>(), [4, 2, 3, 5]);
        assert_eq!(foremost(all, 5).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }
}
