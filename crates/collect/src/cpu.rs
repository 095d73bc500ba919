//! Processor time by mode and core, load, frequency.
//! Source: Linux documentation, filesystems/proc, section 1.7 (`stat`), `proc_loadavg(5)`,
//! admin-guide/pm/cpufreq. A kernel without cpufreq still tells a frequency in `cpuinfo`, if any.

mod frequency;
mod stat;

use std::time::Duration;

use bellwether_signal::{
    Unit,
    host::{Core, Cpu, CpuModes, HostState},
};

pub(crate) use self::stat::Stat;
use self::{
    frequency::Frequencies,
    stat::{Mode, Times},
};
use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier, critical::Latch,
    kept_file::KeptFile, rate, text,
};

/// Processor time.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "cpu",
    tier: Tier::Important,
    // Eight microseconds; what is critical would be noticed late otherwise.
    lengthy: false,
    every_second: true,
    topics: &["cpu"],
    quiet_topics: &[],
    open,
};

/// Above this the values are critical, and published every second (H4), until they are below the other.
const CRITICAL_PERCENT: f64 = 90.0;
const CALM_PERCENT: f64 = 85.0;

struct CpuCollector {
    stat: KeptFile,
    loadavg: Option<KeptFile>,
    frequencies: Frequencies,
    /// Counters of the newest read.
    newest: Stat,
    /// Total of the read before, to notice within a second what is critical.
    before: Option<Times<u64>>,
    /// Counters of what was published last: that is what rates are told from.
    published: Option<(Stat, Duration)>,
    load: Latch,
}

fn open(root: &HostRoot) -> Opened {
    let Some(stat) = KeptFile::open_if_offered(root.proc.join("stat"))? else { return Ok(None) };
    Ok(Some(Box::new(CpuCollector {
        stat,
        loadavg: KeptFile::open_if_offered(root.proc.join("loadavg"))?,
        frequencies: Frequencies::open(root),
        newest: Stat::default(),
        before: None,
        published: None,
        load: Latch::default(),
    })))
}

impl Collector for CpuCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let bytes = self.stat.read()?;
        if !self.newest.parse(bytes) {
            let found = bytes.to_vec();
            return Err(CollectError::parse(self.stat.path(), "line \"cpu\"", &found));
        }
        let before = self.before.replace(self.newest.total);
        let busy = before.and_then(|before| self.newest.total.since(&before).busy_percent());
        out.critical = self.load.update(busy, CRITICAL_PERCENT, CALM_PERCENT);
        if round.publish {
            let state = self.state(round)?;
            out.states.push(HostState::Cpu(state));
        }
        Ok(())
    }
}

impl CpuCollector {
    fn state(&mut self, round: &Round<'_>) -> Result<Cpu, CollectError> {
        let newest = &self.newest;
        let mut cpu = Cpu { runnable: newest.runnable, blocked: newest.blocked, ..Cpu::default() };
        cpu.cores = newest.cores.iter().map(|(id, _)| (id.to_string(), Core::default())).collect();
        if let Some((before, at)) = &self.published {
            let seconds = round.now.monotonic.saturating_sub(*at).as_secs_f64();
            let total = newest.total.since(&before.total);
            cpu.total_percent = total.busy_percent();
            cpu.modes = total.modes();
            for (id, times) in &newest.cores {
                let busy = before.core(*id).and_then(|old| times.since(old).busy_percent());
                if let Some(core) = cpu.cores.get_mut(&id.to_string()) {
                    core.busy_percent = busy;
                }
            }
            cpu.switches_per_second = rate::count_rate(newest.switches, before.switches, seconds);
            cpu.interrupts_per_second =
                rate::count_rate(newest.interrupts, before.interrupts, seconds);
            cpu.forks_per_second = rate::count_rate(newest.forks, before.forks, seconds);
        }
        self.add_load(&mut cpu)?;
        self.frequencies.add_to(&mut cpu, round.now.monotonic);
        self.published = Some((self.newest.clone(), round.now.monotonic));
        Ok(cpu)
    }

    fn add_load(&mut self, cpu: &mut Cpu) -> Result<(), CollectError> {
        let Some(file) = &mut self.loadavg else { return Ok(()) };
        let mut averages = text::words(file.read()?).map(text::decimal);
        let mut next = || averages.next().flatten().and_then(|load| Unit::Number.round(load));
        (cpu.load_1m, cpu.load_5m, cpu.load_15m) = (next(), next(), next());
        Ok(())
    }
}

/// Differences of processor times, as shares of all of them.
impl Times<Option<u64>> {
    fn all(&self) -> Option<f64> {
        let sum = self.0.iter().try_fold(0_u64, |sum, mode| sum.checked_add((*mode)?))?;
        (sum > 0).then_some(sum as f64)
    }

    fn busy_percent(&self) -> Option<f64> {
        let all = self.all()?;
        let waiting = self.of(Mode::Idle)? + self.of(Mode::IoWait)?;
        rate::bounded_percent(all - waiting as f64, all)
    }

    fn modes(&self) -> Option<CpuModes> {
        let all = self.all()?;
        let percent = |mode| rate::share_percent(self.of(mode)? as f64, all);
        Some(CpuModes {
            user_percent: percent(Mode::User)?,
            nice_percent: percent(Mode::Nice)?,
            system_percent: percent(Mode::System)?,
            irq_percent: percent(Mode::Irq)?,
            softirq_percent: percent(Mode::SoftIrq)?,
            steal_percent: percent(Mode::Steal)?,
            iowait_percent: percent(Mode::IoWait)?,
            idle_percent: percent(Mode::Idle)?,
        })
    }
}
