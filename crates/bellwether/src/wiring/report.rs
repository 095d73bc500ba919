//! How bellwether itself is doing, put together from what each room says of itself.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bellwether_gateway::{GatewayTotals, SelfReport};
use bellwether_models::quality::{self, LiveQuality};
use bellwether_signal::{
    Moment, Timestamp, Unit,
    system::{
        CollectorState, GatewayMetrics, Health, OwnProcess, PartHealth, SystemHealth, SystemMetrics,
    },
};
use bellwether_store::Store;

pub(crate) struct Report {
    store: Store,
    started: Timestamp,
    newest: Mutex<Newest>,
    /// Watches what models predict.
    quality: OnceLock<Weak<LiveQuality>>,
    /// When the collectors last said something, in milliseconds of the clock that never goes back.
    heard_ms: AtomicU64,
}

/// Silence of the collectors after which they are taken for dead. They speak every second or two.
const SILENCE: Duration = Duration::from_mins(1);

#[derive(Default)]
struct Newest {
    collectors: Option<bellwether_collect::Report>,
    /// The gateway's totals at the last report, for rates.
    totals: Option<(Moment, GatewayTotals)>,
}

impl Report {
    pub(crate) fn new(store: Store, started: Moment) -> Self {
        let heard_ms = AtomicU64::new(millis(started));
        let (newest, quality) = Default::default();
        Self { store, started: started.wall, newest, quality, heard_ms }
    }

    /// From now on live quality is a part that works or does not.
    pub(crate) fn looks_at(&self, quality: &Arc<LiveQuality>) {
        // Filled once; a second call changes nothing.
        self.quality.get_or_init(|| Arc::downgrade(quality));
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the collectors said something.
    pub(crate) fn heard(&self, at: Moment) {
        // Guards nothing: one number that one thread writes.
        self.heard_ms.store(millis(at), Ordering::Relaxed);
    }

    /// Whether the collectors live. Waking up after a suspension they are silent for a moment; who
    /// asks has to ask again before acting on it.
    pub(crate) fn collects(&self, now: Moment) -> bool {
        let silent_ms = millis(now).saturating_sub(self.heard_ms.load(Ordering::Relaxed));
        Duration::from_millis(silent_ms) < SILENCE
    }

    /// Takes what the collectors say of themselves.
    pub(crate) fn update(&self, report: bellwether_collect::Report) {
        self.newest().collectors = Some(report);
    }

    /// What bellwether costs; nothing before the collectors have said it.
    pub(crate) fn system_metrics(&self) -> Option<SystemMetrics> {
        let (collectors, process) = {
            let newest = self.newest();
            let report = newest.collectors.as_ref()?;
            (report.collectors.clone(), report.own_process.clone())
        };
        Some(SystemMetrics {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at_ms: self.started.0,
            process: process.unwrap_or_else(OwnProcess::default),
            collectors,
            store: Some(self.store.metrics()),
        })
    }

    /// Whether each part works.
    pub(crate) fn system_health(&self) -> SystemHealth {
        let mut parts = BTreeMap::from([
            ("collectors".to_owned(), self.collectors_health()),
            ("store".to_owned(), self.store.health()),
        ]);
        if let Some(quality) = self.quality.get().and_then(Weak::upgrade) {
            parts.insert("models".to_owned(), models_health(&quality.report()));
        }
        // The order of the words is best first.
        let status = parts.values().map(|part| part.status).max().unwrap_or_default();
        SystemHealth { status, parts }
    }

    fn collectors_health(&self) -> PartHealth {
        let newest = self.newest();
        let Some(report) = &newest.collectors else { return PartHealth::default() };
        let failing: Vec<String> = report
            .collectors
            .iter()
            .filter(|(_, status)| status.state == CollectorState::Failing)
            .map(|(name, status)| match &status.error {
                Some(error) => format!("{name}: {error}"),
                None => name.clone(),
            })
            .collect();
        if failing.is_empty() {
            return PartHealth::default();
        }
        let status = if failing.len() == report.collectors.len() {
            Health::Critical
        } else {
            Health::Degraded
        };
        PartHealth { status, detail: Some(format!("failing: {}", failing.join("; "))) }
    }

    /// What passed the gateway since the last call.
    pub(crate) fn gateway(
        &self,
        totals: GatewayTotals,
        (_, patterns): (usize, usize),
        now: Moment,
    ) -> GatewayMetrics {
        let before = self.newest().totals.replace((now, totals));
        let rate = |unit: Unit, total: fn(&GatewayTotals) -> u64| {
            let (earlier, before) = before.as_ref()?;
            let passed = total(&totals).checked_sub(total(before))?;
            unit.round(passed as f64 / now.seconds_since(*earlier))
        };
        GatewayMetrics {
            connections: totals.connections as f64,
            subscriptions: patterns as f64,
            sent_messages_per_second: rate(Unit::PerSecond, |t| t.sent_messages),
            sent_bytes_per_second: rate(Unit::BytesPerSecond, |t| t.sent_bytes),
            received_messages_per_second: rate(Unit::PerSecond, |t| t.received_messages),
            flushes_per_second: rate(Unit::PerSecond, |t| t.flushes),
            dropped_connections: totals.dropped as f64,
            ..GatewayMetrics::default()
        }
    }
}

impl SelfReport for Report {
    fn health(&self) -> SystemHealth {
        self.system_health()
    }

    fn metrics(&self) -> Option<SystemMetrics> {
        self.system_metrics()
    }
}

/// Versions that predict, and whose figures are not what they should be.
fn models_health(report: &quality::Report) -> PartHealth {
    let Some((model, reason)) = report.failing.first() else { return PartHealth::default() };
    let others = match report.failing.len() - 1 {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    let detail = format!(
        "the figures of {model}{others} cannot be computed: {reason}; predictions go on, and it is \
         tried again every few seconds"
    );
    PartHealth { status: Health::Degraded, detail: Some(detail) }
}

fn millis(moment: Moment) -> u64 {
    u64::try_from(moment.monotonic.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m14_figures_that_cannot_be_computed_are_a_part_that_works_in_part() {
        let mut report = quality::Report::default();
        assert_eq!(models_health(&report), PartHealth::default());
        let failing = |name: &str| {
            (bellwether_signal::ModelId::parse(name).unwrap(), "no such column".to_owned())
        };
        report.failing = vec![failing("churn-v1"), failing("iris-v2")];
        let health = models_health(&report);
        assert_eq!(health.status, Health::Degraded);
        let detail = health.detail.unwrap();
        for part in ["churn-v1 and 1 more", "no such column", "predictions go on"] {
            assert!(detail.contains(part), "{part}: {detail}");
        }
    }
}
