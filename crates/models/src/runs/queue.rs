//! Who is trained when: by priority, then in the order in which they came.

use std::cmp::Reverse;

use bellwether_signal::{RunId, answer::Priority, training::TrainingState};

use super::State;

/// Runs that wait, the next one first.
fn in_order(state: &State) -> Vec<RunId> {
    let waits = state.runs.values().filter(|run| run.record.status.state == TrainingState::Queued);
    let mut waits: Vec<(Reverse<Priority>, RunId)> = waits
        .map(|run| (Reverse(run.record.wish.priority.unwrap_or_default()), run.record.status.run))
        .collect();
    waits.sort_unstable();
    waits.into_iter().map(|(_, run)| run).collect()
}

/// The one whose turn it is.
pub(super) fn next(state: &State) -> Option<RunId> {
    in_order(state).first().copied()
}

/// How many wait.
pub(super) fn waiting(state: &State) -> usize {
    in_order(state).len()
}

/// Writes into each that waits how many are before it, the one under way included; answers those for
/// whom that is new.
pub(super) fn number(state: &mut State) -> Vec<RunId> {
    let runs = state.runs.values();
    let under_way = runs.filter(|run| run.record.status.state == TrainingState::Running).count();
    let mut moved = Vec::new();
    for (place, id) in in_order(state).into_iter().enumerate() {
        let Some(run) = state.runs.get_mut(&id) else { continue };
        let before = u32::try_from(place + under_way).ok();
        let status = &mut run.record.status;
        if status.runs_before != before {
            status.runs_before = before;
            status.text = match before {
                None | Some(0) => "Waits for its turn".to_owned(),
                Some(1) => "Waits for 1 training before it".to_owned(),
                Some(many) => format!("Waits for {many} trainings before it"),
            };
            moved.push(id);
        }
    }
    moved
}
