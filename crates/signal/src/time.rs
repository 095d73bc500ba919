//! Time as a value: rooms are handed a [`Moment`], only `sys` reads a clock.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Wall-clock time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    JsonSchema,
)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Timestamp(pub i64);

/// One reading of both clocks: `wall` to tell people when, `monotonic` to measure how long.
///
/// `monotonic` counts from an arbitrary start, never goes back and includes time suspended
/// (`CLOCK_BOOTTIME`), so that a difference of two is a true length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What the clock on the wall says; it may jump in both directions.
    pub wall: Timestamp,
    /// Time since an arbitrary start.
    pub monotonic: Duration,
}

impl Moment {
    /// Seconds since `earlier`; zero when `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.monotonic.saturating_sub(earlier.monotonic).as_secs_f64()
    }
}
