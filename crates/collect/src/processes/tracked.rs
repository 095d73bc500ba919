//! One process, followed from the first look at it to its end.

use std::{sync::Arc, time::Duration};

use bellwether_signal::{
    Unit,
    host::{Process, ProcessChange, ProcessEvent, ProcessKey, ProcessState},
};

use super::{
    files::{Kept, Reader, Refusal},
    identity::Identity,
    stat_line::{NoProcess, StatLine, Storage, run_time_ns},
    usage::{Scale, Usage},
    users::Users,
};
use crate::rate;

/// Rounds without a move after which a process is looked at less often.
const QUIET_ROUNDS: u32 = 10;
/// A process younger than this at the first look may be on its way from fork to exec.
const YOUNG: Duration = Duration::from_secs(2);

/// What a look at a process needs.
pub(super) struct Look<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) users: &'a mut Users,
    pub(super) now: Duration,
    pub(super) scale: Scale,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is as it was.
    Unmoved,
    /// It ran, for so long since the look before.
    Moved {
        /// Processor time of all its threads.
        cpu_ns: u64,
    },
    /// It is no more. Perhaps its id already belongs to another one.
    Gone,
}

/// Time before this host's processes: what a start time counts from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Birth {
    /// How long ago the host was booted.
    pub(super) uptime: Duration,
    /// When the round before took place, unless this is the first one.
    pub(super) round_before: Option<Duration>,
}

/// A process, and what was last seen of it.
pub(super) struct Tracked {
    pub(super) key: ProcessKey,
    stat: Kept,
    schedstat: Kept,
    io: Kept,
    identity: Identity,
    parent_pid: u32,
    pub(super) state: ProcessState,
    pub(super) threads: u32,
    resident_pages: u64,
    kernel: bool,
    seen_at: Duration,
    age_when_seen: Duration,
    quiet_rounds: u32,
    newest: Usage,
    /// What was published last; none before the second look.
    published: Option<Usage>,
}

impl Tracked {
    /// Looks at a process for the first time.
    pub(super) fn first_look(pid: u32, birth: Birth, look: &mut Look<'_>) -> Result<Self, Refusal> {
        let mut stat = Kept::Closed;
        let text = look.reader.kept(&mut stat, pid, "stat")?;
        let line = StatLine::parse(text).map_err(|no_process| match no_process {
            NoProcess::Dead => Refusal::Gone,
            NoProcess::Garbage => Refusal::NotNow,
        })?;
        let started = look.scale.time(line.start_ticks);
        let age = birth.uptime.saturating_sub(started);
        let mut found = Self {
            key: ProcessKey { pid, start_ticks: line.start_ticks },
            stat,
            schedstat: Kept::Closed,
            io: Kept::Closed,
            identity: Identity::new(line.name),
            parent_pid: line.parent_pid,
            state: line.state,
            threads: line.threads,
            resident_pages: line.resident_pages,
            kernel: line.kernel,
            seen_at: look.now,
            age_when_seen: age,
            quiet_rounds: 0,
            newest: Usage { at: look.now, cpu_ticks: line.cpu_ticks, ..Usage::default() },
            published: None,
        };
        found.read_run_time(look)?;
        found.read_storage(look);
        found.read_identity(look);
        found.identity.is_due |= age < YOUNG;
        // Who was born since the round before had used nothing then: all that it has used by now
        // counts.
        let born_since = |before: &Duration| look.now.saturating_sub(*before) >= age;
        let before = birth.round_before.filter(born_since);
        found.published = before.map(|before| found.newest.unborn(before));
        Ok(found)
    }

    /// Looks again: at the run time first, and at the rest only if that moved. With more than one
    /// thread the run time of the first says nothing, and the rest is read each time. `refresh`
    /// asks for everything.
    pub(super) fn look(&mut self, look: &mut Look<'_>, refresh: bool) -> Result<Seen, Refusal> {
        let before = self.newest;
        self.read_run_time(look)?;
        let ran = self.newest.run_ns != before.run_ns;
        let is_single = self.newest.run_ns.is_some();
        if is_single && !ran && !self.identity.is_due && !refresh {
            return Ok(self.unmoved(look.now));
        }
        let text = look.reader.kept(&mut self.stat, self.key.pid, "stat")?;
        let line = match StatLine::parse(text) {
            Ok(line) if line.start_ticks == self.key.start_ticks => line,
            Ok(_) | Err(NoProcess::Dead) => return Ok(Seen::Gone),
            Err(NoProcess::Garbage) => return Err(Refusal::NotNow),
        };
        self.parent_pid = line.parent_pid;
        self.state = line.state;
        self.threads = line.threads;
        self.resident_pages = line.resident_pages;
        self.newest.cpu_ticks = line.cpu_ticks;
        // Threads of the kernel change their names with every piece of work.
        self.identity.is_due |= self.identity.rename(line.name) && !self.kernel;
        if self.identity.is_due || refresh {
            self.read_identity(look);
        }
        if !ran && self.newest.cpu_ticks == before.cpu_ticks {
            return Ok(self.unmoved(look.now));
        }
        self.quiet_rounds = 0;
        self.newest.at = look.now;
        self.read_storage(look);
        let cpu_ns = self.newest.cpu_ns_since(&before, look.scale).unwrap_or_default();
        Ok(Seen::Moved { cpu_ns })
    }

    fn unmoved(&mut self, now: Duration) -> Seen {
        self.newest.at = now;
        self.quiet_rounds = self.quiet_rounds.saturating_add(1);
        if self.is_quiet() {
            // What moves next shows in one file; the others can be opened again.
            self.io.close();
            if self.newest.run_ns.is_some() {
                self.stat.close();
            }
        }
        Seen::Unmoved
    }

    /// Whether it did nothing for a while.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet_rounds >= QUIET_ROUNDS
    }

    /// Descriptors that are open for it.
    pub(super) fn open_files(&self) -> usize {
        [&self.stat, &self.schedstat, &self.io].into_iter().filter(|file| file.is_open()).count()
    }

    /// Its resident memory.
    pub(super) fn memory_bytes(&self, scale: Scale) -> u64 {
        self.resident_pages.saturating_mul(scale.page_bytes)
    }

    /// Processor time since it was published last, as a share of one core.
    pub(super) fn cpu_percent(&self, scale: Scale) -> Option<f64> {
        let published = self.published.as_ref()?;
        if self.was_passed_over(published) {
            return Some(0.0);
        }
        self.newest.cpu_percent_since(published, scale)
    }

    /// What is published of it. A clock that is set moves the time of boot, and every start with it.
    pub(super) fn process(&self, scale: Scale, booted_at_ms: i64) -> Process {
        let started = scale.time(self.key.start_ticks);
        let started_ms = i64::try_from(started.as_millis()).unwrap_or(i64::MAX);
        let memory = self.memory_bytes(scale) as f64;
        let share = scale.memory_bytes.and_then(|all| rate::bounded_percent(memory, all as f64));
        let (read, written) = self.storage_rates().unzip();
        Process {
            pid: self.key.pid,
            parent_pid: self.parent_pid,
            name: self.identity.name.as_ref().to_owned(),
            user: self.identity.user.as_deref().map(str::to_owned),
            state: self.state,
            threads: self.threads,
            cpu_percent: self.cpu_percent(scale),
            memory_bytes: memory,
            memory_percent: share.unwrap_or_default(),
            read_bytes_per_second: read,
            written_bytes_per_second: written,
            started_at_ms: booted_at_ms.saturating_add(started_ms),
            kernel: self.kernel,
        }
    }

    /// Who it runs as.
    pub(super) fn user(&self) -> Option<&Arc<str>> {
        self.identity.user.as_ref()
    }

    /// What it had used when it was first seen, if it was born since the round before.
    pub(super) fn cpu_ns_at_birth(&self, scale: Scale) -> u64 {
        let unborn = self.published.as_ref();
        unborn.and_then(|unborn| self.newest.cpu_ns_since(unborn, scale)).unwrap_or_default()
    }

    /// Its sanitised command line.
    pub(super) fn command(&self) -> Option<&Arc<str>> {
        self.identity.command.as_ref()
    }

    /// Takes what is known now as what everybody knows.
    pub(super) fn mark_published(&mut self) {
        self.published = Some(self.newest);
    }

    /// That it came, or that it went.
    pub(super) fn event(&self, change: ProcessChange, now: Duration, scale: Scale) -> ProcessEvent {
        let lived = self.age_when_seen + now.saturating_sub(self.seen_at);
        let went = change == ProcessChange::Stopped;
        let seconds = |length: Duration| Unit::Seconds.round(length.as_secs_f64());
        ProcessEvent {
            change,
            key: self.key.to_string(),
            pid: self.key.pid,
            parent_pid: self.parent_pid,
            name: self.identity.name.as_ref().to_owned(),
            user: self.identity.user.as_deref().map(str::to_owned),
            cpu_seconds: seconds(scale.time(self.newest.cpu_ticks)).filter(|_| went),
            lifetime_seconds: seconds(lived).filter(|_| went),
        }
    }

    fn storage_rates(&self) -> Option<(f64, f64)> {
        let published = self.published.as_ref()?;
        if self.was_passed_over(published) {
            return published.storage.map(|_| (0.0, 0.0));
        }
        self.newest.storage_rates_since(published)
    }

    /// A quiet one that nobody looked at since it was published: it still does nothing.
    fn was_passed_over(&self, published: &Usage) -> bool {
        self.newest.at <= published.at && self.is_quiet()
    }

    fn read_run_time(&mut self, look: &mut Look<'_>) -> Result<(), Refusal> {
        self.newest.run_ns = None;
        if self.threads != 1 || self.schedstat.is_refused() {
            return Ok(());
        }
        let was_open = self.schedstat.is_open();
        match look.reader.kept(&mut self.schedstat, self.key.pid, "schedstat") {
            Ok(text) => self.newest.run_ns = run_time_ns(text),
            Err(refusal) if was_open => return Err(refusal),
            // A kernel without scheduler statistics has no such file; if it is missing because the
            // process is gone, its stat file will say so.
            Err(_) => self.schedstat = Kept::Refused,
        }
        Ok(())
    }

    fn read_storage(&mut self, look: &mut Look<'_>) {
        match look.reader.kept(&mut self.io, self.key.pid, "io") {
            Ok(text) => self.newest.storage = Storage::parse(text),
            // Whose process this is seldom changes; asking each second would not help.
            Err(Refusal::Denied) => {
                self.io = Kept::Refused;
                self.newest.storage = None;
            }
            Err(Refusal::Gone | Refusal::NotNow) => self.newest.storage = None,
        }
    }

    fn read_identity(&mut self, look: &mut Look<'_>) {
        let from = (&mut *look.reader, &mut *look.users);
        self.identity.read(self.key.pid, self.kernel, self.state, from, look.now);
    }
}
