//! Every collector reads once: does the kernel have what it needs?

use bellwether_collect::{ALL, Clock as _, KernelClock, Rounds};
use bellwether_signal::system::{CollectorState, CollectorStatus};

use super::{Finding, Scene};

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let clock = KernelClock;
    let mut rounds = Rounds::new(scene.root.clone(), ALL, clock.now());
    let Some(report) = rounds.round(&clock).report else {
        return vec![Finding::problem(
            "all",
            "no collector said anything",
            "run bellwether serve --log-level debug and read why",
        )];
    };
    report.collectors.iter().map(|(name, status)| finding(name, status)).collect()
}

fn finding(name: &str, status: &CollectorStatus) -> Finding {
    let (reads, otherwise) = about(name);
    match status.state {
        CollectorState::Working => Finding::ok(name, format!("reads {reads}")),
        CollectorState::NotOffered => match otherwise {
            Some(action) => Finding::warning(name, format!("this kernel has no {reads}"), action),
            None => Finding::not_here(name, format!("this machine has no {reads}")),
        },
        CollectorState::Failing => {
            let error = status.error.as_deref().unwrap_or("it does not say why");
            let action = otherwise
                .unwrap_or("see whether this user may read the file that is named, and whether /proc and /sys are mounted");
            Finding::problem(name, error, action)
        }
    }
}

/// What a collector reads, and what to do on a machine that should have it and has not.
fn about(name: &str) -> (&'static str, Option<&'static str>) {
    const MOUNT: Option<&str> = Some("mount /proc and /sys (in a container: those of the host)");
    match name {
        "cpu" => ("/proc/stat and the cores' frequencies", MOUNT),
        "processes" => ("/proc/PID of every process", MOUNT),
        "memory" => ("/proc/meminfo", MOUNT),
        "disks" => ("/proc/diskstats and the mounted file systems", MOUNT),
        "network" => ("/proc/net/dev and the links", MOUNT),
        "pressure" => (
            "stall times in /proc/pressure",
            Some("boot with psi=1, on a kernel with CONFIG_PSI (4.20 or newer)"),
        ),
        "sensors" => ("sensors in /sys/class/hwmon, thermal zones or powercap", None),
        "battery" => ("batteries or mains in /sys/class/power_supply", None),
        "cgroups" => ("control groups in /sys/fs/cgroup", None),
        "users" => ("signed-in users in /run/utmp or /run/systemd", None),
        "summary" => ("load, uptime and the kernel's name", MOUNT),
        "own_process" => ("what bellwether itself costs", MOUNT),
        _ => ("what it is named after", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Verdict, scene::looked_at};

    fn verdict(found: &[Finding], name: &str) -> Verdict {
        found.iter().find(|it| it.subject == name).unwrap().verdict
    }

    #[test]
    fn a_kernel_without_pressure_is_told_how_to_get_it() {
        let meminfo = "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 20 kB\n";
        let found = looked_at(&[("proc/meminfo", meminfo)], check);
        assert_eq!(verdict(&found, "pressure"), Verdict::Warning);
        assert_eq!(verdict(&found, "memory"), Verdict::Ok);
        let pressure = found.iter().find(|it| it.subject == "pressure").unwrap();
        assert!(pressure.action.as_ref().unwrap().contains("psi=1"), "{pressure:?}");
        let broken = looked_at(&[("proc/meminfo", "nonsense\n")], check);
        assert_eq!(verdict(&broken, "memory"), Verdict::Problem);
    }

    #[test]
    fn every_collector_is_told_of() {
        for spec in ALL {
            let (reads, _) = about(spec.name);
            assert_ne!(reads, about("").0, "{}: add a line to `about` in doctor", spec.name);
        }
    }
}
