//! A class or a client that stands out.

use std::collections::BTreeMap;

use bellwether_signal::why::{Cause, Evidence};

use super::{Case, Found};
use crate::{quality::watched::Truth, statistics::two_sided, target::Task};

/// Labelled predictions from which on wrong ones are looked at by class and by client.
const JUDGED: usize = 20;
/// Fewest of one class or client.
const FEW: f64 = 5.0;
/// A difference that chance gives less often than this is one.
const CHANCE: f64 = 0.01;

/// Adds a class or a client of which more is wrong than of others.
pub(super) fn add_wrong(case: &Case, found: &mut Found) {
    let Some(trained) = case.watched.trained_accuracy() else { return };
    if case.judged.len() < JUDGED || case.watched.task == Task::Regression {
        return;
    }
    let (mut by_class, mut by_client) = (BTreeMap::new(), BTreeMap::new());
    let mut wrong_in_all = 0.0;
    for one in &case.judged {
        let wrong = 1.0 - one.score();
        wrong_in_all += wrong;
        if let Truth::Class(class) = one.truth {
            add(&mut by_class, class, wrong);
        }
        if let Some(client) = &one.client {
            add(&mut by_client, client.to_string(), wrong);
        }
    }
    let all = case.judged.len() as f64;
    // Wrong ones beyond those that training had too.
    let lost = wrong_in_all - all * (1.0 - trained);
    if lost <= 0.0 {
        return;
    }
    for (class, (rows, wrong)) in &by_class {
        let usual = 1.0 - case.watched.reference.found.get(*class).copied().unwrap_or(trained);
        let Some(name) = case.watched.classes.get(*class) else { continue };
        let spread = (usual.clamp(0.01, 0.99) * (1.0 - usual.clamp(0.01, 0.99)) / rows).sqrt();
        let rate = wrong / rows;
        if *rows >= FEW && rate > usual && two_sided((rate - usual) / spread) < CHANCE {
            let share = ((wrong - rows * usual) / lost).clamp(0.0, 1.0);
            found.causes.push(cause("class", name, share, rate, usual));
        }
    }
    for (client, (rows, wrong)) in &by_client {
        let (others, others_wrong) = (all - rows, wrong_in_all - wrong);
        if *rows < FEW || others < FEW {
            continue;
        }
        let (rate, usual) = (wrong / rows, others_wrong / others);
        let both = (wrong_in_all / all).clamp(0.01, 0.99);
        let spread = (both * (1.0 - both) * (1.0 / rows + 1.0 / others)).sqrt();
        if rate > usual && two_sided((rate - usual) / spread) < CHANCE {
            let share = ((wrong - rows * usual) / lost).clamp(0.0, 1.0);
            found.causes.push(cause("client", client, share, rate, usual));
        }
    }
    if by_client.len() > 1 && !found.causes.iter().any(|cause| cause.kind == "client") {
        found.ruled_out.push("no client is wrong more often than others".to_owned());
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, (f64, f64)>, key: K, wrong: f64) {
    let (rows, sum) = counts.entry(key).or_default();
    *rows += 1.0;
    *sum += wrong;
}

fn cause(kind: &str, name: &str, share: f64, rate: f64, usual: f64) -> Cause {
    let than = if kind == "class" { "in training" } else { "of others" };
    Cause {
        kind: kind.to_owned(),
        name: name.to_owned(),
        share,
        text: format!(
            "{:.0} % of what is labelled is wrong, {:.0} % {than}.",
            rate * 100.0,
            usual * 100.0
        ),
        evidence: vec![Evidence {
            text: "wrong predictions".to_owned(),
            value: rate,
            usual: Some(usual),
            unit: Some("share".to_owned()),
        }],
    }
}

/// Clients whose requests take longer than those of others.
pub(super) fn slow(case: &Case) -> Found {
    let mut found = Found::default();
    let mut times: Vec<f64> = case.rows.iter().map(|row| row.response_ms).collect();
    times.sort_unstable_by(f64::total_cmp);
    let Some(median) = times.get(times.len().saturating_sub(1) / 2).copied() else { return found };
    let over = |ms: f64| (ms - median).max(0.0);
    let lost: f64 = times.iter().map(|ms| over(*ms)).sum();
    let mut by_client: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in &case.rows {
        if let Some(client) = &row.client {
            by_client.entry(client.as_ref()).or_default().push(row.response_ms);
        }
    }
    if by_client.len() < 2 || lost <= 0.0 {
        return found;
    }
    for (client, mut own) in by_client {
        own.sort_unstable_by(f64::total_cmp);
        let middle = own.get(own.len().saturating_sub(1) / 2).copied().unwrap_or(0.0);
        if (own.len() as f64) < FEW || middle < 1.5 * median {
            continue;
        }
        found.causes.push(Cause {
            kind: "client".to_owned(),
            name: client.to_owned(),
            share: (own.iter().map(|ms| over(*ms)).sum::<f64>() / lost).clamp(0.0, 1.0),
            text: format!("half of its requests take over {middle:.1} ms, {median:.1} ms in all."),
            evidence: vec![Evidence {
                text: "median of the response times".to_owned(),
                value: middle,
                usual: Some(median),
                unit: Some("ms".to_owned()),
            }],
        });
    }
    found
}
