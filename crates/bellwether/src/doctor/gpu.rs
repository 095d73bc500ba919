//! Graphics processors: which drivers and libraries are here. This version reads none of them yet.

use std::{fs, path::Path};

use super::{Finding, Scene};

/// Where the driver's library lies: Debian, Fedora and SUSE, WSL, containers.
const FOLDERS: [&str; 6] = [
    "usr/lib/x86_64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "usr/lib64",
    "usr/lib",
    "usr/lib/wsl/lib",
    "usr/local/nvidia/lib64",
];
const LIBRARY: &str = "libnvidia-ml.so.1";
const NVIDIA: &str = "0x10de";
const AMD: &str = "0x1002";
const INTEL: &str = "0x8086";

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let root = &scene.root;
    let vendors = vendors(&root.sys.join("class/drm"));
    let has = |vendor: &str| vendors.iter().any(|it| it == vendor);
    let driver = root.proc.join("driver/nvidia/version").exists();
    let mut found = Vec::new();
    if driver || has(NVIDIA) || root.root.join("dev/nvidiactl").exists() {
        let library = FOLDERS.iter().any(|it| root.root.join(it).join(LIBRARY).exists());
        found.push(match (driver, library) {
            (_, true) => later("nvidia", &format!("an NVIDIA driver with {LIBRARY} is here")),
            (true, false) => Finding::warning(
                "nvidia",
                format!("an NVIDIA driver is here, but not {LIBRARY}"),
                "install the driver's library (Debian: libnvidia-ml1; in a container: \
                 NVIDIA_DRIVER_CAPABILITIES=utility)",
            ),
            (false, false) => Finding::warning(
                "nvidia",
                "an NVIDIA card is here, but not its driver",
                "install the driver, if its figures are wanted",
            ),
        });
    }
    for (name, vendor) in [("amd", AMD), ("intel", INTEL)] {
        if has(vendor) {
            found.push(later(name, &format!("a card of {name} is here (/sys/class/drm)")));
        }
    }
    if found.is_empty() {
        found.push(Finding::not_here("cards", "there is no graphics processor"));
    }
    found
}

fn later(name: &str, says: &str) -> Finding {
    Finding::not_here(name, format!("{says}; this version does not read graphics processors yet"))
}

fn vendors(drm: &Path) -> Vec<String> {
    let cards = fs::read_dir(drm).into_iter().flatten().flatten();
    cards
        .filter_map(|card| fs::read_to_string(card.path().join("device/vendor")).ok())
        .map(|vendor| vendor.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Verdict, scene::looked_at};

    #[test]
    fn cards_drivers_and_libraries_are_told_apart() {
        let check = |files: &[(&str, &str)], verdict: Verdict, part: &str| {
            let found = looked_at(files, check);
            assert_eq!(found[0].verdict, verdict, "{found:?}");
            assert!(found[0].says.contains(part), "{found:?}");
        };
        let driver = ("proc/driver/nvidia/version", "NVRM\n");
        let library = ("usr/lib64/libnvidia-ml.so.1", "");
        check(&[], Verdict::NotHere, "no graphics processor");
        check(&[driver], Verdict::Warning, "not libnvidia-ml.so.1");
        check(&[driver, library], Verdict::NotHere, "with libnvidia-ml.so.1");
        let card = ("sys/class/drm/card0/device/vendor", "0x10de\n");
        check(&[card], Verdict::Warning, "not its driver");
        let card = ("sys/class/drm/card0/device/vendor", "0x1002\n");
        check(&[card], Verdict::NotHere, "a card of amd");
    }
}
