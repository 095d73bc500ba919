//! A second server that is killed at random: what its history once showed is there after each start.

use std::{collections::BTreeMap, path::Path, sync::atomic::Ordering::Relaxed, time::Duration};

use anyhow::{Context, Result, bail};
use bellwether_signal::answer::{SeriesAnswer, SessionAnswer};

use super::{Shared, random::Random};
use crate::{http, program::Program};

pub(crate) fn kill_and_compare(shared: &Shared, binary: &Path, mut random: Random) {
    if let Err(error) = all(shared, binary, &mut random) {
        shared.wrong(format!("the killed server: {error:#}"));
    }
}

fn all(shared: &Shared, binary: &Path, random: &mut Random) -> Result<()> {
    let data = tempfile::tempdir()?;
    let mut known: Option<(String, String)> = None;
    let mut shown: BTreeMap<i64, f64> = BTreeMap::new();
    while !shared.is_over() {
        let listen = known.as_ref().map_or("127.0.0.1:0", |(address, _)| address);
        let program = Program::start_at(binary, data.path(), listen)?;
        // The first link's session outlives the kills, as a browser's does.
        let (_, cookie) = match known.take() {
            Some(known) => known,
            None => (program.address.clone(), program.sign_in()?),
        };
        known = Some((program.address.clone(), cookie.clone()));
        let now = history(&program, &cookie)?;
        for (at, value) in &shown {
            if now.get(at) != Some(value) {
                bail!("the sample of {at} was {value}, after a kill it is {:?}", now.get(at));
            }
        }
        shared.samples_checked.fetch_add(shown.len() as u64, Relaxed);
        shared.pause(random.millis(300, 7_000));
        // What it shows now is what it may not lose; it is killed wherever it is then.
        shown = history(&program, &cookie)?;
        shared.pause(random.millis(0, 200));
        drop(program);
        shared.kills.fetch_add(1, Relaxed);
    }
    Ok(())
}

/// All samples of the processor in the last quarter of an hour.
fn history(program: &Program, cookie: &str) -> Result<BTreeMap<i64, f64>> {
    let get = |path: &str| -> Result<Vec<u8>> {
        let answer = http::get(&program.address, path, &[cookie.to_owned()])?;
        if answer.status != 200 {
            bail!("GET {path}: {}", answer.status);
        }
        Ok(answer.body)
    };
    let session: SessionAnswer = serde_json::from_slice(&get("/api/session")?)?;
    let (to, host) = (session.ts.0 + 1_000, session.host);
    let from = to - i64::try_from(Duration::from_mins(15).as_millis())?;
    let path = format!("/api/series?names=host/{host}/cpu/total_percent&from={from}&to={to}");
    let answer: SeriesAnswer = serde_json::from_slice(&get(&path)?)?;
    if answer.step_ms != 0 {
        bail!("samples were asked for, steps of {} ms came", answer.step_ms);
    }
    let columns = answer.series.first().context("one series was asked for")?;
    // The oldest leave while the server is down.
    let kept = columns.at_ms.iter().zip(&columns.mean).filter(|(at, _)| at.0 > from + 60_000);
    Ok(kept.map(|(at, mean)| (at.0, *mean)).collect())
}
