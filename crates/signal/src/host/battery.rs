//! `host/{id}/battery`: batteries and mains adapters.
//! Source: Linux documentation, ABI/testing/sysfs-class-power, "Power supply class".

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the host's power comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Battery {
    /// Whether any adapter feeds the host; absent where no adapter says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub on_mains: Option<bool>,
    /// Batteries by kernel name; those of mice and headsets are left out.
    pub batteries: BTreeMap<String, Cell>,
}

/// One battery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Cell {
    /// What it does.
    pub state: CellState,
    /// How full it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub charge_percent: Option<f64>,
    /// What it gives, or takes while it charges.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub power_watts: Option<f64>,
    /// Its voltage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub now_volts: Option<f64>,
    /// What it holds now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub energy_watt_hours: Option<f64>,
    /// What it holds when full.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_watt_hours: Option<f64>,
    /// What it held when full and new, as the maker says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub design_watt_hours: Option<f64>,
    /// What it holds when full, of what it held when new.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub health_percent: Option<f64>,
    /// Charged and emptied so often.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cycles: Option<f64>,
    /// Until it is empty at this power; while it gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub empty_in_seconds: Option<f64>,
    /// Until it is full at this power; while it charges.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_in_seconds: Option<f64>,
    /// Its temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub now_celsius: Option<f64>,
    /// Its maker's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub model: Option<String>,
}

/// What a battery does.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CellState {
    /// Takes energy.
    Charging,
    /// Gives energy.
    Discharging,
    /// Full.
    Full,
    /// Neither: held at a level, or waiting.
    Holding,
    /// The kernel does not know.
    #[default]
    Unknown,
}
