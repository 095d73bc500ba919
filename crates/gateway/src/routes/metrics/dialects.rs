//! What is connected and what passes, by dialect. No label names a client: there are five dialects, so
//! the number of series is fixed. Prometheus' naming: base units, `_total` for what only grows.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};

use crate::clients::{DialectTotals, Histogram, Reading};

/// The figures of one moment.
#[derive(Debug)]
pub(super) struct Dialects {
    pub(super) totals: Vec<DialectTotals>,
    /// How often each bound refused somebody.
    pub(super) refused: Vec<(&'static str, u64)>,
}

type Value = fn(&DialectTotals) -> u64;
type Row = (&'static str, &'static str, Option<Unit>, Value);

const GAUGES: &[Row] = &[
    ("push_connections", "Connections open now", None, |it| it.open),
    ("push_subscriptions", "Patterns subscribed now", None, |it| it.patterns),
    ("push_waiting", "Text that waits for sockets now", Some(Unit::Bytes), |it| it.waiting_bytes),
    ("push_waiting_publications", "Publications that wait for clients now", None, |it| {
        it.waiting_publications
    }),
];

const COUNTERS: &[Row] = &[
    ("push_opened", "Connections opened", None, |it| it.opened),
    ("push_sent_messages", "Messages written", None, |it| it.sums.sent_messages),
    ("push_received_messages", "Messages read", None, |it| it.sums.received_messages),
    ("push_sent_payload", "Text written, before compression", Some(Unit::Bytes), |it| {
        it.sums.sent_payload_bytes
    }),
    ("push_sent_wire", "Written to sockets, after compression", Some(Unit::Bytes), |it| {
        it.sums.sent_wire_bytes
    }),
    ("push_received_payload", "Text read, after decompression", Some(Unit::Bytes), |it| {
        it.sums.received_payload_bytes
    }),
    ("push_received_wire", "Read from sockets, before decompression", Some(Unit::Bytes), |it| {
        it.sums.received_wire_bytes
    }),
    ("push_flushes", "Writes that carried messages of the hub", None, |it| it.sums.flushes),
    ("push_conflated", "Publications of states merged into a later one", None, |it| {
        it.sums.tally.conflated
    }),
    (
        "push_resyncs",
        "States sent in full again to clients too far behind for a patch",
        None,
        |it| it.sums.tally.resyncs,
    ),
    ("push_gaps", "Gaps in events that clients were told", None, |it| it.sums.tally.gaps),
];

impl Dialects {
    fn each(
        &self,
        out: &mut DescriptorEncoder<'_>,
        (name, help, unit, value): &Row,
        grows: bool,
    ) -> fmt::Result {
        let kind = if grows { MetricType::Counter } else { MetricType::Gauge };
        let mut family = out.encode_descriptor(name, help, unit.as_ref(), kind)?;
        for total in &self.totals {
            let labels = [("dialect", total.dialect.name())];
            let one = family.encode_family(&labels)?;
            if grows {
                ConstCounter::new(value(total)).encode(one)?;
            } else {
                ConstGauge::new(value(total)).encode(one)?;
            }
        }
        Ok(())
    }

    /// `scale` is how many of what is counted make one of the unit.
    fn histogram(
        &self,
        out: &mut DescriptorEncoder<'_>,
        (name, help, unit): (&str, &str, Option<&Unit>),
        scale: f64,
        of: fn(&DialectTotals) -> &Histogram,
    ) -> fmt::Result {
        let mut family = out.encode_descriptor(name, help, unit, MetricType::Histogram)?;
        for total in &self.totals {
            let Reading { buckets, sum } = of(total).read();
            let count = buckets.iter().map(|(_, count)| count).sum();
            let bound = |bound: Option<u64>| bound.map_or(f64::INFINITY, |it| it as f64 / scale);
            let buckets: Vec<(f64, u64)> =
                buckets.into_iter().map(|(at_most, count)| (bound(at_most), count)).collect();
            let labels = [("dialect", total.dialect.name())];
            let mut one = family.encode_family(&labels)?;
            one.encode_histogram::<NoLabelSet>(sum as f64 / scale, count, &buckets, None)?;
        }
        Ok(())
    }

    fn cuts(&self, out: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Connections ended by the server for cause";
        let mut family = out.encode_descriptor("push_cuts", help, None, MetricType::Counter)?;
        for total in &self.totals {
            for (cut, count) in total.meters.cuts() {
                let labels = [("dialect", total.dialect.name()), ("reason", cut.name())];
                let one: MetricEncoder<'_> = family.encode_family(&labels)?;
                ConstCounter::new(count).encode(one)?;
            }
        }
        Ok(())
    }

    fn refused(&self, out: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Connections refused because a limit was reached";
        let mut family = out.encode_descriptor("push_refused", help, None, MetricType::Counter)?;
        for (limit, count) in &self.refused {
            let labels = [("limit", *limit)];
            ConstCounter::new(*count).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

impl Collector for Dialects {
    fn encode(&self, mut out: DescriptorEncoder<'_>) -> fmt::Result {
        let out = &mut out;
        for row in GAUGES {
            self.each(out, row, false)?;
        }
        for row in COUNTERS {
            self.each(out, row, true)?;
        }
        self.cuts(out)?;
        self.refused(out)?;
        let latency = "From the time that a publication bears to its write, for what is news";
        let latency = ("push_latency", latency, Some(&Unit::Seconds));
        self.histogram(out, latency, 1_000.0, |it| &it.meters.latency_ms)?;
        let bytes = ("push_flush_size", "Text of one flush of the hub", Some(&Unit::Bytes));
        self.histogram(out, bytes, 1.0, |it| &it.meters.flush_bytes)?;
        let messages = ("push_flush_messages", "Messages of one flush of the hub", None);
        self.histogram(out, messages, 1.0, |it| &it.meters.flush_messages)
    }
}
