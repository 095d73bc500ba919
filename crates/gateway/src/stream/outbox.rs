//! What waits for one client of a stream: one flush at most, and what has to be said beside it.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bellwether_hub::Segment;
use bellwether_signal::protocol::{CloseCode, Kind};
use bytes::Bytes;
use serde_json::json;

use super::{Peer, Place};
use crate::clients::Seat;

/// Text of one write: a client that takes nothing more costs that, and references to segments.
const CHUNK_BYTES: usize = 16 * 1024;

/// Between the task that flushes and the body that HTTP pulls.
#[derive(Debug)]
pub(crate) struct Outbox {
    peer: Option<Peer>,
    seat: Seat,
    content: Mutex<Content>,
}

#[derive(Debug)]
struct Content {
    /// Said first.
    head: Option<String>,
    flush: VecDeque<Arc<Segment>>,
    place: Place,
    heartbeat: bool,
    bye: Option<String>,
    over: bool,
    waker: Option<Waker>,
    /// When the client last took something, or something began to wait for it.
    moved: Duration,
}

/// What a pull of the body gave.
pub(super) struct Pull {
    pub(super) chunk: Poll<Option<Bytes>>,
    /// Envelopes in it.
    pub(super) messages: u64,
    /// The flush is gone: the next one may come.
    pub(super) freed: bool,
}

impl Outbox {
    pub(super) fn new(
        peer: Option<Peer>,
        welcome: &str,
        place: Place,
        now: Duration,
        seat: Seat,
    ) -> Self {
        // An id without data is remembered by the client and shown to nobody: from here on it can
        // resume, even when no event came yet.
        let head = format!("event: welcome\ndata: {welcome}\n\nid: {place}\n\n");
        let content = Content {
            head: Some(head),
            flush: VecDeque::new(),
            place,
            heartbeat: false,
            bye: None,
            over: false,
            waker: None,
            moved: now,
        };
        Self { peer, seat, content: Mutex::new(content) }
    }

    /// Whose it is.
    pub(super) fn seat(&self) -> &Seat {
        &self.seat
    }

    /// Takes one flush. The hub gives no other one before this one was pulled.
    pub(super) fn put(&self, segments: &[Arc<Segment>], now: Duration) {
        let mut content = self.content();
        content.begin(now);
        content.flush.extend(segments.iter().cloned());
        content.wake();
    }

    /// Asks the client's machine whether it is there.
    pub(super) fn beat(&self, now: Duration) {
        let mut content = self.content();
        content.begin(now);
        content.heartbeat = true;
        content.wake();
    }

    /// Says goodbye: the last event. What waits is said before it.
    pub(super) fn close(&self, code: CloseCode, reason: &str) {
        let mut content = self.content();
        content.close(code, reason);
        content.wake();
    }

    /// Ends the connection, which takes nothing.
    pub(super) fn cut(&self) {
        let mut content = self.content();
        content.over = true;
        content.flush.clear();
        content.wake();
        if let Some(peer) = &self.peer {
            peer.reset();
        }
    }

    /// Time since the client took something; `None` while nothing waits for it.
    pub(super) fn stuck_for(&self, now: Duration) -> Option<Duration> {
        let content = self.content();
        content.waits().then(|| now.saturating_sub(content.moved))
    }

    /// Time since something was said, where nothing waits.
    pub(super) fn quiet_for(&self, now: Duration) -> Option<Duration> {
        let content = self.content();
        (!content.waits()).then(|| now.saturating_sub(content.moved))
    }

    /// What the connection may be sent next.
    pub(super) fn pull(&self, cx: &Context<'_>, now: Duration) -> Pull {
        let mut content = self.content();
        let content = &mut *content;
        let (mut text, mut messages, mut freed) =
            (content.head.take().unwrap_or_default(), 0, false);
        while text.len() < CHUNK_BYTES
            && let Some(segment) = content.flush.pop_front()
        {
            match segment.kind() {
                Kind::State => content.place.forget(segment.topic()),
                Kind::Event => {
                    if let Err(error) = content.place.reach(segment.topic(), segment.position()) {
                        content.flush.clear();
                        content.close(CloseCode::TooBig, &error.to_string());
                        break;
                    }
                    // Before the data: it holds once the event is complete.
                    writeln!(text, "id: {}", content.place).expect("a String takes all");
                }
            }
            text.push_str("data: ");
            text.push_str(std::str::from_utf8(segment.json()).expect("JSON is UTF-8"));
            text.push_str("\n\n");
            messages += 1;
            freed = content.flush.is_empty();
        }
        if std::mem::take(&mut content.heartbeat) && text.is_empty() {
            text.push_str(": still here\n\n");
        }
        if content.flush.is_empty()
            && let Some(bye) = content.bye.take()
        {
            text.push_str(&bye);
            content.over = true;
        }
        let chunk = if !text.is_empty() {
            content.moved = now;
            self.seat.sends(messages, text.len() as u64);
            self.seat.wrote(text.len(), content.waiting_bytes());
            Poll::Ready(Some(text.into()))
        } else if content.over {
            Poll::Ready(None)
        } else {
            content.waker = Some(cx.waker().clone());
            Poll::Pending
        };
        Pull { chunk, messages, freed }
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    /// What is to be said yet, as long as it is without its frame.
    fn waiting_bytes(&self) -> usize {
        self.flush.iter().map(|segment| segment.json().len()).sum()
    }

    fn waits(&self) -> bool {
        self.head.is_some() || self.heartbeat || self.bye.is_some() || !self.flush.is_empty()
    }

    fn begin(&mut self, now: Duration) {
        if !self.waits() {
            self.moved = now;
        }
    }

    fn close(&mut self, code: CloseCode, reason: &str) {
        if !self.over && self.bye.is_none() {
            let advice = json!({ "code": code as u16, "reason": reason });
            self.bye = Some(format!("event: bye\ndata: {advice}\n\n"));
        }
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
