//! `GET /metrics`: ourselves, for Prometheus.

mod dialects;
mod models;

use std::sync::{Arc, atomic::AtomicU64};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bellwether_detect::AlertCounts;
use http::header;
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::ConstCounter,
        family::Family,
        gauge::{ConstGauge, Gauge},
    },
    registry::{Registry, Unit},
};

use dialects::Dialects;

use crate::{access::Reader, gateway::Gateway, problem::Problem};

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
) -> Result<Response, Problem> {
    let registry = registry(&gateway);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| Problem::internal(format!("metrics: {error}")))?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}

type Labels = Vec<(&'static str, String)>;

/// The figures of this moment. They are counted elsewhere; a scrape only reads them.
fn registry(gateway: &Gateway) -> Registry {
    let mut registry = Registry::with_prefix("bellwether");
    let counts = &gateway.counts;
    let (_, patterns) = gateway.services.hub.counts();
    registry.register(
        "websocket_connections",
        "Sockets open now",
        ConstGauge::new(counts.connections.value()),
    );
    registry.register(
        "websocket_subscriptions",
        "Patterns subscribed now",
        ConstGauge::new(patterns as u64),
    );
    registry.register("streams", "Streams open now", ConstGauge::new(counts.streams.value()));
    let totals = [
        ("websocket_opened", "Sockets opened", counts.opened.value()),
        ("websocket_sent_messages", "Envelopes and answers written", counts.sent_messages.value()),
        ("websocket_received_messages", "Messages read", counts.received_messages.value()),
        (
            "websocket_packings",
            "Messages packed, each once for all who got it",
            counts.packings.value(),
        ),
        ("websocket_flushes", "Writes that carried envelopes", counts.flushes.value()),
        ("websocket_dropped", "Sockets closed for cause", counts.dropped.value()),
        ("streams_opened", "Streams opened", counts.streams_opened.value()),
        ("streams_dropped", "Streams cut for cause", counts.streams_dropped.value()),
        ("streams_sent_messages", "Envelopes written to streams", counts.stream_messages.value()),
        ("http_requests", "Requests answered", counts.requests.value()),
        (
            "http_refused_connections",
            "Connections refused because all were busy",
            counts.refused.value(),
        ),
        (
            "http_failed_requests",
            "Requests answered with a server error",
            counts.failed_requests.value(),
        ),
    ];
    for (name, help, count) in totals {
        registry.register(name, help, ConstCounter::new(count));
    }
    registry.register_with_unit(
        "websocket_sent",
        "Bytes written to sockets",
        Unit::Bytes,
        ConstCounter::new(counts.sent_bytes.value()),
    );
    registry.register_with_unit(
        "websocket_before_packing",
        "Bytes that the packed messages would have had as they were",
        Unit::Bytes,
        ConstCounter::new(counts.unpacked_bytes.value()),
    );
    registry.register_with_unit(
        "websocket_after_packing",
        "Bytes that they had",
        Unit::Bytes,
        ConstCounter::new(counts.packed_bytes.value()),
    );
    registry.register_with_unit(
        "streams_sent",
        "Bytes written to streams",
        Unit::Bytes,
        ConstCounter::new(counts.stream_bytes.value()),
    );
    alerts(&mut registry, &gateway.services.alerts.counts());
    let (totals, refused) = (gateway.clients.totals(), gateway.clients.refused().collect());
    registry.register_collector(Box::new(Dialects { totals, refused }));
    models::register(gateway, &mut registry);
    if let Some(own) = gateway.services.report.metrics() {
        let mut gauge = |name: &str, help: &str, unit: Option<Unit>, value: Option<f64>| {
            let Some(value) = value else { return };
            match unit {
                Some(unit) => registry.register_with_unit(name, help, unit, ConstGauge::new(value)),
                None => registry.register(name, help, ConstGauge::new(value)),
            }
        };
        let process = &own.process;
        gauge("process_cpu_percent", "Processor time, of one core", None, process.cpu_percent);
        gauge("process_memory", "Resident memory", Some(Unit::Bytes), process.memory_bytes);
        gauge("process_threads", "Threads", None, process.threads);
        gauge("process_open_files", "Open descriptors", None, process.open_files);
        gauge("process_wakeups_per_second", "Wake-ups", None, process.wakeups_per_second);
        if let Some(store) = &own.store {
            gauge(
                "store_size",
                "Size of the store's files",
                Some(Unit::Bytes),
                Some(store.size_bytes),
            );
            gauge("store_series", "Series known", None, Some(store.series));
            gauge("store_samples", "Samples written since start", None, Some(store.samples));
            gauge(
                "store_failed_writes",
                "Writes that failed since start",
                None,
                Some(store.failed_writes),
            );
            gauge(
                "store_shed_frames",
                "Frames of samples given up since start",
                None,
                Some(store.shed_frames),
            );
        }
        let cost = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        let failures = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for (name, status) in &own.collectors {
            let labels: Labels = vec![("collector", name.clone())];
            cost.get_or_create(&labels).set(status.cost_us.unwrap_or(0.0) / 1e6);
            failures.get_or_create(&labels).set(f64::from(status.failures));
        }
        registry.register_with_unit(
            "collector_round",
            "Processor time of a collector's last round",
            Unit::Seconds,
            cost,
        );
        registry.register("collector_failures", "Rounds that failed since start", failures);
    }
    registry
}

/// What is wrong, by how much it matters.
fn alerts(registry: &mut Registry, counts: &AlertCounts) {
    let firing = Family::<Labels, Gauge<f64, AtomicU64>>::default();
    for (severity, count) in ["info", "warning", "critical"].into_iter().zip(counts.firing) {
        firing.get_or_create(&vec![("severity", severity.to_owned())]).set(f64::from(count));
    }
    registry.register("alerts_firing", "Alerts that are firing", firing);
    let gauges = [
        ("alerts_pending", "Series that break a rule, not yet for long enough", counts.pending),
        ("alerts_unacknowledged", "Alerts firing that nobody has seen", counts.unacknowledged),
        ("alert_rules", "Rules that are looked at", counts.rules),
        ("alert_series", "Series that rules look at", counts.series),
    ];
    for (name, help, value) in gauges {
        registry.register(name, help, ConstGauge::new(u64::from(value)));
    }
    let help = "Alerts that were not opened because there were too many";
    registry.register("alerts_left_out", help, ConstCounter::new(counts.left_out));
}
