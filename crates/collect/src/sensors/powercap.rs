//! Power domains of the processor (RAPL), counted by the hardware in microjoules.
//!
//! Since 2020 only root may read the counters, because they tell what a program computes (Platypus,
//! CVE-2020-8694); whoever may not is told so in place of a number.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::numbered;
use crate::{
    HostRoot,
    kept_file::read_once,
    text::{clean, only_number},
};

/// The folders of domains that count energy. The same package may be there twice, by register and by
/// memory (`intel-rapl-mmio`): the first is the usual one.
pub(super) fn folders(root: &HostRoot) -> Vec<PathBuf> {
    let mut domains = numbered(&root.sys.join("class/powercap"), "");
    domains.retain(|domain| domain.join("energy_uj").exists());
    let by_register: BTreeSet<String> =
        domains.iter().filter(|one| !is_by_memory(one)).map(|one| label(one)).collect();
    domains.retain(|one| !is_by_memory(one) || !by_register.contains(&label(one)));
    domains
}

fn is_by_memory(domain: &Path) -> bool {
    id(domain).starts_with("intel-rapl-mmio")
}

/// The kernel's name: `intel-rapl:0:1` is the second domain of the first package.
pub(super) fn id(domain: &Path) -> String {
    clean(domain.file_name().unwrap_or_default().as_encoded_bytes())
}

/// What it is, with the package that it is a part of: `package-0`, `package-0 core`.
pub(super) fn label(domain: &Path) -> String {
    let own = name(domain).unwrap_or_else(|| id(domain));
    let id = id(domain);
    let whole = id.rsplit_once(':').filter(|(whole, _)| whole.contains(':'));
    let whole = whole.and_then(|(whole, _)| name(&domain.with_file_name(whole)));
    whole.map_or(own.clone(), |whole| format!("{whole} {own}"))
}

fn name(domain: &Path) -> Option<String> {
    let name = clean(read_once(domain.join("name"))?.trim_ascii());
    (!name.is_empty()).then_some(name)
}

/// Where the counter starts over, in microjoules.
pub(super) fn range(domain: &Path) -> Option<u64> {
    only_number(&read_once(domain.join("max_energy_range_uj"))?).filter(|range| *range > 0)
}

/// The power that the hardware keeps it below in the long run, in watts.
pub(super) fn limit_watts(domain: &Path) -> Option<f64> {
    let is_long = |number: &usize| {
        read_once(domain.join(format!("constraint_{number}_name")))
            .is_some_and(|name| name.trim_ascii() == b"long_term")
    };
    let number = (0..4).find(is_long)?;
    let limit = read_once(domain.join(format!("constraint_{number}_power_limit_uw")))?;
    only_number(&limit).filter(|microwatts| *microwatts > 0).map(|limit| limit as f64 / 1e6)
}
