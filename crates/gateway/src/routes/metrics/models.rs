//! Models, trainings, the memory that loaded models take, and what live quality costs.

use bellwether_models::quality::Report;
use prometheus_client::{
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::{Registry, Unit},
};

use crate::gateway::Gateway;

pub(super) fn register(gateway: &Gateway, registry: &mut Registry) {
    let totals = gateway.model_totals();
    let loaded = gateway.services.models.registry.loaded();
    let gauges = [
        ("models", "Versions of models", totals.total),
        ("models_active", "Versions that answer requests", totals.active),
        ("models_in_error", "Versions whose file cannot be used", totals.in_error),
        ("trainings_running", "Trainings that run", totals.training),
        ("trainings_queued", "Trainings that wait", totals.queued),
        ("models_loaded", "Models in memory", loaded.models),
    ];
    for (name, help, value) in gauges {
        registry.register(name, help, ConstGauge::new(value as u64));
    }
    registry.register_with_unit(
        "models_loaded",
        "Memory of loaded models, estimated",
        Unit::Bytes,
        ConstGauge::new(loaded.bytes as u64),
    );
    registry.register_with_unit(
        "models_loaded_limit",
        "The most that loaded models may take",
        Unit::Bytes,
        ConstGauge::new(loaded.limit_bytes as u64),
    );
    let counters = [
        ("models_file_reads", "Model files read since start", loaded.loads),
        ("models_put_out", "Models put out of memory since start", loaded.put_out),
    ];
    for (name, help, value) in counters {
        registry.register(name, help, ConstCounter::new(value));
    }
    quality(&gateway.services.models.quality.report(), registry);
}

/// How the room that watches predictions does itself (M14).
fn quality(report: &Report, registry: &mut Registry) {
    let gauges = [
        ("quality_watched", "Versions whose predictions are watched", report.watched),
        ("quality_rows", "Predictions that are watched one by one", report.rows),
        ("quality_failing", "Versions whose figures cannot be computed now", report.failing.len()),
    ];
    for (name, help, value) in gauges {
        registry.register(name, help, ConstGauge::new(value as u64));
    }
    let counters = [
        ("quality_computations", "Computations of figures since start", report.computed),
        ("quality_failed_computations", "Those that failed", report.failed),
        ("quality_recoveries", "Versions whose figures could be computed again", report.recovered),
        ("quality_messages", "States and events told of versions since start", report.messages),
    ];
    for (name, help, value) in counters {
        registry.register(name, help, ConstCounter::new(value));
    }
    registry.register_with_unit(
        "quality_messages",
        "Their size as JSON, once each, however many get them",
        Unit::Bytes,
        ConstCounter::new(report.message_bytes),
    );
    registry.register_with_unit(
        "quality_computations",
        "Time that computations of figures took",
        Unit::Seconds,
        ConstCounter::new(report.took_all_ms / 1e3),
    );
    let times = [
        ("quality_last_computation", "How long the last one took", report.took_ms),
        ("quality_longest_computation", "How long the longest one took", report.longest_ms),
    ];
    for (name, help, took_ms) in times {
        registry.register_with_unit(name, help, Unit::Seconds, ConstGauge::new(took_ms / 1e3));
    }
}
