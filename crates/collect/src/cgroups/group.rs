//! One group, followed from round to round. Most are idle: for those two files are read, and the
//! others once a minute, as are everybody's limits.

use std::time::Duration;

use bellwether_signal::host::Cgroup;

use super::{
    files::{self, Budget, Devices, Kept, Limits, Quick, Rest},
    naming::Naming,
    tree::Tree,
};
use crate::rate;

/// Pause between two readings of all files of an idle group.
const REST_PAUSE: Duration = Duration::from_mins(1);
const MICROSECONDS: f64 = 1e6;

/// A group, and what was read of it last.
pub(super) struct Group {
    kept: Kept,
    quick: Option<(Quick, Duration)>,
    rest: Option<(Rest, Duration)>,
    limits: Limits,
    limits_at: Option<Duration>,
    state: Cgroup,
}

impl Group {
    pub(super) fn new(naming: Naming) -> Self {
        let state = Cgroup {
            kind: naming.kind,
            name: naming.name,
            runtime: naming.runtime.map(str::to_owned),
            container_id: naming.container_id,
            pod: naming.pod,
            ..Cgroup::default()
        };
        Self {
            kept: Kept::default(),
            quick: None,
            rest: None,
            limits: Limits::default(),
            limits_at: None,
            state,
        }
    }

    pub(super) fn open_files(&self) -> usize {
        self.kept.count()
    }

    pub(super) fn state(&self) -> &Cgroup {
        &self.state
    }

    /// How busy, and how large.
    pub(super) fn rank(&self) -> (f64, f64) {
        let state = &self.state;
        (state.cpu_percent.unwrap_or_default(), state.memory_bytes.unwrap_or_default())
    }

    /// Reads it; false when it is no more.
    pub(super) fn read(
        &mut self,
        tree: &Tree,
        path: &[u8],
        devices: &mut Devices,
        budget: &mut Budget,
        now: Duration,
    ) -> bool {
        let Ok(mut quick) = self.kept.read(tree, path, budget) else { return false };
        let before = self.quick;
        let moved = before.is_none_or(|(before, _)| {
            (before.cpu_us, before.memory_bytes) != (quick.cpu_us, quick.memory_bytes)
        });
        let is_due = self.rest.as_ref().is_none_or(|(_, at)| now.saturating_sub(*at) >= REST_PAUSE);
        if self.limits_at.is_none_or(|at| now.saturating_sub(at) >= REST_PAUSE) {
            self.limits = files::limits(tree, path);
            self.limits_at = Some(now);
            self.tell_limits();
        }
        if moved || is_due {
            let rest = files::rest(tree, path, devices, &mut quick);
            self.tell_rest(&rest, before.map(|(_, at)| now.saturating_sub(at)));
            self.rest = Some((rest, now));
        } else {
            if quick.periods.is_none() {
                let known = before.map(|(before, _)| before).unwrap_or_default();
                (quick.periods, quick.throttled) = (known.periods, known.throttled);
            }
            self.rest_idle();
        }
        self.tell_quick(quick, before, now);
        self.quick = Some((quick, now));
        true
    }

    fn tell_quick(&mut self, quick: Quick, before: Option<(Quick, Duration)>, now: Duration) {
        let state = &mut self.state;
        state.memory_bytes = quick.memory_bytes.map(|bytes| bytes as f64);
        let rest = self.rest.as_ref().map(|(rest, _)| rest);
        let inactive = rest.and_then(|rest| rest.inactive_file_bytes);
        let working = quick.memory_bytes.zip(inactive);
        let working = working.map(|(all, inactive)| all.saturating_sub(inactive));
        state.working_set_bytes = working.map(|bytes| bytes as f64);
        state.memory_percent = working
            .or(quick.memory_bytes)
            .zip(self.limits.memory_bytes)
            .and_then(|(used, limit)| rate::bounded_percent(used as f64, limit as f64));
        let Some((before, at)) = before else { return };
        let seconds = now.saturating_sub(at).as_secs_f64();
        state.cpu_percent = quick.cpu_us.zip(before.cpu_us).and_then(|(now, before)| {
            rate::share_percent(rate::per_second(now, before, seconds)?, MICROSECONDS)
        });
        let grown = |now: Option<u64>, before: Option<u64>| now?.checked_sub(before?);
        let periods = grown(quick.periods, before.periods);
        let throttled = grown(quick.throttled, before.throttled);
        // Without a limit there are no periods, and nothing holds it back.
        state.throttled_percent = throttled.zip(periods).and_then(|(held, all)| {
            let limited = state.cpu_limit_percent.is_some();
            if all > 0 {
                rate::bounded_percent(held as f64, all as f64)
            } else {
                limited.then_some(0.0)
            }
        });
    }

    /// While it was idle nothing was read, because nothing moved: whatever moved by now did so since
    /// the round before.
    fn tell_rest(&mut self, rest: &Rest, since_round_before: Option<Duration>) {
        let state = &mut self.state;
        let number = |value: Option<u64>| value.map(|value| value as f64);
        state.swap_bytes = number(rest.swap_bytes);
        state.oom_kills = number(rest.oom_kills);
        state.tasks = number(rest.tasks);
        let before = self.rest.as_ref();
        let seconds = since_round_before.unwrap_or_default().as_secs_f64();
        let old = |value: fn(&Rest) -> Option<u64>| before.and_then(|(rest, _)| value(rest));
        state.read_bytes_per_second =
            rate::byte_rate(rest.read_bytes, old(|rest| rest.read_bytes), 1, seconds);
        state.written_bytes_per_second =
            rate::byte_rate(rest.written_bytes, old(|rest| rest.written_bytes), 1, seconds);
        let waited = |number: usize| {
            let now = rest.waited_us.get(number).copied().flatten()?;
            let before = before?.0.waited_us.get(number).copied().flatten()?;
            rate::bounded_percent(rate::per_second(now, before, seconds)?, MICROSECONDS)
        };
        state.cpu_pressure_percent = waited(0);
        state.memory_pressure_percent = waited(1);
        state.io_pressure_percent = waited(2);
    }

    fn tell_limits(&mut self) {
        let (limits, state) = (self.limits, &mut self.state);
        state.cpu_limit_percent =
            limits.cpu_cores.and_then(|cores| rate::share_percent(cores, 1.0));
        state.memory_limit_bytes = limits.memory_bytes.map(|bytes| bytes as f64);
        state.tasks_limit = limits.tasks.map(|tasks| tasks as f64);
    }

    /// Nothing ran, so nothing was read, written or waited for.
    fn rest_idle(&mut self) {
        let state = &mut self.state;
        for rate in [
            &mut state.read_bytes_per_second,
            &mut state.written_bytes_per_second,
            &mut state.cpu_pressure_percent,
            &mut state.memory_pressure_percent,
            &mut state.io_pressure_percent,
        ] {
            *rate = rate.map(|_| 0.0);
        }
    }
}
