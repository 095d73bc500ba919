//! What does not change with traffic: state and speed of links, addresses.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use bellwether_signal::{
    Unit,
    host::{Duplex, Interface, InterfaceKind},
};

use crate::{
    HostRoot, SystemCalls,
    kept_file::read_once,
    text::{lines, only_number},
};

/// Pause between two looks at the state of links.
const STATE_PAUSE: Duration = Duration::from_secs(5);
/// Pause between two looks at speeds, which some drivers ask their card for, and at addresses.
const LONG_PAUSE: Duration = Duration::from_mins(1);

/// What is known of each interface.
pub(super) struct Links {
    class: PathBuf,
    calls: SystemCalls,
    known: BTreeMap<String, Link>,
    states_at: Option<Duration>,
    rest_at: Option<Duration>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Link {
    up: Option<bool>,
    carrier_changes: Option<f64>,
    kind: InterfaceKind,
    duplex: Option<Duplex>,
    mtu_bytes: Option<f64>,
    megabits_per_second: Option<f64>,
    addresses: Vec<String>,
}

impl Links {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self {
            class: root.sys.join("class/net"),
            calls: root.calls.clone(),
            known: BTreeMap::new(),
            states_at: None,
            rest_at: None,
        }
    }

    /// Looks at what may have changed: states often, the rest rarely and when a link came, went, or
    /// changed its state.
    pub(super) fn refresh<'a>(&mut self, names: impl Iterator<Item = &'a String>, now: Duration) {
        let names: Vec<&String> = names.collect();
        let is_new = names.len() != self.known.len()
            || !names.iter().all(|name| self.known.contains_key(name.as_str()));
        let is_due = |at: Option<Duration>, pause| {
            at.is_none_or(|at: Duration| now.saturating_sub(at) >= pause)
        };
        if !is_new && !is_due(self.states_at, STATE_PAUSE) {
            return;
        }
        self.states_at = Some(now);
        let mut changed = is_new;
        self.known.retain(|name, _| names.contains(&name));
        for name in names {
            let up = self.is_up(name);
            let carrier_changes = self.count(name, "carrier_changes");
            let link = self.known.entry(name.clone()).or_default();
            changed |= link.up != up;
            link.up = up;
            link.carrier_changes = carrier_changes;
        }
        if changed || is_due(self.rest_at, LONG_PAUSE) {
            self.rest_at = Some(now);
            self.read_rest();
        }
    }

    /// Adds what is known to an interface.
    pub(super) fn describe(&self, name: &str, interface: &mut Interface) {
        if let Some(link) = self.known.get(name) {
            interface.up = link.up;
            interface.kind = Some(link.kind);
            interface.duplex = link.duplex;
            interface.mtu_bytes = link.mtu_bytes;
            interface.carrier_changes = link.carrier_changes;
            interface.link_megabits_per_second = link.megabits_per_second;
            interface.addresses.clone_from(&link.addresses);
        }
    }

    /// Operational state (RFC 2863). Tunnels and other virtual interfaces do not know theirs, but
    /// whether they have a carrier.
    fn is_up(&self, name: &str) -> Option<bool> {
        let state = self.attribute(name, "operstate")?;
        match state.trim_ascii() {
            b"up" => Some(true),
            b"unknown" => (self.attribute(name, "carrier")?.trim_ascii() == b"1").then_some(true),
            _ => Some(false),
        }
    }

    fn read_rest(&mut self) {
        let read = |name: &String| Link {
            kind: self.kind(name),
            duplex: self.duplex(name),
            mtu_bytes: self.count(name, "mtu"),
            megabits_per_second: self.speed(name),
            ..Link::default()
        };
        let rest: Vec<Link> = self.known.keys().map(read).collect();
        // Without addresses an interface still has its traffic.
        let found = (self.calls.addresses)().unwrap_or_default();
        for ((name, link), rest) in self.known.iter_mut().zip(rest) {
            *link = Link { up: link.up, carrier_changes: link.carrier_changes, ..rest };
            link.addresses = found
                .iter()
                .filter(|address| address.interface == *name)
                .map(|address| address.ip.to_string())
                .collect();
            link.addresses.sort();
            link.addresses.dedup();
        }
    }

    /// Drivers that do not know say -1, zero or the largest number, or refuse to be read.
    fn speed(&self, name: &str) -> Option<f64> {
        let speed = only_number(&self.attribute(name, "speed")?)?;
        if (1..u64::from(u32::MAX)).contains(&speed) {
            Unit::MegabitsPerSecond.round(speed as f64)
        } else {
            None
        }
    }

    fn duplex(&self, name: &str) -> Option<Duplex> {
        match self.attribute(name, "duplex")?.trim_ascii() {
            b"full" => Some(Duplex::Full),
            b"half" => Some(Duplex::Half),
            _ => None,
        }
    }

    fn count(&self, name: &str, attribute: &str) -> Option<f64> {
        only_number(&self.attribute(name, attribute)?).map(|count| count as f64)
    }

    /// What drivers say themselves, then what they are made of (`ARPHRD_…` of `if_arp.h`).
    fn kind(&self, name: &str) -> InterfaceKind {
        let uevent = self.attribute(name, "uevent").unwrap_or_default();
        let named = lines(&uevent).find_map(|line| line.strip_prefix(b"DEVTYPE="));
        let has = |part: &str| self.class.join(name).join(part).exists();
        match named.unwrap_or_default() {
            b"wlan" => return InterfaceKind::Wifi,
            b"wwan" => return InterfaceKind::Mobile,
            b"bridge" => return InterfaceKind::Bridge,
            b"bond" => return InterfaceKind::Bond,
            b"vlan" | b"macvlan" => return InterfaceKind::Vlan,
            b"wireguard" | b"vxlan" | b"geneve" | b"gretap" | b"ip6gretap" => {
                return InterfaceKind::Tunnel;
            }
            _ if has("bridge") => return InterfaceKind::Bridge,
            _ if has("bonding") => return InterfaceKind::Bond,
            _ if has("phy80211") || has("wireless") => return InterfaceKind::Wifi,
            _ if has("tun_flags") => return InterfaceKind::Tunnel,
            _ => {}
        }
        let own = self.count(name, "ifindex");
        let other_end = self.count(name, "iflink").filter(|other| own != Some(*other));
        match self.attribute(name, "type").and_then(|kind| only_number(&kind)) {
            // Ethernet.
            Some(1) if has("device") => InterfaceKind::Ethernet,
            Some(1) if other_end.is_some() => InterfaceKind::Veth,
            Some(1) => InterfaceKind::Virtual,
            // PPP, tunnels of IP in IP, GRE, and those without any frame.
            Some(512 | 768 | 769 | 776 | 778 | 823 | 65_534) => InterfaceKind::Tunnel,
            Some(_) | None => InterfaceKind::Other,
        }
    }

    fn attribute(&self, name: &str, attribute: &str) -> Option<Vec<u8>> {
        // No interface has a slash in its name; what claims to have one leads elsewhere.
        let is_name = !name.contains('/') && name != "." && name != "..";
        is_name.then(|| read_once(self.class.join(name).join(attribute))).flatten()
    }
}
