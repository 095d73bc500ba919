//! `GET /api/system/*` as clients of the host monitor read it: the newest state of our own host,
//! under their field names. Nothing is computed here that a topic does not say.

mod answers;

use std::sync::Arc;

use axum::{Json, extract::State};
use bellwether_signal::{
    host::{self, Commands, Cpu, Disks, HostSummary, Memory, Network, Processes},
    system::SystemMetrics,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{access::Reader, gateway::Gateway};

/// The newest of each group of our own host; what has not been measured yet is absent.
pub(super) struct HostStates {
    pub(super) summary: Option<HostSummary>,
    pub(super) cpu: Option<Cpu>,
    pub(super) memory: Option<Memory>,
    pub(super) disks: Option<Disks>,
    pub(super) network: Option<Network>,
    pub(super) processes: Option<Processes>,
    commands: Option<Commands>,
    now_ms: i64,
}

impl HostStates {
    pub(super) fn read(gateway: &Gateway) -> Self {
        fn state<T: DeserializeOwned>(gateway: &Gateway, name: &str) -> Option<T> {
            let topic = host::topic(&gateway.services.host, name);
            let (value, _) = gateway.services.hub.state(&topic)?;
            serde_json::from_value(Value::Object(value)).ok()
        }
        Self {
            summary: state(gateway, "summary"),
            cpu: state(gateway, "cpu"),
            memory: state(gateway, "memory"),
            disks: state(gateway, "disks"),
            network: state(gateway, "network"),
            processes: state(gateway, "processes"),
            commands: None,
            now_ms: (gateway.services.clock)().wall.0,
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
    Json(HostStates::read(&gateway).overview())
}

pub(super) async fn metrics(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Json<Value> {
    let host = HostStates::read(&gateway).with_commands(&gateway, &reader);
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
    let host = HostStates::read(&gateway).with_commands(&gateway, &reader);
    let processes = host.processes_by_use(usize::MAX);
    Json(json!({ "processes": processes, "count": processes.len(), "timestamp": host.now_ms }))
}

pub(super) async fn cpu(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway).with_commands(&gateway, &reader).cpu())
}

pub(super) async fn memory(State(gateway): State<Arc<Gateway>>, reader: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway).with_commands(&gateway, &reader).memory())
}

pub(super) async fn disk(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway).disk())
}

pub(super) async fn network(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    Json(HostStates::read(&gateway).network())
}
