//! The state machine beside a model of it that remembers everything and knows nothing of latches.

use std::time::Duration;

use bellwether_detect::machine::{FLAP_CHANGES, FLAP_WINDOW, Limits, Machine, Stand};
use bellwether_signal::{
    Moment, Timestamp,
    alert::{AlertSeverity, Levels},
};
use proptest::prelude::*;

const WARNING: f64 = 60.0;
const CRITICAL: f64 = 80.0;

fn limits(hold: u64, clear_by: u32) -> Limits {
    Limits {
        below: false,
        levels: Levels { info: None, warning: Some(WARNING), critical: Some(CRITICAL) },
        clear_by: f64::from(clear_by),
        hold: Duration::from_secs(hold),
        silent_after: None,
    }
}

fn at(seconds: u64) -> Moment {
    let wall = Timestamp(i64::try_from(seconds).expect("tests are short") * 1_000);
    Moment { wall, monotonic: Duration::from_secs(seconds) }
}

/// Whether a level is latched after these values: it was and the value is not back by the distance, or
/// it has been broken for long enough.
fn is_latched(history: &[(u64, f64)], level: f64, limits: &Limits) -> bool {
    let Some((&(now, value), before)) = history.split_last() else { return false };
    if value > level - limits.clear_by && is_latched(before, level, limits) {
        return true;
    }
    (0..history.len()).any(|from| {
        let since = history.get(from..).unwrap_or_default();
        let began = since.first().map_or(now, |(at, _)| *at);
        now - began >= limits.hold.as_secs() && since.iter().all(|(_, value)| *value > level)
    })
}

fn severity(history: &[(u64, f64)], limits: &Limits) -> Option<AlertSeverity> {
    let of = |level, severity| is_latched(history, level, limits).then_some(severity);
    of(CRITICAL, AlertSeverity::Critical).or_else(|| of(WARNING, AlertSeverity::Warning))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_machine_is_its_model(
        steps in prop::collection::vec((1_u64..90, 0_u32..100), 1..40),
        hold in 0_u64..120,
        clear_by in 0_u32..20,
    ) {
        let limits = limits(hold, clear_by);
        let (mut machine, mut history, mut now) = (Machine::default(), Vec::new(), 0);
        let (mut changes, mut last) = (Vec::new(), (None, None));
        for (pause, value) in steps {
            now += pause;
            history.push((now, f64::from(value)));
            machine.observe(&limits, f64::from(value), at(now));
            let worst = severity(&history, &limits);
            if worst.is_some() != last.0.is_some() {
                changes.push(now);
            }
            last = (worst, worst.or(last.1));
            let lately = changes.iter().filter(|then| now - **then < FLAP_WINDOW.as_secs()).count();
            let flaps = lately > FLAP_CHANGES;
            match machine.stand() {
                Stand::Firing { severity, since, flapping } => {
                    prop_assert!(worst.is_some() || flaps, "{:?}", history);
                    prop_assert_eq!((Some(severity), flapping), (last.1, flaps), "{:?}", history);
                    prop_assert!(since.monotonic <= at(now).monotonic);
                }
                stand @ (Stand::Ok | Stand::Pending) => {
                    prop_assert!(worst.is_none() && !flaps, "{:?}", history);
                    prop_assert_eq!(stand == Stand::Pending, f64::from(value) > WARNING);
                }
            }
        }
    }

    /// Time alone makes what is broken fire, as soon as a value at that time would.
    #[test]
    fn time_fires_what_a_value_would(hold in 1_u64..100, pause in 0_u64..200) {
        let limits = limits(hold, 5);
        let mut machine = Machine::default();
        machine.observe(&limits, 90.0, at(0));
        let mut told = machine.clone();
        machine.tick(&limits, at(pause));
        told.observe(&limits, 90.0, at(pause));
        prop_assert_eq!(machine.stand(), told.stand());
        prop_assert_eq!(pause >= hold, matches!(machine.stand(), Stand::Firing { .. }));
    }
}
