//! A subscriber's mailboxes, in the order of their topics. Most subscribers have few, and every flush
//! looks them up: in one small piece they cost one wait for memory, where a hash table costs two and
//! four times the room.

use crate::subscriber::{Mailbox, TopicIndex};

#[derive(Debug, Default)]
pub(crate) struct Mailboxes(Vec<(TopicIndex, Mailbox)>);

impl Mailboxes {
    fn place(&self, index: TopicIndex) -> Result<usize, usize> {
        self.0.binary_search_by_key(&index, |(index, _)| *index)
    }

    pub(crate) fn get(&self, index: TopicIndex) -> Option<&Mailbox> {
        self.0.get(self.place(index).ok()?).map(|(_, mailbox)| mailbox)
    }

    pub(crate) fn get_mut(&mut self, index: TopicIndex) -> Option<&mut Mailbox> {
        let place = self.place(index).ok()?;
        self.0.get_mut(place).map(|(_, mailbox)| mailbox)
    }

    pub(crate) fn insert(&mut self, index: TopicIndex, mailbox: Mailbox) {
        match self.place(index) {
            Ok(place) => {
                if let Some(had) = self.0.get_mut(place) {
                    had.1 = mailbox;
                }
            }
            Err(place) => {
                if self.0.is_empty() {
                    // Whoever wants one topic needs no room for four.
                    self.0.reserve_exact(1);
                }
                self.0.insert(place, (index, mailbox));
            }
        }
    }

    pub(crate) fn remove(&mut self, index: TopicIndex) -> Option<Mailbox> {
        self.place(index).ok().map(|place| self.0.remove(place).1)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (TopicIndex, &Mailbox)> {
        self.0.iter().map(|(index, mailbox)| (*index, mailbox))
    }

    pub(crate) fn indices(&self) -> impl Iterator<Item = TopicIndex> {
        self.0.iter().map(|(index, _)| *index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscriber::Cursor;

    #[test]
    fn mailboxes_are_found_in_whichever_order_they_came() {
        let mailbox = |dirty| Mailbox {
            cursor: Cursor::State { known: None },
            dirty,
            urgent: false,
            hears: false,
        };
        let mut all = Mailboxes::default();
        for index in [5, 1, 9, 3] {
            all.insert(index, mailbox(false));
        }
        all.insert(9, mailbox(true));
        assert_eq!(all.indices().collect::<Vec<_>>(), [1, 3, 5, 9]);
        assert!(all.get(9).is_some_and(|it| it.dirty));
        assert!(all.get_mut(4).is_none());
        assert!(all.remove(3).is_some() && all.remove(3).is_none());
        assert_eq!((all.len(), all.iter().filter(|(_, it)| it.dirty).count()), (3, 1));
    }
}
