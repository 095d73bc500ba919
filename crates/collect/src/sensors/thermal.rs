//! Thermal zones that no hwmon chip shows already.

use std::path::{Path, PathBuf};

use super::numbered;
use crate::{
    HostRoot,
    kept_file::read_once,
    text::{clean, signed},
};

/// Most trip points that are looked at.
const MOST_TRIPS: usize = 16;

/// The folders of zones that say something new.
pub(super) fn folders(root: &HostRoot, chips: &[String]) -> Vec<PathBuf> {
    let mut zones = numbered(&root.sys.join("class/thermal"), "thermal_zone");
    zones.retain(|zone| name(zone).is_some_and(|name| !is_shown(zone, &name, chips)));
    zones
}

/// What the zone is of.
pub(super) fn name(zone: &Path) -> Option<String> {
    let name = clean(read_once(zone.join("type"))?.trim_ascii());
    (!name.is_empty()).then_some(name)
}

/// Most zones have a chip made for them, as a folder of their own. The package of an Intel
/// processor has none, and `coretemp` reads the same register.
fn is_shown(zone: &Path, name: &str, chips: &[String]) -> bool {
    if name == "x86_pkg_temp" {
        return chips.iter().any(|chip| chip == "coretemp");
    }
    !numbered(zone, "hwmon").is_empty()
}

/// Where it is high and where critical, in degrees Celsius: trip points that were never set stand at
/// zero or below.
pub(super) fn limits(zone: &Path) -> (Option<f64>, Option<f64>) {
    let (mut hot, mut passive, mut critical) = (None, None, None);
    for number in 0..MOST_TRIPS {
        let Some(kind) = read_once(zone.join(format!("trip_point_{number}_type"))) else { break };
        let at = read_once(zone.join(format!("trip_point_{number}_temp")))
            .and_then(|text| signed(text.trim_ascii()))
            .filter(|millidegrees| *millidegrees > 0)
            .map(|millidegrees| millidegrees as f64 / 1_000.0);
        match kind.trim_ascii() {
            b"critical" => critical = critical.or(at),
            b"hot" => hot = hot.or(at),
            b"passive" => passive = passive.or(at),
            _ => {}
        }
    }
    (hot.or(passive), critical)
}
