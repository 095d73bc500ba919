//! `host/{id}/network`: interfaces and TCP. Source: `/proc/net/dev`, `/proc/net/snmp`, sysfs-class-net.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Interfaces and TCP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Network {
    /// Interfaces by name, without loopback.
    pub interfaces: BTreeMap<String, Interface>,
    /// TCP of the whole host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tcp: Option<Tcp>,
}

/// One interface: what passed it since the round before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Interface {
    /// Whether it can pass packets (operational state).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub up: Option<bool>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub kind: Option<InterfaceKind>,
    /// Its IP addresses.
    pub addresses: Vec<String>,
    /// Speed of the link, where the driver knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub link_megabits_per_second: Option<f64>,
    /// Whether both ends may talk at once; of cables only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub duplex: Option<Duplex>,
    /// Largest packet that passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mtu_bytes: Option<f64>,
    /// How often the link came or went since the interface is there: a loose cable counts on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub carrier_changes: Option<f64>,
    /// Received.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub received_bytes_per_second: Option<f64>,
    /// Sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sent_bytes_per_second: Option<f64>,
    /// Packets received.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub received_packets_per_second: Option<f64>,
    /// Packets sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sent_packets_per_second: Option<f64>,
    /// Packets lost to errors, both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub errors_per_second: Option<f64>,
    /// Packets dropped for lack of room, both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub drops_per_second: Option<f64>,
    /// Received since the interface came up.
    pub received_bytes: f64,
    /// Sent since the interface came up.
    pub sent_bytes: f64,
    /// Packets received since the interface came up.
    pub received_packets: f64,
    /// Packets sent since the interface came up.
    pub sent_packets: f64,
}

/// What an interface is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum InterfaceKind {
    /// A network card, real or virtual.
    Ethernet,
    /// Wireless LAN.
    Wifi,
    /// A mobile network.
    Mobile,
    /// A switch in software.
    Bridge,
    /// Several interfaces as one.
    Bond,
    /// A tagged part of another interface.
    Vlan,
    /// One end of a virtual cable, mostly into a container.
    Veth,
    /// A tunnel: `WireGuard`, VPN, PPP.
    Tunnel,
    /// Made of nothing but software.
    Virtual,
    /// None of these.
    #[default]
    Other,
}

/// Whether both ends of a link may talk at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplex {
    /// They may.
    Full,
    /// They take turns, which is mostly a sign of a bad cable or setting.
    Half,
}

/// TCP of the whole host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Tcp {
    /// Connections open now.
    pub established: f64,
    /// Segments sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retransmits_per_second: Option<f64>,
    /// Connections opened, both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub opened_per_second: Option<f64>,
}
