//! What subscribers get of a flush: counted first, then written, one write per connection.

use std::{rc::Rc, sync::Arc};

use bellwether_hub::{Group, Segment, SubscriberId};
use bellwether_signal::Moment;
use bytes::Bytes;

use super::{Client, Saved, Sockets, Speech, frame};

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
        // Before it is written: who has it may look at the count.
        for (client, (_, segments)) in clients.iter().zip(group.iter()) {
            let Some(client) = client else { continue };
            self.counts.flushes.add(1);
            client.seat.flushed(segments, now);
            if matches!(&*client.speech.borrow(), Speech::Bellwether(_)) {
                let payload: usize = segments.iter().map(|segment| segment.json().len()).sum();
                client.seat.sends(segments.len() as u64, payload as u64);
            }
        }
        for (client, (id, segments)) in clients.drain(..).zip(group.iter()) {
            if let Some(client) = client {
                self.write(id, &client, segments, now);
            }
        }
    }

    fn write(&self, id: SubscriberId, client: &Client, segments: &[Arc<Segment>], now: Moment) {
        match &mut *client.speech.borrow_mut() {
            Speech::Bellwether(_) => {
                let packs = client.connection.deflates();
                let mut joined = self.joined.borrow_mut();
                let frame = |segment: &_, saved: &mut _| self.frame(segment, packs, saved);
                let flush = joined.of(segments, packs, frame);
                let bytes = client.connection.write_shared(&flush.parts, now.monotonic);
                client.seat.wrote(bytes, client.connection.waiting_bytes());
                self.counts.sent_messages.add(segments.len() as u64);
                self.counts.sent_bytes.add(bytes as u64);
                self.count(flush.saved);
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
