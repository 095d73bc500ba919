//! Random schedules of publications, subscriptions, stalls, cuts, resumes, polls and restarts against
//! the core, with a fake clock. The invariant: every event arrives exactly once and in order, or a gap
//! is told; every state ends at its newest value; nobody is flushed before its time or waits after it.
//!
//! `BELLWETHER_SEED=n` runs the schedule of one seed, `BELLWETHER_SCHEDULES=n` so many.
//! Start at [`world::World`]: one hub with its clients; [`reader`] is the model of what is owed.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod check;
mod compare;
mod random;
mod reader;
mod schedule;
mod tally;
mod truth;
mod words;
mod world;

use std::{
    collections::hash_map::RandomState,
    env,
    fmt::Write as _,
    hash::BuildHasher,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use check::{Broken, broken};
use schedule::{Step, schedule};
use tally::Tally;
use world::World;

/// New ones each time.
const SCHEDULES: u64 = 10_000;

fn run(steps: &[Step]) -> Result<Tally, Broken> {
    let all = || {
        let mut world = World::new();
        for (index, step) in steps.iter().enumerate() {
            let at = |Broken(what)| Broken(format!("step {index}, {step:?}: {what}"));
            world.run(step).map_err(at)?;
        }
        world.settle()?;
        Ok(world.tally)
    };
    catch_unwind(AssertUnwindSafe(all)).unwrap_or_else(|_| Err(broken("a panic, see above")))
}

/// The same failure with as few steps as leaving some out can reach.
fn shorten(mut steps: Vec<Step>) -> Vec<Step> {
    let mut length = steps.len() / 2;
    while length > 0 {
        let mut from = 0;
        while from < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(from..(from + length).min(steps.len()));
            if run(&fewer).is_err() {
                steps = fewer;
            } else {
                from += length;
            }
        }
        length /= 2;
    }
    steps
}

/// How to see it again, and what happened.
fn describe(seed: u64) -> String {
    let steps = shorten(schedule(seed));
    let mut text = format!("BELLWETHER_SEED={seed} fails; it also does with these steps only:\n");
    for step in &steps {
        writeln!(text, "  {step:?}").unwrap();
    }
    if let Err(Broken(what)) = run(&steps) {
        writeln!(text, "{what}").unwrap();
    }
    text
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn every_event_once_or_a_told_gap_and_every_state_at_its_newest() {
    if let Some(seed) = number("BELLWETHER_SEED") {
        assert!(run(&schedule(seed)).is_ok(), "{}", describe(seed));
        return;
    }
    let count = number("BELLWETHER_SCHEDULES").unwrap_or(SCHEDULES);
    // Other schedules each time: small numbers, because they are easier to copy.
    let first = RandomState::new().hash_one(0) % 1_000_000_000;
    println!("seeds {first} to {}", first + count - 1);
    let threads = thread::available_parallelism().map_or(1, |it| it.get() as u64);
    let some = |part: u64| {
        let mut tally = Tally::default();
        for seed in (first + part..first + count).step_by(usize::try_from(threads).unwrap()) {
            match run(&schedule(seed)) {
                Ok(met) => tally.add(&met),
                Err(_) => return Err(seed),
            }
        }
        Ok(tally)
    };
    let results: Vec<Result<Tally, u64>> = thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|part| scope.spawn(move || some(part))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    let mut all = Tally::default();
    for result in results {
        match result {
            Ok(tally) => all.add(&tally),
            Err(seed) => panic!("{}", describe(seed)),
        }
    }
    println!("{all:?}");
    assert!(all.least() >= count / 20, "something hardly ever happens: {all:?}");
}
