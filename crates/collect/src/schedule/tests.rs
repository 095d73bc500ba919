use proptest::prelude::*;

use super::*;

const fn spec(name: &'static str, tier: Tier, every_second: bool) -> CollectorSpec {
    CollectorSpec {
        name,
        tier,
        lengthy: false,
        every_second,
        topics: &[],
        quiet_topics: &[],
        open: |_| Ok(None),
    }
}

const SPECS: [CollectorSpec; 3] = [
    CollectorSpec { topics: &["cpu"], ..spec("cpu", Tier::Important, true) },
    CollectorSpec {
        topics: &["disks"],
        quiet_topics: &["labels"],
        ..spec("disks", Tier::Background, false)
    },
    CollectorSpec { topics: &["memory"], ..spec("memory", Tier::Standard, false) },
];

/// Runs a schedule and writes down who published when, in seconds since the second round.
struct Run {
    schedule: Schedule,
    now: Duration,
}

impl Run {
    fn new() -> Self {
        let start = Duration::from_secs(1_000);
        Self { schedule: Schedule::new(&SPECS, start), now: start }
    }

    /// One wake-up: (read, published) by slot.
    fn wake(&mut self) -> (Vec<usize>, Vec<usize>) {
        let due = self.schedule.due(self.now);
        for one in &due {
            self.schedule.worked(*one, self.now, Duration::from_micros(5), false);
        }
        self.now = self.schedule.next_deadline(self.now);
        let published = due.iter().filter(|one| one.publish).map(|one| one.slot).collect();
        (due.iter().map(|one| one.slot).collect(), published)
    }
}

#[test]
fn two_quick_rounds_and_then_one_wake_up_a_second() {
    let mut run = Run::new();
    assert_eq!(run.schedule.intervals_ms(run.now).get("cpu"), Some(&2_000));
    assert_eq!(run.wake().1, [0, 1, 2]);
    assert_eq!(run.now, Duration::from_millis(1_000_100));
    assert_eq!(run.wake().1, [0, 1, 2]);
    for second in 1..=40_u64 {
        assert_eq!(run.now, Duration::from_millis(1_000_100 + second * 1_000));
        let (read, published) = run.wake();
        let expect = |every: &[(usize, u64)]| -> Vec<usize> {
            every.iter().filter(|(_, every)| second % every == 0).map(|(slot, _)| *slot).collect()
        };
        assert_eq!(read, expect(&[(0, 1), (1, 10), (2, 5)]), "second {second}");
        assert_eq!(published, expect(&[(0, 2), (1, 10), (2, 5)]), "second {second}");
    }
}

#[test]
fn a_late_wake_up_reads_once_and_keeps_the_rhythm() {
    let mut run = Run::new();
    run.wake();
    run.wake();
    run.now += Duration::from_millis(57_300);
    assert_eq!(run.wake().1, [0, 1, 2]);
    assert_eq!(run.now, Duration::from_millis(1_059_100));
    let quiet = run.wake();
    assert_eq!(quiet, (vec![0], vec![]));
}

#[test]
fn promoted_topics_are_published_every_second_and_fall_back() {
    let mut run = Run::new();
    run.wake();
    run.wake();
    run.wake();
    run.schedule.promote(BTreeSet::from(["labels".to_owned()]));
    assert_eq!(run.schedule.intervals_ms(run.now).get("disks"), Some(&1_000));
    for _ in 0..5 {
        assert!(run.wake().1.contains(&1));
    }
    run.schedule.promote(BTreeSet::new());
    let published: Vec<_> = (0..10).filter(|_| run.wake().1.contains(&1)).collect();
    assert_eq!(published.len(), 1);
    assert_eq!(run.schedule.intervals_ms(run.now).get("disks"), Some(&10_000));
    assert_eq!(run.schedule.intervals_ms(run.now).get("labels"), Some(&10_000));
}

#[test]
fn critical_values_are_published_every_second_until_they_calm_down() {
    let mut run = Run::new();
    run.wake();
    run.wake();
    let due = run.schedule.due(run.now);
    run.schedule.worked(*due.first().unwrap(), run.now, Duration::ZERO, true);
    run.now = run.schedule.next_deadline(run.now);
    let published: Vec<bool> = (0..14).map(|_| run.wake().1.contains(&0)).collect();
    // Critical at second 1: every second up to second 11, then every second one.
    let expected: Vec<bool> = (2..16).map(|second| second <= 11 || second % 2 == 0).collect();
    assert_eq!(published, expected);
}

#[test]
fn a_failing_collector_backs_off_and_recovers() {
    let mut run = Run::new();
    let start = run.now;
    let mut tried = Vec::new();
    while tried.len() < 9 {
        for due in run.schedule.due(run.now) {
            if due.slot == 1 {
                tried.push(run.now.saturating_sub(start).as_secs());
                run.schedule.failed(1, run.now, "no such device".to_owned());
            } else {
                run.schedule.worked(due, run.now, Duration::ZERO, false);
            }
        }
        run.now = run.schedule.next_deadline(run.now);
    }
    assert_eq!(tried, [0, 0, 2, 6, 14, 30, 60, 90, 120]);
    let status = run.schedule.statuses(run.now).remove("disks").unwrap();
    assert_eq!(status.state, CollectorState::Failing);
    assert_eq!((status.rounds, status.failures), (9, 9));
    assert_eq!(status.error.as_deref(), Some("no such device"));
    // Its topic is still expected, so that clients see that it is stale.
    assert!(run.schedule.intervals_ms(run.now).contains_key("disks"));

    while !run.wake().1.contains(&1) {}
    assert!(run.wake().1.contains(&1), "the round after the first tells rates");
    let status = run.schedule.statuses(run.now).remove("disks").unwrap();
    assert_eq!((status.state, status.error), (CollectorState::Working, None));
    assert_eq!(status.cost_us, Some(5.0));
}

#[test]
fn what_is_not_offered_is_looked_for_each_minute() {
    let mut run = Run::new();
    let start = run.now;
    let mut tried = Vec::new();
    while tried.len() < 3 {
        for due in run.schedule.due(run.now) {
            if due.slot == 2 {
                tried.push(run.now.saturating_sub(start).as_secs());
                run.schedule.not_offered(2, run.now);
            } else {
                run.schedule.worked(due, run.now, Duration::ZERO, false);
            }
        }
        run.now = run.schedule.next_deadline(run.now);
    }
    assert_eq!(tried, [0, 59, 119]);
    assert!(!run.schedule.intervals_ms(run.now).contains_key("memory"));
    let status = run.schedule.statuses(run.now).remove("memory").unwrap();
    assert_eq!((status.state, status.failures), (CollectorState::NotOffered, 0));
}

#[test]
fn what_costs_too_much_is_due_less_often_and_says_so() {
    let mut run = Run::new();
    let seconds = |run: &mut Run, cost_ms: u64, count: usize| -> Vec<bool> {
        let mut published = Vec::new();
        for _ in 0..count {
            let due = run.schedule.due(run.now);
            for one in &due {
                let cost = Duration::from_millis(if one.slot == 0 { cost_ms } else { 0 });
                run.schedule.worked(*one, run.now, cost, false);
            }
            published.push(due.iter().any(|one| one.slot == 0 && one.publish));
            run.now = run.schedule.next_deadline(run.now);
        }
        published
    };
    let interval = |run: &Run| run.schedule.intervals_ms(run.now)["cpu"];
    seconds(&mut run, 14, 20);
    assert_eq!(interval(&run), 2_000, "within its budget");
    // The first rounds after opening do not count, and one costly round is no habit.
    seconds(&mut run, 100, 1);
    assert!(interval(&run) <= 3_000);
    seconds(&mut run, 100, 40);
    assert_eq!(interval(&run), 7_000);
    run.schedule.promote(BTreeSet::from(["cpu".to_owned()]));
    assert_eq!(interval(&run), 2_000, "whoever looks gets more, within bounds");
    run.schedule.promote(BTreeSet::new());
    seconds(&mut run, 2, 100);
    assert_eq!(interval(&run), 2_000, "cheap again");
    seconds(&mut run, 100_000, 100);
    assert_eq!(interval(&run), 30_000, "never given up");
}

proptest! {
    /// Whatever happens, time goes on: the next deadline lies ahead, and at it something is due.
    #[test]
    fn the_next_deadline_lies_ahead(steps in proptest::collection::vec((0_u64..5_000, 0_u8..4), 1..80)) {
        let mut run = Run::new();
        let mut slept_ms = 0;
        for (late_ms, outcome) in steps {
            let due = run.schedule.due(run.now);
            // Who sleeps past a deadline may find that the hurry is over.
            prop_assert!(!due.is_empty() || slept_ms >= 1_000);
            slept_ms = late_ms;
            for one in due {
                match outcome {
                    0 => run.schedule.failed(one.slot, run.now, String::new()),
                    1 => run.schedule.not_offered(one.slot, run.now),
                    2 => run.schedule.worked(one, run.now, Duration::ZERO, true),
                    _ => run.schedule.worked(one, run.now, Duration::ZERO, false),
                }
            }
            let next = run.schedule.next_deadline(run.now);
            prop_assert!(next > run.now, "{next:?} {:?}", run.now);
            run.now = next + Duration::from_millis(late_ms);
        }
    }
}
