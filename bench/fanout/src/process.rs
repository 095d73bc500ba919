//! What a server costs: processor time and memory of its process and of all below it.
//! Source: Linux documentation, filesystems/proc (`stat`: utime, stime, cutime, cstime; `status`).

use std::{fs, time::Duration};

use anyhow::{Context, Result};

/// Processor time used so far, and memory held now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) user: Duration,
    pub(crate) system: Duration,
    pub(crate) rss_kib: u64,
}

impl Cost {
    /// Of a process, its descendants, and those of them that have ended.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let mut cost = Self::default();
        let all = parents();
        let mut family = vec![pid];
        let mut next = 0;
        while let Some(parent) = family.get(next).copied() {
            family.extend(all.iter().filter(|(_, its)| *its == parent).map(|(pid, _)| *pid));
            next += 1;
        }
        for (index, pid) in family.into_iter().enumerate() {
            match Self::of_one(pid) {
                Ok(one) => {
                    cost.user += one.user;
                    cost.system += one.system;
                    cost.rss_kib += one.rss_kib;
                }
                // A child may end while it is looked at; its times are its parent's then.
                Err(_) if index > 0 => {}
                Err(error) => return Err(error),
            }
        }
        Ok(cost)
    }

    fn of_one(pid: u32) -> Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let times = times(&stat).with_context(|| format!("/proc/{pid}/stat has no times"))?;
        let tick = Duration::from_secs(1) / u32::try_from(rustix::param::clock_ticks_per_second())?;
        let [user, system, children_user, children_system] = times;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let rss_kib = rss.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0);
        Ok(Self {
            user: tick * (user + children_user),
            system: tick * (system + children_system),
            rss_kib,
        })
    }

    /// Processor time since `before`.
    pub(crate) fn since(&self, before: &Self) -> Duration {
        (self.user + self.system).saturating_sub(before.user + before.system)
    }

    /// How much of that was spent outside the kernel.
    pub(crate) fn user_share_since(&self, before: &Self) -> f64 {
        self.user.saturating_sub(before.user).as_secs_f64() / self.since(before).as_secs_f64()
    }
}

/// All processes with their parents.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((pid, parent))
    })
    .collect()
}

/// Fields 14 to 17; the name in field 2 may hold spaces and parentheses.
fn times(stat: &str) -> Option<[u32; 4]> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse().ok();
    Some([next()?, next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_past_an_odd_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 12 30 4 5 20 0 1 0 5 6 7";
        assert_eq!(times(stat), Some([12, 30, 4, 5]));
        assert_eq!(times("7 (a) S 1"), None);
    }

    #[test]
    fn own_cost_can_be_read() {
        let cost = Cost::of(std::process::id()).unwrap();
        assert!(cost.rss_kib > 500);
        assert!(Cost::of(u32::MAX).is_err());
    }
}
