//! The tables: every server's figures, and our ratios against their bars.

use std::collections::BTreeMap;

use crate::{outcome::Outcome, peer::Peer, workload::Workload};

/// The middle of each server's runs of one workload.
pub(crate) type Figures = BTreeMap<Peer, Outcome>;

/// Something that has to be reached.
struct Bar {
    what: String,
    measured: f64,
    most: f64,
}

#[expect(clippy::print_stdout, reason = "the tables are what this program is for")]
pub(crate) fn print(workload: Workload, runs: usize, figures: &Figures) {
    println!("\n{} (medians of {runs})", workload.title());
    match workload {
        Workload::W4 => {
            println!(
                "{:<26}{:>16}{:>16}{:>12}",
                "server", "KiB/connection", "idle us/s each", "connect s"
            );
            for (peer, it) in figures {
                let connecting = it.connecting.as_secs_f64();
                println!(
                    "{:<26}{:>16.2}{:>16.2}{connecting:>12.1}",
                    peer.name(),
                    it.idle_kib,
                    it.idle_us
                );
            }
        }
        Workload::W1
        | Workload::W2
        | Workload::W3
        | Workload::W5
        | Workload::Topics
        | Workload::Storm => {
            println!(
                "{:<26}{:>10}{:>8}{:>10}{:>9}{:>9}{:>9}{:>8}{:>8}{:>7}",
                "server",
                "us/msg",
                "user %",
                "msg/s",
                "p50 ms",
                "p99 ms",
                "max ms",
                "wire B",
                "lost",
                "told"
            );
            for (peer, it) in figures {
                println!(
                    "{:<26}{:>10.2}{:>8.0}{:>10.0}{:>9.1}{:>9.1}{:>9.1}{:>8.0}{:>8}{:>7}",
                    peer.name(),
                    it.cpu_us,
                    it.user_percent,
                    it.per_second,
                    it.p50_ms,
                    it.p99_ms,
                    it.most_ms,
                    it.wire_bytes,
                    it.lost + it.disordered,
                    it.told,
                );
            }
        }
    }
    if workload == Workload::W5 {
        for (peer, it) in figures {
            let (grown, cut) = (it.grown_kib, it.cut);
            println!("{:<26}{grown:>10.0} KiB more per stalled one, {cut} of 10 cut", peer.name());
        }
    }
    for Bar { what, measured, most } in bars(workload, figures) {
        let verdict = if measured <= most { "reached" } else { "MISSED" };
        println!("  {what:<58}{measured:>9.2}  (at most {most}) {verdict}");
    }
}

fn bars(workload: Workload, figures: &Figures) -> Vec<Bar> {
    let ratio = |ours: Peer, theirs: Peer, most: f64| {
        let (our, their) = (figures.get(&ours)?, figures.get(&theirs)?);
        let what = format!("{} / {}, CPU per message", ours.name(), theirs.name());
        Some(Bar { what, measured: our.cpu_us / their.cpu_us, most })
    };
    let absolute = |what: &str, figure: fn(&Outcome) -> f64, most: f64| {
        let of = |(peer, it): (&Peer, &Outcome)| Bar {
            what: format!("{}: {what}", peer.name()),
            measured: figure(it),
            most,
        };
        figures.iter().filter(|(peer, _)| peer.is_ours()).map(of).collect::<Vec<_>>()
    };
    let ratios = match workload {
        Workload::W1 => {
            vec![ratio(Peer::Ours, Peer::Bun, 0.6), ratio(Peer::OursNow, Peer::Bun, 1.05)]
        }
        Workload::W2 => vec![ratio(Peer::OursNow, Peer::Bun, 0.8)],
        Workload::W3 => vec![
            ratio(Peer::Ours, Peer::Nchan, 0.45),
            ratio(Peer::OursNow, Peer::Nchan, 0.75),
            ratio(Peer::Ours, Peer::Bun, 0.2),
            ratio(Peer::OursNow, Peer::Bun, 0.2),
            ratio(Peer::OursNow, Peer::Ws, 0.2),
        ],
        Workload::Topics => vec![ratio(Peer::Ours, Peer::Bun, 0.6)],
        Workload::W4 | Workload::W5 | Workload::Storm => Vec::new(),
    };
    let mut all: Vec<Bar> = ratios.into_iter().flatten().collect();
    match workload {
        Workload::W4 => all.extend(absolute("KiB per connection", |it| it.idle_kib, 2.0)),
        Workload::W5 => {
            all.extend(absolute("KiB more per stalled one", |it| it.grown_kib, 1_024.0));
            all.extend(absolute("stalled ones not cut", |it| 10.0 - it.cut as f64, 0.0));
        }
        Workload::Storm => {
            all.extend(absolute("seconds until all are back", |it| it.back_seconds, 3.0));
        }
        Workload::W1 | Workload::W2 | Workload::W3 | Workload::Topics => {}
    }
    if workload != Workload::W4 {
        let lost = |it: &Outcome| (it.lost + it.disordered) as f64;
        all.extend(absolute("lost or out of order", lost, 0.0));
    }
    all
}
