//! `stats_update`: the figures of `/stats/system`, every 5 s. What no room knows is null.

use bellwether_signal::Moment;
use serde_json::{Value, json};

use crate::dialect::flat::words::rfc3339;

const DAY_SECONDS: f64 = 86_400.0;

/// The frame of this moment.
pub(super) fn frame(started: Moment, now: Moment) -> String {
    let stats: Value = json!({
        "total_readings": null,
        "readings_per_minute": null,
        "total_energy": null,
        "energy_per_hour": null,
        "data_rate": null,
        "uptime_days": (now.seconds_since(started) / DAY_SECONDS * 1_000.0).round() / 1_000.0,
        "uptime_percent": null,
        "peak_power": null,
        "avg_power": null,
        "efficiency": null,
        "estimated_cost": null,
        "cost_per_day": null,
        "carbon_footprint": null,
    });
    json!({ "type": "stats_update", "stats": stats, "timestamp": rfc3339(now.wall) }).to_string()
}

/// An anomaly, as this connection has it.
pub(super) fn anomaly(anomaly: &Value, now: Moment) -> String {
    let frame = json!({
        "type": "anomaly_detected",
        "anomaly": anomaly,
        "timestamp": rfc3339(now.wall),
    });
    frame.to_string()
}
