//! Models, trainings, and the memory that loaded models take.

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
}
