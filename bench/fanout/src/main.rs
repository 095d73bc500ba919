//! fanout: drives many subscribers against bellwether and, side by side in the same run, against other
//! push servers, and prints what each delivered message cost.
//! Enters: where the peers are installed (`make bench-peers` does that). Leaves: tables on stdout.
//! It measures servers from outside, as own processes on loopback; its own thread is not counted.
//! Start at [`workload::Workload`]; a server is a line in `peer` and a way to speak in `speech`.

mod client;
mod frames;
mod histogram;
mod inflate;
mod load;
mod mark;
mod outcome;
mod peer;
mod process;
mod push_server;
mod speech;
mod table;
mod tally;
mod workload;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::{Result, bail};
use clap::Parser;

use crate::{
    outcome::Outcome,
    peer::{Peer, Places},
    push_server::PushServer,
    table::Figures,
    workload::Workload,
};

/// Compares push servers by processor time per delivered message, latency, memory and loss.
#[derive(Parser, Debug)]
#[command(name = "bellwether-fanout", version)]
struct Options {
    /// Only these workloads, with commas between them.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Workload>,
    /// Only these servers.
    #[arg(long, value_enum, value_delimiter = ',')]
    servers: Vec<Peer>,
    /// How often each is measured, one server after the other; the table shows medians.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// How long each is measured.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Scripts and configuration of the peers, with their `node_modules`.
    #[arg(long, default_value = "bench/peers")]
    scripts: PathBuf,
    /// Packages of the distribution, unpacked, and the axum server.
    #[arg(long, default_value = "target/bench-peers")]
    packages: PathBuf,
    #[command(subcommand)]
    instead: Option<Instead>,
}

#[derive(clap::Subcommand, Debug)]
enum Instead {
    /// Is our side of the comparison: hub and gateway, nothing else.
    Serve(PushServer),
}

const WORKLOADS: [Workload; 7] = [
    Workload::W1,
    Workload::W2,
    Workload::W3,
    Workload::W4,
    Workload::W5,
    Workload::Topics,
    Workload::Storm,
];
const PEERS: [Peer; 8] = [
    Peer::Ours,
    Peer::OursNow,
    Peer::Bun,
    Peer::Nchan,
    Peer::Nats,
    Peer::Ws,
    Peer::SocketIo,
    Peer::Axum,
];

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(Instead::Serve(server)) = &options.instead {
        return server.run();
    }
    let chosen =
        |list: &[Workload]| if list.is_empty() { WORKLOADS.to_vec() } else { list.to_vec() };
    let peers = if options.servers.is_empty() { PEERS.to_vec() } else { options.servers.clone() };
    let places = Places {
        scripts: options.scripts.canonicalize()?,
        packages: std::path::absolute(&options.packages)?,
    };
    let duration = Duration::from_secs(options.seconds);
    for workload in chosen(&options.only) {
        measure(workload, &peers, &places, options.rounds, duration)?;
    }
    Ok(())
}

/// One workload, all servers in turn, so that whatever else the machine does hits each of them.
#[expect(clippy::print_stderr, reason = "which server failed, beside the table")]
fn measure(
    workload: Workload,
    peers: &[Peer],
    places: &Places,
    rounds: u32,
    duration: Duration,
) -> Result<()> {
    // The wait for the cut is long, and how often somebody is cut does not vary.
    let rounds = if workload == Workload::W5 { 1 } else { rounds };
    let mut runs: BTreeMap<Peer, Vec<Outcome>> = BTreeMap::new();
    for _ in 0..rounds {
        for peer in peers.iter().copied().filter(|peer| workload.suits(*peer)) {
            match workload.measure(peer, places, duration) {
                Ok(outcome) => runs.entry(peer).or_default().push(outcome),
                Err(error) => eprintln!("{}: {error:#}", peer.name()),
            }
            workload::rest();
        }
    }
    let middle = |(peer, runs): (&Peer, &Vec<Outcome>)| Some((*peer, Outcome::middle(runs)?));
    let figures: Figures = runs.iter().filter_map(middle).collect();
    if figures.is_empty() {
        bail!("no server could be measured");
    }
    table::print(workload, rounds as usize, &figures);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_the_documented_names() {
        let options = Options::parse_from(["fanout", "--only", "w1,w4", "--servers", "ours,bun"]);
        assert_eq!(options.only, [Workload::W1, Workload::W4]);
        assert_eq!(options.servers, [Peer::Ours, Peer::Bun]);
        assert!(Options::try_parse_from(["fanout", "--rounds", "0"]).is_err());
    }
}
