//! Who holds a connection. When every place is taken, the client that has waited longest without
//! asking anything makes room for the next one: connections that are only held open (slow headers,
//! forgotten keep-alives) keep nobody out.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio_util::sync::CancellationToken;

/// All places.
pub(super) struct Places {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Numbers connections and turns, so that none is ever given twice.
    next: u64,
    taken: BTreeMap<u64, Taken>,
    /// Turn → connection, of those that ask nothing now; the first has waited longest.
    waiting: BTreeMap<u64, u64>,
}

struct Taken {
    requests: u32,
    turn: u64,
    leave: CancellationToken,
}

impl Places {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    /// A place for a new connection; nothing when all that hold one have a request under way.
    pub(super) fn take(self: &Arc<Self>) -> Option<Arc<Place>> {
        let mut state = self.state();
        if state.taken.len() >= self.most {
            let (_, longest) = state.waiting.pop_first()?;
            if let Some(taken) = state.taken.remove(&longest) {
                taken.leave.cancel();
            }
        }
        let leave = CancellationToken::new();
        let id = state.number();
        state.taken.insert(id, Taken { requests: 0, turn: id, leave: leave.clone() });
        state.waiting.insert(id, id);
        let (places, has_asked) = (Arc::clone(self), AtomicBool::new(false));
        Some(Arc::new(Place { places, id, leave, has_asked }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// The place of one connection, until it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    id: u64,
    leave: CancellationToken,
    has_asked: AtomicBool,
}

impl Place {
    /// Waits until somebody else needs the place.
    pub(super) async fn is_needed(&self) {
        self.leave.cancelled().await;
    }

    /// Whether a request is under way.
    pub(super) fn is_asking(&self) -> bool {
        self.places.state().taken.get(&self.id).is_some_and(|taken| taken.requests > 0)
    }

    /// Whether it ever asked something.
    pub(super) fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Relaxed)
    }

    /// A request begins. It is under way until the last of its answer is taken.
    pub(super) fn ask(self: &Arc<Self>) -> Asking {
        // Guards nothing.
        self.has_asked.store(true, Ordering::Relaxed);
        let mut state = self.places.state();
        let turn = state.taken.get_mut(&self.id).map(|taken| {
            taken.requests += 1;
            taken.turn
        });
        if let Some(turn) = turn {
            state.waiting.remove(&turn);
        }
        drop(state);
        Asking(Arc::clone(self))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.places.state();
        if let Some(taken) = state.taken.remove(&self.id) {
            state.waiting.remove(&taken.turn);
        }
    }
}

/// A request under way.
pub(super) struct Asking(Arc<Place>);

impl Drop for Asking {
    fn drop(&mut self) {
        let mut state = self.0.places.state();
        let turn = state.number();
        let Some(taken) = state.taken.get_mut(&self.0.id) else { return };
        taken.requests -= 1;
        if taken.requests == 0 {
            taken.turn = turn;
            state.waiting.insert(turn, self.0.id);
        }
    }
}

/// The body of an answer: its request is under way for as long as it is written.
pub(super) struct Answer {
    pub(super) body: Body,
    pub(super) asking: Option<Asking>,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) {
            self.asking = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_waiting_makes_room() {
        let places = Places::new(2);
        let first = places.take().unwrap();
        let second = places.take().unwrap();
        drop(first.ask()); // waits again, but since later than the second
        let third = places.take().unwrap();
        assert!(second.leave.is_cancelled());
        assert!(!first.leave.is_cancelled());
        drop(second); // leaves what it no longer has
        let asking = (first.ask(), third.ask());
        assert!(first.is_asking() && places.take().is_none(), "both have requests under way");
        drop(asking.0);
        assert!(!first.is_asking() && places.take().is_some());
        assert!(first.leave.is_cancelled() && !third.leave.is_cancelled());
    }
}
