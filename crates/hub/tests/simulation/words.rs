//! From the numbers and names of a schedule to the hub's own types.

use std::collections::HashMap;

use bellwether_hub::Since;
use bellwether_signal::{Topic, TopicPattern};

use crate::{
    reader::Said,
    schedule::{PATTERNS, TOPICS},
};

pub(crate) fn of_kind(index: usize, is_state: bool) -> &'static str {
    let names: Vec<&str> =
        TOPICS.iter().filter(|(_, state)| *state == is_state).map(|(name, _)| *name).collect();
    names[index % names.len()]
}

pub(crate) fn named(patterns: &[usize]) -> Vec<&'static str> {
    patterns.iter().map(|index| PATTERNS[*index]).collect()
}

pub(crate) fn topic(name: &str) -> Topic {
    Topic::parse(name).unwrap()
}

pub(crate) fn parsed(patterns: &[&str]) -> Vec<TopicPattern> {
    patterns.iter().map(|pattern| TopicPattern::parse(pattern).unwrap()).collect()
}

pub(crate) fn since(said: &Said) -> Since {
    match said {
        Said::Retained => Since::Retained,
        Said::Now => Since::Now,
        Said::Positions(positions) => {
            let known = positions.iter().map(|(name, position)| (topic(name), *position));
            Since::Positions(known.collect::<HashMap<_, _>>())
        }
    }
}
