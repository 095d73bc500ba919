//! Every topic with its payload, in the order of docs/PROTOCOL.md. A new topic is a row here and there.

use bellwether_signal::{
    activity::Activity,
    alert::Alert,
    dataset::{DatasetProfile, DatasetUpload},
    host, machine,
    model::{ModelDrift, ModelMetrics, ModelStatus, Prediction, PredictionVolume},
    system,
    training::{TrainingProgress, TrainingStatus},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// One topic, or all that differ in a parameter only.
pub(super) struct TopicRow {
    /// With parameters in braces: `host/{host}/cpu`.
    pub(super) address: &'static str,
    pub(super) kind: &'static str,
    /// Who may read it, and all above.
    pub(super) role: &'static str,
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
    /// The payload's name.
    pub(super) payload: String,
}

const STATE: &str = "state";
const EVENT: &str = "event";

fn row<T: JsonSchema>(address: &'static str, kind: &'static str) -> TopicRow {
    let schema = |generator: &mut SchemaGenerator| generator.subschema_for::<T>();
    let payload = T::schema_name().into_owned();
    TopicRow { address, kind, role: "viewer", schema, payload }
}

fn for_role(role: &'static str, row: TopicRow) -> TopicRow {
    TopicRow { role, ..row }
}

/// All of them.
pub(super) fn documented() -> Vec<TopicRow> {
    vec![
        row::<host::HostSummary>("host/{host}/summary", STATE),
        row::<host::Cpu>("host/{host}/cpu", STATE),
        row::<host::Memory>("host/{host}/memory", STATE),
        row::<host::Disks>("host/{host}/disks", STATE),
        row::<host::Network>("host/{host}/network", STATE),
        row::<host::Pressure>("host/{host}/pressure", STATE),
        row::<host::Sensors>("host/{host}/sensors", STATE),
        row::<host::Battery>("host/{host}/battery", STATE),
        row::<host::Gpus>("host/{host}/gpu", STATE),
        row::<host::Cgroups>("host/{host}/cgroups", STATE),
        row::<host::Users>("host/{host}/users", STATE),
        row::<host::Processes>("host/{host}/processes", STATE),
        for_role("operator", row::<host::Commands>("host/{host}/commands", STATE)),
        row::<host::ProcessEvent>("host/{host}/process", EVENT),
        row::<Activity>("activity", EVENT),
        row::<Alert>("alert/{id}", STATE),
        row::<DatasetUpload>("dataset/{id}/upload", STATE),
        row::<DatasetProfile>("dataset/{id}/profile", STATE),
        row::<TrainingStatus>("training/{run}/status", STATE),
        row::<TrainingProgress>("training/{run}/progress", STATE),
        row::<ModelStatus>("model/{id}/status", STATE),
        row::<ModelMetrics>("model/{id}/metrics", STATE),
        row::<ModelDrift>("model/{id}/drift", STATE),
        row::<Prediction>("model/{id}/predictions", EVENT),
        row::<PredictionVolume>("model/{id}/volume", EVENT),
        row::<machine::MachineSummary>("machine/{slug}/summary", STATE),
        row::<machine::MachineReadings>("machine/{slug}/readings", STATE),
        row::<machine::MachineAnomaly>("machine/{slug}/anomaly", EVENT),
        row::<system::SystemMetrics>("system/metrics", STATE),
        row::<system::SystemHealth>("system/health", STATE),
        row::<system::GatewayMetrics>("system/gateway", STATE),
        for_role("admin", row::<system::SystemClients>("system/clients", STATE)),
    ]
}
