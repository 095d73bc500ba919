//! Who the host is: what a list of hosts shows.
//! Source: `os-release(5)`, `uname(2)`, `proc_cpuinfo(5)`, `proc_uptime(5)`.

use std::collections::BTreeMap;

use bellwether_signal::host::{HostState, HostSummary};

use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier,
    boot_time::BootTime, cpu::Stat, kept_file::read_once, text,
};

/// Who the host is.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "summary",
    tier: Tier::Background,
    // Costs nothing, and tells within a second that another topic speaks more or less often now.
    lengthy: false,
    every_second: true,
    topics: &["summary"],
    quiet_topics: &[],
    open,
};

struct SummaryCollector {
    root: HostRoot,
    boot_time: BootTime,
    /// What does not change while the host runs.
    fixed: HostSummary,
    published_intervals: BTreeMap<String, u32>,
}

fn open(root: &HostRoot) -> Opened {
    let kernel = root.calls.kernel.clone();
    let cpuinfo = read_once(root.proc.join("cpuinfo")).unwrap_or_default();
    let fixed = HostSummary {
        name: root.name.clone(),
        os: os_name(root),
        kernel: Some(kernel.release).filter(|release| !release.is_empty()),
        architecture: Some(kernel.architecture).filter(|name| !name.is_empty()),
        cpu_model: cpu_model(&cpuinfo),
        ..HostSummary::default()
    };
    Ok(Some(Box::new(SummaryCollector {
        root: root.clone(),
        boot_time: BootTime::open(root)?,
        fixed,
        published_intervals: BTreeMap::new(),
    })))
}

impl Collector for SummaryCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        if !round.publish && *round.intervals_ms == self.published_intervals {
            return Ok(());
        }
        round.intervals_ms.clone_into(&mut self.published_intervals);
        let (booted_at_ms, _) = self.boot_time.read(round.now)?;
        out.states.push(HostState::Summary(HostSummary {
            cores: cores_online(&self.root),
            booted_at_ms: Some(booted_at_ms),
            intervals_ms: self.published_intervals.clone(),
            ..round.headlines.on(&self.fixed)
        }));
        Ok(())
    }
}

/// `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`.
fn os_name(root: &HostRoot) -> Option<String> {
    let files = [root.etc.join("os-release"), root.root.join("usr/lib/os-release")];
    files.into_iter().find_map(|file| pretty_name(&read_once(file)?))
}

fn pretty_name(text: &[u8]) -> Option<String> {
    let value = text::lines(text).find_map(|line| line.strip_prefix(b"PRETTY_NAME="))?;
    let value = text::clean(value.trim_ascii());
    let unquoted = value.trim_matches(['"', '\'']).trim();
    (!unquoted.is_empty()).then(|| unquoted.to_owned())
}

/// `model name : AMD EPYC 7B13`; ARM boards have `Model`, or nothing.
fn cpu_model(text: &[u8]) -> Option<String> {
    let value_of = |key: &[u8]| {
        text::lines(text).find_map(|line| {
            let value = line.strip_prefix(key)?.trim_ascii_start().strip_prefix(b":")?;
            let model = text::clean(value.trim_ascii());
            (!model.is_empty()).then_some(model)
        })
    };
    value_of(b"model name").or_else(|| value_of(b"Model"))
}

/// Processors that are online: `0-3,8-11`.
fn cores_online(root: &HostRoot) -> Option<u32> {
    if let Some(list) = read_once(root.sys.join("devices/system/cpu/online")) {
        return count_of_list(list.trim_ascii());
    }
    let mut stat = Stat::default();
    stat.parse(&read_once(root.proc.join("stat"))?);
    u32::try_from(stat.cores.len()).ok().filter(|cores| *cores > 0)
}

fn count_of_list(text: &[u8]) -> Option<u32> {
    let mut count = 0_u64;
    for range in text.split(|byte| *byte == b',') {
        let mut ends = range.split(|byte| *byte == b'-').map(text::number);
        let first = ends.next()??;
        let last = ends.next().unwrap_or(Some(first))?;
        count = count.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    u32::try_from(count).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_system_is_named_as_it_names_itself() {
        let text = b"NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(pretty_name(text).as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(pretty_name(b"PRETTY_NAME='Alpine'\n").as_deref(), Some("Alpine"));
        assert_eq!(pretty_name(b"PRETTY_NAME=\"\"\n"), None);
    }

    #[test]
    fn processors_have_a_model_or_none() {
        let model = |text: &[u8]| cpu_model(text);
        assert_eq!(model(b"processor\t: 0\nmodel name\t: X 9\n").as_deref(), Some("X 9"));
        assert_eq!(model(b"processor : 0\nModel\t\t: Board 4\n").as_deref(), Some("Board 4"));
        assert_eq!(model(b"processor : 0\n"), None);
    }

    #[test]
    fn lists_of_processors_are_counted() {
        let check = |list: &str, count| assert_eq!(count_of_list(list.as_bytes()), count, "{list}");
        check("0-3,8-11", Some(8));
        check("0", Some(1));
        check("", None);
        check("3-1", None);
        check("0-18446744073709551615", None);
        check("a", None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            pretty_name(&bytes);
            cpu_model(&bytes);
            count_of_list(&bytes);
        }

        #[test]
        fn no_list_panics(list in "[0-9,-]{0,60}") {
            count_of_list(list.as_bytes());
        }
    }
}
