//! Logged topics: their positions come from the log, survive restarts, and may begin a new epoch while
//! the ring still holds events of the one before.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{collections::HashMap, time::Duration};

use bellwether_hub::{Core, HubError, Limits, Priority, ShardId, Since, SubscriberId};
use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern,
    answer::Delivered,
    protocol::{Content, GapReason, Position},
};
use serde_json::json;

/// What a subscriber hears: the position of an event, or of both ends of a gap.
#[derive(Debug, PartialEq)]
enum Heard {
    Event(u64, u64),
    Gap(Option<Position>, Position, GapReason),
}

fn topic() -> Topic {
    Topic::parse("activity").unwrap()
}

fn core(ring: usize) -> (Core, ShardId) {
    let mut core = Core::new(5, Limits { ring, ..Limits::default() });
    let shard = core.add_shard();
    (core, shard)
}

fn publish(core: &mut Core, epoch: u64, offset: u64) -> Result<(), HubError> {
    let event = json!([epoch, offset]);
    let position = Position(epoch, offset);
    core.publish_logged(&topic(), position, event, Timestamp(0), Priority::Normal)
}

fn restore(core: &mut Core, newest: Position, events: &[(u64, u64)]) {
    let past = |(epoch, offset): &(u64, u64)| {
        (Position(*epoch, *offset), json!([epoch, offset]), Timestamp(0))
    };
    core.restore_events(&topic(), newest, events.iter().map(past)).unwrap();
}

fn subscribe(core: &mut Core, shard: ShardId, since: &Since) -> SubscriberId {
    let id = core.add_subscriber(shard, Role::Viewer).unwrap();
    core.subscribe(id, &[TopicPattern::parse("activity").unwrap()], since).unwrap();
    id
}

fn after(epoch: u64, offset: u64) -> Since {
    Since::Positions(HashMap::from([(topic(), Position(epoch, offset))]))
}

fn hear(core: &mut Core, id: SubscriberId) -> Vec<Heard> {
    let mut segments = Vec::new();
    core.take(id, Duration::ZERO, &mut segments);
    let read = |segment: &std::sync::Arc<bellwether_hub::Segment>| match serde_json::from_slice(
        segment.json(),
    )
    .unwrap()
    {
        Delivered::Gap(notice) => Heard::Gap(notice.gap.from, notice.gap.to, notice.gap.reason),
        Delivered::Envelope(envelope) => {
            let (epoch, offset) = (envelope.epoch, envelope.offset);
            assert_eq!(envelope.content, Content::Data(json!([epoch, offset])));
            Heard::Event(epoch, offset)
        }
    };
    segments.iter().map(read).collect()
}

#[test]
fn who_resumes_after_a_restart_gets_exactly_what_it_missed() {
    let (mut core, shard) = core(300);
    restore(&mut core, Position(9, 3), &[(9, 1), (9, 2), (9, 3)]);
    let id = subscribe(&mut core, shard, &after(9, 2));
    let current = subscribe(&mut core, shard, &after(9, 3));
    assert_eq!(hear(&mut core, id), [Heard::Event(9, 3)]);
    assert_eq!(hear(&mut core, current), []);
    publish(&mut core, 9, 4).unwrap();
    assert_eq!(hear(&mut core, id), [Heard::Event(9, 4)]);
    assert_eq!(hear(&mut core, current), [Heard::Event(9, 4)]);
    assert_eq!(core.positions(id), [(topic(), Position(9, 4))]);
}

#[test]
fn a_new_epoch_is_told_and_what_came_before_it_is_not_lost() {
    let (mut core, shard) = core(300);
    restore(&mut core, Position(9, 2), &[(9, 1), (9, 2)]);
    let behind = subscribe(&mut core, shard, &after(9, 1));
    publish(&mut core, 12, 1).unwrap();
    let gap = || Heard::Gap(Some(Position(9, 2)), Position(12, 1), GapReason::NewEpoch);
    assert_eq!(hear(&mut core, behind), [Heard::Event(9, 2), gap(), Heard::Event(12, 1)]);
    let resumed = subscribe(&mut core, shard, &after(9, 2));
    assert_eq!(hear(&mut core, resumed), [gap(), Heard::Event(12, 1)]);
    let fresh = subscribe(&mut core, shard, &Since::Retained);
    let all = [Heard::Event(9, 1), Heard::Event(9, 2), gap(), Heard::Event(12, 1)];
    assert_eq!(hear(&mut core, fresh), all);
}

#[test]
fn what_left_the_ring_or_never_was_is_told() {
    let (mut core, shard) = core(2);
    restore(&mut core, Position(9, 4), &[(9, 1), (9, 2), (9, 3), (9, 4)]);
    let check = |core: &mut Core, since: Since, expected: &[Heard]| {
        let id = subscribe(core, shard, &since);
        assert_eq!(hear(core, id), expected, "{since:?}");
    };
    let gap =
        |epoch, offset, reason| Heard::Gap(Some(Position(epoch, offset)), Position(9, 3), reason);
    let rest = |gap| [gap, Heard::Event(9, 3), Heard::Event(9, 4)];
    check(&mut core, after(9, 1), &rest(gap(9, 1, GapReason::Overrun)));
    check(&mut core, after(9, 9), &rest(gap(9, 9, GapReason::UnknownPosition)));
    check(&mut core, after(9, u64::MAX), &rest(gap(9, u64::MAX, GapReason::UnknownPosition)));
    check(&mut core, after(8, 1), &rest(gap(8, 1, GapReason::NewEpoch)));
    check(&mut core, after(9, 2), &[Heard::Event(9, 3), Heard::Event(9, 4)]);
    check(&mut core, Since::Now, &[]);
}

#[test]
fn a_topic_whose_events_are_gone_still_knows_where_it_stands() {
    let (mut core, shard) = core(300);
    restore(&mut core, Position(9, 7), &[]);
    let check = |core: &mut Core, since: Since, expected: &[Heard]| {
        let id = subscribe(core, shard, &since);
        assert_eq!(hear(core, id), expected, "{since:?}");
        assert_eq!(core.positions(id), [(topic(), Position(9, 7))]);
    };
    let gap = |offset, reason| Heard::Gap(Some(Position(9, offset)), Position(9, 8), reason);
    check(&mut core, after(9, 7), &[]);
    check(&mut core, after(9, 3), &[gap(3, GapReason::Overrun)]);
    check(&mut core, after(9, 8), &[gap(8, GapReason::UnknownPosition)]);
    check(&mut core, Since::Retained, &[]);
    publish(&mut core, 9, 8).unwrap();
    let id = subscribe(&mut core, shard, &after(9, 7));
    assert_eq!(hear(&mut core, id), [Heard::Event(9, 8)]);
}

#[test]
fn holes_of_the_log_are_told() {
    let (mut core, shard) = core(300);
    restore(&mut core, Position(9, 8), &[(9, 1), (9, 4)]);
    let id = subscribe(&mut core, shard, &Since::Retained);
    let gap = |from, to| Heard::Gap(Some(Position(9, from)), Position(9, to), GapReason::Overrun);
    let expected = [Heard::Event(9, 1), gap(1, 4), Heard::Event(9, 4), gap(4, 9)];
    assert_eq!(hear(&mut core, id), expected);
}

#[test]
fn a_position_that_is_not_after_the_newest_is_refused() {
    let (mut core, shard) = core(300);
    publish(&mut core, 9, 4).unwrap();
    for (epoch, offset) in [(9, 4), (9, 3), (8, 5), (10, 0)] {
        let error = publish(&mut core, epoch, offset).unwrap_err();
        assert!(matches!(error, HubError::NotAfter { .. }), "{error}");
    }
    let id = subscribe(&mut core, shard, &Since::Retained);
    assert_eq!(hear(&mut core, id), [Heard::Event(9, 4)]);
}
