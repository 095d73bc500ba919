//! What fails, and when. One disk for the whole process: tests that use it run one after another.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What `SQLite` asks of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Opening or making a file.
    Open,
    /// Removing a file.
    Delete,
    /// Asking whether a file is there.
    Access,
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Cutting a file short.
    Truncate,
    /// Waiting until what was written is on the disk.
    Sync,
    /// Asking how long a file is.
    Size,
    /// Locking a file.
    Lock,
    /// Getting memory that is shared between processes.
    Share,
    /// Locking a part of that.
    ShareLock,
}

/// How it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// That operation alone.
    Once,
    /// That one and all that follow, until [`heal`].
    FromThenOn,
    /// That one alone; of a write the first half is written.
    Torn,
    /// From then on nothing can be written: no space left. What only reads works.
    Full,
}

/// The n-th operation from now fails, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which one.
    pub number: u64,
    /// How.
    pub way: Way,
}

struct State {
    plan: Option<Plan>,
    counted: u64,
    failed: Option<Operation>,
}

static STATE: Mutex<State> = Mutex::new(State { plan: None, counted: 0, failed: None });

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to count.
pub fn set(plan: Plan) {
    *state() = State { plan: Some(plan), counted: 0, failed: None };
}

/// Ends all faults. Says which operation failed first; none when there were fewer.
pub fn heal() -> Option<Operation> {
    let mut state = state();
    state.plan = None;
    state.failed.take()
}

/// Counts an operation; says how it fails, if it does.
pub(crate) fn count(operation: Operation) -> Option<Way> {
    let mut state = state();
    let plan = state.plan?;
    state.counted += 1;
    let fails = match plan.way {
        Way::Once | Way::Torn => state.counted == plan.number,
        Way::FromThenOn => state.counted >= plan.number,
        Way::Full => {
            let grows = matches!(operation, Operation::Write | Operation::Open | Operation::Share);
            state.counted >= plan.number && grows
        }
    };
    if fails {
        state.failed.get_or_insert(operation);
    }
    fails.then_some(plan.way)
}
