//! `host/{id}/sensors`: what the hardware measures of itself.
//! Source: Linux documentation, hwmon/sysfs-interface, driver-api/thermal/sysfs-api, power/powercap.
//!
//! Maps are keyed by `chip/channel`, stable over reboots as far as the kernel names its chips so.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Temperatures, fans, voltages, currents and power.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Sensors {
    /// Temperatures.
    pub temperatures: BTreeMap<String, Temperature>,
    /// Fans.
    pub fans: BTreeMap<String, Fan>,
    /// Voltages.
    pub voltages: BTreeMap<String, Voltage>,
    /// Currents.
    pub currents: BTreeMap<String, Current>,
    /// Power drawn: meters of chips, and the domains of the processor (powercap).
    pub powers: BTreeMap<String, Power>,
}

/// One temperature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Temperature {
    /// What it is of, for people: "Package id 0", "acpitz".
    pub label: String,
    /// The chip or zone that measures it: "coretemp", "nvme".
    pub chip: String,
    /// What it reads; absent while the sensor does not answer or says nonsense.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub now_celsius: Option<f64>,
    /// Where the maker says it is high.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub high_celsius: Option<f64>,
    /// Where the maker says it is critical: the machine throttles or turns off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub critical_celsius: Option<f64>,
    /// Whether the chip raises an alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub alarm: Option<bool>,
    /// Why it cannot be read now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fault: Option<String>,
}

/// One fan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Fan {
    /// What it is, for people.
    pub label: String,
    /// The chip that measures it.
    pub chip: String,
    /// Its speed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub speed_rpm: Option<f64>,
    /// The speed below which the maker calls it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub low_rpm: Option<f64>,
    /// How far it is driven, of what the controller can (pulse width).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub drive_percent: Option<f64>,
    /// Whether the chip raises an alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub alarm: Option<bool>,
    /// Why it cannot be read now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fault: Option<String>,
}

/// One voltage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Voltage {
    /// What it is of, for people.
    pub label: String,
    /// The chip that measures it.
    pub chip: String,
    /// What it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub now_volts: Option<f64>,
    /// The lowest that is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub low_volts: Option<f64>,
    /// The highest that is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub high_volts: Option<f64>,
    /// Whether the chip raises an alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub alarm: Option<bool>,
    /// Why it cannot be read now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fault: Option<String>,
}

/// One current.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Current {
    /// What it is of, for people.
    pub label: String,
    /// The chip that measures it.
    pub chip: String,
    /// What it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub now_amperes: Option<f64>,
    /// Whether the chip raises an alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub alarm: Option<bool>,
    /// Why it cannot be read now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fault: Option<String>,
}

/// One power.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Power {
    /// What draws it, for people: "package-0", "dram".
    pub label: String,
    /// The chip or power domain that measures it.
    pub chip: String,
    /// What is drawn: the chip's reading, or energy counted since the round before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub now_watts: Option<f64>,
    /// The limit that the hardware keeps it below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limit_watts: Option<f64>,
    /// Why it cannot be read now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fault: Option<String>,
}
