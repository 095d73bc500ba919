//! bench: measures the release program and prints each figure against its bar.
//! Enters: the program's path, as `make bench` gives it. Leaves: a table, or JSON, on stdout.
//! It looks at the program from outside, as a person could; only history is measured inside the
//! store, because a day of it does not fit into a few minutes.
//! Start at [`main`]; every figure comes from one of the modules beside it.

mod budgets;
mod busy;
mod crowd;
mod figure;
mod http;
mod idle;
mod page;
mod profile;
mod program;
mod recording;
mod serving;
mod soak;
mod socket;
mod storage;
mod training;
mod usage;
mod xor_chunk;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use crate::crowd::Crowd;
use crate::figure::Report;
use crate::soak::Soak;

/// What can be measured, in this order.
const PARTS: [&str; 11] = [
    "page",
    "live",
    "signals",
    "components",
    "idle",
    "crowd",
    "training",
    "history",
    "profile",
    "serving",
    "watching",
];

/// How long heartbeats are counted while a training runs.
const TRAINING_SECONDS: u64 = 30;

/// How long the list of users' own signals is watched while some of them move.
const LISTED_SECONDS: u64 = 10;

/// How long a model's page is watched while its model is asked.
const WATCHED_SECONDS: u64 = 15;

/// Measures a bellwether program and prints each figure against its bar.
#[derive(Parser)]
#[command(name = "bellwether-bench", version)]
struct Options {
    /// The program to measure.
    #[arg(long, default_value = "target/release/bellwether")]
    program: PathBuf,
    /// How long the idle server is watched.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// How many processes there are at least while it is watched.
    #[arg(long, default_value_t = 150)]
    processes: usize,
    /// How many processes there are while each is read every second.
    #[arg(long, default_value_t = 1_000)]
    crowd: usize,
    /// How long this host is recorded for the size of its history; an hour is measured, less is
    /// projected.
    #[arg(long, default_value_t = 180, value_parser = clap::value_parser!(u64).range(20..=3_600))]
    record_seconds: u64,
    /// Only these parts, with commas between them.
    #[arg(long, value_delimiter = ',', default_values = PARTS, value_parser = PARTS)]
    only: Vec<String>,
    /// How long the live page is watched.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3_600))]
    live_seconds: u64,
    /// Where the page of single components was built.
    #[arg(long, default_value = "target/bench-page")]
    components: PathBuf,
    /// Also measures what others need for the same predictions, in a Python environment that is made
    /// beside the program.
    #[arg(long)]
    peers: bool,
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Instead of measuring: load for a while, and whether everything stays flat.
    #[command(subcommand)]
    instead: Option<Instead>,
}

#[derive(clap::Subcommand)]
enum Instead {
    Soak(Soak),
}

fn main() -> Result<()> {
    let options = Options::parse();
    let program = options
        .program
        .canonicalize()
        .with_context(|| format!("no program at {}", options.program.display()))?;

    if let Some(Instead::Soak(soak)) = &options.instead {
        return soak::run(&program, soak);
    }
    let wanted = |part: &str| options.only.iter().any(|it| it == part);
    let mut report = Report::default();
    report.note(machine());
    report.load("before", load());
    if wanted("page") {
        page::measure(&program, &mut report)?;
    }
    if wanted("live")
        && let Err(error) = budgets::measure_live(&program, options.live_seconds, &mut report)
    {
        report.note(format!("no figures of the live page: {error:#}"));
    }
    if wanted("signals")
        && let Err(error) = budgets::measure_signals(&program, LISTED_SECONDS, &mut report)
    {
        report.note(format!("no figures of own signals: {error:#}"));
    }
    if wanted("components")
        && let Err(error) = budgets::measure_components(&options.components, 30, &mut report)
    {
        report.note(format!("no figures of the components: {error:#}"));
    }
    if wanted("idle") {
        let crowd = Crowd::gather(options.processes)?;
        report.note(format!(
            "idle: {} processes, no client, {} s after {} s of settling",
            crowd.total(),
            options.seconds,
            idle::SETTLING.as_secs()
        ));
        idle::measure(&program, options.seconds, &mut report)?;
    }
    if wanted("crowd") {
        busy::measure(&program, options.crowd, options.seconds, &mut report)?;
    }
    if wanted("training") {
        training::measure(&program, TRAINING_SECONDS, &mut report)?;
    }
    if wanted("history") {
        storage::measure_reads(&mut report)?;
        storage::measure_size(options.record_seconds, &mut report)?;
    }
    if wanted("profile") {
        profile::measure(&program, &mut report)?;
    }
    if wanted("serving") {
        serving::measure(&program, options.peers, &mut report)?;
    }
    if wanted("watching")
        && let Err(error) = budgets::measure_model(&program, WATCHED_SECONDS, &mut report)
    {
        report.note(format!("no figures of a model's page: {error:#}"));
    }
    report.load("after", load());
    report.print(options.json)
}

/// How busy the machine is (proc(5), `loadavg`: 1, 5 and 15 minutes).
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// Where the figures come from: they mean little without it.
fn machine() -> String {
    let kernel = bellwether_sys::machine::kernel();
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = text.lines().filter(|line| line.starts_with("processor")).count();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| rest.trim_start_matches([' ', '\t', ':']));
    format!("{cores} cores, {model}, Linux {}", kernel.release)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Figure;

    #[test]
    fn options_have_the_documented_names() {
        let options = Options::parse_from([
            "bellwether-bench",
            "--seconds",
            "3",
            "--json",
            "--processes",
            "9",
        ]);
        assert_eq!((options.seconds, options.processes, options.json), (3, 9, true));
        assert!(Options::try_parse_from(["bellwether-bench", "--seconds", "0"]).is_err());
    }

    #[test]
    fn a_figure_is_judged_by_its_bar() {
        assert!(Figure::below("a", 99.9, 100.0, "ms").is_met());
        assert!(!Figure::below("a", 100.0, 100.0, "ms").is_met());
        assert!(Figure::at_most("a", 80.0, 80.0, "KB").is_met());
        assert!(!Figure::at_most("a", 80.1, 80.0, "KB").is_met());
        assert!(!Figure::below("a", f64::NAN, 100.0, "ms").is_met(), "unknown is not met");
    }
}
