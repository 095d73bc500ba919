//! What each dialect carries, for `system/gateway`.

use std::{collections::BTreeMap, sync::Arc};

use bellwether_signal::system::DialectMetrics;

use super::Clients;

/// A handle for whoever publishes our own figures.
#[derive(Clone)]
pub struct DialectReport(pub(crate) Arc<Clients>);

impl DialectReport {
    /// The totals of this moment, by the dialect's name; those that nobody spoke are left out.
    pub fn read(&self) -> BTreeMap<String, DialectMetrics> {
        let spoken = self.0.totals().into_iter().filter(|total| total.opened > 0);
        let metrics = spoken.map(|total| {
            let (sums, cuts) = (total.sums, total.meters.cuts().map(|(_, n)| n).sum::<u64>());
            let metrics = DialectMetrics {
                connections: total.open as f64,
                opened: total.opened as f64,
                subscriptions: total.patterns as f64,
                sent_messages: sums.sent_messages as f64,
                sent_payload_bytes: sums.sent_payload_bytes as f64,
                sent_wire_bytes: sums.sent_wire_bytes as f64,
                received_messages: sums.received_messages as f64,
                received_payload_bytes: sums.received_payload_bytes as f64,
                received_wire_bytes: sums.received_wire_bytes as f64,
                flushes: sums.flushes as f64,
                waiting_bytes: total.waiting_bytes as f64,
                waiting_publications: total.waiting_publications as f64,
                conflated: sums.tally.conflated as f64,
                resyncs: sums.tally.resyncs as f64,
                gaps: sums.tally.gaps as f64,
                cuts: cuts as f64,
            };
            (total.dialect.name().to_owned(), metrics)
        });
        metrics.collect()
    }
}

/// Without the list.
impl std::fmt::Debug for DialectReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DialectReport")
    }
}
