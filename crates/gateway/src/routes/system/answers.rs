//! The answers of the host monitor's routes, field by field. Unknown is null.

use bellwether_signal::host::{Disks, Filesystem, Interface, Process, ProcessState};
use serde_json::{Map, Value, json};

use super::HostStates;
use crate::routes::duration;

/// Processes under `top_processes`.
pub(crate) const TOP: usize = 10;
/// From this share of one core a process counts as intensive.
const INTENSIVE_PERCENT: f64 = 50.0;
const MIB: f64 = 1024.0 * 1024.0;
const GIB: f64 = 1024.0 * MIB;

pub(crate) fn mib(bytes: impl Into<Option<f64>>) -> Option<f64> {
    bytes.into().map(|bytes| (bytes / MIB * 10.0).round() / 10.0)
}

pub(crate) fn gib(bytes: impl Into<Option<f64>>) -> Option<f64> {
    bytes.into().map(|bytes| (bytes / GIB * 100.0).round() / 100.0)
}

pub(crate) fn is_intensive(process: &Process) -> bool {
    process.cpu_percent.is_some_and(|percent| percent >= INTENSIVE_PERCENT)
}

impl HostStates {
    pub(crate) fn platform(&self) -> Option<String> {
        let summary = self.summary.as_ref()?;
        summary.os.clone().or_else(|| summary.kernel.clone())
    }

    /// One sentence: the load, and who makes most of it.
    pub(crate) fn explanation(&self) -> Option<String> {
        let total = self.cpu.as_ref()?.total_percent?;
        let busiest = self.by_use().into_iter().next();
        Some(match busiest.and_then(|(_, p)| p.cpu_percent.map(|percent| (p, percent))) {
            Some((process, percent)) if percent >= 1.0 => format!(
                "CPU is at {total} %. Busiest: {} (PID {}) with {percent} % of one core.",
                process.name, process.pid
            ),
            _ => format!("CPU is at {total} %. No process stands out."),
        })
    }

    pub(crate) fn gpu_count(&self) -> usize {
        self.gpus.as_ref().map_or(0, |gpus| gpus.gpus.len())
    }

    /// The hottest sensor of the processor; `None` where the hardware has none that says so.
    pub(crate) fn cpu_celsius(&self) -> Option<f64> {
        const CHIPS: [&str; 5] = ["coretemp", "k10temp", "zenpower", "cpu_thermal", "x86_pkg_temp"];
        let temperatures = self.sensors.iter().flat_map(|sensors| sensors.temperatures.values());
        temperatures
            .filter(|one| CHIPS.contains(&one.chip.as_str()))
            .filter_map(|one| one.now_celsius)
            .reduce(f64::max)
    }

    /// What the host monitor shows at a glance.
    pub(crate) fn in_short(&self) -> Value {
        let cpu = self.cpu.as_ref();
        let memory = self.memory.as_ref();
        let filesystems = || self.disks.iter().flat_map(|disks| disks.filesystems.iter());
        let interfaces = || self.network.iter().flat_map(|network| network.interfaces.values());
        json!({
            "monitoring_available": cpu.is_some(),
            "explanation": self.explanation(),
            "platform": self.platform(),
            "cpu": {
                "usage_percent": cpu.and_then(|cpu| cpu.total_percent),
                "temperature": self.cpu_celsius(),
                "core_count": cpu.map(|cpu| cpu.cores.len()),
            },
            "memory": {
                "used_percent": memory.and_then(|memory| memory.used_percent),
                "used_mb": memory.and_then(|memory| mib(memory.used_bytes)),
                "total_mb": memory.and_then(|memory| mib(memory.total_bytes)),
            },
            "disk": {
                "total_disks": filesystems().count(),
                "max_usage_percent": filesystems().map(|(_, f)| f.used_percent).reduce(f64::max),
            },
            "network": {
                "active_interfaces": interfaces().filter(|i| i.up == Some(true)).count(),
                "active_connections": self.connections(),
            },
            "processes": {
                "total_monitored": self.processes.as_ref().map(|processes| processes.total),
                "intensive_count": self.processes.as_ref().map(|processes| {
                    processes.processes.values().filter(|p| is_intensive(p)).count()
                }),
            },
        })
    }

    /// The same values under the names that the built dashboard reads: sizes in GB. `row` says how a
    /// process looks.
    pub(crate) fn aliases(&self, row: impl Fn(&str, &Process) -> Value) -> Value {
        let memory = self.memory.as_ref();
        let filesystems = self.disks.iter().flat_map(|disks| disks.filesystems.iter());
        let interfaces = || self.network.iter().flat_map(|network| network.interfaces.values());
        let rate = |field: fn(&Interface) -> Option<f64>| {
            interfaces()
                .filter_map(field)
                .fold(None, |sum: Option<f64>, rate| Some(sum.unwrap_or(0.0) + rate))
        };
        let rows = |list: Vec<(&str, &Process)>| -> Vec<Value> {
            list.into_iter().take(TOP).map(|(key, process)| row(key, process)).collect()
        };
        json!({
            "cpu": {
                "usage": self.cpu.as_ref().and_then(|cpu| cpu.total_percent),
                "temperature": self.cpu_celsius(),
                "processes": rows(self.by_use()),
            },
            "memory": {
                "used": memory.and_then(|memory| gib(memory.used_bytes)),
                "total": memory.and_then(|memory| gib(memory.total_bytes)),
                "processes": rows(self.by_memory()),
            },
            "disk": {
                "disks": filesystems.map(|(mount, f)| json!({
                    "name": mount,
                    "used": gib(f.used_bytes),
                    "total": gib(f.total_bytes),
                })).collect::<Vec<_>>(),
            },
            "network": {
                "upload": rate(|interface| interface.sent_bytes_per_second),
                "download": rate(|interface| interface.received_bytes_per_second),
            },
            "uptime": self.uptime_seconds().map(duration),
        })
    }

    fn uptime_seconds(&self) -> Option<f64> {
        let booted = self.summary.as_ref()?.booted_at_ms?;
        Some((self.now_ms - booted) as f64 / 1000.0)
    }

    pub(super) fn overview(&self) -> Value {
        let mut overview = self.in_short();
        join(&mut overview, self.aliases(|key, process| self.row(key, process)));
        overview["uptime_seconds"] = json!(self.uptime_seconds().map(f64::round));
        overview["timestamp"] = json!(self.now_ms);
        overview
    }

    /// In the order of their numbers, which is not that of the texts.
    pub(crate) fn use_by_core(&self) -> Option<Vec<Option<f64>>> {
        let cores = &self.cpu.as_ref()?.cores;
        let mut cores: Vec<(u32, Option<f64>)> = cores
            .iter()
            .map(|(number, core)| (number.parse().unwrap_or(u32::MAX), core.busy_percent))
            .collect();
        cores.sort_by_key(|(number, _)| *number);
        Some(cores.into_iter().map(|(_, busy)| busy).collect())
    }

    pub(super) fn cpu(&self) -> Value {
        let cpu = self.cpu.as_ref();
        let cores = self.use_by_core();
        json!({
            "usage_percent": cpu.and_then(|cpu| cpu.total_percent),
            "per_core_usage": cores,
            "frequency_mhz": cpu.and_then(|cpu| cpu.frequency_mhz),
            "frequency_max_mhz": cpu.and_then(|cpu| cpu.frequency_max_mhz),
            "temperature_celsius": self.cpu_celsius(),
            "load_average": cpu.map(|cpu| [cpu.load_1m, cpu.load_5m, cpu.load_15m]),
            "core_count": cpu.map(|cpu| cpu.cores.len()),
            "thread_count": self.processes.as_ref().map(|processes| processes.threads),
            "modes": cpu.and_then(|cpu| cpu.modes.as_ref()),
            "top_processes": self.processes_by_use(TOP),
            "timestamp": self.now_ms,
        })
    }

    pub(super) fn memory(&self) -> Value {
        let mut answer = Map::new();
        let memory = self.memory.as_ref();
        let sizes = [
            ("total_mb", memory.and_then(|m| mib(m.total_bytes))),
            ("available_mb", memory.and_then(|m| mib(m.available_bytes))),
            ("used_mb", memory.and_then(|m| mib(m.used_bytes))),
            ("used_percent", memory.and_then(|m| m.used_percent)),
            ("free_mb", memory.and_then(|m| mib(m.free_bytes))),
            ("cached_mb", memory.and_then(|m| mib(m.cached_bytes))),
            ("buffers_mb", memory.and_then(|m| mib(m.buffers_bytes))),
        ];
        for (name, value) in sizes {
            answer.insert(name.to_owned(), json!(value));
        }
        let swap = memory.and_then(|m| m.swap_total_bytes.map(|total| (m, total)));
        answer.insert(
            "swap".to_owned(),
            json!({
                "total_mb": swap.and_then(|(_, total)| mib(total)),
                "used_mb": swap.and_then(|(m, _)| mib(m.swap_used_bytes)),
                "used_percent": swap.and_then(|(m, _)| m.swap_used_percent),
                "free_mb": swap.and_then(|(m, total)| mib(m.swap_used_bytes.map(|u| total - u))),
            }),
        );
        answer.insert("top_processes".to_owned(), json!(self.processes_by_memory(TOP)));
        answer.insert("timestamp".to_owned(), json!(self.now_ms));
        Value::Object(answer)
    }

    pub(super) fn disk(&self) -> Value {
        let empty = Disks::default();
        let disks = self.disks.as_ref().unwrap_or(&empty);
        let rows: Vec<Value> = disks
            .filesystems
            .iter()
            .map(|(mount, f)| {
                // The figures of I/O are the whole device's: partitions have none of their own.
                let name = f.device.rsplit('/').next().unwrap_or_default();
                let device = disks
                    .devices
                    .iter()
                    .filter(|(device, _)| name.starts_with(device.as_str()))
                    .max_by_key(|(device, _)| device.len())
                    .map(|(_, device)| device);
                json!({
                    "device": f.device,
                    "mountpoint": mount,
                    "filesystem": f.kind,
                    "total_mb": mib(f.total_bytes),
                    "used_mb": mib(f.used_bytes),
                    "free_mb": mib(f.available_bytes),
                    "used_percent": f.used_percent,
                    "io_read_bytes_per_sec": device.and_then(|d| d.read_bytes_per_second),
                    "io_write_bytes_per_sec": device.and_then(|d| d.written_bytes_per_second),
                    "io_read_count_per_sec": device.and_then(|d| d.reads_per_second),
                    "io_write_count_per_sec": device.and_then(|d| d.writes_per_second),
                })
            })
            .collect();
        let sum =
            |field: fn(&Filesystem) -> f64| mib(disks.filesystems.values().map(field).sum::<f64>());
        json!({
            "disks": rows,
            "summary": {
                "total_disks": disks.filesystems.len(),
                "max_usage_percent":
                    disks.filesystems.values().map(|f| f.used_percent).reduce(f64::max),
                "total_used_mb": sum(|f| f.used_bytes),
                "total_free_mb": sum(|f| f.available_bytes),
            },
            "timestamp": self.now_ms,
        })
    }

    pub(super) fn network(&self) -> Value {
        let interfaces = self.network.as_ref().map(|network| &network.interfaces);
        let rows: Map<String, Value> = interfaces
            .into_iter()
            .flatten()
            .map(|(name, i)| {
                let row = json!({
                    "name": name,
                    "bytes_sent": i.sent_bytes,
                    "bytes_recv": i.received_bytes,
                    "packets_sent": i.sent_packets,
                    "packets_recv": i.received_packets,
                    "bytes_sent_per_sec": i.sent_bytes_per_second,
                    "bytes_recv_per_sec": i.received_bytes_per_second,
                    "is_up": i.up,
                    "addresses": i.addresses,
                });
                (name.clone(), row)
            })
            .collect();
        let sum = |field: fn(&Interface) -> Option<f64>| {
            interfaces.map(|all| all.values().filter_map(field).sum::<f64>())
        };
        json!({
            "interfaces": rows,
            "summary": {
                "total_bytes_sent": sum(|i| Some(i.sent_bytes)),
                "total_bytes_recv": sum(|i| Some(i.received_bytes)),
                "total_bytes_sent_per_sec": sum(|i| i.sent_bytes_per_second),
                "total_bytes_recv_per_sec": sum(|i| i.received_bytes_per_second),
                "active_connections": self.connections(),
                "active_interfaces":
                    interfaces.map(|all| all.values().filter(|i| i.up == Some(true)).count()),
            },
            "timestamp": self.now_ms,
        })
    }

    fn connections(&self) -> Option<f64> {
        self.network.as_ref()?.tcp.as_ref().map(|tcp| tcp.established)
    }

    pub(super) fn processes_by_use(&self, most: usize) -> Vec<Value> {
        self.by_use().into_iter().take(most).map(|(key, p)| self.row(key, p)).collect()
    }

    fn processes_by_memory(&self, most: usize) -> Vec<Value> {
        self.by_memory().into_iter().take(most).map(|(key, p)| self.row(key, p)).collect()
    }

    fn by_memory(&self) -> Vec<(&str, &Process)> {
        let mut rows = self.by_use();
        rows.sort_by(|(_, a), (_, b)| b.memory_bytes.total_cmp(&a.memory_bytes));
        rows
    }

    pub(crate) fn by_use(&self) -> Vec<(&str, &Process)> {
        let processes = self.processes.iter().flat_map(|processes| &processes.processes);
        let mut rows: Vec<(&str, &Process)> = processes.map(|(k, p)| (k.as_str(), p)).collect();
        let rank = |p: &Process| (p.cpu_percent.unwrap_or(0.0), p.memory_bytes);
        rows.sort_by(|(_, a), (_, b)| {
            let ((a_cpu, a_memory), (b_cpu, b_memory)) = (rank(a), rank(b));
            b_cpu.total_cmp(&a_cpu).then(b_memory.total_cmp(&a_memory))
        });
        rows
    }

    fn row(&self, key: &str, process: &Process) -> Value {
        let command = self.commands.as_ref().and_then(|commands| commands.commands.get(key));
        json!({
            "pid": process.pid,
            "name": process.name,
            "cpu_percent": process.cpu_percent,
            "memory_mb": mib(process.memory_bytes),
            "memory_percent": process.memory_percent,
            "memory_info": { "rss": process.memory_bytes },
            "status": state_word(process.state),
            "username": process.user,
            "command_line": command,
            "process_type": null,
            "is_system_intensive": is_intensive(process),
            "runtime_seconds": ((self.now_ms - process.started_at_ms) as f64 / 1000.0).round(),
        })
    }
}

/// Puts the fields of one object into another, level by level; null is a value like any other.
pub(crate) fn join(into: &mut Value, other: Value) {
    match (into, other) {
        (Value::Object(fields), Value::Object(others)) => {
            for (name, value) in others {
                join(fields.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, other) => *into = other,
    }
}

/// The words that clients know from psutil.
fn state_word(state: ProcessState) -> &'static str {
    match state {
        ProcessState::Running => "running",
        ProcessState::Sleeping => "sleeping",
        ProcessState::Blocked => "disk-sleep",
        ProcessState::Idle => "idle",
        ProcessState::Stopped => "stopped",
        ProcessState::Zombie => "zombie",
    }
}
