//! `kill -9` at random moments: what was read back is still there, once.
//!
//! The test runs itself as a child process that appends, seals and sets, and prints what a reader saw
//! committed. `BELLWETHER_KILLS` sets the number of rounds, `BELLWETHER_SEED` repeats one.

use std::{
    collections::hash_map::RandomState,
    env,
    hash::BuildHasher,
    hint,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use bellwether_signal::{Timestamp, Topic, protocol::Position, system::Health};
use bellwether_store::{Frame, NewToken, Options, Resolution, Store, TokenKind};
use serde_json::{Map, Value};

use crate::scene::{name, pairs};

/// Tells the child where to work.
const FOLDER: &str = "BELLWETHER_STORE_CHILD";
/// So many series that the child spends about half of its time sealing.
const SERIES: usize = 40;
/// Hours pass quickly, so that many are sealed.
const INTERVAL_MS: i64 = 30_000;
/// Rounds in one folder: what it holds is read whole.
const RENEWED: u64 = 20;

/// A linear congruential generator (Knuth, MMIX): the kills are as random as the scheduler anyway.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn series(number: usize) -> String {
    format!("a/{number}_bytes")
}

/// What a series says in the frame of that number: no run of equal values, nothing regular.
fn value(series: usize, n: i64) -> f64 {
    (n * n % 977 + n) as f64 + series as f64
}

/// The frame of that number.
fn numbered(n: i64) -> Frame {
    let sample = |number| (series(number).into(), value(number, n));
    Frame {
        at: Timestamp(n * INTERVAL_MS),
        interval_ms: 30_000,
        samples: (0..SERIES).map(sample).collect(),
    }
}

/// How many frames a reader sees.
fn committed(store: &Store) -> i64 {
    let end = Timestamp(i64::MAX);
    let newest = [name(&series(SERIES - 1))];
    let answer = store.series(&newest, Timestamp(0), end, Resolution::Raw).unwrap();
    answer.series[0].at_ms.last().map_or(0, |last| last.0 / INTERVAL_MS + 1)
}

/// The child's work; as a test of its own it has nothing to do.
#[test]
fn child() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let keep_all = Options { keep_ms: i64::MAX, seal_after_ms: 0, ..Options::default() };
    let store = Store::open_with(Path::new(&folder), keep_all).unwrap();
    let mut next = committed(&store);
    let say = |what: &str, n: i64| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{what} {n}").unwrap();
        out.flush().unwrap();
    };
    loop {
        for _ in 0..50 {
            store.append(numbered(next));
            next += 1;
        }
        match next / 50 % 6 {
            1 => {
                let patch = Map::from_iter([("n".to_owned(), Value::from(next))]);
                store.merge_settings("ada", &patch).unwrap();
                say("settings", next);
            }
            2 => {
                let new = NewToken {
                    kind: TokenKind::Api,
                    name: next.to_string(),
                    role: bellwether_signal::Role::Viewer,
                    expires_at: None,
                };
                store.create_token(new, Timestamp(next)).unwrap();
                say("token", next);
            }
            3 => {
                let at = Position(1, u64::try_from(next).unwrap());
                let place = [(Topic::of(["activity"]), at)];
                store.open_durable("ada", "d", &[], Timestamp(next)).unwrap();
                assert!(store.acknowledge("ada", "d", &place, Timestamp(next)).unwrap());
                say("acknowledged", next);
            }
            _ => store.tidy(Timestamp(next * INTERVAL_MS)).unwrap(),
        }
        say("frames", committed(&store));
    }
}

/// What the child said last of each kind.
#[derive(Debug, Default)]
struct Said {
    frames: i64,
    settings: i64,
    tokens: Vec<String>,
    acknowledged: i64,
}

fn run_and_kill(folder: &Path, random: &mut Random, said: &mut Said) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "killed::child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut hear = |said: &mut Said| {
        let mut line = String::new();
        let more = out.read_line(&mut line).unwrap() > 0;
        // A line that was cut by the kill says nothing.
        let words = line.strip_suffix('\n').and_then(|line| line.split_once(' '));
        match words {
            Some(("frames", n)) => said.frames = n.parse().unwrap(),
            Some(("settings", n)) => said.settings = n.parse().unwrap(),
            Some(("acknowledged", n)) => said.acknowledged = n.parse().unwrap(),
            Some(("token", n)) => said.tokens.push(n.to_owned()),
            _ => {}
        }
        more
    };
    for _ in 0..random.below(40) {
        assert!(hear(said), "the child ended by itself");
    }
    (0..random.below(300_000)).for_each(|_| hint::spin_loop());
    child.kill().unwrap();
    while hear(said) {}
    child.wait().unwrap();
}

/// Each hour's row counts each frame once, whether the hour is sealed or not.
fn check_hours(store: &Store, found: i64) {
    let per_hour = 3_600_000 / INTERVAL_MS;
    let names = [name(&series(0))];
    let end = Timestamp(i64::MAX);
    let answer = store.series(&names, Timestamp(0), end, Resolution::Step(3_600_000)).unwrap();
    let columns = &answer.series[0];
    let hours: Vec<i64> = (0..found).step_by(usize::try_from(per_hour).unwrap()).collect();
    assert_eq!(columns.at_ms.len(), hours.len());
    for (row, first) in hours.into_iter().enumerate() {
        let values: Vec<f64> = (first..found.min(first + per_hour)).map(|n| value(0, n)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert_eq!(columns.at_ms[row], Timestamp(first * INTERVAL_MS));
        assert!(
            (columns.mean[row] - mean).abs() <= mean * 1e-12,
            "hour {row}: {} {mean}",
            columns.mean[row]
        );
        assert!(values.iter().all(|value| (columns.min[row]..=columns.max[row]).contains(value)));
    }
}

#[test]
fn what_was_read_back_survives() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let rounds = number("BELLWETHER_KILLS").unwrap_or(20);
    let seed = number("BELLWETHER_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("BELLWETHER_SEED={seed}");
    let mut random = Random(seed);
    let mut folder = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    let mut most = 0;
    for round in 0..rounds {
        if round % RENEWED == RENEWED - 1 {
            folder = tempfile::tempdir().unwrap();
            said = Said::default();
        }
        run_and_kill(folder.path(), &mut random, &mut said);
        let store = Store::open(folder.path()).unwrap();
        let found = committed(&store);
        assert!(found >= said.frames, "seed {seed}, round {round}: {found} frames, {said:?}");
        for number in 0..SERIES {
            let expected = (0..found).map(|n| (n * INTERVAL_MS, value(number, n)));
            let same = pairs(&store, &series(number)).into_iter().eq(expected);
            assert!(same, "seed {seed}, round {round}: series {number} of {found} frames");
        }
        check_hours(&store, found);
        let settings = store.settings("ada").unwrap();
        let n = settings.get("n").and_then(Value::as_i64).unwrap_or(0);
        assert!(n >= said.settings, "seed {seed}, round {round}: settings {n}, {said:?}");
        let tokens = store.list_tokens().unwrap();
        for token in &said.tokens {
            let there = tokens.iter().filter(|found| found.identity.name == *token).count();
            assert_eq!(there, 1, "seed {seed}, round {round}: token {token}");
        }
        let places = store.open_durable("ada", "d", &[], Timestamp(found)).unwrap();
        let at = places.first().map_or(0, |(_, Position(_, offset))| offset.cast_signed());
        assert!(at >= said.acknowledged, "seed {seed}, round {round}: place {at}, {said:?}");
        assert_eq!(store.health().status, Health::Healthy);
        most = most.max(said.frames.min(said.settings));
    }
    assert!(most > 0, "the child came to nothing");
}
