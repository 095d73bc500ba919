//! Where a stream stands, as the text that is the `id` of its events: `EPOCH@TOPIC=OFFSET,…;…`.
//!
//! Only event topics are in it: a state topic begins again with its full value, and its newest value
//! is all that counts. That keeps the text short, though it comes with every event.

use std::{collections::BTreeMap, fmt};

use bellwether_signal::{Topic, protocol::Position};

/// Longest text. It comes back in a header, which browsers and proxies limit to about 8 KB.
const TEXT_BYTES: usize = 4 * 1024;

/// The last position that a client had in each event topic. Ordered by epoch, because topics of one
/// run share theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    positions: BTreeMap<Topic, Position>,
}

/// There are more topics than the text may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "these patterns have so many event topics that a place in them takes more than {TEXT_BYTES} \
     bytes; ask for fewer, or use the WebSocket"
)]
pub(crate) struct TooLong;

impl Place {
    /// Reads what a client was told before.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > TEXT_BYTES {
            return Err(format!("longer than {TEXT_BYTES} bytes"));
        }
        let mut place = Self::default();
        for group in text.split(';').filter(|group| !group.is_empty()) {
            let (epoch, topics) = group.split_once('@').ok_or("no @ after the epoch")?;
            let epoch = number(epoch)?;
            for pair in topics.split(',') {
                let (topic, offset) = pair.split_once('=').ok_or("no = after the topic")?;
                let topic = Topic::parse(topic).map_err(|error| error.to_string())?;
                place.positions.insert(topic, Position(epoch, number(offset)?));
            }
        }
        Ok(place)
    }

    pub(crate) fn positions(&self) -> impl Iterator<Item = (&Topic, Position)> {
        self.positions.iter().map(|(topic, position)| (topic, *position))
    }

    /// Notes where the client will be. What is too long stays noted: the stream has to end.
    pub(crate) fn reach(&mut self, topic: &Topic, position: Position) -> Result<(), TooLong> {
        let grows = self.positions.insert(topic.clone(), position).is_none();
        if grows && self.to_string().len() > TEXT_BYTES { Err(TooLong) } else { Ok(()) }
    }

    /// A topic that turned out to hold states.
    pub(crate) fn forget(&mut self, topic: &Topic) {
        self.positions.remove(topic);
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut epochs: BTreeMap<u64, Vec<(&Topic, u64)>> = BTreeMap::new();
        for (topic, position) in &self.positions {
            epochs.entry(position.epoch()).or_default().push((topic, position.offset()));
        }
        for (group, (epoch, topics)) in epochs.iter().enumerate() {
            if group > 0 {
                f.write_str(";")?;
            }
            write!(f, "{epoch}@")?;
            for (index, (topic, offset)) in topics.iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                write!(f, "{comma}{}={offset}", topic.as_str())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn topic(text: &str) -> Topic {
        Topic::parse(text).unwrap()
    }

    #[test]
    fn it_is_short_and_reads_back() {
        let mut place = Place::default();
        assert_eq!(place.to_string(), "");
        assert_eq!(Place::parse(""), Ok(Place::default()));
        place.reach(&topic("host/web-1/process"), Position(7, 12)).unwrap();
        place.reach(&topic("activity"), Position(3, 1)).unwrap();
        place.reach(&topic("app/a%2Fb"), Position(7, 0)).unwrap();
        let text = place.to_string();
        assert_eq!(text, "3@activity=1;7@app/a%2Fb=0,host/web-1/process=12");
        assert_eq!(Place::parse(&text), Ok(place));
    }

    #[test]
    fn what_it_is_not_is_said() {
        let check = |text: &str, part: &str| {
            let error = Place::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        };
        check("yesterday", "@");
        check("7@a", "=");
        check("x@a=1", "\"x\"");
        check("7@a=-1", "\"-1\"");
        check("7@a//b=1", "empty segment");
        check("7@*=1", "wildcard");
        check("7@", "=");
        check(&"a".repeat(9_000), "longer");
    }

    #[test]
    fn its_length_has_a_bound() {
        let mut place = Place::default();
        let grown = (0..10_000)
            .take_while(|n| place.reach(&topic(&format!("app/{n}")), Position(1, 1)).is_ok())
            .count();
        assert!((100..1_000).contains(&grown), "{grown}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-z@=,;/%*]{0,60}") {
            if let Ok(place) = Place::parse(&text) {
                prop_assert_eq!(Place::parse(&place.to_string()), Ok(place));
            }
        }
    }

    /// What is read as a place says the same again.
    #[test]
    fn fuzz_last_event_ids() {
        const PLACES: [&str; 3] =
            ["3@activity=1;7@app/a%2Fb=0,host/web-1/process=12", "", "18446744073709551615@a=0"];
        crate::fuzz::rounds(|random| {
            let text = random.pick(&PLACES);
            let text = random.damaged(text);
            if let Ok(place) = Place::parse(&text) {
                assert_eq!(Place::parse(&place.to_string()), Ok(place), "{text:?}");
            }
        });
    }
}
