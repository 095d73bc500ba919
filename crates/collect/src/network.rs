//! Interfaces and TCP.
//! Source: `proc_net(5)` (`dev`, `snmp`), Linux documentation, ABI/testing/sysfs-class-net. The
//! table of connections (`net/tcp`) is never read: it costs a hundred times as much as all of this.

mod counters;
mod links;

use std::{collections::BTreeMap, time::Duration};

use bellwether_signal::host::{HostState, Interface, Network, Tcp};

use self::{
    counters::{Counters, TcpCounters},
    links::Links,
};
use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier,
    kept_file::KeptFile, rate,
};

/// Interfaces and TCP.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "network",
    tier: Tier::Background,
    lengthy: false,
    every_second: false,
    topics: &["network"],
    quiet_topics: &[],
    open,
};

struct NetworkCollector {
    dev: KeptFile,
    snmp: Option<KeptFile>,
    links: Links,
    before: Option<Before>,
}

/// The round before.
struct Before {
    interfaces: BTreeMap<String, Counters>,
    tcp: Option<TcpCounters>,
    at: Duration,
}

fn open(root: &HostRoot) -> Opened {
    let Some(dev) = KeptFile::open_if_offered(root.proc.join("net/dev"))? else { return Ok(None) };
    Ok(Some(Box::new(NetworkCollector {
        dev,
        snmp: KeptFile::open_if_offered(root.proc.join("net/snmp"))?,
        links: Links::new(root),
        before: None,
    })))
}

impl Collector for NetworkCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let now = round.now.monotonic;
        let bytes = self.dev.read()?;
        let Some(counted) = counters::parse(bytes) else {
            let found = bytes.to_vec();
            return Err(CollectError::parse(self.dev.path(), "table of interfaces", &found));
        };
        let tcp_counted = match &mut self.snmp {
            Some(file) => TcpCounters::parse(file.read()?),
            None => None,
        };
        self.links.refresh(counted.keys(), now);
        let seconds =
            self.before.as_ref().map(|before| now.saturating_sub(before.at).as_secs_f64());
        let interface = |(name, counters): (&String, &Counters)| {
            let before = self.before.as_ref().and_then(|before| before.interfaces.get(name));
            let mut interface = counters.interface(before.zip(seconds));
            self.links.describe(name, &mut interface);
            (name.clone(), interface)
        };
        let interfaces: BTreeMap<String, Interface> = counted.iter().map(interface).collect();
        let tcp = tcp_counted.map(|tcp| {
            let before = self.before.as_ref().and_then(|before| before.tcp);
            tcp_state(tcp, before.zip(seconds))
        });
        self.before = Some(Before { interfaces: counted, tcp: tcp_counted, at: now });
        out.states.push(HostState::Network(Network { interfaces, tcp }));
        Ok(())
    }
}

fn tcp_state(now: TcpCounters, before: Option<(TcpCounters, f64)>) -> Tcp {
    let rate = |value: fn(TcpCounters) -> u64| {
        let (before, seconds) = before?;
        rate::count_rate(Some(value(now)), Some(value(before)), seconds)
    };
    Tcp {
        established: now.established as f64,
        retransmits_per_second: rate(|tcp| tcp.retransmits),
        opened_per_second: rate(|tcp| tcp.opened),
    }
}
