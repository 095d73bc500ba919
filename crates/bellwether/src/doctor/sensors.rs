//! Sensors: how many chips there are, and whether the energy counters may be read.

use std::fs;

use super::{Finding, Scene};

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let sys = &scene.root.sys;
    let entries = |folder: &str, start: &str| -> Vec<_> {
        let entries = fs::read_dir(sys.join(folder)).into_iter().flatten().flatten();
        let named = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(start);
        entries.map(|entry| entry.path()).filter(|it| it.file_name().is_some_and(named)).collect()
    };
    let chips = entries("class/hwmon", "hwmon").len();
    let zones = entries("class/thermal", "thermal_zone").len();
    let mut found = Vec::new();
    found.push(if chips + zones > 0 {
        Finding::ok("chips", format!("{chips} in hwmon, {zones} thermal zones"))
    } else {
        Finding::not_here(
            "chips",
            "no temperatures, fans or voltages; virtual machines have none, a real one may need \
             its driver (sensors-detect of lm-sensors names it)",
        )
    });
    let counters: Vec<_> = entries("class/powercap", "")
        .into_iter()
        .map(|domain| domain.join("energy_uj"))
        .filter(|counter| counter.exists())
        .collect();
    let closed = counters.iter().filter(|it| fs::read_to_string(it).is_err()).count();
    found.push(match (counters.len(), closed) {
        (0, _) => Finding::not_here("energy", "there are no counters in /sys/class/powercap"),
        (all, 0) => Finding::ok("energy", format!("{all} counters in /sys/class/powercap")),
        (all, closed) => Finding::warning(
            "energy",
            format!("{closed} of {all} energy counters in /sys/class/powercap may not be read"),
            "give the program CAP_DAC_READ_SEARCH (the systemd unit does), or run: chmod a+r \
             /sys/class/powercap/*/energy_uj",
        ),
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Verdict, scene::looked_at};

    #[test]
    fn chips_and_counters_are_found() {
        let verdicts = |files: &[(&str, &str)]| -> Vec<Verdict> {
            looked_at(files, check).iter().map(|it| it.verdict).collect()
        };
        assert_eq!(verdicts(&[]), [Verdict::NotHere, Verdict::NotHere]);
        let chip = ("sys/class/hwmon/hwmon0/name", "k10temp\n");
        let counter = ("sys/class/powercap/intel-rapl:0/energy_uj", "123\n");
        assert_eq!(verdicts(&[chip, counter]), [Verdict::Ok, Verdict::Ok]);
        // A folder in its place cannot be read by anybody, root included.
        let closed = ("sys/class/powercap/intel-rapl:0/energy_uj/x", "");
        assert_eq!(verdicts(&[chip, closed]), [Verdict::Ok, Verdict::Warning]);
    }
}
