//! What subscribers get of a flush: counted first, then written, one write per connection.

use std::{rc::Rc, sync::Arc};

use bellwether_hub::{Group, Segment, SubscriberId};
use bellwether_signal::Moment;
use bytes::Bytes;

use super::{Client, Saved, Sockets, Speech, frame};
use crate::clients::Flushes;

/// What a group was written, counted once for all of it.
#[derive(Default)]
struct Sent {
    bytes: u64,
    saved: Saved,
}

impl Sockets {
    /// Writes a flush. A socket that does not take all of it is not given more until it has.
    pub(super) fn deliver(
        &self,
        group: &Group<'_>,
        clients: &mut Vec<Option<Rc<Client>>>,
        now: Moment,
    ) {
        let all = self.clients.borrow();
        clients.extend(group.iter().map(|(id, _)| all.get(&id).cloned()));
        drop(all);
        // Before it is written: who has it may look at the counts.
        let (mut flushes, mut messages) = (0, 0);
        let mut noted = Flushes::at(now);
        for (client, (_, segments)) in clients.iter().zip(group.iter()) {
            let Some(client) = client else { continue };
            flushes += 1;
            let payload_bytes = noted.note(&client.seat, segments);
            if matches!(&*client.speech.borrow(), Speech::Bellwether(_)) {
                messages += segments.len() as u64;
                client.seat.sends(segments.len() as u64, payload_bytes);
            }
        }
        drop(noted);
        self.counts.flushes.add(flushes);
        self.counts.sent_messages.add(messages);
        let mut sent = Sent::default();
        for (client, (id, segments)) in clients.drain(..).zip(group.iter()) {
            if let Some(client) = client {
                self.write(id, &client, segments, now, &mut sent);
            }
        }
        self.counts.sent_bytes.add(sent.bytes);
        self.count(sent.saved);
    }

    fn write(
        &self,
        id: SubscriberId,
        client: &Client,
        segments: &[Arc<Segment>],
        now: Moment,
        sent: &mut Sent,
    ) {
        match &mut *client.speech.borrow_mut() {
            Speech::Bellwether(_) => {
                let packs = client.connection.deflates();
                let mut joined = self.joined.borrow_mut();
                let frame = |segment: &_, saved: &mut _| self.frame(segment, packs, saved);
                let flush = joined.of(segments, packs, frame);
                let bytes = client.connection.write_shared(&flush.parts, now.monotonic);
                client.seat.wrote(bytes, client.connection.waiting_bytes());
                sent.bytes += bytes as u64;
                sent.saved += flush.saved;
            }
            Speech::Dialect(dialect) => {
                self.say(&client.connection, &client.seat, dialect.tell(segments, now));
                self.schedule(&client.connection, dialect.as_ref());
            }
        }
        if client.connection.is_blocked() {
            self.hub.set_blocked(id, true);
        }
    }

    /// A segment's frame: encoded, and packed where that is worth it, by the first who needs it.
    /// Whoever comes later only counts a reference.
    fn frame(&self, segment: &Segment, deflates: bool, saved: &mut Saved) -> Bytes {
        let pack = |json: &Bytes| {
            let packed = self.deflater.borrow_mut().shared(json)?;
            self.counts.packings.add(1);
            Some(packed)
        };
        if let Some(packed) = deflates.then(|| segment.packed(pack)).flatten() {
            saved.add(segment.json().len(), packed.len());
            return packed.clone();
        }
        segment.wire(|json| frame::text(json)).clone()
    }

    pub(super) fn count(&self, saved: Saved) {
        if saved.before > 0 {
            self.counts.unpacked_bytes.add(saved.before);
            self.counts.packed_bytes.add(saved.after);
        }
    }
}
