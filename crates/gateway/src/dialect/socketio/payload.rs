//! What is said, field by field (docs/PROTOCOL.md, Dialects). Every value is one that the hub has;
//! unknown is null. Two generations of clients read different names for the same values, so they
//! stand side by side: sizes are bytes, MB or GB as each of them expects.

use bellwether_signal::host::{Gpu, Process};
use serde_json::{Value, json};

use super::{clients::Said, tiers::Urgency};
use crate::routes::system::{
    HostStates,
    answers::{TOP, gib, is_intensive, join, mib},
};

/// What `system:monitoring_stats` says.
pub(super) struct MonitoringStats {
    pub(super) connected_clients: usize,
    pub(super) update_count: u64,
    pub(super) updates_per_minute: usize,
    /// Rounds of all collectors since start, and those that failed.
    pub(super) rounds: u64,
    pub(super) failures: u64,
    pub(super) uptime_seconds: f64,
    pub(super) now_ms: i64,
}

/// `system:initial_status`.
pub(super) fn initial(host: &HostStates) -> Value {
    json!({ "gpu": gpu_summary(host), "system": host.in_short(), "timestamp": host.now_ms })
}

/// `system:metrics_update`.
pub(super) fn update(host: &HostStates, urgency: Urgency, update_count: u64) -> Value {
    let mut update = json!({
        "type": "metrics_update",
        "urgency": urgency.word(),
        "timestamp": host.now_ms,
        "update_count": update_count,
        "gpu": gpu(host),
        "system": system(host),
    });
    join(&mut update, host.aliases(|_, process| row(process)));
    update
}

/// The same values under the older and shorter names, each with the part that its clients read.
pub(super) fn older_names(host: &HostStates) -> Vec<Said> {
    let (gpu, system) = (gpu(host), system(host));
    let processes = json!({
        "processes": host.by_use().into_iter().take(TOP).map(|(_, p)| row(p)).collect::<Vec<_>>(),
        "timestamp": host.now_ms,
    });
    vec![
        ("gpu:update", gpu.clone()),
        ("gpu_status_update", gpu.clone()),
        ("system:gpu_update", gpu),
        ("system:update", system.clone()),
        ("system:system_update", system),
        ("system:process_update", processes),
    ]
}

/// `system:monitoring_stats`.
pub(super) fn monitoring_stats(stats: &MonitoringStats) -> Value {
    let rounds = (stats.rounds > 0).then_some(stats.rounds as f64);
    json!({
        "active": true,
        "connected_clients": stats.connected_clients,
        "update_count": stats.update_count,
        "error_count": stats.failures,
        "uptime_seconds": stats.uptime_seconds.round(),
        "updates_per_minute": stats.updates_per_minute,
        "error_rate": rounds.map(|rounds| stats.failures as f64 / rounds),
        "timestamp": stats.now_ms,
    })
}

fn gpu_summary(host: &HostStates) -> Value {
    let count = host.gpu_count();
    let message = match count {
        0 => "No GPU is available on this host.".to_owned(),
        1 => "1 GPU is watched.".to_owned(),
        count => format!("{count} GPUs are watched."),
    };
    json!({ "monitoring_available": count > 0, "gpu_count": count, "message": message })
}

fn gpu(host: &HostStates) -> Value {
    let first = host.gpus.iter().flat_map(|gpus| gpus.gpus.values()).next();
    let mut gpu = json!({
        "available": first.is_some(),
        "summary": gpu_summary(host),
        "gpus": host.gpus.iter().flat_map(|gpus| &gpus.gpus)
            .map(|(id, gpu)| one_gpu(host, id, gpu)).collect::<Vec<_>>(),
        "timestamp": host.now_ms,
    });
    // The built dashboard has room for one, and calculates with its numbers: none is 0 there.
    let none = Gpu::default();
    let of = |value: Option<f64>| match first {
        Some(_) => json!(value),
        None => json!(0),
    };
    let shown = first.unwrap_or(&none);
    let aliases = json!({
        "usage": of(shown.busy_percent),
        "temperature": of(shown.temperature_celsius),
        "memory": {
            "used": of(gib(shown.memory_used_bytes)),
            "total": of(gib(shown.memory_total_bytes)),
        },
        "fanSpeed": of(shown.fan_percent),
        "powerConsumption": of(shown.power_watts),
    });
    join(&mut gpu, aliases);
    gpu
}

fn one_gpu(host: &HostStates, id: &str, gpu: &Gpu) -> Value {
    let used = gpu.memory_used_bytes.zip(gpu.memory_total_bytes);
    let percent = used.filter(|(_, total)| *total > 0.0).map(|(used, total)| used / total * 100.0);
    let processes = gpu.processes.values().map(|process| {
        json!({
            "pid": process.pid,
            "name": process.name,
            "gpu_memory_mb": mib(process.memory_bytes),
            "gpu_utilization": process.busy_percent,
            "process_type": null,
            "is_suspected_miner": null,
            "is_ml_training": null,
            "is_video_processing": null,
            "is_game": null,
        })
    });
    json!({
        "gpu_id": id,
        "name": gpu.name,
        "vendor": gpu.vendor,
        "utilization_percent": gpu.busy_percent,
        "memory_percent": percent.map(|percent| (percent * 10.0).round() / 10.0),
        "memory_used_mb": mib(gpu.memory_used_bytes),
        "memory_total_mb": mib(gpu.memory_total_bytes),
        "temperature_c": gpu.temperature_celsius,
        "fan_speed_percent": gpu.fan_percent,
        "power_draw_watts": gpu.power_watts,
        "power_limit_watts": gpu.power_limit_watts,
        "driver_version": gpu.driver,
        "timestamp": host.now_ms,
        "processes": processes.collect::<Vec<_>>(),
        "utilization": gpu.busy_percent,
        "temperature": gpu.temperature_celsius,
        "memory_used": gpu.memory_used_bytes,
        "memory_total": gpu.memory_total_bytes,
        "fan_speed": gpu.fan_percent,
    })
}

fn system(host: &HostStates) -> Value {
    let (cpu, memory) = (host.cpu.as_ref(), host.memory.as_ref());
    let usage = cpu.and_then(|cpu| cpu.total_percent);
    let used_percent = memory.and_then(|memory| memory.used_percent);
    json!({
        "available": cpu.is_some(),
        "summary": host.in_short(),
        "cpu": {
            "usage_percent": usage,
            "per_core_usage": host.use_by_core(),
            "temperature_celsius": host.cpu_celsius(),
            "load_average": cpu.map(|cpu| [cpu.load_1m, cpu.load_5m, cpu.load_15m]),
            "frequency_mhz": cpu.and_then(|cpu| cpu.frequency_mhz),
            "usage": usage,
            "temperature": host.cpu_celsius(),
        },
        "memory": {
            "used_percent": used_percent,
            "used_mb": memory.and_then(|memory| mib(memory.used_bytes)),
            "available_mb": memory.and_then(|memory| mib(memory.available_bytes)),
            "total_mb": memory.and_then(|memory| mib(memory.total_bytes)),
            "percent": used_percent,
            "used": memory.and_then(|memory| memory.used_bytes),
            "total": memory.map(|memory| memory.total_bytes),
        },
        "top_processes":
            host.by_use().into_iter().take(TOP).map(|(_, p)| row(p)).collect::<Vec<_>>(),
        "timestamp": host.now_ms,
    })
}

/// A process as updates carry it; the routes tell more of each.
fn row(process: &Process) -> Value {
    json!({
        "pid": process.pid,
        "name": process.name,
        "cpu_percent": process.cpu_percent,
        "memory_percent": process.memory_percent,
        "memory_mb": mib(process.memory_bytes),
        "memory_info": { "rss": process.memory_bytes },
        "process_type": null,
        "is_system_intensive": is_intensive(process),
    })
}
