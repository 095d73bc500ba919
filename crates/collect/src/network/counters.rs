//! What the kernel counts of interfaces (`net/dev`) and of TCP (`net/snmp`).

use std::collections::BTreeMap;

use bellwether_signal::host::Interface;

use crate::{
    rate::{byte_rate, count_rate},
    text::{clean, lines, number, words},
};

/// Counters of one interface since it came up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    received_bytes: u64,
    received_packets: u64,
    sent_bytes: u64,
    sent_packets: u64,
    /// Both ways.
    errors: u64,
    /// Both ways.
    drops: u64,
}

/// Interfaces by name, without loopback; nothing when this is no such table. Behind two lines of
/// headings come lines such as `eth0: 193577326 6498 0 …`, where no blank need follow the colon.
pub(super) fn parse(bytes: &[u8]) -> Option<BTreeMap<String, Counters>> {
    let line = |line: &[u8]| {
        let colon = line.iter().rposition(|byte| *byte == b':')?;
        let (name, rest) = line.split_at_checked(colon)?;
        let mut columns = [0; 16];
        let mut words = words(rest.get(1..)?);
        for column in &mut columns {
            *column = number(words.next()?)?;
        }
        let [
            received_bytes,
            received_packets,
            receive_errors,
            receive_drops,
            _,
            _,
            _,
            _,
            sent_bytes,
            sent_packets,
            send_errors,
            send_drops,
            _,
            _,
            _,
            _,
        ] = columns;
        let counters = Counters {
            received_bytes,
            received_packets,
            sent_bytes,
            sent_packets,
            errors: receive_errors.saturating_add(send_errors),
            drops: receive_drops.saturating_add(send_drops),
        };
        Some((clean(name.trim_ascii()), counters))
    };
    let mut lines = lines(bytes);
    if !lines.next()?.starts_with(b"Inter-|") {
        return None;
    }
    Some(lines.filter_map(line).filter(|(name, _)| name != "lo").collect())
}

impl Counters {
    /// What is said about the interface; rates only when there is a round to compare with.
    pub(super) fn interface(&self, before: Option<(&Self, f64)>) -> Interface {
        let bytes = |value: fn(&Self) -> u64| {
            let (before, seconds) = before?;
            byte_rate(Some(value(self)), Some(value(before)), 1, seconds)
        };
        let count = |value: fn(&Self) -> u64| {
            let (before, seconds) = before?;
            count_rate(Some(value(self)), Some(value(before)), seconds)
        };
        Interface {
            received_bytes_per_second: bytes(|one| one.received_bytes),
            sent_bytes_per_second: bytes(|one| one.sent_bytes),
            received_packets_per_second: count(|one| one.received_packets),
            sent_packets_per_second: count(|one| one.sent_packets),
            errors_per_second: count(|one| one.errors),
            drops_per_second: count(|one| one.drops),
            received_bytes: self.received_bytes as f64,
            sent_bytes: self.sent_bytes as f64,
            received_packets: self.received_packets as f64,
            sent_packets: self.sent_packets as f64,
            ..Interface::default()
        }
    }
}

/// Counters of TCP since boot, and how many connections there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TcpCounters {
    pub(super) established: u64,
    pub(super) retransmits: u64,
    /// Both ways.
    pub(super) opened: u64,
}

impl TcpCounters {
    /// Two lines begin with `Tcp:`: names, and then values in the same order.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rows = lines(bytes).filter_map(|line| line.strip_prefix(b"Tcp:"));
        let (names, values) = (rows.next()?, rows.next()?);
        let value = |wanted: &[u8]| {
            let position = words(names).position(|name| name == wanted)?;
            words(values).nth(position).and_then(number)
        };
        Some(Self {
            established: value(b"CurrEstab")?,
            retransmits: value(b"RetransSegs")?,
            opened: value(b"ActiveOpens")?.saturating_add(value(b"PassiveOpens")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DEV: &str = "Inter-|   Receive    |  Transmit\n face |bytes    packets errs\n    \
        lo:    3193      29    0    0    0     0          0         0     3193      29 0 0 0 0 0 0\n\
        eth0:1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0\n  vlan:7: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n";

    #[test]
    fn interfaces_are_told_apart_from_loopback() {
        let found = parse(DEV.as_bytes()).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["eth0", "vlan:7"]);
        let eth0 = found["eth0"];
        assert_eq!((eth0.received_bytes, eth0.sent_packets), (1_000, 20));
        assert_eq!((eth0.errors, eth0.drops), (4, 6));
    }

    #[test]
    fn rates_need_a_round_before_and_growing_counters() {
        let now = parse(DEV.as_bytes()).unwrap()["eth0"];
        assert_eq!(now.interface(None).received_bytes_per_second, None);
        let before = Counters { received_bytes: 500, sent_bytes: 9_000, ..now };
        let interface = now.interface(Some((&before, 2.0)));
        assert_eq!(interface.received_bytes_per_second, Some(250.0));
        assert_eq!(interface.sent_bytes_per_second, None);
        assert_eq!(interface.errors_per_second, Some(0.0));
    }

    #[test]
    fn tcp_columns_are_found_by_name() {
        let text = b"Ip: a b\nIp: 1 2\n\
            Tcp: MaxConn ActiveOpens PassiveOpens CurrEstab RetransSegs\nTcp: -1 93 2 7 5\n";
        let expected = TcpCounters { established: 7, retransmits: 5, opened: 95 };
        assert_eq!(TcpCounters::parse(text), Some(expected));
        assert_eq!(TcpCounters::parse(b"Tcp: CurrEstab\n"), None);
    }

    #[test]
    fn garbage_is_no_table() {
        for bytes in [&b""[..], b"eth0: 1 2 3\n", b"\xff\xfe"] {
            assert_eq!(parse(bytes), None, "{bytes:?}");
        }
        assert_eq!(parse(b"Inter-|\n face |\neth0: 1 2 x\n:\n"), Some(BTreeMap::new()));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut text = b"Inter-|\n".to_vec();
            text.extend(&bytes);
            parse(&text);
            TcpCounters::parse(&bytes);
        }
    }
}
