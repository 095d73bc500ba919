//! What the dashboard shows of the host that the server runs on, from the states in the hub. Nobody
//! subscribes to them for it: that would promote them to every second.

use bellwether_hub::Hub;
use bellwether_signal::{
    HostId,
    host::{self, Cpu, Disks, Filesystem, HostSummary, Interface, Memory, Network},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::frame::{count, count_of};

const GB: f64 = 1_073_741_824.0;

pub(super) struct HostStates {
    summary: Option<HostSummary>,
    cpu: Option<Cpu>,
    memory: Option<Memory>,
    disks: Option<Disks>,
    network: Option<Network>,
    processes: Option<f64>,
}

impl HostStates {
    pub(super) fn read(hub: &Hub, id: &HostId) -> Self {
        fn of<T: DeserializeOwned>(hub: &Hub, id: &HostId, name: &str) -> Option<T> {
            let (value, _) = hub.state(&host::topic(id, name))?;
            serde_json::from_value(Value::Object(value)).ok()
        }
        // The list of processes is long; only its count is wanted.
        let total = hub.look(&host::topic(id, "processes"), |processes| {
            processes.get("total").and_then(Value::as_f64)
        });
        Self {
            summary: of(hub, id, "summary"),
            cpu: of(hub, id, "cpu"),
            memory: of(hub, id, "memory"),
            disks: of(hub, id, "disks"),
            network: of(hub, id, "network"),
            processes: total.flatten(),
        }
    }

    pub(super) fn cpu_percent(&self) -> Option<f64> {
        let of_summary = || self.summary.as_ref().and_then(|summary| summary.cpu_percent);
        self.cpu.as_ref().and_then(|cpu| cpu.total_percent).or_else(of_summary)
    }

    pub(super) fn memory_percent(&self) -> Option<f64> {
        let of_summary = || self.summary.as_ref().and_then(|summary| summary.memory_percent);
        self.memory.as_ref().and_then(|memory| memory.used_percent).or_else(of_summary)
    }

    /// The file system that stands for the disk: the root, or the fullest where there is none.
    fn disk(&self) -> Option<&Filesystem> {
        let all = &self.disks.as_ref()?.filesystems;
        let fullest = || all.values().max_by(|a, b| a.used_percent.total_cmp(&b.used_percent));
        all.get("/").or_else(fullest)
    }

    pub(super) fn disk_percent(&self) -> Option<f64> {
        let of_summary = || self.summary.as_ref().and_then(|it| it.fullest_disk_percent);
        self.disk().map(|disk| disk.used_percent).or_else(of_summary)
    }

    /// The sum over all interfaces; unknown where there is no list of them.
    fn network(&self, field: fn(&Interface) -> f64) -> Value {
        let network = self.network.as_ref();
        count_of(network.map(|network| network.interfaces.values().map(field).sum()))
    }

    pub(super) fn sent_bytes(&self) -> Value {
        self.network(|interface| interface.sent_bytes)
    }

    pub(super) fn received_bytes(&self) -> Value {
        self.network(|interface| interface.received_bytes)
    }

    pub(super) fn sent_packets(&self) -> Value {
        self.network(|interface| interface.sent_packets)
    }

    pub(super) fn received_packets(&self) -> Value {
        self.network(|interface| interface.received_packets)
    }

    /// `health_change.metrics`.
    pub(super) fn headline(&self) -> Value {
        json!({
            "cpu_percent": self.cpu_percent(),
            "memory_percent": self.memory_percent(),
            "disk_percent": self.disk_percent(),
        })
    }

    /// The fields of `system_metrics` that are about the host.
    pub(super) fn fields(&self, now_ms: i64) -> Value {
        let gb = |bytes: f64| (bytes / GB * 100.0).round() / 100.0;
        let memory = self.memory.as_ref();
        let disk = self.disk();
        let summary = self.summary.as_ref();
        let cpu = self.cpu.as_ref();
        let cores = summary.and_then(|summary| summary.cores);
        let counted = || cpu.and_then(|cpu| u32::try_from(cpu.cores.len()).ok());
        let up_hours = |booted: i64| ((now_ms - booted) as f64 / 36_000.0).round() / 100.0;
        json!({
            "cpu_percent": self.cpu_percent(),
            "cpu_cores": cores.or_else(counted),
            "load_average_1m": cpu.and_then(|cpu| cpu.load_1m),
            "memory_percent": self.memory_percent(),
            "memory_total_gb": memory.map(|memory| gb(memory.total_bytes)),
            "memory_used_gb": memory.and_then(|memory| memory.used_bytes).map(gb),
            "disk_percent": self.disk_percent(),
            "disk_total_gb": disk.map(|disk| gb(disk.total_bytes)),
            "disk_used_gb": disk.map(|disk| gb(disk.used_bytes)),
            "disk_free_gb": disk.map(|disk| gb(disk.available_bytes)),
            "process_count": self.processes.map(count),
            "uptime_hours": summary.and_then(|summary| summary.booted_at_ms).map(up_hours),
            "network_bytes_sent": self.sent_bytes(),
            "network_bytes_recv": self.received_bytes(),
        })
    }
}
