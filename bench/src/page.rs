//! What a person waits for: the first byte, the first load, the first live value.

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bellwether_sys::clock;
use serde_json::Value;

use crate::figure::{Figure, Report};
use crate::http;
use crate::program::Program;

/// The median of five tells more than one try, and an outlier does not decide.
const TRIES: usize = 5;

/// Opens the page in Chromium and says when the first live value was there, and what was loaded.
const FIRST_VALUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/first_value.js");

pub(crate) fn measure(binary: &Path, report: &mut Report) -> Result<()> {
    let mut fresh = Vec::new();
    let mut again = Vec::new();
    let mut signing_in = Vec::new();
    for _ in 0..TRIES {
        let data = tempfile::tempdir()?;
        let (first_ms, sign_in_ms, known) = first_byte(binary, data.path(), None)?;
        fresh.push(first_ms);
        signing_in.push(sign_in_ms);
        again.push(first_byte(binary, data.path(), Some(known))?.0);
    }
    report.add(Figure::below("first start to first byte of the page", median(fresh), 100.0, "ms"));
    report.add(Figure::without_bar("  of it, signing in by the link", median(signing_in), "ms"));
    report.add(Figure::below("next start to first byte of the page", median(again), 100.0, "ms"));

    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    let cookie = program.sign_in()?;
    let seen = match first_values(&program, &cookie) {
        Ok(seen) => Some(seen),
        Err(error) => {
            report.note(format!("no figures from Chromium: {error:#}"));
            None
        }
    };
    let named = named_assets(&program, &cookie)?;
    let loaded = seen.as_ref().map_or(named, |seen| seen.assets.clone());
    let gzip_kb = weigh(&program, &cookie, &loaded)?;
    report.add(Figure::at_most("first load, gzip", gzip_kb, 80.0, "KB"));
    if let Some(mut seen) = seen {
        let worst = seen.first_value_ms.iter().copied().fold(0.0, f64::max);
        let middle = median(std::mem::take(&mut seen.first_value_ms));
        report.add(Figure::below("load to first live value on the page", middle, 1_000.0, "ms"));
        report.add(Figure::without_bar("  the slowest of the tries", worst, "ms"));
        let charts_kb = weigh(&program, &cookie, &seen.later)?;
        report.add(Figure::without_bar("charts, loaded after the page, gzip", charts_kb, "KB"));
        report.note(format!("first load: {}", loaded.join(" ")));
        report.note(format!("after it: {}", seen.later.join(" ")));
    }
    Ok(())
}

/// Spawn to first byte of `/` with a session, the part of it that signing in took, and the session.
fn first_byte(binary: &Path, data: &Path, known: Option<Known>) -> Result<(f64, f64, Known)> {
    let listen = known.as_ref().map_or("127.0.0.1:0", |known| &known.address);
    let program = Program::start_at(binary, data, listen)?;
    let listening = clock::now().monotonic;
    let cookie = match known {
        Some(known) => known.cookie,
        None => program.sign_in()?,
    };
    let signed_in = clock::now().monotonic;
    let page = http::get(&program.address, "/", std::slice::from_ref(&cookie))?;
    if page.status != 200 {
        bail!("GET / answered {}", page.status);
    }
    let address = program.address.clone();
    let known = Known { address, cookie };
    Ok((millis(program.spawned, page.began), millis(listening, signed_in), known))
}

/// A session, and the server that it is good for.
struct Known {
    address: String,
    cookie: String,
}

fn millis(from: Duration, to: Duration) -> f64 {
    to.saturating_sub(from).as_secs_f64() * 1e3
}

/// What the page's HTML names by itself; a browser loads that at least.
fn named_assets(program: &Program, cookie: &str) -> Result<Vec<String>> {
    let page = http::get(&program.address, "/", &[cookie.to_owned()])?;
    let html = String::from_utf8_lossy(&page.body).into_owned();
    let mut assets = vec!["/".to_owned()];
    for opening in ["src=\"", "href=\""] {
        let named = html.split(opening).skip(1).filter_map(|rest| rest.split('"').next());
        assets.extend(named.filter(|it| is_code(it)).map(str::to_owned));
    }
    Ok(assets)
}

fn is_code(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == "js" || it == "css")
}

/// The sum of what these weigh as the server sends them to a browser that takes gzip.
fn weigh(program: &Program, cookie: &str, assets: &[String]) -> Result<f64> {
    let mut bytes = 0;
    for asset in assets {
        let headers = [cookie.to_owned(), "Accept-Encoding: gzip".to_owned()];
        let answer = http::get(&program.address, asset, &headers)?;
        // The smallest files are not worth compressing.
        if answer.status != 200 {
            bail!("{asset}: {}", answer.status);
        }
        bytes += answer.body.len();
    }
    Ok(bytes as f64 / 1e3)
}

struct Seen {
    first_value_ms: Vec<f64>,
    /// Requested before the load event.
    assets: Vec<String>,
    /// Requested after it, and by nobody's click.
    later: Vec<String>,
}

fn first_values(program: &Program, cookie: &str) -> Result<Seen> {
    let cookie = cookie.trim_start_matches("Cookie: ");
    let output = Command::new("node")
        .args([FIRST_VALUE, &format!("http://{}", program.address), cookie, &TRIES.to_string()])
        .output()
        .context("start node")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let told: Value = serde_json::from_slice(&output.stdout).context("it printed no JSON")?;
    let list = |name: &str| told[name].as_array().cloned().unwrap_or_default();
    let texts = |name: &str| {
        list(name).iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    Ok(Seen {
        first_value_ms: list("first_value_ms").iter().filter_map(Value::as_f64).collect(),
        assets: texts("assets"),
        later: texts("later"),
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert!((median(vec![9.0, 1.0, 5.0]) - 5.0).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn code_is_what_weighs() {
        assert!(is_code("/assets/index-1a2b.js") && is_code("/a.css"));
        assert!(!is_code("/favicon.svg") && !is_code("/"));
    }
}
