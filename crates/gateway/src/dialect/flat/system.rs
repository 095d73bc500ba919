//! What every client is told every 5 s: `system_metrics` first, then the same figures as
//! `performance_metrics`, `resource_status`, `connection_count`, `service_health`, `chart_data` and
//! `integration_status`, each for a part of the page. Made once for all of them.

use std::sync::Arc;

use bellwether_signal::{
    Timestamp,
    model::{ModelHealth, ModelMetrics, ModelState, ModelStatus},
    system::{GatewayMetrics, Health, SystemHealth},
    training::{TrainingProgress, TrainingState, TrainingStatus},
};
use serde_json::{Map, Value, json};

use super::{
    frame::{Frame, count, count_of},
    health::{Overall, Word},
    host::HostStates,
    models,
    words::{duration, rfc3339},
};

/// Models that are told one by one. All of them count.
const MODELS_LISTED: usize = 100;

/// What the hub knows, as far as it goes into a round.
pub(super) struct Known<'a> {
    pub(super) host: HostStates,
    pub(super) gateway: Option<GatewayMetrics>,
    pub(super) health: Option<&'a SystemHealth>,
    pub(super) overall: &'a Overall,
    /// Each version with its metrics, where there are some.
    pub(super) models: Vec<(&'a ModelStatus, Option<&'a ModelMetrics>)>,
    /// Each run with its progress, where there is some.
    pub(super) runs: Vec<(&'a TrainingStatus, Option<&'a TrainingProgress>)>,
    /// When the server was started.
    pub(super) started: Timestamp,
}

/// The frames of one round.
pub(super) struct Round {
    /// `system_metrics` without its end: each client adds its own name.
    metrics: Arc<str>,
    pub(super) others: Vec<Frame>,
    pub(super) word: Word,
}

impl Round {
    pub(super) fn make(known: &Known<'_>, at: Timestamp) -> Self {
        let sums = Sums::of(known);
        let mut metrics =
            Frame::new("system_metrics", at, known.system_metrics(&sums, at)).text.to_string();
        let end = metrics.pop();
        debug_assert_eq!(end, Some('}'), "a frame is an object");
        let others = vec![
            Frame::new("performance_metrics", at, known.performance(&sums, at)),
            Frame::new("resource_status", at, known.resources()),
            Frame::new("connection_count", at, known.connections()),
            Frame::new("service_health", at, known.services(at)),
            Frame::new("chart_data", at, known.charts()),
            Frame::new("integration_status", at, known.integrations()),
        ];
        Self { metrics: metrics.into(), others, word: known.overall.word }
    }

    /// `system_metrics` for a client of that name.
    pub(super) fn metrics_for(&self, client: &str) -> String {
        format!("{},\"client_id\":{}}}", self.metrics, Value::from(client))
    }
}

/// Sums and means over models.
struct Sums {
    predictions: f64,
    per_minute: f64,
    accuracy: Option<f64>,
    response_ms: Option<f64>,
    health: Option<ModelHealth>,
}

impl Sums {
    fn of(known: &Known<'_>) -> Self {
        let all = || known.models.iter().filter_map(|(_, metrics)| *metrics);
        let active = || known.active().filter_map(|(_, metrics)| *metrics);
        let mean = |values: &[f64]| {
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let accuracies: Vec<f64> = active().filter_map(|metrics| metrics.accuracy).collect();
        // Weighted by how often each is asked, so that it is the mean time of an answer.
        let answered = active().filter_map(|it| Some((it.response_mean_ms?, it.predictions)));
        let (time, times) =
            answered.fold((0.0, 0.0), |(time, times), (mean, n)| (time + mean * n, times + n));
        Self {
            predictions: all().map(|metrics| metrics.predictions).sum(),
            per_minute: active().map(|metrics| metrics.predictions_per_minute).sum(),
            accuracy: mean(&accuracies),
            response_ms: (times > 0.0).then(|| time / times),
            health: active().map(|metrics| metrics.health).max(),
        }
    }
}

impl<'a> Known<'a> {
    fn active(&self) -> impl Iterator<Item = &(&'a ModelStatus, Option<&'a ModelMetrics>)> {
        self.models.iter().filter(|(status, _)| status.state == ModelState::Active)
    }

    /// The model that the page is about: the one deployed last, or else the newest that is active.
    fn leading(&self) -> Option<&(&'a ModelStatus, Option<&'a ModelMetrics>)> {
        self.active().max_by_key(|(status, _)| {
            (status.is_deployed(), status.deployed_at_ms, status.created_at_ms)
        })
    }

    fn running(&self) -> impl Iterator<Item = &(&'a TrainingStatus, Option<&'a TrainingProgress>)> {
        self.runs.iter().filter(|(status, _)| status.state == TrainingState::Running)
    }

    fn queued(&self) -> usize {
        self.runs.iter().filter(|(status, _)| status.state == TrainingState::Queued).count()
    }

    fn system_metrics(&self, sums: &Sums, at: Timestamp) -> Value {
        let leading = self.leading();
        let live = leading.and_then(|(_, metrics)| *metrics);
        let accuracy = live.and_then(|metrics| metrics.accuracy);
        let newest = self.running().max_by_key(|(status, _)| status.run);
        let progress = newest.and_then(|(_, progress)| *progress);
        let message = newest.map(|(status, progress)| progress.map_or(&status.text, |it| &it.text));
        let is_known = self.health.is_some() || self.overall.word > Word::Healthy;
        let health = is_known.then(|| self.overall.word.text());
        let own = json!({
            "current_accuracy": accuracy,
            "model_accuracy": accuracy,
            "predictions_per_minute": count(sums.per_minute),
            "prediction_rate": count(sums.per_minute),
            "current_health": health,
            "system_health": health,
            "active_connections": count_of(self.gateway.as_ref().map(|it| it.connections)),
            "api_response_time_ms": null,
            "ws_response_time_ms": null,
            "total_models": self.models.len(),
            "active_training_jobs": self.running().count(),
            "avg_latency_ms": sums.response_ms,
            "avg_response_time": sums.response_ms,
            "total_predictions": count(sums.predictions),
            "model_health": live.map(|metrics| models::health(metrics.health)),
            "model_id": leading.map(|(status, _)| &status.model),
            "model_metrics": self.model_metrics(sums),
            "training_progress": progress.map(|progress| progress.progress_percent),
            "training_message": message,
        });
        let mut all = Map::new();
        for part in [self.host.fields(at.0), own] {
            if let Value::Object(part) = part {
                all.extend(part);
            }
        }
        Value::Object(all)
    }

    fn model_metrics(&self, sums: &Sums) -> Value {
        let of = |wanted: ModelHealth| {
            let is = |metrics: &ModelMetrics| metrics.health == wanted;
            self.active().filter(|(_, metrics)| metrics.is_some_and(is)).count()
        };
        let mut most_used: Vec<_> = self.active().collect();
        most_used.sort_by(|(_, a), (_, b)| {
            let used = |metrics: Option<&ModelMetrics>| metrics.map_or(-1.0, |it| it.predictions);
            used(*b).total_cmp(&used(*a))
        });
        let entry = |(status, metrics): &(&ModelStatus, Option<&ModelMetrics>)| {
            let fields = json!({
                "name": status.model.name(),
                "accuracy": metrics.and_then(|metrics| metrics.accuracy),
                "predictions_per_minute": count_of(metrics.map(|it| it.predictions_per_minute)),
                "health": metrics.map(|metrics| models::health(metrics.health)),
                "total_predictions": count_of(metrics.map(|metrics| metrics.predictions)),
                "response_time": metrics.and_then(|metrics| metrics.response_mean_ms),
            });
            (status.model.as_str().to_owned(), fields)
        };
        json!({
            "active_models": self.active().count(),
            "overall_health": sums.health.map(models::health),
            "avg_accuracy": sums.accuracy,
            "total_predictions_per_minute": count(sums.per_minute),
            "health_breakdown": {
                "healthy": of(ModelHealth::Healthy),
                "warning": of(ModelHealth::Warning),
                "critical": of(ModelHealth::Critical),
            },
            "models": most_used.into_iter().take(MODELS_LISTED).map(entry).collect::<Map<_, _>>(),
        })
    }

    fn performance(&self, sums: &Sums, at: Timestamp) -> Value {
        let ended = self.runs.iter().filter_map(|(status, _)| {
            Some((status.ended_at_ms?, status.outcome.as_ref()?.took_seconds))
        });
        let newest = ended.max_by_key(|(ended, _)| *ended);
        json!({
            "api_response_time": null,
            "ws_latency": null,
            "ping_time": null,
            "training_duration": newest.map(|(_, seconds)| seconds),
            "avg_response_time": sums.response_ms,
            "api_calls_today": null,
            "total_predictions": count(sums.predictions),
            "metrics": {
                "cpu_usage": self.host.cpu_percent(),
                "memory_usage": self.host.memory_percent(),
                "disk_usage": self.host.disk_percent(),
                "network_io": {
                    "bytes_sent": self.host.sent_bytes(),
                    "bytes_recv": self.host.received_bytes(),
                },
                "timestamp": rfc3339(at),
            },
        })
    }

    fn resources(&self) -> Value {
        let list: Vec<&str> =
            self.active().take(MODELS_LISTED).map(|(status, _)| status.model.as_str()).collect();
        json!({
            "models": {
                "active": self.active().count(),
                "total": self.models.len(),
                "list": list,
            },
            "queue": {"pending": self.queued(), "processing": self.running().count()},
        })
    }

    fn connections(&self) -> Value {
        let sockets = count_of(self.gateway.as_ref().map(|gateway| gateway.connections));
        json!({"count": sockets, "breakdown": {"websocket": sockets}})
    }

    fn services(&self, at: Timestamp) -> Value {
        let uptime = duration((at.0 - self.started.0) as f64 / 1_000.0);
        let parts = self.health.into_iter().flat_map(|health| &health.parts);
        let services: Vec<Value> = parts
            .map(|(name, part)| {
                json!({
                    "name": name,
                    "status": Word::of(part.status).text(),
                    "uptime": uptime,
                    "response_time": null,
                    "message": part.detail,
                })
            })
            .collect();
        json!({"services": services})
    }

    fn charts(&self) -> Value {
        let sent = self.gateway.as_ref().and_then(|gateway| gateway.sent_messages_per_second);
        json!({
            "charts": {
                "resource": {
                    "cpu": self.host.cpu_percent(),
                    "memory": self.host.memory_percent(),
                    "disk": self.host.disk_percent(),
                },
                "network": {
                    "bytes_sent": self.host.sent_bytes(),
                    "bytes_recv": self.host.received_bytes(),
                    "packets_sent": self.host.sent_packets(),
                    "packets_recv": self.host.received_packets(),
                },
                "performance": {"api_latency": null, "ws_latency": null, "throughput": sent},
            },
        })
    }

    fn integrations(&self) -> Value {
        let part = |name: &str| {
            let part = self.health.and_then(|health| health.parts.get(name));
            part.map(|part| Word::of(part.status).text())
        };
        let sockets = count_of(self.gateway.as_ref().map(|gateway| gateway.connections));
        let engine = self.models.iter().any(|(status, _)| status.state == ModelState::Error);
        let engine = if engine { Health::Degraded } else { Health::Healthy };
        // This frame arrives: socket and server work.
        json!({
            "integrations": {
                "websocket": {"status": "healthy", "latency": null, "connections": sockets},
                "api": {"status": "healthy", "latency": null},
                "database": {"status": part("store")},
                "ml_engine": {
                    "status": (!self.models.is_empty()).then(|| Word::of(engine).text()),
                    "models_loaded": self.active().count(),
                    "processing_queue": self.queued(),
                },
            },
        })
    }
}
