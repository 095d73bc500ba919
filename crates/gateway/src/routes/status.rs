//! `GET /api/status` and `/api/health` as clients of the host monitor and of the dashboard read
//! them.

use std::sync::Arc;

use axum::{Json, extract::State};
use bellwether_signal::system::Health;
use serde_json::{Value, json};

use super::system::HostStates;
use crate::{access::Reader, dialect::flat::count, gateway::Gateway};

fn word(health: Health) -> &'static str {
    match health {
        Health::Healthy => "healthy",
        Health::Degraded => "degraded",
        Health::Critical => "critical",
    }
}

/// `45 s`, `3 min`, `2 h 5 min`, `4 d 3 h`: the two largest units.
pub(crate) fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round();
    let whole = |size: f64| (seconds / size).floor();
    let (days, hours, minutes) = (whole(86_400.0), whole(3_600.0) % 24.0, whole(60.0) % 60.0);
    if days > 0.0 {
        format!("{days} d {hours} h")
    } else if hours > 0.0 {
        format!("{hours} h {minutes} min")
    } else if minutes > 0.0 {
        format!("{minutes} min")
    } else {
        format!("{seconds} s")
    }
}

pub(super) async fn status(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    let services = &gateway.services;
    let now = (services.clock)();
    let uptime = now.seconds_since(services.started);
    let host = HostStates::read(services);
    let models = gateway.model_totals();
    Json(json!({
        "total_models": models.total,
        "active_models": models.active,
        "total_predictions": count(models.predictions),
        "active_training_jobs": models.training,
        "api_version": services.version,
        "status": "operational",
        "message": format!("bellwether {} on {}", services.version, services.host),
        "system_health": word(services.report.health().status),
        "uptime": duration(uptime),
        "uptime_seconds": uptime.round(),
        "monitoring": {
            "gpu_available": host.gpu_count() > 0,
            "gpu_count": host.gpu_count(),
            "system_available": host.cpu.is_some(),
            "platform": host.platform(),
        },
        "quick_status": {
            "cpu_usage": host.cpu.as_ref().and_then(|cpu| cpu.total_percent),
            "memory_usage": host.memory.as_ref().and_then(|memory| memory.used_percent),
            "explanation": host.explanation(),
        },
        "own": services.report.metrics(),
    }))
}

pub(super) async fn health(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    let health = gateway.services.report.health();
    let store = health.parts.get("store").map(|part| part.status);
    Json(json!({
        "status": word(health.status),
        "version": gateway.services.version,
        "database": if store == Some(Health::Critical) { "disconnected" } else { "connected" },
        "features": super::health::features(&gateway),
        "gpu_monitoring": HostStates::read(&gateway.services).gpu_count() > 0,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_name_two_units() {
        let check = |seconds: f64, text: &str| assert_eq!(duration(seconds), text);
        check(0.2, "0 s");
        check(59.0, "59 s");
        check(185.0, "3 min");
        check(7_500.0, "2 h 5 min");
        check(356_400.0, "4 d 3 h");
    }
}
