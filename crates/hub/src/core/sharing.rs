//! Neighbours in a flush mostly stand at the same places and get the very same segments: what the
//! first was given is given to the next without looking it up again.

use std::{ops::Range, sync::Arc, time::Duration};

use super::{Core, SubscriberId};
use crate::{
    segment::Segment,
    standing::Tally,
    subscriber::{Absence, Cursor, TopicIndex},
};

/// What the subscriber before was given: it holds as long as nothing is published, which is as long
/// as the hub's lock is held.
#[derive(Debug, Default)]
pub struct Sharing {
    /// Where that one stood, in the order in which it was given.
    from: Vec<(TopicIndex, Cursor)>,
    /// Where it stood then.
    to: Vec<Cursor>,
    /// What it was given.
    given: Range<usize>,
    /// What of that it did not get one by one.
    tally: Tally,
    /// Used again for every subscriber.
    here: Vec<(TopicIndex, Cursor)>,
}

impl Sharing {
    /// Something may have been published.
    pub fn forget(&mut self) {
        self.from.clear();
    }
}

impl Core {
    /// Like [`Self::take`]; answers which part of `out` is the subscriber's. That is the part of the one
    /// before where both stood at the same places.
    pub fn take_shared(
        &mut self,
        id: SubscriberId,
        now: Duration,
        sharing: &mut Sharing,
        out: &mut Vec<Arc<Segment>>,
    ) -> Range<usize> {
        let mut here = std::mem::take(&mut sharing.here);
        self.place(id, &mut here);
        // Who goes on from a log, or is told what is no more, stands where nobody else does, whatever its
        // cursors say.
        let alone = self.catches_up(id) || self.is_told_of_absence(id);
        let given = if !alone && !here.is_empty() && here == sharing.from {
            self.move_on(id, now, sharing);
            sharing.given.clone()
        } else {
            let begin = out.len();
            let before = self.tally(id);
            self.take(id, now, out);
            sharing.tally = self.tally(id).since(before);
            self.arrive(id, &here, &mut sharing.to);
            sharing.given = begin..out.len();
            std::mem::swap(&mut sharing.from, &mut here);
            if alone || self.catches_up(id) {
                sharing.forget();
            }
            sharing.given.clone()
        };
        sharing.here = here;
        given
    }

    fn tally(&self, id: SubscriberId) -> Tally {
        self.subscribers.get(&id).map(|subscriber| subscriber.tally).unwrap_or_default()
    }

    fn catches_up(&self, id: SubscriberId) -> bool {
        self.subscribers.get(&id).is_some_and(|subscriber| !subscriber.catching_up.is_empty())
    }

    fn is_told_of_absence(&self, id: SubscriberId) -> bool {
        self.subscribers.get(&id).is_some_and(|subscriber| subscriber.absence == Absence::Due)
    }

    /// The cursors of all topics with something new.
    fn place(&self, id: SubscriberId, here: &mut Vec<(TopicIndex, Cursor)>) {
        here.clear();
        let Some(subscriber) = self.subscribers.get(&id) else { return };
        here.extend(subscriber.dirty.iter().filter_map(|index| {
            subscriber.mailboxes.get(*index).map(|mailbox| (*index, mailbox.cursor))
        }));
    }

    /// The same cursors after something was taken.
    fn arrive(&self, id: SubscriberId, from: &[(TopicIndex, Cursor)], to: &mut Vec<Cursor>) {
        to.clear();
        let Some(subscriber) = self.subscribers.get(&id) else { return };
        let cursor = |(index, _): &(TopicIndex, Cursor)| {
            subscriber.mailboxes.get(*index).map(|mailbox| mailbox.cursor)
        };
        to.extend(from.iter().filter_map(cursor));
    }

    /// Takes what the one before took.
    fn move_on(&mut self, id: SubscriberId, now: Duration, sharing: &Sharing) {
        let Some(subscriber) = self.subscribers.get_mut(&id) else { return };
        for ((index, _), to) in sharing.from.iter().zip(&sharing.to) {
            let (Some(mailbox), Some(entry)) =
                (subscriber.mailboxes.get_mut(*index), self.topics.get_mut(*index))
            else {
                continue;
            };
            mailbox.cursor = *to;
            mailbox.taken(id, &mut entry.hearing);
        }
        subscriber.tally += sharing.tally;
        subscriber.dirty.clear();
        subscriber.urgent = 0;
        if !sharing.given.is_empty() {
            subscriber.last_flush = Some(now);
        }
    }
}
