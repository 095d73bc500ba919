//! Chips of the hardware monitoring class: where they are, and what they are called.

use std::path::{Path, PathBuf};

use super::numbered;
use crate::{HostRoot, kept_file::read_once, text::clean};

/// The folders of all chips.
pub(super) fn folders(root: &HostRoot) -> Vec<PathBuf> {
    numbered(&root.sys.join("class/hwmon"), "hwmon")
}

/// Their names.
pub(super) fn names(folders: &[PathBuf]) -> Vec<String> {
    folders.iter().filter_map(|folder| name(folder)).collect()
}

/// What the driver calls a chip. Before Linux 3.13 its files were those of its device.
pub(super) fn name(folder: &Path) -> Option<String> {
    let name = read_once(folder.join("name")).or_else(|| read_once(folder.join("device/name")))?;
    let name = clean(name.trim_ascii());
    (!name.is_empty()).then_some(name)
}

/// A name that is the same after the next boot: the driver's, and the place of the device on its bus.
/// The number of the folder is given in the order in which drivers are loaded.
pub(super) fn id(folder: &Path, name: &str) -> String {
    let device = folder.join("device").canonicalize().ok();
    let place = device.as_deref().and_then(place_of);
    match place {
        Some(place) if place.starts_with(name) => place,
        Some(place) => format!("{name}-{place}"),
        None => name.to_owned(),
    }
}

/// The last part of a device's path that tells where it is: devices of a class (`nvme0`) are counted,
/// what carries them (`0000:01:00.0`) has an address.
fn place_of(device: &Path) -> Option<String> {
    let parts: Vec<&str> = device.iter().filter_map(|part| part.to_str()).collect();
    let bus = parts.iter().rposition(|part| *part == "devices").map_or(0, |at| at + 1);
    let parts = parts.get(bus..).unwrap_or_default();
    let addressed = parts.iter().rev().find(|part| has_address(part));
    addressed.or(parts.last()).map(|part| clean(part.as_bytes()))
}

/// `0000:01:00.0` (PCI), `0:0:0:0` (SCSI), `0-004c` (I2C), `coretemp.0` and `nct6775.656` (platform).
fn has_address(part: &str) -> bool {
    let is_pci_root = part.starts_with("pci");
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ends_in_number = |mark| part.rsplit_once(mark).is_some_and(|(_, end)| digits(end));
    !is_pci_root
        && ((part.contains(':') && part.split([':', '.']).all(digits))
            || part.split_once('-').is_some_and(|(bus, end)| digits(bus) && digits(end))
            || (part.contains('.') && ends_in_number('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_rather_than_a_count() {
        let check = |path: &str, place: &str| {
            assert_eq!(place_of(Path::new(path)).as_deref(), Some(place), "{path}");
        };
        check("/sys/devices/platform/coretemp.0", "coretemp.0");
        check("/sys/devices/platform/nct6775.656", "nct6775.656");
        check("/sys/devices/pci0000:00/0000:00:18.3", "0000:00:18.3");
        check("/sys/devices/pci0000:00/0000:00:01.1/0000:01:00.0/nvme/nvme0", "0000:01:00.0");
        check("/sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0", "0:0:0:0");
        check("/sys/devices/pci0000:00/0000:00:1f.4/i2c-0/0-004c", "0-004c");
        check("/sys/devices/virtual/thermal/thermal_zone0", "thermal_zone0");
        check("/sys/devices/LNXSYSTM:00/PNP0A08:00/device:1f/PNP0C09:00/PNP0C0A:00", "PNP0C0A:00");
    }
}
