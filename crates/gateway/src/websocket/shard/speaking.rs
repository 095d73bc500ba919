//! What one client alone is told: answers, and what a dialect says by itself.

use std::{rc::Rc, time::Duration};

use super::{Client, Connection, Conversation, Saved, Sockets, Speech, frame};
use crate::clients::Seat;

impl Sockets {
    /// Gives the dialects whose time has come their word, and looks when the next of them wants it.
    pub(super) fn let_speak(&self) {
        let now = (self.clock)();
        let clients: Vec<Rc<Client>> = self.clients.borrow().values().cloned().collect();
        let mut next: Option<Duration> = None;
        for client in clients {
            let Speech::Dialect(dialect) = &mut *client.speech.borrow_mut() else { continue };
            if client.connection.is_blocked() {
                continue; // who takes nothing is asked again when it does
            }
            if dialect.due().is_some_and(|due| now.monotonic >= due) {
                self.say(&client.connection, &client.seat, dialect.speak(now));
            }
            if client.connection.is_blocked() {
                self.hub.set_blocked(client.id, true);
                continue;
            }
            next = next.into_iter().chain(dialect.due()).min();
        }
        self.next_speech.set(next);
    }

    /// Looks when a dialect wants to say something by itself: what it was told may have changed that.
    pub(super) fn schedule(&self, connection: &Connection, dialect: &dyn Conversation) {
        let Some(due) = dialect.due().filter(|_| !connection.is_blocked()) else { return };
        if self.next_speech.get().is_none_or(|next| due < next) {
            self.next_speech.set(Some(due));
            self.wake.notify_one();
        }
    }

    /// Says what only this client is told.
    pub(super) fn say(
        &self,
        connection: &Connection,
        seat: &Seat,
        texts: impl IntoIterator<Item = String>,
    ) {
        let (mut saved, mut messages, mut payload) = (Saved::default(), 0, 0);
        let frames = texts.into_iter().map(|text| {
            messages += 1;
            payload += text.len() as u64;
            let pack = || self.deflater.borrow_mut().alone(text.as_bytes());
            let Some(packed) = connection.deflates().then(pack).flatten() else {
                return frame::text(text.as_bytes());
            };
            self.counts.packings.add(1);
            saved.add(text.len(), packed.len());
            packed
        });
        let bytes = connection.write(frames, self.now());
        seat.sends(messages, payload);
        seat.wrote(bytes, connection.waiting_bytes());
        self.counts.sent_messages.add(messages);
        self.counts.sent_bytes.add(bytes as u64);
        self.count(saved);
    }
}
