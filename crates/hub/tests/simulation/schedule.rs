//! What happens in one schedule: a list of steps drawn from a seed. Every step can be left out and
//! the others still mean something, so that a failing schedule can be made short.

use bellwether_hub::Priority;
use bellwether_signal::Role;

use crate::random::Random;

/// States, events, and one name that publishers do not agree about.
pub(crate) const TOPICS: [(&str, bool); 10] = [
    ("app/a/state", true),
    ("app/b/state", true),
    ("host/h/cpu", true),
    ("host/h/commands", true),
    ("summary", true),
    ("app/a/event", false),
    ("host/h/process", false),
    ("activity", false),
    ("app/mixed", true),
    ("app/mixed", false),
];

pub(crate) const PATTERNS: [&str; 14] = [
    "**",
    "app/**",
    "app/*/state",
    "app/a/event",
    "host/*/cpu",
    "host/h/**",
    "host/h",
    "*",
    "*/*",
    "activity",
    "activity/**",
    "*/h/process",
    "app/mixed",
    "nothing/at/**",
];

/// The event topic whose log outlives a restart.
pub(crate) const LOGGED: &str = "activity";

/// Connected clients, and others that poll.
pub(crate) const CLIENTS: usize = 5;
pub(crate) const POLLERS: usize = 2;
pub(crate) const SHARDS: usize = 3;

/// Where a client says that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From {
    Retained,
    Now,
    /// Where it really is.
    Here,
    /// So many behind the newest.
    Old(u64),
    /// In an epoch that is not the topic's.
    Foreign(u64),
    /// So many after the newest.
    Future(u64),
    /// Each topic another of these.
    Mixed(u64),
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `dice` decides which keys change, and how.
    State {
        topic: usize,
        dice: u64,
    },
    Event {
        topic: usize,
        priority: Priority,
    },
    /// Many at once: the ring overflows.
    Burst {
        topic: usize,
        count: usize,
        priority: Priority,
    },
    Connect {
        client: usize,
        shard: usize,
        role: Role,
        from: From,
        forget: bool,
    },
    Cut {
        client: usize,
    },
    /// The next flush reaches the client in part, and then the connection is gone.
    CutMidway {
        client: usize,
        after: usize,
    },
    Subscribe {
        client: usize,
        patterns: Vec<usize>,
        from: From,
    },
    /// No pattern stands for all that the client has.
    Unsubscribe {
        client: usize,
        patterns: Vec<usize>,
    },
    Stall {
        client: usize,
        stalled: bool,
    },
    Interval {
        client: usize,
        ms: u64,
    },
    Look {
        poller: usize,
        role: Role,
        patterns: Vec<usize>,
        from: From,
    },
    /// The clock goes on; a late driver wakes at the end only, not at each deadline.
    Pass {
        ms: u64,
        late: bool,
    },
    /// The next flush is interrupted by a publication between choosing who is due and taking.
    Interrupt {
        dice: u64,
    },
    /// Logged topics come back with so many of their events; or the log is lost too.
    Restart {
        put_back: usize,
        log_lost: bool,
    },
}

/// The schedule of a seed.
pub(crate) fn schedule(seed: u64) -> Vec<Step> {
    let random = &mut Random::new(seed);
    // Some schedules are calm, some are nothing but trouble.
    let length = 20 + random.below(120);
    let trouble = random.pick(&[2, 8, 20]);
    (0..length).map(|_| step(random, trouble)).collect()
}

fn step(random: &mut Random, trouble: u64) -> Step {
    let client = random.below(CLIENTS);
    if random.percent(trouble) {
        return match random.below(10) {
            0 | 1 => connect(random, client),
            2 => Step::Cut { client },
            3 => Step::CutMidway { client, after: random.below(4) },
            4 | 5 => Step::Stall { client, stalled: random.percent(60) },
            6 => Step::Interrupt { dice: random.next() },
            7 => Step::Interval { client, ms: random.pick(&[100, 1_000, 5_000]) },
            8 => Step::Burst {
                topic: random.below(TOPICS.len()),
                count: 1 + random.below(9),
                priority: priority(random),
            },
            _ if random.percent(30) => {
                Step::Restart { put_back: random.below(7), log_lost: random.percent(20) }
            }
            _ => Step::Unsubscribe { client, patterns: Vec::new() },
        };
    }
    match random.below(20) {
        0..5 => Step::State { topic: random.below(TOPICS.len()), dice: random.next() },
        5..9 => Step::Event { topic: random.below(TOPICS.len()), priority: priority(random) },
        9 => connect(random, client),
        10 | 11 => Step::Subscribe { client, patterns: patterns(random), from: from(random) },
        12 if random.percent(50) => Step::Unsubscribe { client, patterns: patterns(random) },
        12 => Step::Interval { client, ms: random.pick(&[0, 20, 100, 1_000, 5_000, 20_000]) },
        13 => Step::Look {
            poller: random.below(POLLERS),
            role: role(random),
            patterns: patterns(random),
            from: from(random),
        },
        _ => {
            let ms = random.pick(&[0, 1, 7, 40, 99, 100, 101, 250, 1_000, 6_000]);
            Step::Pass { ms, late: random.percent(20) }
        }
    }
}

fn connect(random: &mut Random, client: usize) -> Step {
    Step::Connect {
        client,
        shard: random.below(SHARDS),
        role: role(random),
        from: from(random),
        forget: random.percent(20),
    }
}

fn role(random: &mut Random) -> Role {
    // Mostly those who may read.
    if random.percent(60) { Role::Admin } else { random.pick(&Role::ALL) }
}

fn priority(random: &mut Random) -> Priority {
    if random.percent(75) {
        return Priority::Normal;
    }
    random.pick(&[Priority::High, Priority::High, Priority::Low])
}

fn patterns(random: &mut Random) -> Vec<usize> {
    (0..=random.below(3)).map(|_| random.below(PATTERNS.len())).collect()
}

fn from(random: &mut Random) -> From {
    let some = random.next() % 7;
    match random.below(12) {
        0..5 => From::Here,
        5 => From::Now,
        6 | 7 => From::Retained,
        8 => From::Old(some),
        9 => From::Foreign(some),
        10 => From::Future(some),
        _ => From::Mixed(random.next()),
    }
}
