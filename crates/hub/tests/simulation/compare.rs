//! A flush beside what was owed.

use std::{collections::BTreeMap, sync::Arc};

use bellwether_hub::{Priority, Segment};

use crate::{
    check::{Broken, Check},
    reader::{Item, Memory},
    tally::Tally,
    truth::Truth,
};

/// Whether a client was given exactly what it was owed, most urgent first.
pub(crate) fn compare(
    memory: &mut Memory,
    segments: &[Arc<Segment>],
    owed: &BTreeMap<String, Vec<Item>>,
    truth: &Truth,
    tally: &mut Tally,
) -> Result<(), Broken> {
    let mut got: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    let mut order: Vec<(String, Priority)> = Vec::new();
    for segment in segments {
        let (topic, item, priority) = memory.take(segment.json(), &truth.channels)?;
        if order.last().is_none_or(|(last, _)| *last != topic) {
            order.push((topic.clone(), priority));
        }
        tally.item(&item);
        got.entry(topic).or_default().push(item);
    }
    order.is_sorted_by_key(|(_, priority)| *priority).check("urgent first", || order.clone())?;
    (order.len() == got.len()).check("topics mixed", || order.clone())?;
    // Where a patch would do, the full state is right too.
    let as_owed = |(got, owed): (&Item, &Item)| match (got, owed) {
        (Item::State { offset, full: true }, Item::State { offset: wanted, .. }) => {
            offset == wanted
        }
        (got, owed) => got == owed,
    };
    let right = got.len() == owed.len()
        && got.iter().zip(owed).all(|((topic, got), (wanted, owed))| {
            topic == wanted && got.len() == owed.len() && got.iter().zip(owed).all(as_owed)
        });
    right.check("not what is owed", || format!("got {got:?}, owed {owed:?}"))
}
