//! A client of the host monitor, packet by packet, and a host to show it.

use bellwether_signal::{Timestamp, Topic};
use serde_json::{Value, json};

use crate::fixture::{Gateway, Reply, Socket};

pub(crate) const POLLING: &str = "/socket.io/?EIO=4&transport=polling";
pub(crate) const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";
pub(crate) fn publish(gateway: &Gateway, topic: &str, value: Value) {
    let Value::Object(value) = value else { unreachable!() };
    gateway.hub.publish_state(&Topic::parse(topic).unwrap(), value, Timestamp(1)).unwrap();
}

/// A host with two cores, two disks, a graphics processor and three processes.
pub(crate) fn publish_host(gateway: &Gateway) {
    let now_ms = bellwether_sys::clock::now().wall.0;
    let booted = now_ms - 3 * 86_400_000 - 4 * 3_600_000 - 60_000;
    publish(
        gateway,
        "host/web-1/summary",
        json!({
            "name": "web-1", "os": "Debian GNU/Linux 12 (bookworm)", "booted_at_ms": booted,
            "hottest_celsius": 61.0, "intervals_ms": {},
        }),
    );
    publish(
        gateway,
        "host/web-1/cpu",
        json!({
            "total_percent": 37.5, "load_1m": 1.25, "load_5m": 0.75, "load_15m": 0.5,
            "frequency_mhz": 3200.0,
            "cores": {"0": {"busy_percent": 50.0}, "1": {"busy_percent": 25.0}, "10": {}},
        }),
    );
    publish(
        gateway,
        "host/web-1/memory",
        json!({
            "total_bytes": 17_179_869_184_u64, "used_bytes": 8_589_934_592_u64,
            "available_bytes": 8_589_934_592_u64, "used_percent": 50.0,
        }),
    );
    let disk = |used: u64, percent: f64| {
        json!({
            "device": "/dev/sda1", "kind": "ext4", "total_bytes": 107_374_182_400_u64,
            "used_bytes": used, "available_bytes": 107_374_182_400_u64 - used,
            "used_percent": percent, "read_only": false,
        })
    };
    publish(
        gateway,
        "host/web-1/disks",
        json!({
            "devices": {},
            "filesystems": {"/": disk(53_687_091_200, 50.0), "/srv": disk(10_737_418_240, 10.0)},
        }),
    );
    publish(
        gateway,
        "host/web-1/network",
        json!({
            "interfaces": {
                "eth0": {
                    "kind": "ethernet", "up": true, "sent_bytes": 1000, "received_bytes": 2000,
                    "sent_packets": 10, "received_packets": 20, "sent_bytes_per_second": 100,
                    "received_bytes_per_second": 200, "addresses": [],
                },
            },
            "tcp": {"established": 12},
        }),
    );
    publish(
        gateway,
        "host/web-1/sensors",
        json!({
            "temperatures": {
                "coretemp/temp1": {"label": "Package id 0", "chip": "coretemp", "now_celsius": 61},
                "nvme/temp1": {"label": "Composite", "chip": "nvme", "now_celsius": 70},
            },
            "fans": {}, "voltages": {}, "currents": {}, "powers": {},
        }),
    );
    let process = |pid: u32, name: &str, percent: f64, bytes: u64| {
        json!({
            "pid": pid, "parent_pid": 1, "name": name, "state": "running", "threads": 1,
            "cpu_percent": percent, "memory_bytes": bytes, "memory_percent": 1.5,
            "started_at_ms": now_ms, "kernel": false,
        })
    };
    publish(
        gateway,
        "host/web-1/processes",
        json!({
            "total": 120, "running": 2, "threads": 300, "unreadable": 0,
            "processes": {
                "7:1": process(7, "idle", 0.0, 1_048_576),
                "8:1": process(8, "encoder", 88.5, 104_857_600),
                "9:1": process(9, "database", 12.0, 1_073_741_824),
            },
        }),
    );
}

pub(crate) fn publish_gpu(gateway: &Gateway) {
    publish(
        gateway,
        "host/web-1/gpu",
        json!({
            "gpus": {
                "0": {
                    "name": "NVIDIA RTX A2000", "vendor": "NVIDIA", "busy_percent": 73.0,
                    "memory_total_bytes": 6_442_450_944_u64, "memory_used_bytes": 3_221_225_472_u64,
                    "temperature_celsius": 71.0, "fan_percent": 45.0, "power_watts": 55.5,
                    "power_limit_watts": 70.0, "driver": "550.54",
                    "processes": {
                        "8:1": {"pid": 8, "name": "encoder", "memory_bytes": 1_073_741_824, "busy_percent": 60.0},
                    },
                },
            },
        }),
    );
}

pub(crate) fn alert(id: &str, rule: &str, severity: &str, state: &str) -> Value {
    json!({
        "id": id, "rule": rule, "state": state, "severity": severity, "subject": "host/web-1",
        "title": "Too much", "text": format!("{rule} is over its limit."),
        "metric": "host/web-1/gpu/gpus/0/busy_percent", "value": 73.0, "threshold": 50.0,
        "process": "encoder", "since_at_ms": 1000, "fired_at_ms": 2000, "acknowledged": false,
        "silenced": false,
    })
}

/// A client that polls.
pub(crate) struct Poller<'a> {
    gateway: &'a Gateway,
    pub(crate) path: String,
    waiting: Vec<String>,
}

impl<'a> Poller<'a> {
    pub(crate) fn open(gateway: &'a Gateway) -> Self {
        let reply = gateway.get(POLLING, "viewer");
        assert_eq!(reply.status, 200, "{reply:?}");
        let open: Value = serde_json::from_str(reply.body.strip_prefix('0').unwrap()).unwrap();
        assert_eq!(open["upgrades"], json!(["websocket"]));
        let path = format!("{POLLING}&sid={}", open["sid"].as_str().unwrap());
        Self { gateway, path, waiting: Vec::new() }
    }

    /// In the namespace.
    pub(crate) fn joined(gateway: &'a Gateway) -> Self {
        let mut poller = Self::open(gateway);
        assert_eq!(poller.post("40").body, "ok");
        let joined = poller.packet();
        assert!(joined.starts_with("40{\"sid\":"), "{joined}");
        poller
    }

    pub(crate) fn post(&self, packets: &str) -> Reply {
        self.gateway.request("POST", &self.path, "Authorization: Bearer viewer\r\n", packets)
    }

    pub(crate) fn poll(&self) -> Reply {
        self.gateway.get(&self.path, "viewer")
    }

    /// The next packet.
    pub(crate) fn packet(&mut self) -> String {
        while self.waiting.is_empty() {
            let reply = self.poll();
            assert_eq!(reply.status, 200, "{reply:?}");
            for packet in reply.body.split('\u{1e}') {
                match packet {
                    "2" => assert_eq!(self.post("3").body, "ok", "a pong"),
                    packet => self.waiting.push(packet.to_owned()),
                }
            }
        }
        self.waiting.remove(0)
    }

    /// The next event.
    pub(crate) fn event(&mut self) -> (String, Value) {
        loop {
            let packet = self.packet();
            if let Some(event) = event_of(&packet) {
                return event;
            }
        }
    }

    /// The next event of that name.
    pub(crate) fn event_named(&mut self, wanted: &str) -> Value {
        loop {
            let (name, payload) = self.event();
            if name == wanted {
                return payload;
            }
        }
    }
}

pub(crate) fn event_of(packet: &str) -> Option<(String, Value)> {
    serde_json::from_str(packet.strip_prefix("42")?).ok()
}

/// The next text of a WebSocket; `None` at its end. Heartbeats are answered.
pub(crate) fn text(socket: &mut Socket) -> Option<String> {
    loop {
        match socket.next()? {
            (0x81, payload) if payload == b"2" => socket.say("3"),
            (0x81, payload) => return Some(String::from_utf8(payload).unwrap()),
            (0x88, _) => return None,
            (first, payload) => panic!("{first:x} {payload:?}"),
        }
    }
}

/// A WebSocket in the namespace, after its first event.
pub(crate) fn socket(gateway: &Gateway) -> Socket {
    let (reply, socket) = gateway.shake_hands(WEBSOCKET, "Authorization: Bearer viewer\r\n");
    let mut socket = socket.unwrap_or_else(|| panic!("{reply:?}"));
    assert!(text(&mut socket).unwrap().starts_with("0{\"sid\":"));
    socket.say("40");
    assert!(text(&mut socket).unwrap().starts_with("40{\"sid\":"));
    let first = event_of(&text(&mut socket).unwrap()).unwrap();
    assert_eq!(first.0, "system:initial_status");
    socket
}
