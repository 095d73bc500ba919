//! All processes of the host, followed from round to round.
//!
//! Most processes sleep. One that did nothing for ten rounds is looked at every fifth round only, in
//! turns, so that each round costs the same; when the kernel counts more work than those that were
//! looked at have done, all others are looked at too, at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use bellwether_signal::host::{ProcessChange, ProcessEvent};
use bellwether_sys::directory::Directory;

use super::{
    files::{Reader, Refusal},
    tracked::{Birth, Look, Seen, Tracked},
    usage::Scale,
    users::Users,
};
use crate::{CollectError, HostRoot, text::number};

/// Quiet processes are looked at once in so many rounds.
const QUIET_CYCLE: u64 = 5;
/// Processes that we may not read are tried once in so many rounds.
const DENIED_CYCLE: u64 = 10;
/// User and command line are read again once in so many rounds: daemons change their user.
const REFRESH_CYCLE: u64 = 60;
/// Work that nobody was seen doing, in clock ticks a round, from which on everybody is looked at.
/// The kernel rounds each of three modes down, so that a few ticks mean nothing.
const UNEXPLAINED_TICKS: u64 = 5;
/// Rounds without such a search after one that found nobody: in a container the kernel counts the
/// whole machine's work, and processes that ended have taken theirs with them.
const FRUITLESS_PAUSE: u64 = 5;

/// Everybody who is known.
pub(super) struct Table {
    proc: PathBuf,
    directory: Directory,
    reader: Reader,
    users: Users,
    kept_descriptors: usize,
    round: u64,
    round_at: Option<Duration>,
    busy_ticks: Option<u64>,
    search_again_at: u64,
    /// Processor time that the processes of each user were seen using since this was taken, in
    /// nanoseconds; of those that have ended as well.
    pub(super) spent_ns: BTreeMap<Arc<str>, u64>,
    /// Ids of this round; kept for its room.
    pids: Vec<u32>,
    pub(super) tracked: BTreeMap<u32, Tracked>,
    /// Processes of which the kernel tells us nothing.
    pub(super) denied: BTreeSet<u32>,
}

/// What a scan has to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    pub(super) now: Duration,
    pub(super) scale: Scale,
    /// Clock ticks in which tasks ran since boot, as the kernel counts them.
    pub(super) busy_ticks: Option<u64>,
    pub(super) uptime: Duration,
}

impl Table {
    pub(super) fn open(root: &HostRoot) -> Result<Self, CollectError> {
        let directory = Directory::open(&root.proc)
            .map_err(|source| CollectError::Read { path: root.proc.clone(), source })?;
        Ok(Self {
            proc: root.proc.clone(),
            directory,
            reader: Reader::new(&root.proc),
            users: Users::new(root.etc.join("passwd")),
            kept_descriptors: root.calls.kept_descriptors,
            round: 0,
            round_at: None,
            busy_ticks: None,
            search_again_at: 0,
            spent_ns: BTreeMap::new(),
            pids: Vec::new(),
            tracked: BTreeMap::new(),
            denied: BTreeSet::new(),
        })
    }

    /// Looks at everybody whose turn it is. Who came and went since the scan before goes to
    /// `events`; the first scan finds everybody and tells of nobody.
    pub(super) fn scan(
        &mut self,
        scan: Scan,
        events: &mut Vec<ProcessEvent>,
    ) -> Result<(), CollectError> {
        self.list().map_err(|source| CollectError::Read { path: self.proc.clone(), source })?;
        let kept: usize = self.tracked.values().map(Tracked::open_files).sum();
        self.reader.allow(self.kept_descriptors.saturating_sub(kept));
        let mut arrivals = self.part_with_the_gone(scan, events);
        let (mut explained_ns, skipped) = self.look_at_those_due(scan, events, &mut arrivals);
        self.meet(&arrivals, scan, events);
        if self.is_unexplained(explained_ns, scan) && !skipped.is_empty() {
            let before = explained_ns;
            for pid in skipped {
                explained_ns += self.look_at(pid, scan, events, &mut Vec::new());
            }
            if explained_ns == before {
                self.search_again_at = self.round + FRUITLESS_PAUSE;
            }
        }
        self.busy_ticks = scan.busy_ticks;
        self.round += 1;
        self.round_at = Some(scan.now);
        Ok(())
    }

    /// The ids of all processes, sorted.
    fn list(&mut self) -> io::Result<()> {
        self.pids.clear();
        let pids = &mut self.pids;
        self.directory.each_name(|name| {
            pids.extend(number(name).and_then(|pid| u32::try_from(pid).ok()));
        })?;
        // The kernel lists them in order already; a recorded tree does not.
        pids.sort_unstable();
        pids.dedup();
        Ok(())
    }

    /// Compares both sorted lists: tells of those who went, and returns those who came.
    fn part_with_the_gone(&mut self, scan: Scan, events: &mut Vec<ProcessEvent>) -> Vec<u32> {
        let mut arrivals = Vec::new();
        let mut listed = self.pids.iter().copied().peekable();
        self.tracked.retain(|pid, tracked| {
            while let Some(new) = listed.next_if(|listed| listed < pid) {
                arrivals.push(new);
            }
            let there = listed.next_if_eq(pid).is_some();
            if !there {
                events.push(tracked.event(ProcessChange::Stopped, scan.now, scan.scale));
            }
            there
        });
        arrivals.extend(listed);
        let pids = &self.pids;
        self.denied.retain(|pid| pids.binary_search(pid).is_ok());
        arrivals.retain(|pid| !self.denied.contains(pid) || self.is_turn_of(*pid, DENIED_CYCLE));
        arrivals
    }

    /// Returns the run time that was found, and whom it left out.
    fn look_at_those_due(
        &mut self,
        scan: Scan,
        events: &mut Vec<ProcessEvent>,
        replaced: &mut Vec<u32>,
    ) -> (u64, Vec<u32>) {
        let mut explained_ns = 0;
        let mut skipped = Vec::new();
        let mut due = std::mem::take(&mut self.pids);
        for pid in &due {
            let Some(tracked) = self.tracked.get(pid) else { continue };
            if tracked.is_quiet() && !self.is_turn_of(*pid, QUIET_CYCLE) {
                skipped.push(*pid);
            } else {
                explained_ns += self.look_at(*pid, scan, events, replaced);
            }
        }
        due.clear();
        self.pids = due;
        (explained_ns, skipped)
    }

    /// Returns the run time that was found. Somebody else may have the id by now: a process that
    /// is gone is forgotten, and its id goes to `replaced`.
    fn look_at(
        &mut self,
        pid: u32,
        scan: Scan,
        events: &mut Vec<ProcessEvent>,
        replaced: &mut Vec<u32>,
    ) -> u64 {
        let refresh = self.is_turn_of(pid, REFRESH_CYCLE);
        let Some(tracked) = self.tracked.get_mut(&pid) else { return 0 };
        let mut look = Look {
            reader: &mut self.reader,
            users: &mut self.users,
            now: scan.now,
            scale: scan.scale,
        };
        match tracked.look(&mut look, refresh) {
            Ok(Seen::Moved { cpu_ns }) => {
                spend(&mut self.spent_ns, tracked.user(), cpu_ns);
                cpu_ns
            }
            // Not readable for once: what was known stays known.
            Ok(Seen::Unmoved) | Err(Refusal::NotNow) => 0,
            Ok(Seen::Gone) | Err(Refusal::Gone | Refusal::Denied) => {
                events.push(tracked.event(ProcessChange::Stopped, scan.now, scan.scale));
                self.tracked.remove(&pid);
                replaced.push(pid);
                0
            }
        }
    }

    fn meet(&mut self, arrivals: &[u32], scan: Scan, events: &mut Vec<ProcessEvent>) {
        let birth = Birth { uptime: scan.uptime, round_before: self.round_at };
        for pid in arrivals {
            let mut look = Look {
                reader: &mut self.reader,
                users: &mut self.users,
                now: scan.now,
                scale: scan.scale,
            };
            match Tracked::first_look(*pid, birth, &mut look) {
                Ok(tracked) => {
                    if self.round_at.is_some() {
                        let came = tracked.event(ProcessChange::Started, scan.now, scan.scale);
                        events.push(came);
                    }
                    spend(&mut self.spent_ns, tracked.user(), tracked.cpu_ns_at_birth(scan.scale));
                    self.denied.remove(pid);
                    self.tracked.insert(*pid, tracked);
                }
                // It came and went while we were looking elsewhere.
                Err(Refusal::Gone) => _ = self.denied.remove(pid),
                Err(Refusal::Denied | Refusal::NotNow) => _ = self.denied.insert(*pid),
            }
        }
    }

    fn is_unexplained(&self, explained_ns: u64, scan: Scan) -> bool {
        let grown =
            scan.busy_ticks.zip(self.busy_ticks).map(|(now, before)| now.checked_sub(before));
        let Some(busy) = grown.flatten() else { return false };
        let explained =
            explained_ns.saturating_mul(scan.scale.ticks_per_second.into()) / 1_000_000_000;
        self.round >= self.search_again_at
            && busy.saturating_sub(explained) > UNEXPLAINED_TICKS + busy / 10
    }

    /// Spreads what is done once in `cycle` rounds evenly over them.
    fn is_turn_of(&self, pid: u32, cycle: u64) -> bool {
        (self.round + u64::from(pid)).is_multiple_of(cycle)
    }
}

fn spend(spent_ns: &mut BTreeMap<Arc<str>, u64>, user: Option<&Arc<str>>, cpu_ns: u64) {
    if let (Some(user), true) = (user, cpu_ns > 0) {
        let spent = spent_ns.entry(Arc::clone(user)).or_default();
        *spent = spent.saturating_add(cpu_ns);
    }
}
