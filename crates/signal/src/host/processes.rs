//! `host/{id}/processes`, `host/{id}/commands` and the events of `host/{id}/process`.
//!
//! Command lines have a topic of their own, because an envelope is the same for all who get it and
//! viewers may not see them (docs/adr/0002).

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::{patch, ports::state_of};

/// The processes that matter most now, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Processes {
    /// Processes on the host, kernel threads included.
    pub total: u32,
    /// Processes that ran or could run when they were read.
    pub running: u32,
    /// Threads of all processes.
    pub threads: u32,
    /// Processes of which the kernel told us nothing (no permission).
    pub unreadable: u32,
    /// By [`ProcessKey`]. All of them, up to a limit; beyond it the busiest and the largest.
    pub processes: BTreeMap<String, Process>,
}

impl Processes {
    /// What [`state_of`] of this list differs in from that of an earlier one, as a merge patch. Of a
    /// thousand processes most did nothing: only of those that did, JSON is made.
    pub fn patch_from(&self, before: &Self) -> Map<String, Value> {
        let counts = |of: &Self| state_of(&Self { processes: BTreeMap::new(), ..*of });
        let mut patch = patch::diff(&counts(before), &counts(self));
        let mut changed = Map::new();
        for (key, process) in &self.processes {
            let change = match before.processes.get(key) {
                Some(same) if same == process => continue,
                Some(before) => patch::diff(&state_of(before), &state_of(process)),
                None => state_of(process),
            };
            if !change.is_empty() {
                changed.insert(key.clone(), Value::Object(change));
            }
        }
        let gone = before.processes.keys().filter(|key| !self.processes.contains_key(*key));
        changed.extend(gone.map(|key| (key.clone(), Value::Null)));
        if !changed.is_empty() {
            patch.insert("processes".to_owned(), Value::Object(changed));
        }
        patch
    }
}

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Process {
    /// Its process id.
    pub pid: u32,
    /// The process that started it, or that inherited it.
    pub parent_pid: u32,
    /// What the kernel calls it: at most 15 bytes of the program's name.
    pub name: String,
    /// Who it runs as: the name, or the number where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
    /// What it is doing.
    pub state: ProcessState,
    /// Its threads.
    pub threads: u32,
    /// Processor time since the round before, as a share of one core: 200 is two full cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_percent: Option<f64>,
    /// Memory that it holds in RAM (resident set).
    pub memory_bytes: f64,
    /// The same as a share of the host's memory.
    pub memory_percent: f64,
    /// Read from storage; absent where the kernel does not let us see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub read_bytes_per_second: Option<f64>,
    /// Written to storage; absent where the kernel does not let us see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub written_bytes_per_second: Option<f64>,
    /// When it was started.
    #[ts(type = "number")]
    pub started_at_ms: i64,
    /// Whether it is a thread of the kernel.
    pub kernel: bool,
}

/// What a process is doing. Source: `proc_pid_stat(5)`, field 3.
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
#[serde(rename_all = "snake_case")]
pub enum ProcessState {
    /// Running, or able to.
    Running,
    /// Waiting for something, interruptibly.
    #[default]
    Sleeping,
    /// Waiting uninterruptibly, mostly for a disk.
    Blocked,
    /// A kernel thread with nothing to do.
    Idle,
    /// Stopped by a signal or a debugger.
    Stopped,
    /// Ended, and its parent has not asked how.
    Zombie,
}

/// Sanitised command lines: secrets are cut out on the host, before anything is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Commands {
    /// By [`ProcessKey`], the same processes as in [`Processes`]. Kernel threads have none.
    pub commands: BTreeMap<String, String>,
}

/// A process that cannot be mistaken for another: ids are reused, start times are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessKey {
    /// Its process id.
    pub pid: u32,
    /// When it was started, in clock ticks since boot (`proc_pid_stat(5)`, field 22).
    pub start_ticks: u64,
}

impl fmt::Display for ProcessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.pid, self.start_ticks)
    }
}

/// A process came or went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ProcessEvent {
    /// Which of the two.
    pub change: ProcessChange,
    /// Its [`ProcessKey`].
    pub key: String,
    /// Its process id.
    pub pid: u32,
    /// The process that started it.
    pub parent_pid: u32,
    /// What the kernel calls it.
    pub name: String,
    /// Who it ran as.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
    /// Processor time that it used in all, as last seen; for those that went.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_seconds: Option<f64>,
    /// How long it lived; for those that went.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lifetime_seconds: Option<f64>,
}

/// Came, or went.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProcessChange {
    /// First seen now.
    Started,
    /// No longer there.
    Stopped,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lists of a few processes that do little, so that two of them have some in common.
    fn list() -> impl Strategy<Value = Processes> {
        let rate = || prop::option::of((0..3).prop_map(|half| f64::from(half) / 2.0));
        let process = (0..2_u32, rate(), rate()).prop_map(|(threads, cpu_percent, read)| Process {
            threads,
            cpu_percent,
            read_bytes_per_second: read,
            ..Process::default()
        });
        let processes = prop::collection::btree_map("[a-d]", process, 0..4);
        (0..2_u32, 0..2_u32, processes).prop_map(|(total, threads, processes)| Processes {
            total,
            threads,
            processes,
            ..Processes::default()
        })
    }

    proptest! {
        #[test]
        fn the_patch_of_a_list_is_that_of_its_payload(old in list(), new in list()) {
            let expected = patch::diff(&state_of(&old), &state_of(&new));
            prop_assert_eq!(new.patch_from(&old), expected);
        }
    }
}
