//! Load for a while: sockets that come and go, slow readers, requests, tabs of a browser, and another
//! server that is killed at random. Afterwards memory, descriptors and threads have to be where they
//! were, and nothing may be lost.

mod ask;
mod fit;
mod random;
mod reader;
mod tabs;
mod victim;

use std::{
    collections::{BTreeMap, hash_map::RandomState},
    hash::BuildHasher,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use clap::Args;

use self::{fit::growth, random::Random, tabs::Tabs};
use crate::{program::Program, usage::Usage};

/// How often the server is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// After it, everything that a client left behind is gone: two rounds of looking after sockets.
const CALM: Duration = Duration::from_secs(15);
/// Bounds of the fitted growth over the second half.
const RSS_MB: f64 = 4.0;
const HEAP_MB: f64 = 3.0;
/// Descriptors and threads more than before the load, when it is over.
const LEFT_OPEN: f64 = 8.0;

/// Puts a server under load and says whether everything stayed flat.
#[derive(Args)]
pub(crate) struct Soak {
    /// How long.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    minutes: u64,
    /// Sockets that come and go.
    #[arg(long, default_value_t = 200)]
    sockets: u64,
    /// Repeats the choices of a run.
    #[arg(long)]
    seed: Option<u64>,
}

/// What all threads count, and what ends them.
#[derive(Default)]
pub(crate) struct Shared {
    stop: AtomicBool,
    connects: AtomicU64,
    messages: AtomicU64,
    gaps: AtomicU64,
    cut: AtomicU64,
    requests: AtomicU64,
    kills: AtomicU64,
    samples_checked: AtomicU64,
    /// What must not happen, in words.
    wrong: Mutex<BTreeMap<String, u64>>,
}

impl Shared {
    fn is_over(&self) -> bool {
        self.stop.load(Relaxed)
    }

    fn wrong(&self, what: String) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        // The first kinds tell it; there may be thousands.
        if wrong.len() < 20 || wrong.contains_key(&what) {
            *wrong.entry(what).or_default() += 1;
        }
    }

    /// Waits, but not past the end.
    fn pause(&self, length: Duration) {
        let mut left = length;
        while !self.is_over() && !left.is_zero() {
            let part = left.min(Duration::from_millis(200));
            thread::sleep(part);
            left -= part;
        }
    }
}

pub(crate) fn run(binary: &Path, soak: &Soak) -> Result<()> {
    let seed = soak.seed.unwrap_or_else(|| RandomState::new().hash_one(0));
    say(&format!("{} minutes, {} sockets, --seed {seed}", soak.minutes, soak.sockets));
    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    let session = program.sign_in()?;
    thread::sleep(CALM);
    let before = Usage::of(program.pid())?;

    let shared = Shared::default();
    let mut looks: Vec<Look> = Vec::new();
    let tabs = Tabs::open(&program.address, &session);
    if let Err(error) = &tabs {
        say(&format!("without a browser: {error:#}"));
    }
    let length = Duration::from_secs(60 * soak.minutes);
    let watched = thread::scope(|scope| {
        let (shared, address, session) = (&shared, program.address.as_str(), session.as_str());
        for number in 0..soak.sockets {
            let random = Random::new(seed.wrapping_add(number));
            scope.spawn(move || reader::come_and_go(shared, address, session, random));
        }
        scope.spawn(move || ask::ask(shared, address, session, Random::new(!seed)));
        scope.spawn(move || make_processes(shared));
        let random = Random::new(seed ^ 0x5eed);
        scope.spawn(move || victim::kill_and_compare(shared, binary, random));

        let watched = watch(&program, length, shared, &mut looks);
        shared.stop.store(true, Relaxed);
        watched
    });
    let heaps = tabs.map(Tabs::close).unwrap_or_default();
    watched?;
    thread::sleep(CALM);
    let after = Usage::of(program.pid())?;
    judge(&before, &after, &looks, &heaps, &shared)
}

struct Look {
    rss_mb: f64,
    open_files: u64,
    threads: usize,
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn watch(
    program: &Program,
    length: Duration,
    shared: &Shared,
    looks: &mut Vec<Look>,
) -> Result<()> {
    let began = Instant::now();
    let mut told = 0;
    while began.elapsed() < length {
        shared.pause(LOOK);
        let usage = Usage::of(program.pid())?;
        let (rss_mb, open_files, threads) = (usage.rss_mb, usage.open_files, usage.tasks.len());
        looks.push(Look { rss_mb, open_files, threads });
        let minute = began.elapsed().as_secs() / 60;
        if minute > told {
            told = minute;
            say(&format!(
                "minute {minute}: {rss_mb:.1} MB, {open_files} descriptors, {threads} threads; {} \
                 connects, {} messages, {} gaps told, {} cut, {} requests, {} kills",
                shared.connects.load(Relaxed),
                shared.messages.load(Relaxed),
                shared.gaps.load(Relaxed),
                shared.cut.load(Relaxed),
                shared.requests.load(Relaxed),
                shared.kills.load(Relaxed),
            ));
        }
    }
    Ok(())
}

/// Something happens on the machine: there are events to lose.
fn make_processes(shared: &Shared) {
    while !shared.is_over() {
        let started = Command::new("sleep").arg("1.5").stdin(Stdio::null()).spawn();
        if let Ok(mut child) = started {
            drop(child.wait());
        }
    }
}

fn judge(
    before: &Usage,
    after: &Usage,
    looks: &[Look],
    heaps: &[Vec<f64>],
    shared: &Shared,
) -> Result<()> {
    let half = looks.len() / 2;
    let second: Vec<f64> = looks.iter().skip(half).map(|look| look.rss_mb).collect();
    let most = |count: fn(&Look) -> f64| looks.iter().map(count).fold(0.0, f64::max);
    say(&format!(
        "at most {:.1} MB, {} descriptors, {} threads",
        most(|it| it.rss_mb),
        most(|it| it.open_files as f64),
        most(|it| it.threads as f64)
    ));
    let mut failed = 0;
    let mut verdict = |what: &str, value: f64, bound: f64, unit: &str| {
        let fits = value <= bound;
        failed += u32::from(!fits);
        let word = if fits { "flat" } else { "FAILED" };
        say(&format!("{word:<7} {what}: {value:.2} {unit}, bound {bound} {unit}"));
    };
    verdict("memory, fitted growth over the second half", growth(&second), RSS_MB, "MB");
    let left = after.own_files as f64 - before.own_files as f64;
    verdict("descriptors left after the load, /proc not counted", left, LEFT_OPEN, "");
    let left = after.tasks.len() as f64 - before.tasks.len() as f64;
    verdict("threads left after the load", left, LEFT_OPEN, "");
    for (tab, heap) in heaps.iter().enumerate() {
        let second = heap.get(heap.len() / 2..).unwrap_or_default();
        let what = format!("heap of tab {}, the same", tab + 1);
        verdict(&what, growth(second), HEAP_MB, "MB");
    }
    let wrong = shared.wrong.lock().unwrap_or_else(PoisonError::into_inner);
    for (what, times) in wrong.iter() {
        say(&format!("WRONG   {what} ({times} times)"));
    }
    let times = wrong.values().sum::<u64>() as f64;
    verdict("events, states, samples or answers lost or wrong", times, 0.0, "");
    say(&format!(
        "{} connects, {} messages, {} gaps told, {} slow ones cut, {} requests, {} kills with {} \
         samples compared",
        shared.connects.load(Relaxed),
        shared.messages.load(Relaxed),
        shared.gaps.load(Relaxed),
        shared.cut.load(Relaxed),
        shared.requests.load(Relaxed),
        shared.kills.load(Relaxed),
        shared.samples_checked.load(Relaxed)
    ));
    if shared.messages.load(Relaxed) == 0 || shared.kills.load(Relaxed) == 0 {
        bail!("there was no load: nothing is proven");
    }
    if failed > 0 {
        bail!("{failed} of the checks failed");
    }
    say("everything stayed flat");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the verdict is what this is for")]
fn say(line: &str) {
    println!("{line}");
}
