//! `GET /api/system/*` as clients of the host monitor read it: the newest state of our own host,
//! under their field names. Nothing is computed here that a topic does not say.

pub(crate) mod answers;

use std::sync::Arc;

use axum::{Json, extract::State};
use bellwether_signal::{
    host::{self, Commands, Cpu, Disks, Gpus, HostSummary, Memory, Network, Processes, Sensors},
    system::SystemMetrics,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{access::Reader, gateway::Gateway, services::Services};

/// The newest of each group of our own host; what has not been measured yet is absent.
pub(crate) struct HostStates {
    pub(crate) summary: Option<HostSummary>,
    pub(crate) cpu: Option<Cpu>,
    pub(crate) memory: Option<Memory>,
    pub(crate) disks: Option<Disks>,
    pub(crate) network: Option<Network>,
    pub(crate) processes: Option<Processes>,
    pub(crate) sensors: Option<Sensors>,
    pub(crate) gpus: Option<Gpus>,
    commands: Option<Commands>,
    pub(crate) now_ms: i64,
}

impl HostStates {
    pub(crate) fn read(services: &Services) -> Self {
        fn state<T: DeserializeOwned>(services: &Services, name: &str) -> Option<T> {
            let topic = host::topic(&services.host, name);
            let (value, _) = services.hub.state(&topic)?;
            serde_json::from_value(Value::Object(value)).ok()
        }
        Self {
            summary: state(services, "summary"),
            cpu: state(services, "cpu"),
            memory: state(services, "memory"),
            disks: state(services, "disks"),
            network: state(services, "network"),
            processes: state(services, "processes"),
            sensors: state(services, "sensors"),
            gpus: state(services, "gpu"),
            commands: None,
            now_ms: (services.clock)().wall.0,
        }
    }

    /// For those who may see them.
    fn with_commands(mut self, gateway: &Gateway, reader: &Reader) -> Self {
        if reader.0.role.reads_command_lines() {
            let topic = host::topic(&gateway.services.host, "commands");
            let state = gateway.services.hub.state(&topic);
            self.commands =
                state.and_then(|(value, _)| serde_json::from_value(Value::Object(value)).ok());
        }
        self
    }
}

pub(super) async fn overview(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway.services).overview())
}

pub(super) async fn metrics(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Json<Value> {
    let host = HostStates::read(&gateway.services).with_commands(&gateway, &reader);
    let own: Option<SystemMetrics> = gateway.services.report.metrics();
    Json(json!({
        "summary": host.overview(),
        "cpu": host.cpu(),
        "memory": host.memory(),
        "disk": host.disk(),
        "network": host.network(),
        "own": own,
        "timestamp": host.now_ms,
    }))
}

pub(super) async fn processes(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Json<Value> {
    let host = HostStates::read(&gateway.services).with_commands(&gateway, &reader);
    let processes = host.processes_by_use(usize::MAX);
    Json(json!({ "processes": processes, "count": processes.len(), "timestamp": host.now_ms }))
}

pub(super) async fn cpu(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway.services).with_commands(&gateway, &reader).cpu())
}

pub(super) async fn memory(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway.services).with_commands(&gateway, &reader).memory())
}

pub(super) async fn disk(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway.services).disk())
}

pub(super) async fn network(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway.services).network())
}
